"""Probabilities to labels: the threshold on core, then the most probable of the rest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boilerclass.document import Document
from boilerclass.features.context import TO_LABELS
from boilerclass.labels import LABELS, Label

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

CORE = LABELS.index(Label.CORE)
DATA_REASON = "rule: article text from the page's structured data, absent from its markup"


def labels(roles: Floats, threshold: float) -> tuple[Ints, Floats]:
    """Index into LABELS for each paragraph, and the probabilities of the labels, shape (n, 5)."""
    probabilities = roles @ TO_LABELS
    rest = probabilities.copy()
    rest[:, CORE] = -1
    chosen = np.where(probabilities[:, CORE] >= threshold, CORE, rest.argmax(axis=1))
    return chosen, probabilities


def from_data(document: Document) -> slice:
    """The paragraphs that a rule makes core: those read from structured data."""
    return slice(document.first_data, None) if document.first_data is not None else slice(0, 0)
