"""Lines that stand around an article and in it, in the shapes that sites give them."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from boilerclass.training.augment import Line
from boilerclass.training.corpus import BODY, ROLE_NUMBER, Example

LEAD_CHARS = 80
"""Characters from which a body's first paragraph can be the lead under a headline, and a line of a
text without labels its body."""
TAG_MARKS = "\"'„“”«»‘’()[].,;:!?…–—-"
SENTENCE = re.compile(r"(?<=[.!?…])\s+")
SUBHEAD_WORDS = (4, 12)
"""Words of the subheads made, from and to."""
JOINED = 0.4
"""Share of the lists of headlines behind an article that stand on one line."""
CUT_OFF = 0.3
"""Share of the headlines on such a line that end after a few words."""
FOOTER = (
    ("promo", "promo"),
    ("chrome", "share"),
    ("comment", "comment"),
    ("chrome", "nav"),
    ("recommendation", "recommendation"),
    ("recommendation", "teaser"),
)
"""Role and class of the cue phrases of what follows an article; that of the last two heads a list
that was lost."""


@dataclass(frozen=True, slots=True)
class Article:
    """The parts of a document that texts are composed of."""

    example: Example
    title: str
    body: list[str]
    captions: list[str] = field(default_factory=list)
    promos: list[str] = field(default_factory=list)
    metas: list[str] = field(default_factory=list)


class Stock(NamedTuple):
    """What a language has to put around articles."""

    cues: Mapping[str, Sequence[str]]
    """Cue phrases by class; with a colon behind its name those that lead a line in."""
    lines: Mapping[str, Sequence[str]]
    """Whole lines by role."""

    def some(self, role: str, most: int, chooser: random.Random) -> list[Line]:
        """Up to so many different lines of a role, at least one where there is any."""
        known = self.lines.get(role, ())
        number = min(len(known), chooser.randint(1, most))
        return [(text, ROLE_NUMBER.get(role, BODY)) for text in chooser.sample(known, number)]


def interruption(promos: Sequence[str], stock: Stock, chooser: random.Random) -> list[Line]:
    """An advertisement's label or a call of the house."""
    ads = stock.cues["ad"]
    if ads and (not promos or chooser.random() < 0.5):
        return [(_cased(chooser.choice(ads), chooser), ROLE_NUMBER["ad"])]
    return [(chooser.choice(promos), ROLE_NUMBER["promo"])] if promos else []


def subhead(text: str, chooser: random.Random) -> list[Line]:
    """A line that heads a paragraph: without a cue, only its words tell it from the headline of
    another piece."""
    sentences = [s.split() for s in SENTENCE.split(text)]
    long = [words for words in sentences if len(words) > SUBHEAD_WORDS[0]]
    if not long:
        return []
    words = chooser.choice(long)[: chooser.randint(*SUBHEAD_WORDS)]
    head = " ".join(words).rstrip(",;:–—-")
    return [(head.upper() if chooser.random() < 0.1 else head, BODY)]


def header(others: Sequence[Article], stock: Stock, chooser: random.Random) -> list[Line]:
    """What stands between a headline and its article: byline, date, share labels."""
    metas = [m for a in others for m in a.metas]
    shares = stock.cues["share"]
    lines: list[Line] = []
    for _ in range(chooser.choice((0, 0, 1, 2, 3))):
        if chooser.random() < 0.3:
            lines += stock.some(chooser.choice(("meta", "meta", "caption", "chrome")), 1, chooser)
        elif metas and chooser.random() < 0.6:
            lines.append((chooser.choice(metas), ROLE_NUMBER["meta"]))
        elif chooser.random() < 0.6:
            lines.append((_date(chooser), ROLE_NUMBER["meta"]))
        elif shares:
            lines.append((_cased(chooser.choice(shares), chooser), ROLE_NUMBER["chrome"]))
    return lines


