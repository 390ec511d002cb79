"""Batch to evidence: the same function in training and at work."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from boilerclass import lexicons
from boilerclass.batch import Batch
from boilerclass.features import ngrams, overlap, structure, text, words

CUE_COLUMNS = tuple(f"cue_{name}" for name in lexicons.CLASSES)
COLUMNS: tuple[str, ...] = (
    *structure.COLUMNS,
    *text.COLUMNS,
    *overlap.COLUMNS,
    *CUE_COLUMNS,
)
CUE_CHARS = 80
"""Characters of a paragraph that are looked up: no cue is longer."""


class Evidence(NamedTuple):
    """All that the models look at; n paragraphs."""

    dense: NDArray[np.float32]
    """Shape (n, len(COLUMNS))."""
    ngrams: list[ngrams.Bag]
    words: words.Words


def extract(batch: Batch) -> Evidence:
    """The evidence about every paragraph of the batch."""
    chars = text.characters(batch.texts)
    grams = ngrams.bags(chars)
    dense = [
        structure.features(batch),
        text.features(chars),
        overlap.features(batch, grams[ngrams.WORDS]),
        _cues(batch),
    ]
    return Evidence(np.concatenate(dense, axis=1), grams, words.collect(batch))


_MARK = " \ua66e "
"""Parts the openings while they are folded together: one long string costs less than hundreds of
short ones. A letter, as folding drops all else, and one that no page begins a paragraph with."""


def _cues(batch: Batch) -> NDArray[np.float32]:
    """Shape (n, len(CUE_COLUMNS)): classes of the cue phrases each paragraph opens with."""
    cues, fold = lexicons.load(), lexicons.fold
    openings = [t[:CUE_CHARS] for t in batch.texts]
    folded = [fold(x) if x.isascii() else "" for x in openings]
    others = [i for i, x in enumerate(openings) if not x.isascii()]
    parts = fold(_MARK.join([openings[i] for i in others])).split(_MARK.strip())
    if len(parts) != len(others):  # a page that holds the mark itself
        parts = [fold(openings[i]) for i in others]
    for i, part in zip(others, parts, strict=True):
        folded[i] = part.strip()
    masks = np.array([cues.match(x) for x in folded], dtype=np.int64)
    return (masks[:, None] >> np.arange(len(CUE_COLUMNS)) & 1).astype(np.float32)
