"""Probabilities to labels."""

from __future__ import annotations

import numpy as np

from boilerclass import decode
from boilerclass.labels import LABELS, ROLES, Label


def roles(**by_role: float) -> np.ndarray:
    row = np.zeros(len(ROLES), dtype=np.float32)
    for role, probability in by_role.items():
        row[ROLES.index(role)] = probability
    return row


EVEN = np.ones(len(LABELS), dtype=np.float32)


def labelled(
    rows: list[np.ndarray],
    threshold: float | None = 0.5,
    beta: float = 1.0,
    factors: np.ndarray = EVEN,
) -> list[Label]:
    chars = np.full(len(rows), 100, dtype=np.float32)
    chosen, _ = decode.labels(
        np.stack(rows), chars, threshold=threshold, beta=beta, factors=factors
    )
    return [LABELS[i] for i in chosen.tolist()]


def test_roles_add_up_to_labels() -> None:
    assert labelled([roles(title=0.3, body=0.3, chrome=0.4)]) == [Label.CORE]
    assert labelled([roles(ad=0.3, promo=0.3, body=0.4)]) == [Label.AD]


def test_below_the_threshold_the_best_other_label_wins() -> None:
    row = roles(body=0.6, teaser=0.3, chrome=0.1)
    assert labelled([row], threshold=0.7) == [Label.TEASER]
    assert labelled([row], threshold=0.0) == [Label.CORE]


def test_a_factor_finds_more_of_a_rare_label_and_never_less_or_more_core() -> None:
    rows = [roles(teaser=0.4, recommendation=0.6), roles(body=0.5, teaser=0.5)]
    more = EVEN.copy()
    more[[LABELS.index(Label.TEASER), LABELS.index(Label.CORE)]] = 2, 9
    assert labelled(rows) == [Label.RECOMMENDATION, Label.CORE]
    assert labelled(rows, factors=more) == [Label.TEASER, Label.CORE]
    assert labelled(rows, threshold=0.6, factors=more) == [Label.TEASER, Label.TEASER]


def test_a_doubtful_page_is_not_dropped_whole() -> None:
    doubtful = [roles(body=0.4, chrome=0.6)] * 5
    assert labelled(doubtful, threshold=None) == [Label.CORE] * 5
    sure = [roles(body=0.98, chrome=0.02)] * 5
    assert labelled([*sure, roles(body=0.4, chrome=0.6)], threshold=None)[-1] is Label.CHROME


def test_presets_order_how_much_is_kept() -> None:
    rows = [roles(body=p, chrome=1 - p) for p in np.linspace(0.05, 0.95, 19)]
    kept = [labelled(rows, None, beta).count(Label.CORE) for beta in (0.5, 1.0, 2.0)]
    assert kept == sorted(kept)
    assert kept[0] < kept[-1]


def test_no_paragraphs_no_labels() -> None:
    empty = np.zeros((0, len(ROLES)), dtype=np.float32)
    chosen, probabilities = decode.labels(
        empty, empty[:, 0], threshold=None, beta=1.0, factors=EVEN
    )
    assert len(chosen) == 0
    assert probabilities.shape == (0, len(LABELS))
