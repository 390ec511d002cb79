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
_CLASSES_OF = (np.arange(1 << len(CUE_COLUMNS))[:, None] >> np.arange(len(CUE_COLUMNS)) & 1).astype(
    np.float32
)
"""The columns that each bit mask of classes stands for."""
CUE_CHARS = 80
"""Characters of a paragraph that are looked up: no cue is longer."""
LEAD_CHARS = 32
"""Characters before a colon or a bar up to which they lead a paragraph in."""
_COLONS = np.zeros(text.PLANE, dtype=bool)
_COLONS[[ord(sign) for sign in ":|：｜"]] = True


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
    dense[:, first : first + len(overlap.COLUMNS)] = overlap.features(batch, grams[ngrams.WORDS])
    first += len(overlap.COLUMNS)
    dense[:, first:] = _CLASSES_OF[cues(batch.texts, chars)]
    return Evidence(dense, grams, words.collect(batch))


def cues(texts: Sequence[str], chars: text.Characters) -> NDArray[np.int64]:
    """Shape (n,): bit masks of the classes of the cue phrases that each paragraph opens with."""
    known = lexicons.load()
    masks = np.array(known.match_all(lexicons.fold_openings(texts, CUE_CHARS)), dtype=np.int64)
    signs = np.flatnonzero(_COLONS[chars.codes])
    owners, firsts = np.unique(np.searchsorted(chars.starts, signs, "right"), return_index=True)
    for i, sign in zip((owners - 1).tolist(), signs[firsts].tolist(), strict=True):
        size = sign - int(chars.starts[i])
        if 0 < size <= LEAD_CHARS:
            masks[i] |= known.match_lead(lexicons.fold(texts[i][:size]))
    return masks
