"""Plain texts made from the labelled documents, in the layouts that extractors leave behind.

Bare text keeps none of the markup that tells a page's parts, so the model must learn them from
order, cues and repetition. Few texts are labelled; these stand in for more. Everything a text is
made of comes from documents of its own fold, so that no site leaks from one fold to another.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from boilerclass import lexicons, readers
from boilerclass.labels import ROLES, Role
from boilerclass.training.corpus import BODY, ROLE_NUMBER, Example

KEPT: dict[Role, float] = {
    Role.CHROME: 0.1,
    Role.COMMENT: 0.3,
    Role.RECOMMENDATION: 0.5,
    Role.AD: 0.7,
    Role.PROMO: 0.7,
}
"""Share of a page's paragraphs of a role that an extractor lets through; all of the others."""
CHROME_INSIDE = (0.0, 0.4, 0.8)
"""The same for chrome between headline and last line of the body: players, share bars and counters
come along, more of them from some pages than from others."""
THINNED_ROUNDS = 2
"""Texts made of each page."""
SHORTEST_BODY = 3
"""Paragraphs of body from which a document can be the base of a composed text."""
MADE = "composed"
"""``Example.source`` of everything made here."""
ROUNDS = 2
"""Texts composed around each article."""
CORE_NUMBERS = (ROLE_NUMBER["title"], BODY)
LEAD_CHARS = 80
"""Characters from which a body's first paragraph can be the lead under a headline."""
SENTENCE = re.compile(r"(?<=[.!?…])\s+")
SUBHEAD_WORDS = (4, 12)
"""Words of the subheads made, from and to."""
CUT_SHORT = 0.2
"""Share of texts that hold the first paragraphs only, as where readers have to pay."""
FOOTER = (
    ("promo", "promo"),
    ("chrome", "share"),
    ("comment", "comment"),
    ("chrome", "nav"),
    ("recommendation", "recommendation"),
)
"""Role and class of the cue phrases of what follows an article."""

Line = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Article:
    """The parts of a document that texts are composed of."""

    example: Example
    title: str
    body: list[str]
    captions: list[str] = field(default_factory=list)
    promos: list[str] = field(default_factory=list)
    metas: list[str] = field(default_factory=list)


def thinned(examples: Sequence[Example], seed: int) -> list[Example]:
    """Typed pages as text, most of what is not article dropped at random."""
    chooser = random.Random(seed)
    out = []
    for example in [e for e in examples for _ in range(THINNED_ROUNDS)]:
        blank, inside = chooser.choice((0.0, 0.3, 1.0)), chooser.choice(CHROME_INSIDE)
        lines: list[Line] = []
        targets = example.targets.tolist()
        article = [i for i, target in enumerate(targets) if target in CORE_NUMBERS]
        for i, (paragraph, target) in enumerate(
            zip(example.document.paragraphs, targets, strict=True)
        ):
            share = KEPT.get(ROLES[target], 1.0) if target >= 0 else 0.0
            if target == ROLE_NUMBER["chrome"] and article and article[0] < i < article[-1]:
                share = inside
            if chooser.random() < share:
                lines.append((" ".join(paragraph.text.split()), target))
        out.append(_example(example, lines, chooser, blank))
    return [e for e in out if len(e.document.paragraphs)]


def composed(
    examples: Sequence[Example], folds: Sequence[int], rounds: int, seed: int
) -> list[Example]:
    """Articles with the teasers, promotions and tails of others of their language and fold."""
    chooser = random.Random(seed)
    groups: dict[tuple[int, str], list[Article]] = defaultdict(list)
    for example, fold in zip(examples, folds, strict=True):
        article = _article(example)
        if article:
            groups[fold, example.language].append(article)
    out = []
    for (_, language), articles in sorted(groups.items(), key=lambda item: item[0]):
        cues = _cues(language)
        if len(articles) < SHORTEST_BODY or not cues["teaser"]:
            continue
        for article in articles * rounds:
            lines = _compose(article, articles, cues, chooser)
            out.append(_example(article.example, lines, chooser, chooser.choice((0.0, 0.5, 1.0))))
    return out


