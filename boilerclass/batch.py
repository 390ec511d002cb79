"""Paragraphs of many documents as flat columns with page bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from boilerclass.document import NUMBERS, Document, Paragraphs

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """The paragraphs of several documents, one after another; n paragraphs, d documents.

    Elements of all documents are numbered through; a document owns a run of them.
    """

    documents: Sequence[Document]
    texts: tuple[str, ...]
    hrefs: tuple[str, ...]
    counts: Ints
    """Shape (n, 5): NUMBERS, the element counted over all documents."""
    lengths: Ints
    """Shape (n,): characters of each paragraph."""
    flags: NDArray[np.uint64]
    html: NDArray[np.uint8]
    """Shape (d,): 1 for an HTML page, 0 for a plain text."""
    bounds: Ints
    """Shape (d + 1,): paragraphs of document i are ``bounds[i]:bounds[i + 1]``."""
    page: Ints
    """Shape (n,): index of each paragraph's document."""
    parents: Ints
    ends: Ints
    element_page: Ints
    """Shape (e,): index of each element's document."""
    names: Sequence[tuple[str, str]]
    """The distinct pairs of tag and class words of the elements of each document."""
    element_name: Ints
    """Shape (e,): index in ``names``."""

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def arrays(self) -> tuple[NDArray[np.generic], ...]:
        """The columns that native/batch.h takes, in its order."""
        return (
            self.counts,
            self.lengths,
            self.flags,
            self.bounds,
            self.parents,
            self.ends,
            self.element_page,
            self.element_name,
            self.html,
        )


def collect(documents: Sequence[Document]) -> Batch:
    """The Batch of some documents; documents without paragraphs keep an empty run."""
    sizes = np.array([len(d.paragraphs) for d in documents], dtype=np.int64)
    columns = [Paragraphs.of(d.paragraphs) for d in documents]
    trees = [d.tree for d in documents]
    tree_sizes = np.array([len(t.parents) for t in trees], dtype=np.int64)
    first_element = np.concatenate(([0], np.cumsum(tree_sizes)))
    page = np.repeat(np.arange(len(documents)), sizes)
    element_page = np.repeat(np.arange(len(documents)), tree_sizes)
    shift = first_element[element_page]
    first_name = np.cumsum([0, *(len(t.names) for t in trees)])
    texts = tuple(chain.from_iterable(c.texts for c in columns))
    counts = _joined([c.numbers for c in columns]).reshape(-1, len(NUMBERS))
    counts[:, NUMBERS.index("element")] += first_element[page]
    return Batch(
        documents=documents,
        texts=texts,
        hrefs=tuple(chain.from_iterable(c.hrefs for c in columns)),
        counts=counts,
        lengths=np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)),
        html=np.array([d.kind == "html" for d in documents], dtype=np.uint8),
        flags=np.concatenate([np.zeros(0, np.uint64), *(np.asarray(c.flags) for c in columns)]),
        bounds=np.concatenate(([0], np.cumsum(sizes))),
        page=page,
        parents=_joined([t.parents for t in trees]) + shift,
        ends=_joined([t.ends for t in trees]) + shift,
        element_page=element_page,
        names=list(chain.from_iterable(t.names for t in trees)),
        element_name=_joined([t.name_of for t in trees]) + first_name[element_page],
    )


def _joined(columns: Sequence[Sequence[int]]) -> Ints:
    arrays = [np.asarray(column, dtype=np.int64) for column in columns]
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=np.int64)
