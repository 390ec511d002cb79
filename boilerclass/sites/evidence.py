"""What a site memory says of a document's paragraphs, as factors on the odds of their roles.

Two things count. *This paragraph stands on k of the n pages of its site*: the number of other
pages with it is taken as beta-binomial, for core and for all else, with the parameters that were
found most likely on labelled pages and texts; the ratio of the two is the factor on the odds of
core (naive Bayes: what the model says of the paragraph is the prior). *This line is the title of
another page*: the ratio of how often that is so of pointers and of core.

Both speak of core against all else. What the model gives to the other labels stays in its own
proportions, but for pointers among them: what is core no longer, or never was, has the label that
it would have had. Of a paragraph that the model takes for the article those proportions say little:
a percent is left to all of them, and that to what is mistaken for an article on one page, to
captions and bylines, which no site repeats. So what is taken from the core of such a paragraph goes
to what stands amid articles by the guide that pages were labelled after: a pointer there is a
teaser, and sentences that the site puts into all its articles are promotion of its own. (Of
labelled paragraphs that are such sentences ten are ads, of one site, and one is a recommendation.)

RATES holds the parameters; ``boilerclass.training.recurrence`` estimates them, and
``benchmarks/sites.py --fit`` writes the file. They are apart by length. Headings and lines of fewer
columns than the first band are left alone, since sites repeat them in their articles by right:
"Background", "Ingredients". So is what stands on fewer than MOSTLY of a site's pages, and a line
that stands on one page with several figures. No factor is larger than the ratio that was met on
lines that stand on MOSTLY of the pages and more.
"""

from __future__ import annotations

import functools
import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from math import exp, lgamma
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boilerclass.document import Document, Paragraph
from boilerclass.labels import LABEL_OF, ROLES, Label, Role
from boilerclass.markup import BIT
from boilerclass.sites import keys
from boilerclass.sites.memory import SiteMemory
from boilerclass.sites.tables import Keys

Floats = NDArray[np.float32]

RATES = "rates.json"
FEWEST_PAGES = 5
"""Pages a site must have."""
MOSTLY = 0.8
"""Share of a site's other pages from which the site repeats a paragraph. What stands on fewer may
be theirs: what the articles of a series say, or the specifications that goods have in common."""
MOST_TITLED = 5
"""Pages that a title may have and still be the title of a piece, not of a site or a section."""
LEAST_FACTOR = 10.0
"""Factor from which evidence is strong (Jeffreys 1961, "Theory of Probability", appendix B): what
is weaker must not take text from an article."""
SMALLEST = np.float32(1e-12)
"""What a probability is at least that something is divided by."""
LEAST_CORE = 0.1
"""Probability of core below which a paragraph is not looked up: no threshold that is chosen for
a document is as low."""

_TITLE = ROLES.index(Role.TITLE)
_POINTER = ROLES.index(Role.TEASER)
"""What in an article is the title of another page."""
_HOUSE = ROLES.index(Role.PROMO)
"""What in articles is made of sentences and stands on most pages of a site."""
_IS_CORE = np.array([LABEL_OF[role] is Label.CORE for role in ROLES])
_IS_POINTER = np.array([role in (Role.TEASER, Role.RECOMMENDATION) for role in ROLES])


@dataclass(frozen=True, slots=True)
class Rates:
    """The parameters of the evidence."""

    core: list[tuple[float, float]]
    """By band of length: the beta distribution of the share of a site's other pages on which a
    paragraph stands that is core."""
    other: dict[str, list[tuple[float, float]]]
    """The same of all else, by kind of document: a text may have lost its menus before."""
    most: list[float]
    """By band of length the largest factor."""
    title: float
    """Factor of a line that is another page's title."""
    bands: list[int]
    """Columns from which a paragraph belongs to each band."""


@functools.cache
def rates() -> Rates:
    """The shipped parameters."""
    path = resources.files("boilerclass.sites") / RATES
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return Rates(**{name: found[name] for name in Rates.__slots__})


@functools.lru_cache(maxsize=1 << 16)
def factor(kind: str, band: int, others: int, pages: int) -> float:
    """By how much less probable it is that core stands on ``others`` of ``pages`` other pages of
    its site than that something else does; 1 where it is not."""
    core, other = rates().core[band], rates().other[kind][band]
    odds = _log_beta_binomial(others, pages, *other) - _log_beta_binomial(others, pages, *core)
    return min(max(exp(min(odds, 50)), 1.0), rates().most[band])


def _log_beta_binomial(hits: int, trials: int, a: float, b: float) -> float:
    """The logarithm of the probability, but for the binomial coefficient."""
    return _log_beta(hits + a, trials - hits + b) - _log_beta(a, b)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


