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
    """``Scorer.line`` through the log odds, fitted out of fold (Platt 1999, "Probabilistic Outputs
    for Support Vector Machines").

    That of pages by all of which at least the body is known: of the few that are labelled block by
    block, one of unusual build has as many doubtful paragraphs as a hundred others. That of texts
    by those that are labelled, since what is made up or guessed holds another share of core.
    """
    sided = (data.targets >= OUTSIDE) & (data.targets != UNSURE)
    sided &= decided.open & ~np.isin(data.targets, ABSTAINING)
    rows = sided & (data.html | data.scored)
    core = np.isin(data.targets, CORE_ROLES)
    if len(np.unique(core[rows])) < 2:
        return np.array([1, 0], dtype=np.float32)
    found = LogisticRegression(C=np.inf).fit(decided.odds[rows, None], core[rows])
    return np.array([found.coef_.item(), found.intercept_.item()], dtype=np.float32)


def calibrated(decided: Decided, line: Floats) -> Floats:
    """Shape (n, roles): the out-of-fold probabilities as the shipped model gives them out."""
    roles, rows = decided.roles.copy(), decided.open
    roles[rows] = scorer.with_core(roles[rows], scorer.along(line, decided.odds[rows]))
    return roles
