"""Paragraphs of many documents as flat columns with page bounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from boilerclass.document import Document

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """The paragraphs of several documents, one after another; n paragraphs, d documents.

    Elements of all documents are numbered through; a document owns a run of them.
    """

    documents: Sequence[Document]
    texts: tuple[str, ...]
    hrefs: tuple[str, ...]
    rels: tuple[str, ...]
    counts: Ints
    """Shape (n, 5): gap, link characters, links, bold characters, element."""
    flags: NDArray[np.uint64]
    bounds: Ints
    """Shape (d + 1,): paragraphs of document i are ``bounds[i]:bounds[i + 1]``."""
    page: Ints
    """Shape (n,): index of each paragraph's document."""
    parents: Ints
    ends: Ints
    element_page: Ints
    """Shape (e,): index of each element's document."""
    names: Sequence[tuple[str, str]]
    """The distinct pairs of tag and class words of all elements."""
    element_name: Ints
    """Shape (e,): index in ``names``."""

    def __len__(self) -> int:
        return len(self.texts)


def collect(documents: Sequence[Document]) -> Batch:
    """The Batch of some documents; documents without paragraphs keep an empty run."""
    sizes = np.array([len(d.paragraphs) for d in documents], dtype=np.int64)
    rows = [p for d in documents for p in d.paragraphs]
    texts, gap, element, flags, link_chars, links, bold, hrefs, rels = (
        zip(*rows, strict=True) if rows else ((),) * 9
    )
    trees = [d.tree for d in documents]
    tree_sizes = np.array([len(t.parents) for t in trees], dtype=np.int64)
    first_element = np.concatenate(([0], np.cumsum(tree_sizes)))
    page = np.repeat(np.arange(len(documents)), sizes)
    element_page = np.repeat(np.arange(len(documents)), tree_sizes)
    shift = first_element[element_page]
    names: defaultdict[tuple[str, str], int] = defaultdict(count().__next__)
    element_name = [list(map(names.__getitem__, zip(t.tags, t.words, strict=True))) for t in trees]
    counts = np.array([gap, link_chars, links, bold, element], dtype=np.int64).T
    counts[:, 4] += first_element[page]
    return Batch(
        documents=documents,
        texts=texts,
        hrefs=hrefs,
        rels=rels,
        counts=counts,
        flags=np.array(flags, dtype=np.uint64),
        bounds=np.concatenate(([0], np.cumsum(sizes))),
        page=page,
        parents=_joined([t.parents for t in trees]) + shift,
        ends=_joined([t.ends for t in trees]) + shift,
        element_page=element_page,
        names=list(names),
        element_name=_joined(element_name),
    )


def _joined(columns: Sequence[Sequence[int]]) -> Ints:
    arrays = [np.asarray(column, dtype=np.int64) for column in columns]
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=np.int64)
