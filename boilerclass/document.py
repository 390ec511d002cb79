"""What a reader gives and what the classifier gives back; plain values, standard library only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from boilerclass.labels import Label, Role

Kind = Literal["html", "text"]


class Paragraph(NamedTuple):
    """One run of text between block boundaries, with all that was counted while reading it.

    A named tuple, because a page makes hundreds of them. Counts are of characters unless said
    otherwise. A plain-text line leaves the markup fields at their defaults.
    """

    text: str
    """White space collapsed; a single ``<br>`` and the lines of ``<pre>`` are kept as ``\\n``."""
    gap: int = 0
    """Blank lines (plain text) or images and embeds (HTML) since the paragraph before."""
    element: int = 0
    """Index in ``Document.tree`` of the deepest element that holds all of the text."""
    flags: int = 0
    """Bits of ``boilerclass.markup.FLAGS`` for the element and its ancestors."""
    link_chars: int = 0
    links: int = 0
    bold_chars: int = 0
    href: str = ""
    """Target of the first link in or around the text, as written."""
    rel: str = ""
    """``rel`` of that link."""


class Tree(NamedTuple):
    """The elements that hold the paragraphs, as columns: a page has a thousand of them."""

    parents: Sequence[int]
    """Index of the parent element; the root is its own parent. Elements are in document order."""
    ends: Sequence[int]
    """Index after the element's last descendant."""
    tags: Sequence[str]
    words: Sequence[str]
    """``class``, ``id``, ``role``, ``itemprop`` and ``data-testid`` values, joined by spaces."""


class Origin(NamedTuple):
    """Where a paragraph stands in its source."""

    xpath: str | None
    """XPath of the element that holds the paragraph; None in plain text."""
    start: int | None
    end: int | None
    """Code points into the decoded source, half open: the holding element, or the line. None for
    text that was not read from the tree (JSON-LD, state blobs)."""


@dataclass(frozen=True, slots=True)
class Document:
    """A page or a text as paragraphs in reading order."""

    kind: Kind
    paragraphs: Sequence[Paragraph]
    tree: Tree = Tree((0,), (1,), ("",), ("",))
    titles: Sequence[str] = ()
    """What the page calls itself: ``<title>``, ``og:title``, JSON-LD headline; first the best."""
    url: str | None = None
    language: str | None = None
    """Language the page declares."""
    encoding: str | None = None
    types: frozenset[str] = frozenset()
    """What the page says it is: JSON-LD ``@type`` values and ``og:type``, lower case."""
    structured_body: str = ""
    """JSON-LD ``articleBody``, if any: evidence about paragraphs, not itself a paragraph."""
    first_data: int | None = None
    """Index of the first paragraph that was read from structured data instead of the tree."""
    locate: Callable[[int], Origin] = field(default=lambda _: Origin(None, None, None), repr=False)


class LabelledParagraph(NamedTuple):
    """A paragraph with its verdict."""

    text: str
    label: Label
    probability: float
    """Calibrated probability of ``label``."""
    probabilities: Mapping[Label, float]
    role: Role
    """The most probable finer role within the label."""
    reason: str
    """The evidence that moved the decision most, in words."""
    clickbait: float | None
    """Clickbait score of a teaser or recommendation line; None for other labels."""
    xpath: str | None
    start: int | None
    end: int | None
