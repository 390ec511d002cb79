"""A forest of decision trees as arrays: log odds from columns, with numpy alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boilerclass.native import kernels

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Forest:
    """Complete binary trees of one depth d; t of them.

    The children of node i are nodes 2 i + 1 and 2 i + 2, and a tree that ends early asks what is
    never so: a row then takes the same d steps in every tree, without a pointer to follow.
    """

    columns: NDArray[np.int16]
    """Shape (t, 2 ** d - 1): the column that a node looks at."""
    thresholds: Floats
    """The same shape: a row goes left where the column is not above it."""
    leaves: Floats
    """Shape (t, 2 ** d): what a row that ends there adds to the log odds."""

    def __post_init__(self) -> None:
        trees, ends = self.leaves.shape
        inner = (trees, ends - 1)
        if ends & (ends - 1) or not self.columns.shape == self.thresholds.shape == inner:
            raise ValueError("the arrays of a forest do not fit together")

    def __call__(self, inputs: Floats) -> Floats:
        """The log odds, shape (n,), of rows of shape (n, columns)."""
        odds = np.zeros(len(inputs), dtype=np.float32)
        if kernels is not None:
            rows = np.ascontiguousarray(inputs), inputs.shape[1]
            kernels.forest(*rows, self.columns, self.thresholds, self.leaves, odds)
            return odds
        every, depth = np.arange(len(inputs)), self.leaves.shape[1].bit_length() - 1
        for columns, thresholds, leaves in zip(
            self.columns, self.thresholds, self.leaves, strict=True
        ):
            node = np.zeros(len(inputs), dtype=np.int64)
            for _ in range(depth):
                node = 2 * node + 1 + (inputs[every, columns[node]] > thresholds[node])
            odds += leaves[node - len(columns)]
        return odds
