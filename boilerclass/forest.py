"""A forest of decision trees as arrays: log odds from columns, with numpy alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boilerclass.native import kernels

Floats = NDArray[np.float32]
Shorts = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Forest:
    """Binary trees; t of them, each with m nodes and m + 1 leaves.

    A tree begins at its node 0, and a child stands after its parent: child c is node c, or from m
    on leaf c - m. A tree with fewer nodes has some that nothing leads to.
    """

    columns: Shorts
    """Shape (t, m): the column that a node looks at."""
    thresholds: Floats
    """Shape (t, m): a row goes left where the column is not above it."""
    children: Shorts
    """Shape (t, m, 2): the left and the right child."""
    leaves: Floats
    """Shape (t, m + 1): what a row that ends there adds to the log odds."""

    def __call__(self, inputs: Floats) -> Floats:
        """The log odds, shape (n,), of rows of shape (n, columns)."""
        odds = np.zeros(len(inputs), dtype=np.float32)
        if kernels is not None:
            rows = np.ascontiguousarray(inputs), inputs.shape[1]
            nodes = self.columns, self.thresholds, self.children
            kernels.forest(*rows, *nodes, self.columns.shape[1], self.leaves, odds)
            return odds
        every, m = np.arange(len(inputs)), self.columns.shape[1]
        trees = self.columns, self.thresholds, self.children, self.leaves
        for columns, thresholds, children, leaves in zip(*trees, strict=True):
            at = np.zeros(len(inputs), dtype=np.int64)
            while (inner := at < m).any():
                rows, nodes = every[inner], at[inner]
                above = inputs[rows, columns[nodes]] > thresholds[nodes]
                at[inner] = children[nodes, above.astype(np.int64)]
            odds += leaves[at - m]
        return odds
