"""Class and id words of an element and its ancestors, hashed."""

from __future__ import annotations

import functools
import re
import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from boilerclass.batch import Batch
from boilerclass.features.ngrams import IN_ROW, Bag, add
from boilerclass.native import kernels

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

STEPS = (0, 1, 2, 2, 3, 3, 3, 3, 3)
"""Group of each ancestor by distance: the element, its parent, two more, the farther ones."""
PAGE_GROUP = 4
"""Group of the words of ``<html>`` and ``<body>``: they tell the kind of page."""
GROUPS = 5
_GROUP_OF = np.array((*STEPS, PAGE_GROUP, PAGE_GROUP), dtype=np.int64)
BUCKETS_PER_GROUP = 1 << 13
BUCKETS = GROUPS * BUCKETS_PER_GROUP
MAX_WORDS = 12
"""Words taken of one element; generated class lists can be endless."""

_SPLIT = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{2,}(?![a-z])")


class Words(NamedTuple):
    """The buckets of each distinct name, and the names around each paragraph."""

    names: Bag
    """Buckets below BUCKETS_PER_GROUP, name after name."""
    chains: Ints
    """Shape (n, steps + page elements): the name at each step up, -1 where there is none."""
    groups: Ints
    """Shape (steps + page elements,): the group that each column of ``chains`` belongs to."""


def buckets_of(names: Sequence[tuple[str, str]]) -> Bag:
    """The buckets of each name."""
    if kernels is not None:
        buckets, bounds = kernels.names(names)
        return Bag(np.frombuffer(buckets, dtype=np.int32), np.frombuffer(bounds, dtype=np.int64))
    of_name = [hashed(tag, words) for tag, words in names]
    sizes = np.fromiter(map(len, of_name), dtype=np.int64, count=len(of_name))
    buckets = np.array([b for own in of_name for b in own], dtype=np.int32)
    return Bag(buckets, np.concatenate(([0], np.cumsum(sizes))))


@functools.lru_cache(maxsize=4_096)
def hashed(tag: str, words: str) -> tuple[int, ...]:
    """Buckets of an element's tag and of its class and id words."""
    tokens = dict.fromkeys(w.lower() for w in _SPLIT.findall(words[:400]))
    named = [f"<{tag}", *list(tokens)[:MAX_WORDS]]
    if len(tokens) > 1:
        named.append("-".join(sorted(tokens)[:4]))
    return tuple(zlib.crc32(w.encode()) % BUCKETS_PER_GROUP for w in named)


def collect(batch: Batch) -> Words:
    """The words around each paragraph, told apart by how far up they stand; in text, none."""
    pages = _page_names(batch)
    around = np.full((len(batch), len(STEPS) + pages.shape[1]), -1, dtype=np.int64)
    around[:, len(STEPS) :] = pages[batch.page]
    chains(batch, around)
    return Words(buckets_of(batch.names), around, _GROUP_OF)


def chains(batch: Batch, found: Ints) -> None:
    """Fills in the names at each of STEPS up; what lies beyond the root stays as it is."""
    if kernels is not None:
        kernels.chains(batch.arrays, len(STEPS), found, found.shape[1])
        return
    at = batch.counts[:, 4]
    alive = batch.html.astype(bool)[batch.page]
    for k in range(len(STEPS)):
        found[alive, k] = batch.element_name[at[alive]]
        up = batch.parents[at]
        alive &= up != at
        at = up


def sums(found: Words, table: Floats, total: Floats, columns: slice) -> None:
    """Fills in some columns of ``total``, n rows: for each paragraph the sum of its buckets' rows
    of ``table``, BUCKETS rows with as many columns or more, divided by the square root of their
    number."""
    if kernels is None or table.shape[1] != IN_ROW:
        total[:, columns] = sums_python(found, table)[:, : columns.stop - columns.start]
        return
    place = total, total.shape[1], columns.start, columns.stop - columns.start
    kernels.name_sums(found.chains, found.groups, *found.names, table, *place)


def sums_python(found: Words, table: Floats) -> Floats:
    """The same without the kernel, of all columns."""
    size, many = found.names.sizes, len(found.names.bounds) - 1
    of_name = np.zeros((GROUPS, many, table.shape[1]), dtype=np.float32)
    for group, total in enumerate(of_name):
        add(total, found.names, table[group * BUCKETS_PER_GROUP : (group + 1) * BUCKETS_PER_GROUP])
    there = found.chains >= 0
    at = (found.chains + found.groups * many)[there].astype(np.int32)
    bounds = np.zeros(len(there) + 1, dtype=np.int64)
    np.cumsum(there.sum(axis=1), out=bounds[1:])
    total = np.zeros((len(there), table.shape[1]), dtype=np.float32)
    add(total, Bag(at, bounds), of_name.reshape(-1, table.shape[1]))
    number = np.append(size, 0)[found.chains].sum(axis=1)  # -1 is the last: nothing
    total /= np.sqrt(np.maximum(number, 1), dtype=np.float32)[:, None]
    return total


def bag(found: Words) -> Bag:
    """The same as one bag of buckets below BUCKETS, for training."""
    rows, steps = np.nonzero(found.chains >= 0)
    names = found.chains[rows, steps]
    size = found.names.sizes[names]
    start = np.repeat(found.names.bounds[names], size)
    within = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    shift = np.repeat(found.groups[steps] * BUCKETS_PER_GROUP, size)
    bounds = np.zeros(len(found.chains) + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, weights=size, minlength=len(found.chains)), out=bounds[1:])
    return Bag((found.names.buckets[start + within] + shift).astype(np.int32), bounds)


def _page_names(batch: Batch) -> Ints:
    """Shape (d, 2): the names of each page's ``<html>`` and ``<body>``, -1 where it has none."""
    found = []
    first = 0
    for document in batch.documents:
        tree = document.tree
        html = body = -1
        if document.kind == "html":
            html = first + tree.name_of[0]
            tags = [tree.names[i][0] for i in tree.name_of[:3]]
            if "body" in tags:
                body = first + tree.name_of[tags.index("body")]
        found.append((html, body))
        first += len(tree.names)
    return np.array(found, dtype=np.int64).reshape(-1, 2)
