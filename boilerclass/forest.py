"""A forest of decision trees as arrays: log odds from columns, with numpy alone."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boilerclass.native import kernels

Floats = NDArray[np.float32]
Shorts = NDArray[np.int16]

MOST_NODES = 31
"""To a tree: of its leaves each has a bit."""
ROWS_AT_ONCE = 64
"""Rows that Python walks through all trees together: more do not stay in cache."""


@dataclass(frozen=True)
class Forest:
    """Binary trees; t of them, each with m nodes, at most MOST_NODES, and m + 1 leaves.

    A tree begins at its node 0, and a child stands after its parent: child c is node c, or from m
    on leaf c - m. Nodes and leaves stand in the order in which one meets them who goes left first.
    A tree with fewer nodes has some that nothing leads to.
    """

    columns: Shorts
    """Shape (t, m): the column that a node looks at."""
    thresholds: Floats
    """Shape (t, m): a row goes left where the column is not above it."""
    children: Shorts
    """Shape (t, m, 2): the left and the right child."""
    leaves: Floats
    """Shape (t, m + 1): what a row that ends there adds to the log odds."""

    @functools.cached_property
    def masks(self) -> NDArray[np.uint32]:
        """Shape (t, m): bit by bit the leaves that a row which goes right at a node can end in."""
        trees, m = self.columns.shape
        of_tree = np.arange(trees)
        first = np.tile(np.arange(2 * m + 1) - m, (trees, 1))
        for k in range(m - 1, -1, -1):  # the first leaf below each
            first[:, k] = first[of_tree, self.children[:, k, 0]]
        left, right = (first[of_tree[:, None], self.children[:, :, side]] for side in (0, 1))
        return ~np.asarray((1 << right) - (1 << left), dtype=np.uint32)

    def __call__(self, inputs: Floats) -> Floats:
        """The log odds, shape (n,), of rows of shape (n, columns)."""
        odds = np.zeros(len(inputs), dtype=np.float32)
        if kernels is not None:
            rows = np.ascontiguousarray(inputs), inputs.shape[1]
            nodes = self.columns, self.thresholds, self.masks
            kernels.forest(*rows, *nodes, self.columns.shape[1], self.leaves, odds)
            return odds
        for first in range(0, len(inputs), ROWS_AT_ONCE):
            part = slice(first, first + ROWS_AT_ONCE)
            odds[part] = self._python(inputs[part])
        return odds

    def _python(self, inputs: Floats) -> Floats:
        """The same without the kernel, all trees at once."""
        trees, m = self.columns.shape
        columns, thresholds = self.columns.ravel(), self.thresholds.ravel()
        children, of_tree = self.children.reshape(-1, 2), np.arange(trees)
        rows = np.arange(len(inputs))[:, None]
        at = np.zeros((len(inputs), trees), dtype=np.int64)
        while (inner := at < m).any():
            node = np.where(inner, at, 0) + m * of_tree
            above = inputs[rows, columns[node]] > thresholds[node]
            at = np.where(inner, children[node, above.astype(np.int64)], at)
        # Tree by tree, as the kernel adds them: numpy's own sum would round otherwise.
        added = np.add.accumulate(self.leaves[of_tree, at - m], axis=1, dtype=np.float32)
        return added[:, -1]
