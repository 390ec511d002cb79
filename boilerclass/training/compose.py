"""Plain texts made up around real articles, in the layouts that extractors leave behind.

What stands around an article comes from documents of its own fold, so that no site leaks from one
fold to another, from cue phrases, and from a phrasebook of invented lines.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from boilerclass import lexicons
from boilerclass.training import furniture, phrasebook
from boilerclass.training.augment import Line, made
from boilerclass.training.corpus import BODY, ROLE_NUMBER, UNKNOWN, UNLABELLED, Example
from boilerclass.training.furniture import LEAD_CHARS, Article, Stock

SHORTEST_BODY = 3
"""Paragraphs of body from which a document can be the base of a composed text."""
ROUNDS = 8
"""Texts composed around an article, at most."""
ENOUGH = 160
"""Texts of a language and fold from which each article is the base of one only: few articles are
met often, so that the invented lines of their language are."""
MOST_GUESSED = 30
"""Articles of a language and fold that are taken from texts without labels, where as many are not
labelled."""
PROSE = re.compile(r"[.!?…。！？।][\"'»”)]*$")
"""The end of a line that can be prose."""
CUT_SHORT = 0.2
"""Share of texts that hold the first paragraphs only, as where readers have to pay."""
INSIDE = (("core", 0.5), ("promo", 0.2), ("ad", 0.1), ("chrome", 0.2), ("caption", 0.1))
"""Roles of the phrasebook's lines inside an article, and the share of texts that have them."""
AGAIN = {"chrome": (1, 1, 2, 3)}
"""How often what is inside stands there, where that is not once: what replaces a post or a video
that may not be shown does so for each of them."""
TAGGED = 0.3
"""Share of texts that have the article's tags behind it."""
INTERVIEWS = 0.08
"""Share of texts in which questions stand between the paragraphs."""
QUESTION_MARKS = ("?", "？", "؟")
ASKED = 0.7
"""Share of the paragraphs of an interview that answer one."""


def composed(examples: Sequence[Example], folds: Sequence[int], seed: int) -> list[Example]:
    """Articles with the teasers, promotions and tails of others of their language and fold."""
    chooser = random.Random(seed)
    groups: dict[tuple[int, str], list[Article]] = defaultdict(list)
    for example, fold in zip(examples, folds, strict=True):
        article = _article(example)
        if article:
            groups[fold, example.language].append(article)
    out = []
    for (_, language), known in sorted(groups.items(), key=lambda item: item[0]):
        labelled = [a for a in known if not _guessed(a.example)]
        guessed = [a for a in known if _guessed(a.example)]
        number = min(len(guessed), max(0, MOST_GUESSED - len(labelled)))
        articles = labelled + chooser.sample(guessed, number)
        stock = _stock(language)
        if len(articles) < SHORTEST_BODY or not stock.cues["teaser"]:
            continue
        for article in articles * min(ROUNDS, -(-ENOUGH // len(articles))):
            composed_of = _compose(article, articles, stock, chooser)
            blank = chooser.choice((0.0, 0.5, 1.0))
            out.append(made(article.example, composed_of, chooser, blank))
    return out


def _guessed(example: Example) -> bool:
    return example.source == UNLABELLED


def _article(example: Example) -> Article | None:
    """The article of a document. In texts without labels, long sentences that no other text of the
    outlet has are taken for its body."""
    parts: dict[int, list[str]] = defaultdict(list)
    for paragraph, target in zip(
        example.document.paragraphs, example.targets.tolist(), strict=True
    ):
        line = " ".join(paragraph.text.split())
        if target >= 0:
            parts[target].append(line)
        elif target == UNKNOWN and _guessed(example) and _is_prose(line):
            parts[BODY].append(line)
    own = (*example.document.titles, example.title)
    titles = parts[ROLE_NUMBER["title"]] or [t for t in own if t]
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


def _is_prose(line: str) -> bool:
    return len(line) >= LEAD_CHARS and PROSE.search(line) is not None


def _stock(language: str) -> Stock:
    cues: dict[str, list[str]] = defaultdict(list)
    for name, phrase in lexicons.phrases(language if language in lexicons.languages() else "en"):
        lead = phrase.endswith(":")
        cues[f"{name}:" if lead else name].append(phrase.removesuffix(":"))
    return Stock(cues, phrasebook.of(language))


def _compose(
    article: Article, others: Sequence[Article], stock: Stock, chooser: random.Random
) -> list[Line]:
    body = article.body
    if chooser.random() < CUT_SHORT:
        body = body[: chooser.randrange(1, SHORTEST_BODY + 1)]
    lines: list[Line] = [(article.title, ROLE_NUMBER["title"])] * chooser.choice((1, 1, 1, 2, 0))
    lines += furniture.header(others, stock, chooser)
    pictures = [c for a in (article, *chooser.sample(others, 2)) for c in a.captions]
    lines += [(c, ROLE_NUMBER["caption"]) for c in pictures[: chooser.choice((0, 0, 1, 2))]]
    promos = [p for a in others for p in a.promos]
    inside = _inside(article, others, promos, len(body), stock, chooser)
    player = chooser.choice((0, 1, len(body))) if chooser.random() < 0.25 else None
    subheads = {chooser.randrange(1, len(body) + 1) for _ in range(chooser.choice((0, 1, 1, 1, 2)))}
    questions = _questions(stock) if chooser.random() < INTERVIEWS else []
    for i, text in enumerate(body):
        if questions and chooser.random() < ASKED:
            lines.append((chooser.choice(questions), BODY))
        if i in subheads:
            lines += furniture.subhead(text, chooser)
        lines += inside[i]
        if i == player:
            lines += furniture.player(chooser)
        lines.append((text, BODY))
    if player == len(body):
        lines += furniture.player(chooser)
    tags = furniture.tags(body, chooser) if chooser.random() < TAGGED else []
    first = chooser.random() < 0.4
    tail = furniture.tail(article, others, stock, chooser) if chooser.random() < 0.75 else []
    lines += tags + tail if first else tail + tags
    if chooser.random() < 0.6:
        lines += furniture.footer(promos, stock, chooser)
    return lines


def _questions(stock: Stock) -> list[str]:
    return [line for line in stock.lines.get("core", ()) if line.endswith(QUESTION_MARKS)]


def _inside(
    article: Article,
    others: Sequence[Article],
    promos: Sequence[str],
    size: int,
    stock: Stock,
    chooser: random.Random,
) -> Mapping[int, Sequence[Line]]:
    """What interrupts a body of ``size`` paragraphs, by the paragraph that it stands before."""
    found: dict[int, list[Line]] = defaultdict(list)

    def somewhere() -> list[Line]:
        return found[chooser.randrange(1, size + 1)]

    for _ in range(chooser.choice((0, 1, 1, 2))):
        somewhere().extend(furniture.teaser(article, others, stock, chooser))
    if chooser.random() < 0.05:  # the first line of all
        found[0] += furniture.teaser(article, others, stock, chooser)
    if chooser.random() < 0.3:
        somewhere().extend(furniture.interruption(promos, stock, chooser))
    for role, share in INSIDE:
        if chooser.random() < share:
            lines = stock.some(role, 2, chooser)
            for _ in range(chooser.choice(AGAIN[role]) if role in AGAIN else 1):
                somewhere().extend(lines)
    return found