def _date(chooser: random.Random) -> str:
    day, month, year = chooser.randint(1, 28), chooser.randint(1, 12), chooser.randint(2005, 2026)
    date = chooser.choice(("{0:02}.{1:02}.{2}", "{2}-{1:02}-{0:02}", "{0}/{1}/{2}", "{1}/{0}/{2}"))
    time = chooser.choice(("", "", " {0:02}:{1:02}", ", {0:02}:{1:02}", " | {0}:{1:02}"))
    clock = time.format(chooser.randint(0, 23), chooser.randint(0, 59))
    return date.format(day, month, year) + clock


def player(chooser: random.Random) -> list[Line]:
    """The captions of a media player's controls, a line each."""
    speeds = chooser.sample(("0.5", "0.75", "1", "1.25", "1.5", "1.75", "2"), chooser.randint(0, 6))
    shape = chooser.choice(("x{}", "{}x", "{} x", "{}×"))
    length = f"{chooser.randint(0, 59):02}:{chooser.randint(0, 59):02}"
    zero = chooser.choice(("00:00", "0:00"))
    times = chooser.choice(((zero, "/", zero), (zero, length), (f"{zero} / {length}",), (length,)))
    return [(chip, ROLE_NUMBER["chrome"]) for chip in (*map(shape.format, speeds), *times)]


def footer(promos: Sequence[str], stock: Stock, chooser: random.Random) -> list[Line]:
    """What follows an article and its tail: sign-up forms, share labels, comments, ways back."""
    lines: list[Line] = []
    for role, cue in chooser.sample(FOOTER, chooser.choice((1, 2, 2, 3))):
        if chooser.random() < 0.6:
            lines += stock.some(role, 3, chooser)
        elif role == "promo" and promos and chooser.random() < 0.6:
            start = chooser.randrange(len(promos))
            lines += [(p, ROLE_NUMBER[role]) for p in promos[start : start + 3]]
        elif stock.cues[cue]:
            lines.append((_cased(chooser.choice(stock.cues[cue]), chooser), ROLE_NUMBER[role]))
    return lines


def tags(body: Sequence[str], chooser: random.Random) -> list[Line]:
    """Words of the article, a line each or all on one."""
    words = [word.strip(TAG_MARKS) for word in chooser.choice(body).split()]
    starts = [i for i, word in enumerate(words) if len(word) > 2]
    if not starts:
        return []
    shape = chooser.choice((str.lower, str.lower, str.upper, str.title, "#{}".format))
    found = [
        shape(" ".join(words[i : i + chooser.choice((1, 1, 2, 2, 3))]).strip())
        for i in chooser.sample(starts, min(len(starts), chooser.randint(1, 7)))
    ]
    if chooser.random() < 0.3:
        found = [chooser.choice((", ", " ", " | ", " • ")).join(found)]
    return [(tag, ROLE_NUMBER["meta"]) for tag in found]


def teaser(
    article: Article, others: Sequence[Article], stock: Stock, chooser: random.Random
) -> list[Line]:
    """A pointer to other pieces, with or without a cue."""
    if chooser.random() < 0.2 and "teaser" in stock.lines:
        return stock.some("teaser", 1, chooser)
    role = ROLE_NUMBER["teaser"]
    rest = [other.title for other in others if other is not article]
    if chooser.random() < 0.35:
        return [(_dressed(chooser.choice(rest), stock, chooser), role)]
    if chooser.random() < 0.15:
        return [(_joined(chooser.sample(rest, min(3, len(rest))), chooser), role)]
    lines = []
    if chooser.random() < 0.8:
        ending = chooser.choice(("", "", ":", "..."))
        lines.append((_cased(chooser.choice(stock.cues["teaser"]), chooser) + ending, role))
    for other in chooser.sample(others, min(len(others), chooser.choice((1, 1, 1, 2, 4)))):
        if other is article:
            continue
        if chooser.random() < 0.3:
            lines.append((" ".join(other.title.split()[: chooser.choice((2, 3))]), role))
        lines += [(other.title, role)] * chooser.choice((1, 1, 1, 2))
        if chooser.random() < 0.1 and len(other.body[0]) >= LEAD_CHARS:
            lines.append((other.body[0], role))
    if len(lines) > 1 and chooser.random() < 0.4:  # cue and headline on one line
        parting = chooser.choice((": ", ": ", " ", " | "))
        lines = [(lines[0][0].rstrip(":.") + parting + lines[-1][0], role)]
    return lines