@dataclass(frozen=True, slots=True)
class Found:
    """What a memory says of one paragraph."""

    index: int
    factor: float
    """On the odds of core, to be divided by."""
    prose: bool
    """Whether it has the length of sentences."""
    pages: int
    """Pages of the site with the paragraph; 0 where that says nothing."""
    of: int
    site: str
    at_least: bool
    """Whether ``pages`` may be too low."""
    title: bool
    """Whether the line is the title of another page."""

    @property
    def words(self) -> str:
        parts = []
        if self.pages:
            most = "at least " if self.at_least else ""
            place = self.site or "this site"
            parts.append(f"stands on {most}{self.pages} of {self.of} pages of {place}")
        if self.title:
            parts.append("is the title of another page")
        return " and ".join(parts)


def weigh(document: Document, roles: Floats, memory: SiteMemory) -> tuple[Floats, list[Found]]:
    """The probabilities of the roles with the memory's evidence, and what it was.

    ``roles`` has shape (n, roles) and is not changed; rows of which nothing is found stay as they
    are. A paragraph that is most probably the title is left alone: the headline of a piece stands
    in the lists of many pages.
    """
    doubtful = roles[:, _IS_CORE].sum(axis=1) >= LEAST_CORE
    wanted = np.flatnonzero(doubtful & (roles.argmax(axis=1) != _TITLE)).tolist()
    found = look_up(document, wanted, memory) if wanted else []
    if not found:
        return roles, found
    told = [each.index for each in found]
    together = roles.copy()
    together[told] = _moved(roles[told], found)
    return together, found


def _moved(roles: Floats, found: Sequence[Found]) -> Floats:
    """The probabilities of some paragraphs after what was found about each."""
    core = roles[:, _IS_CORE].sum(axis=1, keepdims=True)
    rest = np.where(_IS_CORE, 0, roles)
    named = np.array([[rates().title if f.title else 1.0] for f in found], dtype=np.float32)
    likely = rest * np.where(_IS_POINTER, named, 1)
    against = np.array([[each.factor] for each in found], dtype=np.float32)
    before, after = (some.sum(axis=1, keepdims=True) for some in (rest, likely))
    taken = core - core * (core + before) / (core + against * after)
    own = likely / np.maximum(after, SMALLEST)
    heirs = own.copy()
    for row, each in enumerate(found):
        heir = _POINTER if each.title else _HOUSE if each.prose else None
        if heir is not None and core[row] > before[row]:
            heirs[row] = np.arange(len(ROLES)) == heir
    left = np.where(_IS_CORE, roles * (1 - taken / np.maximum(core, SMALLEST)), 0)
    moved: Floats = left + own * before + heirs * taken
    return moved


def look_up(document: Document, wanted: list[int], memory: SiteMemory) -> list[Found]:
    """What the memory says of some paragraphs, those of which it says something."""
    paragraphs = [document.paragraphs[i] for i in wanted]
    texts = keys.of_texts(p.text for p in paragraphs)
    site = keys.site(document)
    site_key = keys.of_site(site)
    of = int(memory.sites.get(np.array([site_key]))[0])
    stands = memory.paragraphs.get(keys.of_paragraphs(site_key, paragraphs, texts))
    titled = memory.titles.get(texts)
    titled[titled > MOST_TITLED] = 0
    if titled.any():
        titled[np.isin(texts, keys.of_texts(keys.titles(document)))] = 0
    stands[_varied(paragraphs, texts)] = 0
    found = []
    for index, paragraph, pages, titles in zip(
        wanted, paragraphs, stands.tolist(), titled.tolist(), strict=True
    ):
        columns = keys.width(paragraph.text)
        strength = 1.0
        band = bisect_right(rates().bands, columns) - 1
        heading = paragraph.flags & BIT["heading"]
        enough = of >= FEWEST_PAGES and MOSTLY * (of - 1) <= pages - 1 < of
        if enough and band >= 0 and not heading:
            strength = factor(document.kind, band, pages - 1, of - 1)
        strong = strength >= LEAST_FACTOR
        title = titles > 0 and columns in keys.TITLE_WIDTH
        if strong or title:
            found.append(
                Found(
                    index=index,
                    factor=strength if strong else 1.0,
                    prose=band == len(rates().bands) - 1,
                    pages=pages if strong else 0,
                    of=of,
                    site=site,
                    at_least=memory.error > 0,
                    title=title,
                )
            )
    return found


def _varied(paragraphs: Sequence[Paragraph], texts: Keys) -> NDArray[np.bool_]:
    """Which paragraphs stand in the document with other figures as well: they say something of each
    item of a list, as "4 reviews of this tent" does, and sites have them wherever they list."""
    first: dict[int, str] = {}
    varied = set()
    for key, paragraph in zip(texts.tolist(), paragraphs, strict=True):
        if first.setdefault(key, paragraph.text) != paragraph.text:
            varied.add(key)
    return np.array([key in varied for key in texts.tolist()], dtype=bool)
