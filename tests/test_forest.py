"""Trees as arrays: what scikit-learn's say, and what the calibration makes of them."""

from __future__ import annotations

import numpy as np
import pytest

from boilerclass import features, scorer
from boilerclass.features.context import TO_LABELS
from boilerclass.forest import Forest
from boilerclass.labels import LABELS, ROLES, Label
from boilerclass.training import trees
from boilerclass.training.calibration import Calibration

SETTINGS = trees.Settings(trees=20, depth=4, rate=0.3, alpha=1.0, least=3, share=0.5)
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
    grown = trees.arrays(model, SETTINGS.depth)
    between = rows + np.float32(1e-8)
    for asked in (rows, between, np.nextafter(rows, np.float32(9)), -rows):
        assert np.allclose(grown(asked), model.decision_function(asked), atol=1e-5)


def test_a_value_at_the_threshold_goes_where_it_does_in_double_precision() -> None:
    low = np.float32(1 / 3)
    rows = np.array([low, np.nextafter(low, np.float32(1))] * 50, dtype=np.float32)[:, None]
    answers = rows[:, 0] > low
    model = trees.fit(SETTINGS, rows, answers, np.ones(100, dtype=np.float32), seed=1)
    grown = trees.arrays(model, SETTINGS.depth)
    assert np.array_equal(grown(rows) > 0, answers)


@pytest.mark.parametrize(
    "shapes", [((2, 3), (2, 3), (2, 3)), ((2, 3), (2, 2), (2, 4)), ((1, 3), (2, 3), (2, 4))]
)
def test_arrays_that_do_not_fit_are_an_error(shapes: tuple[tuple[int, int], ...]) -> None:
    columns, thresholds, leaves = (np.zeros(shape, dtype=np.float32) for shape in shapes)
    with pytest.raises(ValueError, match="do not fit"):
        Forest(columns.astype(np.int16), thresholds, leaves)


def test_the_calibration_is_built_in() -> None:
    random = np.random.default_rng(2)
    size = len(features.COLUMNS)
    standard = scorer.Standard(
        random.standard_normal(size).astype(np.float32),
        random.uniform(0.5, 2, size).astype(np.float32),
    )
    rows = random.standard_normal((60, size)).astype(np.float32)
    html = random.random(60) < 0.5
    rows[:, features.COLUMNS.index("is_html")] = html
    rows = standard(rows)
    answers = rows[:, 0] > 0
    model = trees.fit(SETTINGS, rows, answers, np.ones(60, dtype=np.float32), seed=1)
    grown = trees.arrays(model, SETTINGS.depth)
    line = Calibration(slope=0.8, page_core=0.5, text_core=-0.7)
    expected = line(grown(rows), html)
    assert np.allclose(line.built_in(grown, standard)(rows), expected, atol=1e-5)
    assert np.ptp(expected - 0.8 * grown(rows)) > 1


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
