"""The forest that decides what the networks cannot: fitted by scikit-learn, shipped as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from boilerclass.forest import Forest

Floats = NDArray[np.float32]

NEVER = np.finfo(np.float32).max
"""No column is above it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the forest is fitted with."""

    trees: int
    depth: int
    rate: float
    """Share of each tree's step that is taken."""
    alpha: float
    """L2 penalty of the leaves."""
    least: int
    """Rows that a leaf holds at least."""
    share: float
    """Share of the columns that a node may choose from, drawn for each: trees that see different
    things err differently."""


def fit(
    settings: Settings, inputs: Floats, core: NDArray[np.bool_], weights: Floats, seed: int
) -> HistGradientBoostingClassifier:
    """Gradient boosting, whose decision function is the log odds of core."""
    model = HistGradientBoostingClassifier(
        learning_rate=settings.rate,
        max_iter=settings.trees,
        max_depth=settings.depth,
        max_leaf_nodes=None,
        min_samples_leaf=settings.least,
        l2_regularization=settings.alpha,
        max_features=settings.share,
        early_stopping=False,
        random_state=seed,
    )
    model.fit(inputs, core, sample_weight=weights)
    return model


def arrays(model: HistGradientBoostingClassifier, depth: int) -> Forest:
    """The model's decision function; the first tree asks nothing and holds what rows begin with.

    scikit-learn gives no public access to these trees; skl2onnx and treelite read them in the same
    place. That the arrays say what the model says is checked at every training.
    """
    trees = [predictor.nodes for (predictor,) in model._predictors]  # noqa: SLF001
    start = model._baseline_prediction.item()  # noqa: SLF001
    inner = len(trees) + 1, (1 << depth) - 1
    columns, thresholds = np.zeros(inner, np.int16), np.full(inner, NEVER, np.float32)
    leaves = np.full((len(trees) + 1, 1 << depth), start, np.float32)
    for t, nodes in enumerate(trees, start=1):
        _complete(nodes, columns[t], thresholds[t], leaves[t])
    return Forest(columns, thresholds, leaves)


def _complete(
    nodes: NDArray[Any], columns: NDArray[np.int16], thresholds: Floats, leaves: Floats
) -> None:
    """Lay a tree out as one that is complete."""
    places = [(0, 0)]
    while places:
        node, at = places.pop()
        if at >= len(columns):
            leaves[at - len(columns)] = nodes["value"][node]
        elif nodes["is_leaf"][node]:  # every row goes left from here
            places += [(node, 2 * at + 1)]
        else:
            columns[at] = nodes["feature_idx"][node]
            thresholds[at] = _below(float(nodes["num_threshold"][node]))
            places += [(nodes["left"][node], 2 * at + 1), (nodes["right"][node], 2 * at + 2)]


def _below(threshold: float) -> np.float32:
    """The largest number in single precision that is not above: the same numbers in single
    precision are above either."""
    near = np.float32(threshold)
    return np.nextafter(near, np.float32(-np.inf)) if float(near) > threshold else near
