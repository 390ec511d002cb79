"""Labelled documents of the corpus, read by the shipped readers."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from boilerclass import readers
from boilerclass.document import Document, detached
from boilerclass.labels import ROLES
from boilerclass.markup import BIT
from boilerclass.training import align, annotation, gold, selectors
from boilerclass.training.gold import Gold

UNSURE = -1
"""Target of a paragraph that must neither teach nor be scored."""
OUTSIDE = -2
"""Target of a paragraph that is not core on a page where only the body is known."""
UNKNOWN = -3
"""Target of a paragraph of a page that nobody labelled: it teaches what the model makes of it."""
REPEATED = -4
"""Target of a line that stands in several texts of its outlet: not core, unless the model is sure
that it is."""
BODY = ROLES.index("body")
SEED = "seed"
"""The text the project is judged by; it never trains."""
UNLABELLED = "texts-unlabelled"
"""``Example.source`` of texts without labels."""
MOST_OF_OUTLET = 120
"""Texts without labels taken from one outlet: what they teach is variety."""
OFTEN = 3
"""Texts of an outlet from which a line that stands in all of them is REPEATED."""
SHORTEST_SNIPPET = 9
"""Characters from which a string can be told in a page."""

ROLE_NUMBER = {str(role): i for i, role in enumerate(ROLES)}


@dataclass(frozen=True, slots=True)
class Example:
    """A document with what is known of its paragraphs."""

    id: str
    source: str
    site: str
    language: str
    document: Document
    targets: NDArray[np.int8]
    """Shape (n,): index into ROLES, or one of the negative targets above."""
    typed: bool
    """Whether every role is known, not only the body."""
    annotated: bool = False
    """Whether the roles come from a file of annotations, not with the document."""
    title: str = ""
    """The headline, where it is kept beside the text."""
    gold: str = ""
    """The body as text, where it is known as such."""
    page_type: str | None = None
    snippets: tuple[tuple[str, ...], tuple[str, ...]] = field(default=((), ()))
    """Strings that must and that must not survive cleaning."""


def licensed(licence: str | None) -> bool:
    """Whether rows under this licence may train a shipped model."""
    return bool(licence) and "no licence" not in str(licence).lower()


def folder(path: Path) -> Iterator[Example]:
    """The documents below a folder that have their gold beside them, paired by stem."""
    return (_typed(stored) for stored in gold.folder(path))


def typed_pages(path: Path) -> Iterator[Example]:
    """The pages labelled block by block."""
    return (_typed(stored) for stored in gold.parquet(path))


def typed_texts(path: Path) -> Iterator[Example]:
    """The plain texts labelled line by line, the seed among them."""
    for stored in gold.jsonl(path):
        document = _document(stored)
        roles = [ROLE_NUMBER[line.role] for line in stored.blocks]
        if len(roles) != len(document.paragraphs):
            raise ValueError(f"{path}: {stored.id}: {len(roles)} labels for other lines")
        yield _example(stored, document, np.array(roles, dtype=np.int8))


def body_pages(path: Path) -> Iterator[Example]:
    """Pages with a gold body, with snippets, or with nothing known; what is not body has a role
    where the selectors beside the file name it."""
    known = selectors.read(path.parent / selectors.FILE)
    for stored in gold.parquet(path):
        if not licensed(stored.licence):
            continue
        document = _document(stored)
        paragraphs = [p.text for p in document.paragraphs]
        targets = (
            align.in_body(stored.body.splitlines(), paragraphs, yes=BODY, no=OUTSIDE, unsure=UNSURE)
            if stored.body
            else _by_snippets(paragraphs, *stored.snippets)
        )
        # Most bodies come without the headline, which is core all the same.
        targets[(targets == OUTSIDE) & _headlines(document)] = UNSURE
        named = selectors.roles(document, known)
        open_to = (targets == OUTSIDE) | (targets == UNKNOWN)
        targets = np.where(open_to & (named != selectors.NOTHING), named, targets)
        yield _example(stored, document, targets)


def unlabelled_texts(path: Path) -> Iterator[Example]:
    """Plain texts without labels, at most MOST_OF_OUTLET of an outlet, drawn at random.

    Left out are those that the labelled texts beside the file hold.
    """
    labelled = {stored.page for stored in gold.jsonl(path.with_name(gold.TEXTS))}
    outlets: dict[str, list[Gold]] = defaultdict(list)
    for stored in gold.jsonl(path):
        host = urlsplit(stored.url or "").netloc.removeprefix("www.")
        outlets[host or stored.source].append(stored)
    for outlet, texts in sorted(outlets.items()):
        known = Counter(line for text in texts for line in set(_lines(text)))
        for stored in random.Random(outlet).sample(texts, min(len(texts), MOST_OF_OUTLET)):
            if stored.page in labelled:
                continue
            document = _document(stored)
            often = [known[p.text.strip()] >= OFTEN for p in document.paragraphs]
            targets = np.where(often, REPEATED, UNKNOWN).astype(np.int8)
            example = _example(stored, document, targets)
            yield replace(example, source=UNLABELLED, site=outlet)


def annotated(example: Example, known: annotation.Annotation) -> Example:
    """The example with the roles of its annotation; a paragraph that has none there keeps the one
    it has, if any, and is not guessed at."""
    roles = known.roles(example.document.texts, UNSURE)
    targets = np.where(roles == UNSURE, np.maximum(example.targets, UNSURE), roles)
    return replace(example, targets=targets.astype(np.int8), typed=True, annotated=True)


def _lines(stored: Gold) -> list[str]:
    return [line.strip() for line in stored.source_text.splitlines()]


def _by_snippets(
    paragraphs: list[str], wanted: tuple[str, ...], unwanted: tuple[str, ...]
) -> NDArray[np.int8]:
    """BODY and OUTSIDE where a snippet stands, UNSURE where one of each does, UNKNOWN elsewhere."""
    out = np.full(len(paragraphs), UNKNOWN, dtype=np.int8)
    yes, no = (
        [s for s in map(align.flat, side) if len(s) >= SHORTEST_SNIPPET]
        for side in (wanted, unwanted)
    )
    for i, text in enumerate(map(align.flat, paragraphs)):
        inside, outside = any(s in text for s in yes), any(s in text for s in no)
        if inside or outside:
            out[i] = UNSURE if inside and outside else BODY if inside else OUTSIDE
    return out


def _headlines(document: Document) -> NDArray[np.bool_]:
    """Shape (n,): whether a paragraph is the page's only main heading, or one that repeats the
    title."""
    main = np.array([p.flags & BIT["h1"] for p in document.paragraphs], dtype=bool)
    titles = {align.flat(title) for title in document.titles}
    if main.sum() > 1:
        main &= [align.flat(p.text) in titles for p in document.paragraphs]
    return main


def _typed(stored: Gold) -> Example:
    """The role of each paragraph by gold blocks that may be cut otherwise."""
    document = _document(stored)
    shares = align.share([b.text for b in stored.blocks], [p.text for p in document.paragraphs])
    block_roles = [ROLE_NUMBER[b.role] for b in stored.blocks]
    return _example(stored, document, align.roles(shares, block_roles, UNSURE))


def _document(stored: Gold) -> Document:
    return detached(readers.read(stored.page, kind=stored.kind, url=stored.url))


def _example(stored: Gold, document: Document, targets: NDArray[np.int8]) -> Example:
    return Example(
        id=stored.id,
        source=stored.source,
        site=stored.site,
        language=stored.language,
        document=document,
        targets=targets,
        typed=bool(stored.blocks),
        title=stored.title,
        gold=stored.body,
        page_type=stored.page_type,
        snippets=stored.snippets,
    )
