"""Trees as arrays: what scikit-learn's say, and what the calibration makes of them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from boilerclass import scorer
from boilerclass.features.context import TO_LABELS
from boilerclass.labels import LABELS, ROLES, Label
from boilerclass.training import calibration, trees
from boilerclass.training.corpus import BODY, OUTSIDE

SETTINGS = trees.Settings(trees=20, leaves=9, rate=0.3, alpha=1.0, least=3, share=0.5)
CORE = LABELS.index(Label.CORE)


def questions(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of few different values, so that many stand next to a threshold, and answers."""
    random = np.random.default_rng(5)
    rows = random.choice(np.float32([-5, -0.1, 0.1, 0.3, 1 / 3, 5]), (n, 6))
    return rows, (rows[:, 0] > rows[:, 1]) ^ (rows[:, 2] > 0.2) ^ (random.random(n) < 0.1)


@pytest.mark.parametrize("n", [12, 400])  # from a handful of rows come trees that end at once
def test_the_arrays_say_what_scikit_learn_says(n: int) -> None:
    rows, answers = questions(n)
    model = trees.fit(SETTINGS, rows, answers, np.ones(n, dtype=np.float32), seed=1)
    grown = trees.arrays(model, SETTINGS)
    between = rows + np.float32(1e-8)
    for asked in (rows, between, np.nextafter(rows, np.float32(9)), -rows):
        assert np.allclose(grown(asked), model.decision_function(asked), atol=1e-5)


def test_a_value_at_the_threshold_goes_where_it_does_in_double_precision() -> None:
    low = np.float32(1 / 3)
    rows = np.array([low, np.nextafter(low, np.float32(1))] * 50, dtype=np.float32)[:, None]
    answers = rows[:, 0] > low
    model = trees.fit(SETTINGS, rows, answers, np.ones(100, dtype=np.float32), seed=1)
    grown = trees.arrays(model, SETTINGS)
    assert np.array_equal(grown(rows) > 0, answers)


@pytest.mark.parametrize(("html", "true"), [(True, (1, 0)), (False, (0.5, 1))])
def test_odds_are_moved_along_a_line(html: bool, true: tuple[float, float]) -> None:
    random = np.random.default_rng(2)
    n = 6000
    odds = random.normal(0, 2, n).astype(np.float32)
    core = random.random(n) < scorer.logistic(odds * true[0] + true[1])
    every = np.ones(n, dtype=bool)
    data = SimpleNamespace(targets=np.where(core, BODY, OUTSIDE), html=every & html, scored=every)
    even = np.full((n, len(ROLES)), 1 / len(ROLES), dtype=np.float32)
    decided = SimpleNamespace(open=every, odds=odds, roles=even)
    line = calibration.fit(data, decided)  # type: ignore[arg-type]
    assert np.allclose(line, true, atol=0.15)
    moved = scorer.core_odds(calibration.calibrated(decided, line))  # type: ignore[arg-type]
    assert np.allclose(moved, odds * line[0] + line[1], atol=1e-3)


def test_what_was_not_met_in_training_is_left_as_it_is() -> None:
    nothing = np.zeros(0, dtype=bool)
    data = SimpleNamespace(targets=np.zeros(0, dtype=np.int64), html=nothing, scored=nothing)
    decided = SimpleNamespace(open=nothing, odds=np.zeros(0, dtype=np.float32))
    assert calibration.fit(data, decided).tolist() == [1, 0]  # type: ignore[arg-type]


def test_core_gets_its_odds_and_the_rest_keeps_its_shares() -> None:
    random = np.random.default_rng(3)
    roles = random.dirichlet(np.ones(len(ROLES)), 30).astype(np.float32)
    odds = random.normal(0, 3, 30).astype(np.float32)
    after = scorer.with_core(roles, odds)
    assert np.allclose(after.sum(axis=1), 1, atol=1e-5)
    assert np.allclose((after @ TO_LABELS)[:, CORE], scorer.logistic(odds), atol=1e-5)
    rest = TO_LABELS[:, CORE] == 0
    shares = [r[:, rest] / r[:, rest].sum(axis=1, keepdims=True) for r in (roles, after)]
    assert np.allclose(*shares, atol=1e-4)
