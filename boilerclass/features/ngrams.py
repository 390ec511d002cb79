"""Hashed words and character n-grams of the head and tail of each paragraph, vectorised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from boilerclass.features.text import Characters, tables
from boilerclass.native import kernels

Floats = NDArray[np.float32]
Table = NDArray[np.floating]
"""Of single or of half precision."""
Ints = NDArray[np.int64]

BITS = 17
"""Buckets are 2 ** BITS; a collision costs little where most n-grams are rare."""
HEAD = 64
TAIL = 24
"""Characters looked at from the start and from the end: cues, bylines and credits stand there."""
ORDERS = (3, 4, 5)
IN_ROW = 16
"""Columns of a table as the kernel wants it: a row is one line of the cache, or half of one."""
LINE = 64
"""Bytes of such a line."""
WORDS = -2
"""Where the bag of words stands among the bags."""

_MULTIPLIER = np.uint32(0x9E3779B1)  # 2**32 / golden ratio, Knuth's multiplicative hashing
_WORD_SALT = np.uint32(0x85EBCA6B)


class Bag(NamedTuple):
    """Bucket numbers of one family of n-grams, paragraph after paragraph; n paragraphs."""

    buckets: NDArray[np.int32]
    bounds: Ints
    """Shape (n + 1,): those of paragraph i are ``bounds[i]:bounds[i + 1]``."""

    @property
    def sizes(self) -> Ints:
        """Shape (n,): how many each paragraph has."""
        return np.diff(self.bounds)

    @property
    def rows(self) -> Ints:
        """For each bucket the paragraph it stands in, ascending."""
        return np.repeat(np.arange(len(self.bounds) - 1), self.sizes)


class _Windows(NamedTuple):
    """The folded characters of each paragraph's head and tail."""

    codes: NDArray[np.uint32]
    owner: Ints
    within: Ints
    """Place of each character in its window."""
    left: Ints
    """Characters to the end of the window."""


def bags(chars: Characters) -> list[Bag]:
    """The character n-grams of each paragraph's head and tail, and the words and word pairs there;
    the words last but one. Every paragraph has at least one n-gram."""
    if kernels is not None:
        return [_read(*found) for found in kernels.hash(chars, tables()[1])]
    return bags_python(chars)


def words(chars: Characters) -> Bag:
    """Of the bags only that of the words."""
    if kernels is not None:
        return _read(*kernels.hash(chars, tables()[1])[WORDS])
    return bags_python(chars)[WORDS]


def _read(buckets: bytes, bounds: bytes) -> Bag:
    return Bag(np.frombuffer(buckets, dtype=np.int32), np.frombuffer(bounds, dtype=np.int64))


def bags_python(chars: Characters) -> list[Bag]:
    windows, n = _windows(chars), len(chars.starts)
    found = []
    rolling = windows.codes * _MULTIPLIER
    for order in range(2, max(ORDERS) + 1):
        step = windows.codes[order - 1 :] * np.uint32(order * 2 - 1)
        rolling = (rolling[:-1] + step) * _MULTIPLIER
        rolling ^= rolling >> np.uint32(15)
        if order in ORDERS:
            fits = windows.left[: len(rolling)] >= order
            found.append(_bag(rolling[fits], windows.owner[: len(rolling)][fits], n))
    return [*found, *_words(windows, n)]


def _windows(chars: Characters) -> _Windows:
    codes, starts, lengths = chars
    folded = tables()[1]
    head = np.minimum(lengths, HEAD)
    tail = np.minimum(lengths - head, TAIL)
    # A window takes the separators around the text along, so that n-grams know the edges.
    first = np.stack((starts - 1, starts + lengths - tail), axis=1).ravel()
    size = np.stack((head + 1 + (head == lengths), tail + (tail > 0)), axis=1).ravel()
    owner = np.repeat(np.repeat(np.arange(len(starts)), 2), size)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(size) - size, size)
    window = folded[codes[np.repeat(first, size) + within]].astype(np.uint32)
    return _Windows(window, owner, within, np.repeat(size, size) - within)


def sums(found: Sequence[Bag], table: Table, total: Floats, columns: slice) -> None:
    """Fills in some columns of ``total``, n rows: for each paragraph the sum of its buckets' rows
    of ``table``, 2 ** BITS rows with as many columns or more, divided by the square root of their
    number."""
    if kernels is None or table.shape[1] != IN_ROW:
        total[:, columns] = sums_python(found, table, len(total))[:, : columns.stop - columns.start]
        return
    place = total, total.shape[1], columns.start, columns.stop - columns.start
    kernels.sums(tuple(found), table, table.itemsize, *place)


def sums_python(found: Sequence[Bag], table: Table, n: int) -> Floats:
    """The same without the kernel, of all columns."""
    total = np.zeros((n, table.shape[1]), dtype=np.float32)
    bounds = np.zeros(n + 1, dtype=np.int64)
    for bag in found:
        add(total, bag, table)
        bounds += bag.bounds
    number = np.diff(bounds)
    total /= np.sqrt(np.maximum(number, 1), dtype=np.float32)[:, None]
    return total


def add(total: Floats, bag: Bag, table: Table) -> None:
    """Adds to each row of ``total``, (n, k), the rows of ``table`` that its buckets name."""
    filled = bag.sizes > 0
    if filled.any():
        rows = table[bag.buckets].astype(np.float32, copy=False)
        total[filled] += np.add.reduceat(rows, bag.bounds[:-1][filled], axis=0)


def in_rows(table: Table) -> Table:
    """The table with columns of zeros up to IN_ROW, as the kernel wants it: each row within a line
    of the cache, and of halves where they are, and the machine can take them."""
    if kernels is None or not kernels.HALVES:
        table = table.astype(np.float32, copy=False)
    size, columns = table.shape
    wide = max(columns, IN_ROW)
    room = np.zeros(size * wide * table.itemsize + LINE, dtype=np.uint8)
    start = -room.ctypes.data % LINE
    lines = room[start : start + size * wide * table.itemsize].view(table.dtype)
    found: Table = lines.reshape(size, wide)
    found[:, :columns] = table
    return found


def _bag(hashes: NDArray[np.uint32], rows: Ints, n: int) -> Bag:
    bounds = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=n), out=bounds[1:])
    return Bag(_bucket(hashes), bounds)


def _bucket(hashes: NDArray[np.uint32]) -> NDArray[np.int32]:
    return (hashes * _MULTIPLIER >> np.uint32(32 - BITS)).astype(np.int32)


def _words(windows: _Windows, n: int) -> list[Bag]:
    window, owner, within, _ = windows
    inside = (window != ord(" ")) & (window != ord("\n"))
    opening = inside.copy()
    opening[1:] &= ~inside[:-1] | (within[1:] == 0)
    at = np.flatnonzero(opening)
    if len(at) == 0:
        nothing = Bag(np.zeros(0, dtype=np.int32), np.zeros(n + 1, dtype=np.int64))
        return [nothing, nothing]
    place = np.arange(len(window))
    place -= np.maximum.accumulate(np.where(opening, place, 0))
    mixed = (window + _WORD_SALT) * (place.astype(np.uint32) * np.uint32(2) + np.uint32(1))
    mixed = (mixed ^ (mixed >> np.uint32(13))) * _MULTIPLIER
    mixed[~inside] = 0
    word = np.add.reduceat(mixed, at, dtype=np.uint32)
    rows = owner[at]
    same = rows[1:] == rows[:-1]
    pair = (word[:-1] * np.uint32(31) + word[1:])[same]
    return [_bag(word ^ _WORD_SALT, rows, n), _bag(pair, rows[1:][same], n)]
