"""The parameters of site evidence, estimated on labelled documents and a memory of their sites."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln

from boilerclass.labels import LABEL_OF, ROLES, Label
from boilerclass.sites import keys
from boilerclass.sites.evidence import FEWEST_PAGES, MOST_TITLED, MOSTLY
from boilerclass.sites.memory import SiteMemory
from boilerclass.training.corpus import UNSURE, Example

BANDS = (25, 80)
"""Columns from which a paragraph is a headline or a sentence, and prose; what is shorter than both
is no evidence."""
DIGITS = 4


class Observation(NamedTuple):
    """A paragraph of a page, once a page."""

    kind: str
    site: str
    band: int
    core: bool
    pointer: bool
    others: int
    """Other pages of the site with the paragraph."""
    pages: int
    """Other pages of the site."""
    titled: bool
    """Whether it is the title of another page."""


def observe(examples: Iterable[Example], memory: SiteMemory) -> Iterator[Observation]:
    """The paragraphs of the examples, which the memory has counted, with what is known of them."""
    for example in examples:
        document = example.document
        name = keys.site(document)
        site = keys.of_site(name)
        pages = int(memory.sites.get(np.array([site]))[0])
        texts = keys.of_texts(p.text for p in document.paragraphs)
        own = keys.of_paragraphs(site, document.paragraphs, texts)
        own_titles = keys.of_texts(keys.titles(document))
        titles = memory.titles.get(texts)
        titled = (titles > 0) & (titles <= MOST_TITLED) & ~np.isin(texts, own_titles)
        stands = memory.paragraphs.get(own)
        for i in np.unique(own, return_index=True)[1].tolist():
            target = int(example.targets[i])
            if target == UNSURE:
                continue
            label = LABEL_OF[ROLES[target]] if target >= 0 else None
            columns = keys.width(document.paragraphs[i].text)
            yield Observation(
                kind=document.kind,
                site=name,
                band=bisect_right(BANDS, columns) - 1,
                core=label is Label.CORE,
                pointer=label in (Label.TEASER, Label.RECOMMENDATION),
                others=int(stands[i]) - 1,
                pages=pages - 1,
                titled=bool(titled[i]) and columns in keys.TITLE_WIDTH,
            )


def fit(observations: Iterable[Observation]) -> dict[str, Any]:
    """The parameters, as :class:`boilerclass.sites.evidence.Rates` reads them.

    Sites of FEWEST_PAGES and more count, each as much as any other.
    """
    many = [o for o in observations if o.pages >= FEWEST_PAGES - 1 and o.others >= 0]
    bands = range(len(BANDS))
    return {
        "core": [_shape([o for o in many if o.core and o.band == band]) for band in bands],
        "other": {
            kind: [
                _shape([o for o in many if not o.core and (o.band, o.kind) == (band, kind)])
                for band in bands
            ]
            for kind in ("text", "html")
        },
        "most": [
            round(
                _repeated([o for o in many if o.band == band and not o.core])
                / _repeated([o for o in many if o.band == band and o.core]),
                DIGITS,
            )
            for band in bands
        ],
        "title": round(_titled(many, pointer=True) / _titled(many, pointer=False), DIGITS),
        "bands": list(BANDS),
    }


def _shape(observations: list[Observation]) -> list[float]:
    """The most likely beta distribution of the share of pages; two ones where nothing is known."""
    if not observations:
        return [1.0, 1.0]
    weights = _weights(observations)
    hits = np.array([o.others for o in observations], dtype=float)
    trials = np.array([o.pages for o in observations], dtype=float)

    def loss(logarithms: NDArray[np.float64]) -> float:
        a, b = np.exp(logarithms)
        likelihood = betaln(hits + a, trials - hits + b) - betaln(a, b)
        return -float((weights * likelihood).sum())

    best = minimize(loss, [-2.0, 1.0], method="Nelder-Mead").x
    return [round(float(x), DIGITS) for x in np.exp(best)]


def _repeated(observations: list[Observation]) -> float:
    """The share that stands on most pages of its site, one site with one such line added."""
    by_site = defaultdict(list)
    for o in observations:
        by_site[o.site].append(o.others >= MOSTLY * o.pages)
    shares = [float(np.mean(marks)) for marks in by_site.values()]
    return (sum(shares) + 1 / (len(observations) + 1)) / (len(shares) + 1)


def _titled(observations: list[Observation], *, pointer: bool) -> float:
    """The share of pointers or of core that is another page's title, by Laplace's rule."""
    marks = [o.titled for o in observations if (o.pointer if pointer else o.core)]
    return (sum(marks) + 1) / (len(marks) + 2)


def _weights(observations: list[Observation]) -> NDArray[np.float64]:
    lines = Counter(o.site for o in observations)
    weights = np.array([1 / lines[o.site] for o in observations])
    return np.asarray(weights / weights.sum())
