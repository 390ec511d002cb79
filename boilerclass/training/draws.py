"""The rows that a layer is fitted on, and what it may see of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

DRAWN = 0.7
"""Share of the rows that a layer is fitted on, drawn by weight: more of them cost time only."""
NAMELESS = 0.2
"""Share of the pages of which a layer does not see the class and id words while it is fitted:
many sites have none that mean anything."""


class Blindfold(NamedTuple):
    """Hides columns of some pages from a layer that is fitted."""

    columns: Sequence[int]
    values: Floats
    """What stands in these columns where there is nothing to see."""
    page: Ints
    """Shape (n,): the page of each row."""

    def put_on(self, inputs: Floats, rows: Ints, seed: int) -> None:
        """Changes the inputs, which are those of ``rows``."""
        pages = np.random.default_rng(seed).random(self.page[-1] + 1) < NAMELESS
        inputs[np.ix_(pages[self.page[rows]], self.columns)] = self.values


def drawn(
    rows: Ints, weights: Floats, inputs: Floats, seed: int, blindfold: Blindfold | None
) -> tuple[Ints, Floats, Floats]:
    """A share of the rows, what each then weighs, 1 on average, and what may be seen of it.

    A row is drawn with a probability in proportion to its weight, up to 1, and its weight is
    divided by it: the expected loss is that of all rows.
    """
    weight = weights[rows]
    probability = np.minimum(weight * _scale(weight, DRAWN), 1)
    taken = np.random.default_rng(seed).random(len(rows)) < probability
    rows, weight = rows[taken], (weight / probability)[taken]
    shown = inputs[rows]
    if blindfold is not None:
        blindfold.put_on(shown, rows, seed)
    return rows, weight / weight.mean(), shown


def _scale(weights: Floats, share: float) -> float:
    """The factor under which the weights, cut at 1, have the mean ``share``; by bisection."""
    low, high = 0.0, 1 / float(weights.min())
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if np.minimum(weights * middle, 1).mean() < share else (low, middle)
        )
    return high
