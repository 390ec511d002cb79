"""Makes the forest's log odds of core say how often it is core."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from boilerclass import features, scorer
from boilerclass.forest import Forest
from boilerclass.training.guess import CORE_ROLES
from boilerclass.training.matrix import Matrix
from boilerclass.training.stack import ABSTAINING, Decided

Floats = NDArray[np.float32]


class Calibration(NamedTuple):
    """A line through the log odds of core, a little higher or lower in plain text than in pages.

    What is made up, guessed or known of bodies alone teaches other shares of core than documents of
    which every paragraph is labelled have (Platt 1999, "Probabilistic Outputs for Support Vector
    Machines").
    """

    slope: float
    page_core: float
    """Added to the log odds in pages."""
    text_core: float
    """Added to them in plain text."""

    def __call__(self, odds: Floats, html: NDArray[np.bool_]) -> Floats:
        moved = self.slope * odds + np.where(html, self.page_core, self.text_core)
        return np.asarray(moved, dtype=np.float32)

    def built_in(self, forest: Forest, standard: scorer.Standard) -> Forest:
        """The forest that says the same; its first tree, which asks nothing, asks for the kind."""
        column = features.COLUMNS.index("is_html")
        both = np.zeros((2, len(standard.mean)), dtype=np.float32)
        both[1, column] = 1
        columns, thresholds = forest.columns.copy(), forest.thresholds.copy()
        columns[0, 0], thresholds[0, 0] = column, standard(both)[:, column].mean()
        leaves = forest.leaves * np.float32(self.slope)
        leaves[0] += np.repeat((self.text_core, self.page_core), leaves.shape[1] // 2)
        return replace(forest, columns=columns, thresholds=thresholds, leaves=leaves)


def fit(data: Matrix, decided: Decided) -> Calibration:
    """The one under which core and the rest of typed documents are most likely where the forest is
    asked."""
    rows = decided.open & data.real & (data.targets >= 0) & ~np.isin(data.targets, ABSTAINING)
    core, text = np.isin(data.targets[rows], CORE_ROLES), ~data.html[rows]
    line = LogisticRegression(C=np.inf).fit(np.stack((decided.odds[rows], text), axis=1), core)
    (slope, more), page = line.coef_[0].tolist(), float(line.intercept_[0])
    return Calibration(round(slope, 4), round(page, 4), round(page + more, 4))


def calibrated(data: Matrix, decided: Decided, calibration: Calibration) -> Floats:
    """Shape (n, roles): the out-of-fold probabilities as the shipped model gives them out."""
    roles, rows = decided.roles.copy(), decided.open
    odds = calibration(decided.odds[rows], data.html[rows])
    roles[rows] = scorer.with_core(roles[rows], odds)
    return roles