def _dressed(title: str, stock: Stock, chooser: random.Random) -> str:
    """A headline that looks alone tells from the article around it."""
    leads = stock.cues["teaser:"]
    if leads and chooser.random() < 0.5:
        lead = _cased(chooser.choice(leads), chooser)
        return lead + chooser.choice((": ", " | ")) + title
    shapes = [f"{_date(chooser)}: {title}", f"[{title}]", f"> {title}", f"• {title}"]
    if (capitals := title.upper()) != title:  # few scripts have any
        shapes += [capitals, capitals]
    return chooser.choice(shapes)


def tail(
    article: Article, others: Sequence[Article], stock: Stock, chooser: random.Random
) -> list[Line]:
    """Lists of other pieces as they stand behind an article, with or without headings."""
    role = ROLE_NUMBER["recommendation"]
    headings = [*stock.cues["recommendation"], *stock.cues["teaser"]]
    doubled, led = chooser.random() < 0.5, chooser.random() < 0.5
    lines: list[Line] = []
    for _ in range(chooser.choice((1, 1, 2, 3))):
        chosen = chooser.sample(others, min(len(others), chooser.choice((1, 2, 3, 4, 6))))
        chosen = [other for other in chosen if other is not article]
        joined = chooser.random() < JOINED
        if chosen and chooser.random() < 0.15:
            lines.append((_card(chosen[0], chooser.choice(headings), chooser), role))
            continue
        if chooser.random() < 0.2:
            lines += stock.some("recommendation", 2, chooser)
        elif chooser.random() < (0.4 if joined else 0.8):
            ending = chooser.choice(("", "", ":", "..."))
            lines.append((_cased(chooser.choice(headings), chooser) + ending, role))
        if joined:
            lines += [(_joined([other.title for other in chosen[:4]], chooser), role)]
            continue
        for other in chosen:
            lines += [(other.title, role)] * (2 if doubled else 1)
            if led and len(other.body[0]) >= LEAD_CHARS and chooser.random() < 0.85:
                lines.append((other.body[0], role))
    return lines


def _card(other: Article, heading: str, chooser: random.Random) -> str:
    """A box of one piece on one line: heading, headline, date, the first words."""
    lead = " ".join(other.body[0].split()[: chooser.randint(5, 30)])
    parts = [_cased(heading, chooser), other.title]
    parts += [_date(chooser)] if chooser.random() < 0.5 else []
    parts += [lead] if chooser.random() < 0.6 else []
    return chooser.choice((" ", " ", ". ", ", ")).join(parts)


def _joined(titles: Sequence[str], chooser: random.Random) -> str:
    """Headlines on one line, as a list without line breaks leaves them."""
    signs = (
        ("... ", "..."),
        ("... ", "..."),
        ("... ", ""),
        ("... ", ""),
        (" | ", ""),
        (" • ", ""),
        ("; ", ""),
    )
    between, ending = chooser.choice(signs)
    titles = [_cut_off(t, chooser) if chooser.random() < CUT_OFF else t for t in titles]
    return between.join(titles) + (ending if titles else "")


def _cut_off(title: str, chooser: random.Random) -> str:
    """The first words of a headline, as many as a narrow box holds."""
    return " ".join(title.split()[: chooser.randint(4, 9)]) + chooser.choice(("...", "…", ""))


def _cased(phrase: str, chooser: random.Random) -> str:
    return chooser.choice(
        (phrase.capitalize(), phrase.capitalize(), phrase.upper(), phrase.title())
    )
