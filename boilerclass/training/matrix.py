"""The corpus as matrices: what inference computes of a page, for all pages at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from boilerclass import batch, features
from boilerclass.features import ngrams, words
from boilerclass.training.augment import MADE
from boilerclass.training.corpus import Example

CHUNK = 50
"""Documents collected at once."""

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Matrix:
    """All paragraphs of some examples; n rows."""

    examples: Sequence[Example]
    dense: Floats
    ngrams: sparse.csr_matrix
    words: sparse.csr_matrix
    page: Ints
    bounds: Ints
    targets: Ints
    fold: Ints
    html: NDArray[np.bool_]
    typed: NDArray[np.bool_]
    scored: NDArray[np.bool_]
    """Typed with the document, and not made up for training."""
    chars: Floats


def build(examples: Sequence[Example], folds: Sequence[int]) -> Matrix:
    """The Matrix of the examples, example i in fold ``folds[i]``; every example has paragraphs."""
    dense, grams, names = [], [], []
    for start in range(0, len(examples), CHUNK):
        together = batch.collect([e.document for e in examples[start : start + CHUNK]])
        found = features.extract(together)
        dense.append(found.dense)
        grams.append(counts(found.ngrams, len(together), 1 << ngrams.BITS))
        names.append(counts([words.bag(found.words)], len(together), words.BUCKETS))
    sizes = np.array([len(e.document.paragraphs) for e in examples])
    page = np.repeat(np.arange(len(examples)), sizes)
    return Matrix(
        examples=examples,
        dense=np.concatenate(dense),
        ngrams=sparse.vstack(grams).tocsr(),
        words=sparse.vstack(names).tocsr(),
        page=page,
        bounds=np.concatenate(([0], np.cumsum(sizes))),
        targets=np.concatenate([e.targets for e in examples]).astype(np.int64),
        fold=np.asarray(folds)[page],
        html=np.array([e.document.kind == "html" for e in examples])[page],
        typed=np.array([e.typed for e in examples])[page],
        scored=np.array([e.typed and not e.annotated and e.source != MADE for e in examples])[page],
        chars=np.array(
            [len(text) for e in examples for text in e.document.texts], dtype=np.float32
        ),
    )


def counts(bags: Sequence[ngrams.Bag], rows: int, columns: int) -> sparse.csr_matrix:
    """Counts of buckets, divided by the square root of each row's number of them."""
    row = np.concatenate([b.rows for b in bags]) if bags else np.zeros(0, dtype=np.int64)
    column = np.concatenate([b.buckets for b in bags]) if bags else np.zeros(0, dtype=np.int32)
    number = np.sqrt(np.maximum(np.bincount(row, minlength=rows), 1)).astype(np.float32)
    return sparse.csr_matrix((1 / number[row], (row, column)), shape=(rows, columns))
