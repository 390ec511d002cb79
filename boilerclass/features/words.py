"""Class and id words of an element and its ancestors, hashed."""

from __future__ import annotations

import functools
import re
import zlib

import numpy as np
from numpy.typing import NDArray

from boilerclass.batch import Batch
from boilerclass.features.ngrams import Bag

GROUPS = 5
BUCKETS_PER_GROUP = 1 << 13
BUCKETS = GROUPS * BUCKETS_PER_GROUP
PAGE_GROUP = 4
"""Group of the words of ``<html>`` and ``<body>``: they tell the kind of page."""
MAX_WORDS = 12
"""Words taken of one element; generated class lists can be endless."""
STEPS = (0, 1, 2, 2, 3, 3, 3, 3, 3)
"""Group of each ancestor by distance: the element itself, its parent, two more, the farther ones."""

_SPLIT = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}(?![a-z])")


@functools.lru_cache(maxsize=65_536)
def hashed(tag: str, words: str) -> tuple[int, ...]:
    """Buckets, below BUCKETS_PER_GROUP, of an element's tag and of its class and id words."""
    tokens = dict.fromkeys(w.lower() for w in _SPLIT.findall(words[:400]))
    named = [f"<{tag}", *list(tokens)[:MAX_WORDS]]
    if len(tokens) > 1:
        named.append("-".join(sorted(tokens)[:4]))
    return tuple(zlib.crc32(w.encode()) % BUCKETS_PER_GROUP for w in named)


def bag(batch: Batch) -> Bag:
    """The words around each paragraph, told apart by how far up they stand; in text, none."""
    elements, at = np.unique(batch.counts[:, 4], return_inverse=True)
    html = np.array([d.kind == "html" for d in batch.documents], dtype=bool)
    chains: list[NDArray[np.int32]] = []
    tags = [t for d in batch.documents for t in d.tree.tags]
    words = [w for d in batch.documents for w in d.tree.words]
    parents = batch.parents.tolist()
    known: dict[int, tuple[int, ...]] = {}
    of_page = _page_words(batch)
    for element in elements.tolist():
        chain = list(of_page[int(batch.element_page[element])])
        for step in STEPS:
            own = known.get(element)
            if own is None:
                own = known[element] = hashed(tags[element], words[element])
            shift = step * BUCKETS_PER_GROUP
            chain.extend([shift + b for b in own])
            if parents[element] == element:
                break
            element = parents[element]
        chains.append(np.array(chain, dtype=np.int32))
    sizes = np.array([len(c) for c in chains], dtype=np.int64)[at]
    sizes[~html[batch.page]] = 0
    rows = np.repeat(np.arange(len(batch)), sizes)
    keep = [chains[i] for i, size in zip(at.tolist(), sizes.tolist(), strict=True) if size]
    buckets = np.concatenate(keep) if keep else np.zeros(0, dtype=np.int32)
    return Bag(buckets, rows)


def _page_words(batch: Batch) -> list[list[int]]:
    """The buckets of each document's first two elements, ``<html>`` and ``<body>``."""
    found = []
    for document in batch.documents:
        tags, words = document.tree.tags[:3], document.tree.words[:3]
        own = dict.fromkeys(
            b for t, w in zip(tags, words, strict=True) if t in ("html", "body") for b in hashed(t, w)
        )
        found.append([PAGE_GROUP * BUCKETS_PER_GROUP + b for b in own])
    return found
