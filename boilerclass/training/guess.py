"""Targets for paragraphs that nobody labelled, from a fit that did not see their site.

Self-training: what the model is sure of on pages without labels teaches the next fit. It widens
the sites and languages seen; that the scores of labelled sites rise is measured, not assumed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boilerclass import features
from boilerclass.features.context import TO_LABELS
from boilerclass.labels import LABEL_OF, LABELS, ROLES, Label
from boilerclass.training.corpus import REPEATED, UNKNOWN, UNSURE

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

SURE = 0.8
"""Probability of a label from which it teaches."""
CUES = [
    features.COLUMNS.index(f"cue_{name}")
    for name in ("teaser", "recommendation", "ad", "promo", "share", "comment", "nav")
]
"""Columns of the phrases that seldom stand in core text."""
CORE_ROLES = [i for i, role in enumerate(ROLES) if LABEL_OF[role] is Label.CORE]


def targets(known: Ints, roles: Floats, dense: Floats) -> Ints:
    """``known`` with UNKNOWN and REPEATED replaced by a role, or by UNSURE.

    ``roles`` are the probabilities of the roles, shape (n, 10), by layers that did not see the
    paragraph's site. Core that a cue phrase speaks against teaches nothing, or the fit would
    confirm its own errors: a headline behind "Read also:" reads like a subhead.
    """
    labels = roles @ TO_LABELS
    core = labels[:, LABELS.index(Label.CORE)] > 0.5
    sure = (labels.max(axis=1) >= SURE) & ~(core & dense[:, CUES].any(axis=1))
    likely = np.where(sure, roles.argmax(axis=1), UNSURE)
    outside = np.where(core, UNSURE, not_core(roles))
    out: Ints = np.where(known == UNKNOWN, likely, np.where(known == REPEATED, outside, known))
    return out


def not_core(roles: Floats) -> Ints:
    """The most probable role of each paragraph that is not core."""
    rest = roles.copy()
    rest[:, CORE_ROLES] = -1
    out: Ints = rest.argmax(axis=1)
    return out
