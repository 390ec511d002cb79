"""Makes log odds of core say how often it is core."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from boilerclass import scorer
from boilerclass.training.corpus import OUTSIDE, UNSURE
from boilerclass.training.guess import CORE_ROLES
from boilerclass.training.matrix import Matrix
from boilerclass.training.stack import ABSTAINING, Decided

Floats = NDArray[np.float32]


def fit(data: Matrix, decided: Decided) -> Floats:
    """``Scorer.lines``: through the log odds of plain texts and of pages, fitted out of fold (Platt
    1999, "Probabilistic Outputs for Support Vector Machines").

    That of pages by all of which at least the body is known: of the few that are labelled block by
    block, one of unusual build has as many doubtful paragraphs as a hundred others. That of texts
    by those that are labelled, since what is made up or guessed holds another share of core.
    """
    sided = (data.targets >= OUTSIDE) & (data.targets != UNSURE)
    sided &= decided.open & ~np.isin(data.targets, ABSTAINING)
    core = np.isin(data.targets, CORE_ROLES)
    lines = np.array([[1, 0], [1, 0]], dtype=np.float32)
    for line, rows in zip(
        lines, (sided & data.scored & ~data.html, sided & data.html), strict=True
    ):
        if len(np.unique(core[rows])) > 1:
            found = LogisticRegression(C=np.inf).fit(decided.odds[rows, None], core[rows])
            line[:] = found.coef_.item(), found.intercept_.item()
    return lines


def calibrated(data: Matrix, decided: Decided, lines: Floats) -> Floats:
    """Shape (n, roles): the out-of-fold probabilities as the shipped model gives them out."""
    roles = decided.roles.copy()
    for line, kind in zip(lines, (~data.html, data.html), strict=True):
        rows = decided.open & kind
        roles[rows] = scorer.with_core(roles[rows], scorer.along(line, decided.odds[rows]))
    return roles
