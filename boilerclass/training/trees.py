"""The forest that decides what the networks cannot: fitted by scikit-learn, shipped as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from boilerclass.forest import Forest

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the forest is fitted with."""

    trees: int
    leaves: int
    """At most, to a tree."""
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
        max_leaf_nodes=settings.leaves,
        min_samples_leaf=settings.least,
        l2_regularization=settings.alpha,
        max_features=settings.share,
        early_stopping=False,
        random_state=seed,
    )
    model.fit(inputs, core, sample_weight=weights)
    return model


def arrays(model: HistGradientBoostingClassifier, settings: Settings) -> Forest:
    """The model's decision function.

    scikit-learn gives no public access to these trees; skl2onnx and treelite read them in the same
    place. That the arrays say what the model says is checked at every training.
    """
    trees = [predictor.nodes for (predictor,) in model._predictors]  # noqa: SLF001
    start = model._baseline_prediction.item()  # noqa: SLF001
    inner = len(trees), settings.leaves - 1
    found = Forest(
        columns=np.zeros(inner, dtype=np.int16),
        thresholds=np.zeros(inner, dtype=np.float32),
        children=np.full((*inner, 2), inner[1], dtype=np.int16),
        leaves=np.zeros((inner[0], inner[1] + 1), dtype=np.float32),
    )
    for t, nodes in enumerate(trees):
        ends = nodes["is_leaf"] > 0
        # scikit-learn's own order already has a child after its parent.
        place = np.where(ends, inner[1] + np.cumsum(ends) - 1, np.cumsum(~ends) - 1)
        k = np.count_nonzero(~ends)
        found.columns[t, :k] = nodes["feature_idx"][~ends]
        found.thresholds[t, :k] = _below(nodes["num_threshold"][~ends])
        found.children[t, :k, 0] = place[nodes["left"][~ends]]
        found.children[t, :k, 1] = place[nodes["right"][~ends]]
        found.leaves[t, : k + 1] = nodes["value"][ends]
    found.leaves[0] += start
    return found


def _below(thresholds: NDArray[np.float64]) -> Floats:
    """The largest numbers in single precision that are not above: the same numbers in single
    precision are above either."""
    near = thresholds.astype(np.float32)
    return np.where(near > thresholds, np.nextafter(near, np.float32(-np.inf)), near)