def _article(example: Example) -> Article | None:
    parts: dict[int, list[str]] = defaultdict(list)
    for paragraph, target in zip(
        example.document.paragraphs, example.targets.tolist(), strict=True
    ):
        if target >= 0:
            parts[target].append(" ".join(paragraph.text.split()))
    titles = parts[ROLE_NUMBER["title"]] or [t for t in example.document.titles if t]
    if not titles or len(parts[BODY]) < SHORTEST_BODY:
        return None
    if example.page_type not in (None, "article"):
        return None
    return Article(
        example,
        titles[0],
        parts[BODY],
        [c for c in parts[ROLE_NUMBER["caption"]] if len(c) < LEAD_CHARS],
        [p for p in parts[ROLE_NUMBER["promo"]] if len(p) > 12],
        [m for m in parts[ROLE_NUMBER["meta"]] if len(m) < LEAD_CHARS],
    )


def _cues(language: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, phrase in lexicons.phrases(language if language in lexicons.languages() else "en"):
        found[name].append(phrase)
    return found


def _compose(
    article: Article, others: Sequence[Article], cues: dict[str, list[str]], chooser: random.Random
) -> list[Line]:
    number = ROLE_NUMBER
    body = article.body
    if chooser.random() < CUT_SHORT:
        body = body[: chooser.randrange(1, SHORTEST_BODY + 1)]
    lines: list[Line] = [(article.title, number["title"])] * chooser.choice((1, 1, 1, 2, 0))
    lines += _header(others, cues, chooser)
    pictures = [c for a in (article, *chooser.sample(others, 2)) for c in a.captions]
    lines += [(c, number["caption"]) for c in pictures[: chooser.choice((0, 0, 1, 2))]]
    teasers = {chooser.randrange(1, len(body) + 1) for _ in range(chooser.choice((0, 1, 1, 2)))}
    promos = [p for a in others for p in a.promos]
    interruption = chooser.randrange(1, len(body) + 1) if chooser.random() < 0.3 else None
    player = chooser.choice((0, 1, len(body))) if chooser.random() < 0.25 else None
    subheads = {chooser.randrange(1, len(body) + 1) for _ in range(chooser.choice((0, 0, 0, 1)))}
    for i, text in enumerate(body):
        if i in subheads:
            lines += _subhead(text, chooser)
        if i in teasers:
            lines += _teaser(article, others, cues, chooser)
        if i == interruption and (promos or cues["ad"]):
            paid = bool(cues["ad"]) and (not promos or chooser.random() < 0.5)
            text_of = (
                _cased(chooser.choice(cues["ad"]), chooser) if paid else chooser.choice(promos)
            )
            lines.append((text_of, number["ad" if paid else "promo"]))
        if i == player:
            lines += _player(chooser)
        lines.append((text, BODY))
    if player == len(body):
        lines += _player(chooser)
    if chooser.random() < 0.75:
        lines += _tail(article, others, cues, chooser)
    if chooser.random() < 0.5:
        lines += _footer(promos, cues, chooser)
    return lines


def _subhead(text: str, chooser: random.Random) -> list[Line]:
    """A line that heads a paragraph: without a cue, only its words tell it from the headline of
    another piece."""
    sentences = [s.split() for s in SENTENCE.split(text)]
    long = [words for words in sentences if len(words) > SUBHEAD_WORDS[0]]
    if not long:
        return []
    words = chooser.choice(long)[: chooser.randint(*SUBHEAD_WORDS)]
    return [(" ".join(words).rstrip(",;:–—-"), BODY)]


def _header(
    others: Sequence[Article], cues: dict[str, list[str]], chooser: random.Random
) -> list[Line]:
    """What stands between a headline and its article: byline, date, share labels."""
    metas = [m for a in others for m in a.metas]
    lines = []
    for _ in range(chooser.choice((0, 0, 1, 2, 3))):
        if metas and chooser.random() < 0.6:
            lines.append((chooser.choice(metas), ROLE_NUMBER["meta"]))
        elif chooser.random() < 0.6:
            lines.append((_date(chooser), ROLE_NUMBER["meta"]))
        elif cues["share"]:
            lines.append((_cased(chooser.choice(cues["share"]), chooser), ROLE_NUMBER["chrome"]))
    return lines


def _date(chooser: random.Random) -> str:
    day, month, year = chooser.randint(1, 28), chooser.randint(1, 12), chooser.randint(2005, 2026)
    date = chooser.choice(("{0:02}.{1:02}.{2}", "{2}-{1:02}-{0:02}", "{0}/{1}/{2}", "{1}/{0}/{2}"))
    time = chooser.choice(("", "", " {0:02}:{1:02}", ", {0:02}:{1:02}", " | {0}:{1:02}"))
    clock = time.format(chooser.randint(0, 23), chooser.randint(0, 59))
    return date.format(day, month, year) + clock


def _player(chooser: random.Random) -> list[Line]:
    """The captions of a media player's controls, a line each."""
    speeds = chooser.sample(("0.5", "0.75", "1", "1.25", "1.5", "1.75", "2"), chooser.randint(0, 6))
    shape = chooser.choice(("x{}", "{}x", "{} x", "{}×"))
    length = f"{chooser.randint(0, 59):02}:{chooser.randint(0, 59):02}"
    zero = chooser.choice(("00:00", "0:00"))
    times = chooser.choice(((zero, "/", zero), (zero, length), (f"{zero} / {length}",), (length,)))
    return [(chip, ROLE_NUMBER["chrome"]) for chip in (*map(shape.format, speeds), *times)]


def _footer(
    promos: Sequence[str], cues: dict[str, list[str]], chooser: random.Random
) -> list[Line]:
    """What follows an article and its tail: sign-up forms, share labels, comments, ways back."""
    lines = []
    for role, cue in chooser.sample(FOOTER, chooser.choice((1, 1, 2, 3))):
        if role == "promo" and promos and chooser.random() < 0.6:
            start = chooser.randrange(len(promos))
            lines += [(p, ROLE_NUMBER[role]) for p in promos[start : start + 3]]
        elif cues[cue]:
            lines.append((_cased(chooser.choice(cues[cue]), chooser), ROLE_NUMBER[role]))
    return lines


def _teaser(
    article: Article, others: Sequence[Article], cues: dict[str, list[str]], chooser: random.Random
) -> list[Line]:
    role = ROLE_NUMBER["teaser"]
    lines = []
    if chooser.random() < 0.7:
        ending = chooser.choice(("", "", ":", "..."))
        lines.append((_cased(chooser.choice(cues["teaser"]), chooser) + ending, role))
    for other in chooser.sample(others, chooser.choice((1, 1, 1, 2))):
        if other is article:
            continue
        if chooser.random() < 0.3:
            lines.append((" ".join(other.title.split()[: chooser.choice((2, 3))]), role))
        lines += [(other.title, role)] * chooser.choice((1, 1, 1, 2))
        if chooser.random() < 0.2 and len(other.body[0]) >= LEAD_CHARS:
            lines.append((other.body[0], role))
    if len(lines) > 1 and chooser.random() < 0.4:  # cue and headline on one line
        parting = chooser.choice((": ", ": ", " ", " | "))
        lines = [(lines[0][0].rstrip(":.") + parting + lines[-1][0], role)]
    return lines


def _tail(
    article: Article, others: Sequence[Article], cues: dict[str, list[str]], chooser: random.Random
) -> list[Line]:
    role = ROLE_NUMBER["recommendation"]
    headings = cues["recommendation"] + cues["teaser"]
    doubled, led = chooser.random() < 0.5, chooser.random() < 0.5
    lines = []
    for _ in range(chooser.choice((1, 1, 2, 3))):
        if chooser.random() < 0.8:
            ending = chooser.choice(("", "", ":", "..."))
            lines.append((_cased(chooser.choice(headings), chooser) + ending, role))
        for other in chooser.sample(others, min(len(others), chooser.choice((1, 2, 3, 4, 6)))):
            if other is article:
                continue
            lines += [(other.title, role)] * (2 if doubled else 1)
            if led and len(other.body[0]) >= LEAD_CHARS and chooser.random() < 0.85:
                lines.append((other.body[0], role))
    return lines


def _cased(phrase: str, chooser: random.Random) -> str:
    return chooser.choice(
        (phrase.capitalize(), phrase.capitalize(), phrase.upper(), phrase.title())
    )


def _example(base: Example, lines: Sequence[Line], chooser: random.Random, blank: float) -> Example:
    lines = [(text, target) for text, target in lines if text]
    text = "".join(line + ("\n\n" if chooser.random() < blank else "\n") for line, _ in lines)
    return Example(
        id=base.id,
        source=MADE,
        site=base.site,
        language=base.language,
        document=readers.read(text, kind="text"),
        targets=np.array([target for _, target in lines], dtype=np.int8),
        typed=True,
    )
