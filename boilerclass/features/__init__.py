"""Batch to evidence: the same function in training and at work."""

from __future__ import annotations

from collections.abc import Sequence
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
CUES = slice(len(COLUMNS) - len(CUE_COLUMNS), len(COLUMNS))
"""Where the cue columns are."""
_CLASSES_OF = (np.arange(1 << len(CUE_COLUMNS))[:, None] >> np.arange(len(CUE_COLUMNS)) & 1).astype(
    np.float32
)
"""The columns that each bit mask of classes stands for."""
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
    dense = np.zeros((len(batch), len(COLUMNS)), dtype=np.float32)
    structure.fill(batch, dense)
    first = len(structure.COLUMNS)
    text.fill(chars, dense, first)
    first += len(text.COLUMNS)
    overlap.fill(batch, grams[ngrams.WORDS], dense, first)
    dense[:, CUES] = _CLASSES_OF[cues(batch.texts)]
    return Evidence(dense, grams, words.collect(batch))


def cues(texts: Sequence[str]) -> NDArray[np.int64]:
    """Shape (n,): bit masks of the classes of the cue phrases that each paragraph opens with."""
    return np.asarray(lexicons.load().match_all(lexicons.fold_openings(texts, CUE_CHARS)))
