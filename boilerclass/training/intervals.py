"""How far a figure might be from itself on other pages of the same sort: bootstrap over sites."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from boilerclass.training import tally
from boilerclass.training.tally import TALLY, Tallies

RESAMPLES = 1000
COVERAGE = 0.95
SEED = 0


def resampled(tallies: Tallies, sites: Sequence[str]) -> Tallies:
    """The sums of RESAMPLES draws of as many sites as there are, with replacement.

    Sites are drawn, not documents: pages of one site fail together.
    """
    names, site_of = np.unique(np.asarray(sites, dtype=object).astype(str), return_inverse=True)
    by_site = np.zeros((len(names), TALLY.itemsize // 8))
    np.add.at(by_site, site_of, _flat(tallies))
    count = len(names)
    draws = np.random.default_rng(SEED).multinomial(count, np.full(count, 1 / count), RESAMPLES)
    return _tallies(draws @ by_site)


def total(tallies: Tallies) -> Tallies:
    """The sum of all documents; shape ()."""
    return _tallies(_flat(tallies).sum(axis=0, keepdims=True)).reshape(())


def figures(tallies: Tallies, sites: Sequence[str]) -> dict[str, dict[str, float | None]]:
    """``value``, ``low`` and ``high`` of each figure that the documents can tell.

    The bounds hold 95 % of the resamples, and the value: an error that cannot be negative is
    larger in most resamples than in the sample. They are None where there is one site only.
    """
    point = tally.figures(total(tallies))
    several = len(set(sites)) > 1
    draws = tally.figures(resampled(tallies, sites)) if several else {}
    tail = (1 - COVERAGE) / 2
    found: dict[str, dict[str, float | None]] = {}
    for name, figure in point.items():
        value = float(figure)
        if np.isnan(value):
            continue
        low = high = None
        drawn = draws[name][~np.isnan(draws[name])] if several else np.zeros(0)
        if len(drawn):
            bounds = np.quantile(drawn, [tail, 1 - tail])
            low = round(min(float(bounds[0]), value), 4)
            high = round(max(float(bounds[1]), value), 4)
        found[name] = {"value": round(value, 4), "low": low, "high": high}
    return found


def _flat(tallies: Tallies) -> tally.Floats:
    columns: tally.Floats = tallies.view(np.float64).reshape(len(tallies), -1)
    return columns


def _tallies(columns: tally.Floats) -> Tallies:
    return np.ascontiguousarray(columns).view(TALLY).reshape(-1)
