"""Probabilities to labels: the threshold on core, then the most probable of the rest."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from boilerclass.document import Document, Forced
from boilerclass.features.context import LABEL_OF_ROLES, TO_LABELS
from boilerclass.labels import LABELS, Label
from boilerclass.native import kernels

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

CORE = LABELS.index(Label.CORE)
LOWEST, HIGHEST = 0.15, 0.9
"""Bounds of the threshold chosen for a document, so that no page is kept or dropped whole on the
strength of one odd paragraph."""
DATA_REASON = "rule: article text from the page's structured data, absent from its markup"


def row(of_label: Mapping[str, float]) -> Floats:
    """Shape (5,): factors by label, as :func:`labels` takes them."""
    return np.array([of_label[label] for label in LABELS], dtype=np.float32)


def labels(
    roles: Floats, chars: Floats, *, threshold: float | None, beta: float, factors: Floats
) -> tuple[Ints, Floats]:
    """Index into LABELS for each paragraph of one document, and the probabilities of the labels,
    shape (n, 5).

    A paragraph is core from the threshold on; with None from the one that is best for the
    document, see :func:`best_threshold`. The rest get the other label whose probability times its
    factor, of which there are five, is highest: of a rare one more is found so.
    """
    if kernels is None:
        return labels_python(roles, chars, threshold, beta, factors)
    n = len(roles)
    chosen, probabilities = np.empty(n, dtype=np.int64), np.empty((n, len(LABELS)), np.float32)
    own = np.ascontiguousarray(roles), LABEL_OF_ROLES, np.ascontiguousarray(chars)
    limits = -1 if threshold is None else threshold, beta, LOWEST, HIGHEST, CORE
    kernels.decide(*own, *limits, factors, chosen, probabilities)
    return chosen, probabilities


def labels_python(
    roles: Floats, chars: Floats, threshold: float | None, beta: float, factors: Floats
) -> tuple[Ints, Floats]:
    """The same without the kernel."""
    probabilities = roles @ TO_LABELS
    core = probabilities[:, CORE]
    if threshold is None:
        threshold = best_threshold(core, chars, beta)
    return np.where(core >= threshold, CORE, _other(probabilities, factors)), probabilities


def _other(probabilities: Floats, factors: Floats) -> Ints:
    """The label of each row if it is not core."""
    weighed = probabilities * factors
    weighed[:, CORE] = -1
    found: Ints = weighed.argmax(axis=1)
    return found


def obey(
    forced: Mapping[int, Forced], chosen: Ints, probabilities: Floats, factors: Floats
) -> None:
    """Change the chosen labels, indices into LABELS, to what the user's own rules want."""
    for i, verdict in forced.items():
        if verdict.keep:
            chosen[i] = CORE
        elif chosen[i] == CORE:
            chosen[i] = _other(probabilities[i : i + 1], factors)[0]


def best_threshold(core: Floats, chars: Floats, beta: float) -> float:
    """The probability from which keeping paragraphs gives the highest expected F-beta of the text.

    Where the model is sure, that is about 1 / (1 + beta ** 2); where a whole page is doubtful,
    less, since losing half of it costs more than letting a doubtful paragraph in (Lipton, Elkan,
    Naryanaswamy 2014, "Optimal Thresholding of Classifiers to Maximize F1 Measure"). Characters
    count as words.
    """
    if len(core) == 0:
        return HIGHEST
    order = np.argsort(-core, kind="stable")
    right = np.cumsum(core[order] * chars[order])
    kept = np.cumsum(chars[order])
    score = (1 + beta**2) * right / (kept + beta**2 * right[-1] + 1e-9)
    return min(max(float(core[order[score.argmax()]]), LOWEST), HIGHEST)


def from_data(document: Document) -> slice:
    """The paragraphs that a rule makes core: those read from structured data."""
    return slice(document.first_data, None) if document.first_data is not None else slice(0, 0)
