"""Linear models over hashed n-grams or class words, fitted by scikit-learn, shipped as tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import SGDClassifier

from boilerclass import scorer
from boilerclass.labels import ROLES

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a linear model is fitted with."""

    alpha: float
    """L2 penalty."""
    epochs: int


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear model of the roles and one of core against the rest."""

    roles: SGDClassifier
    core: SGDClassifier

    def __call__(self, rows: Any) -> Floats:
        out = np.full((rows.shape[0], len(ROLES) + 1), -scorer.LINEAR_LIMIT, dtype=np.float32)
        out[:, self.roles.classes_] = self.roles.decision_function(rows)
        out[:, -1] = self.core.decision_function(rows)
        return out

    def table(self) -> tuple[Floats, Floats]:
        """The same as one table, shape (buckets, roles + 1), and a bias."""
        table = np.zeros((self.core.coef_.shape[1], len(ROLES) + 1), dtype=np.float32)
        bias = np.full(len(ROLES) + 1, -scorer.LINEAR_LIMIT, dtype=np.float32)
        table[:, self.roles.classes_] = self.roles.coef_.T
        bias[self.roles.classes_] = self.roles.intercept_
        table[:, -1], bias[-1] = self.core.coef_[0], self.core.intercept_[0]
        return table, bias


def fit(
    settings: Settings,
    seed: int,
    roles: tuple[Any, Ints],
    core: tuple[Any, Ints],
) -> Linear:
    """Both models, each on its rows and their targets."""
    models = [_sgd(settings, seed).fit(*known) for known in (roles, core)]
    for model in models:  # shipped in half precision, so that is what the rest learns on
        model.coef_ = model.coef_.astype(np.float16).astype(np.float32)
    return Linear(*models)


def _sgd(settings: Settings, seed: int) -> SGDClassifier:
    return SGDClassifier(
        loss="log_loss",
        alpha=settings.alpha,
        max_iter=settings.epochs,
        tol=None,
        average=True,
        random_state=seed,
        n_jobs=-1,
    )
