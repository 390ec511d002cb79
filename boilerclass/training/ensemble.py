"""Networks of different seeds that make one: fitted by scikit-learn, averaged by their logits."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from boilerclass import scorer
from boilerclass.labels import ROLES
from boilerclass.training.draws import Blindfold, drawn

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

TINY = 1e-30
"""Probability below which none is told from 0."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What a network is fitted with."""

    members: int
    """Networks of different seeds whose logits are averaged to make this one."""
    hidden: int
    """Hidden units of each of them."""
    alpha: float
    epochs: int
    batch: int


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Networks whose logits are averaged: one network of all their hidden units."""

    members: Sequence[MLPClassifier]

    def __call__(self, inputs: Floats) -> Floats:
        """The probabilities, with a column for every role, also for those not met in training."""
        logs = np.zeros((len(inputs), len(ROLES)), dtype=np.float32)
        for model in self.members:
            logs += np.log(np.maximum(_spread(model, inputs), TINY))
        return scorer.softmax(logs / np.float32(len(self.members)))

    def network(self) -> scorer.Network:
        """The same as one network."""
        parts = [_padded(model) for model in self.members]
        n = np.float32(len(parts))
        return scorer.Network(
            hidden=np.concatenate([p.hidden for p in parts], axis=1),
            hidden_bias=np.concatenate([p.hidden_bias for p in parts]),
            output=np.concatenate([p.output / n for p in parts]),
            output_bias=np.mean([p.output_bias for p in parts], axis=0, dtype=np.float32),
        )


def _spread(model: MLPClassifier, inputs: Floats) -> Floats:
    """Probabilities with a column for every role, also for those the model has not met."""
    out = np.zeros((len(inputs), len(ROLES)), dtype=np.float32)
    out[:, model.classes_] = model.predict_proba(inputs)
    return out


def _padded(model: MLPClassifier) -> scorer.Network:
    output = np.zeros((model.coefs_[1].shape[0], len(ROLES)), dtype=np.float32)
    bias = np.full(len(ROLES), np.log(TINY), dtype=np.float32)
    output[:, model.classes_], bias[model.classes_] = model.coefs_[1], model.intercepts_[1]
    return scorer.Network(
        model.coefs_[0].astype(np.float32), model.intercepts_[0].astype(np.float32), output, bias
    )


def fit(
    layer: Layer,
    seed: int,
    inputs: Floats,
    targets: Ints,
    weights: Floats,
    rows: Ints,
    blindfold: Blindfold | None = None,
) -> Ensemble:
    """Networks of seeds from the first on, each fitted on a share of the rows, of which it may not
    see all."""
    seeds = range(seed, seed + layer.members)
    return Ensemble([_fit_one(layer, s, inputs, targets, weights, rows, blindfold) for s in seeds])


def _fit_one(
    layer: Layer,
    seed: int,
    inputs: Floats,
    targets: Ints,
    weights: Floats,
    rows: Ints,
    blindfold: Blindfold | None,
) -> MLPClassifier:
    rows, weight, shown = drawn(rows, weights, inputs, seed, blindfold)
    model = MLPClassifier(
        hidden_layer_sizes=(layer.hidden,),
        alpha=layer.alpha,
        batch_size=layer.batch,
        max_iter=layer.epochs,
        n_iter_no_change=1_000,
        random_state=seed,
    )
    with warnings.catch_warnings():
        # The number of epochs is chosen by cross-validation, not run until convergence.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(shown, targets[rows], sample_weight=weight)
