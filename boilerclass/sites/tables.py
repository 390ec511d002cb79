"""Counts by 64-bit key that never outgrow a capacity, and add up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Keys in ascending order, each once, with their counts; children say which keys are kept."""

    keys: Keys
    counts: Counts
    capacity: int
    """Keys that may be held."""
    error: int = 0
    """By how much a count may be too low; it is never too high."""

    @classmethod
    def of(cls, keys: Keys, capacity: int) -> Self:
        """How often each key comes."""
        return cls(*_summed(keys, np.ones(len(keys), dtype=np.int64)), capacity).fitting()

    def __len__(self) -> int:
        return len(self.keys)

    def get(self, keys: Keys) -> Counts:
        """The count of each key, 0 for one that is not held."""
        if not len(self.keys):
            return np.zeros(len(keys), dtype=np.int64)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, self.counts[at], 0)

    def plus(self, other: Self) -> Self:
        """The sum; the smaller capacity holds."""
        keys, counts = _summed(
            np.concatenate((self.keys, other.keys)), np.concatenate((self.counts, other.counts))
        )
        capacity = min(self.capacity, other.capacity)
        return type(self)(keys, counts, capacity, self.error + other.error).fitting()

    def fitting(self) -> Self:
        """The table with no more keys than its capacity."""
        raise NotImplementedError


class Heaviest(Table):
    """Keeps the keys that were counted most.

    Misra and Gries' summary: a table that is too large loses the ``capacity + 1``-th largest count
    from every count, and the keys left without any. ``error`` is what was lost, at most (all that
    was counted) / (``capacity`` + 1), also after tables were added up in any order (Agarwal and
    others 2012, "Mergeable Summaries", section 2). While it is 0, counts are exact and a sum does
    not depend on its order.
    """

    __slots__ = ()

    def fitting(self) -> Self:
        if len(self.keys) <= self.capacity:
            return self
        cut = int(-np.partition(-self.counts, self.capacity)[self.capacity])
        held = self.counts > cut
        return replace(
            self, keys=self.keys[held], counts=self.counts[held] - cut, error=self.error + cut
        )


class Sample(Table):
    """Keeps the smallest keys: as keys are hashes, a fair sample of all.

    The counts of what is held are exact, whatever was added up in whatever order: what is among
    the smallest of all is among the smallest of every part (bottom-k, Cohen and Kaplan 2007,
    "Summarizing data using bottom-k sketches").
    """

    __slots__ = ()

    def fitting(self) -> Self:
        if len(self.keys) <= self.capacity:
            return self
        return replace(self, keys=self.keys[: self.capacity], counts=self.counts[: self.capacity])


def _summed(keys: Keys, counts: Counts) -> tuple[Keys, Counts]:
    """Each key once, in ascending order, with the sum of its counts."""
    if not len(keys):
        return keys, counts
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return keys[first], np.add.reduceat(counts[order], first)
