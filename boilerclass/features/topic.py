"""How like the words of the rest of the page each paragraph's words are.

A headline of another piece shares few words with the article around it, a subhead some. Cosines of
bags of words, each word weighted by how few paragraphs of the page hold it (Sparck Jones 1972).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boilerclass.batch import Batch
from boilerclass.features.ngrams import Bag
from boilerclass.features.shifts import shifted
from boilerclass.native import kernels

COLUMNS = ("topic_core", "topic_rest", "topic_core_over_mean", "topic_core_over_rest")
SHIFTS = (-2, -1, 1, 2)
BESIDE = ("topic_core", "topic_core_over_mean")
"""Columns that are also looked up beside the paragraph."""
_BESIDE = tuple(COLUMNS.index(name) for name in BESIDE)
BITS = 12
"""A page's words are told apart by 2 ** BITS buckets."""
TINY = 1e-6
"""Keeps divisions by nothing finite."""

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


def fill(batch: Batch, words: Bag, core: Floats, found: Floats, first: int) -> None:
    """Fills in columns of ``found``, n rows, from the first on: COLUMNS, and BESIDE of the
    paragraphs SHIFTS places on; from the bag of words of each paragraph and its probability of
    core, shape (n,)."""
    if kernels is None:
        likeness = features_python(batch, words, core)
        beside = likeness[:, _BESIDE]
        shifts = (shifted(beside, k, batch.page) for k in SHIFTS)
        np.concatenate((likeness, *shifts), axis=1, out=found[:, first:])
        return
    known = words.buckets, words.bounds, batch.bounds, batch.lengths, np.ascontiguousarray(core)
    kernels.topic(*known, SHIFTS, _BESIDE, found, found.shape[1], first)


def features_python(batch: Batch, words: Bag, core: Floats) -> Floats:
    """Shape (n, len(COLUMNS)): the likeness to what is probably core, and to what is not, of the
    same page without the paragraph itself; the first against the mean over the core, and against
    the second."""
    n, pages = len(batch), len(batch.bounds) - 1
    rows = words.rows
    page = batch.page[rows]
    slots = page << BITS | words.buckets & (1 << BITS) - 1

    def sums(index: Ints, weights: NDArray[np.floating], length: int) -> NDArray[np.float64]:
        return np.bincount(index, weights, length).astype(np.float64, copy=False)

    often = np.bincount(slots, minlength=pages << BITS)
    values = np.log(np.maximum((1 + np.diff(batch.bounds)[page]) / often[slots], 1))
    length = np.sqrt(sums(rows, values**2, n))
    values /= np.maximum(length, TINY)[rows]
    size = np.log1p(batch.lengths) * (length > 0)
    cosines = []
    for weight in (core * size, (1 - core) * size):
        centre = sums(slots, values * weight[rows], pages << BITS)
        whole = (centre.reshape(pages, 1 << BITS) ** 2).sum(axis=1)[batch.page]
        shared = sums(rows, values * centre[slots], n)
        others = whole - 2 * weight * shared + weight**2
        cosines.append((shared - weight) / np.sqrt(np.maximum(others, TINY)))
    like_core, like_rest = cosines
    weight = core * size
    mean = sums(batch.page, like_core * weight, pages) / np.maximum(
        sums(batch.page, weight, pages), TINY
    )
    return np.stack(
        [like_core, like_rest, like_core - mean[batch.page], like_core - like_rest],
        axis=1,
        dtype=np.float32,
    )
