"""What a reader gives; plain values, standard library only."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, compress, groupby
from typing import Any, Literal, NamedTuple, Protocol, overload

Kind = Literal["html", "text"]


class Paragraph(NamedTuple):
    """One run of text between block boundaries, with all that was counted while reading it.

    Counts are of characters unless said otherwise. A plain-text line leaves the markup fields at
    their defaults.
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


NUMBERS = ("gap", "link_chars", "links", "bold_chars", "element")
"""The fields of a Paragraph that stand together in ``Paragraphs.numbers``, in this order."""


class Paragraphs(Sequence[Paragraph]):
    """Paragraphs as columns: a page has hundreds, and few are ever asked for one by one."""

    __slots__ = ("flags", "hrefs", "numbers", "texts")

    def __init__(
        self,
        texts: Sequence[str],
        hrefs: Sequence[str],
        numbers: array[int],
        flags: array[int],
    ) -> None:
        self.texts = texts
        self.hrefs = hrefs
        self.numbers = numbers
        """64-bit integers, NUMBERS of the first paragraph, then of the second and so on."""
        self.flags = flags
        """Unsigned 64-bit integers."""

    @classmethod
    def of(cls, rows: Iterable[Paragraph]) -> Paragraphs:
        """The columns of paragraphs that come one by one."""
        if isinstance(rows, Paragraphs):
            return rows
        held = list(rows)
        numbers = ((p.gap, p.link_chars, p.links, p.bold_chars, p.element) for p in held)
        return cls(
            [p.text for p in held],
            [p.href for p in held],
            array("q", chain.from_iterable(numbers)),
            array("Q", [p.flags for p in held]),
        )

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, index: int) -> Paragraph: ...
    @overload
    def __getitem__(self, index: slice) -> Paragraphs: ...
    def __getitem__(self, index: int | slice) -> Paragraph | Paragraphs:
        if isinstance(index, slice):
            return Paragraphs.of([self[i] for i in range(len(self))[index]])
        i = range(len(self))[index]
        gap, link_chars, links, bold_chars, element = self.numbers[5 * i : 5 * i + 5]
        return Paragraph(
            self.texts[i],
            gap,
            element,
            self.flags[i],
            link_chars,
            links,
            bold_chars,
            self.hrefs[i],
        )

    def __iter__(self) -> Iterator[Paragraph]:
        gaps, link_chars, links, bold_chars, elements = (self.numbers[k::5] for k in range(5))
        columns = (self.texts, gaps, elements, self.flags, link_chars, links, bold_chars)
        return map(Paragraph, *columns, self.hrefs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Paragraphs) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __add__(self, more: Iterable[Paragraph]) -> Paragraphs:
        added = Paragraphs.of(more)
        return Paragraphs(
            [*self.texts, *added.texts],
            [*self.hrefs, *added.hrefs],
            self.numbers + added.numbers,
            self.flags + added.flags,
        )

    def where(self, keep: Sequence[bool]) -> Paragraphs:
        """Those for which ``keep`` is true."""
        numbers = array("q")
        for kept, run in groupby(range(len(keep)), keep.__getitem__):
            if kept:  # what is kept comes in long runs
                first, *rest = run
                numbers += self.numbers[
                    len(NUMBERS) * first : len(NUMBERS) * (first + 1 + len(rest))
                ]
        return Paragraphs(
            list(compress(self.texts, keep)),
            list(compress(self.hrefs, keep)),
            numbers,
            array("Q", compress(self.flags, keep)),
        )


@dataclass(frozen=True)
class Tree:
    """The elements that hold the paragraphs, as columns: a page has a thousand of them."""

    parents: Sequence[int]
    """Index of the parent element; the root is its own parent. Elements are in document order."""
    ends: Sequence[int]
    """Index after the element's last descendant."""
    names: Sequence[tuple[str, str]]
    """The distinct pairs of a tag and of the ``class``, ``id``, ``role``, ``itemprop`` and
    ``data-testid`` values beside it, joined by spaces."""
    name_of: Sequence[int]
    """Index in ``names`` of each element's."""

    @cached_property
    def tags(self) -> Sequence[str]:
        """Tag of each element."""
        return [self.names[i][0] for i in self.name_of]

    @cached_property
    def words(self) -> Sequence[str]:
        """The values of each element, joined by spaces."""
        return [self.names[i][1] for i in self.name_of]


NO_TREE = Tree((0,), (1,), (("", ""),), (0,))
"""The root alone: what a plain text has."""


class Origin(NamedTuple):
    """Where a paragraph stands in its source."""

    xpath: str | None
    """XPath of the element that holds the paragraph; None in plain text."""
    start: int | None
    end: int | None
    """Code points into the decoded source, behind its byte-order mark, half open: the holding
    element, or the line. None for text that was not read from the tree (JSON-LD, state blobs)."""


class Forced(NamedTuple):
    """A verdict on a paragraph that no model may change."""

    keep: bool
    reason: str


class Metadata(NamedTuple):
    """What a page says of itself as a publication: bounded, on one line, without controls."""

    authors: Sequence[str] = ()
    date: str | None = None
    """Of publication, in ISO 8601: a day, or a moment with its offset where the page has one."""
    site: str | None = None
    """Name of the site."""
    description: str | None = None
    url: str | None = None
    """The page's own address (canonical, else as given); http or https."""


class Link(NamedTuple):
    """A link within a paragraph."""

    start: int
    end: int
    """Code points in the paragraph's text, half open."""
    href: str
    """Where it leads: http, https, mailto or tel; relative where the page's address is unknown."""


class Source(Protocol):
    """What only some outputs need of a page, read from its source when asked for."""

    def metadata(self) -> Metadata: ...
    def links(self, texts: Sequence[str], wanted: Sequence[int]) -> Sequence[Sequence[Link]]:
        """The links in each wanted one of ``texts``, the document's paragraphs."""
        ...

    def attribute(self, name: str, elements: Sequence[int]) -> Sequence[str | None]:
        """What an attribute says in elements of ``Document.tree``."""


class PlainSource(NamedTuple):
    """The source of a text without markup."""

    url: str | None = None

    def metadata(self) -> Metadata:
        return Metadata(url=self.url)

    def links(self, texts: Sequence[str], wanted: Sequence[int]) -> Sequence[Sequence[Link]]:
        return [()] * len(wanted)

    def attribute(self, name: str, elements: Sequence[int]) -> Sequence[str | None]:
        return [None] * len(elements)


def nowhere(_: int) -> Origin:
    """The origin of a paragraph whose source is gone."""
    return Origin(None, None, None)


@dataclass(frozen=True, slots=True)
class Located:
    """A ``Document.locate`` that was asked in advance, for where the source will be gone."""

    origins: Sequence[Origin]

    def __call__(self, index: int, /) -> Origin:
        return self.origins[index]


@dataclass(frozen=True, slots=True)
class Document:
    """A page or a text as paragraphs in reading order."""

    kind: Kind
    paragraphs: Sequence[Paragraph]
    tree: Tree = NO_TREE
    titles: Sequence[str] = ()
    """What the page calls itself: ``<title>``, ``og:title``, JSON-LD headline; first the best."""
    description: str = ""
    """What the page says of itself, in its metadata."""
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
    locate: Callable[[int], Origin] = field(default=nowhere, repr=False)
    source: Source = field(default=PlainSource(), repr=False)
    forced: Mapping[int, Forced] = field(default_factory=dict)
    """Paragraphs, by index, that the user's own rules keep or drop."""

    @property
    def texts(self) -> Sequence[str]:
        """The texts of the paragraphs; costs less than to ask for the paragraphs themselves."""
        return Paragraphs.of(self.paragraphs).texts

    def __reduce__(self) -> tuple[Any, ...]:
        # As columns: a paragraph is a dozen objects to pickle.
        kind, _, *others = (getattr(self, name) for name in self.__slots__)
        return Document, (kind, Paragraphs.of(self.paragraphs), *others)


def detached(document: Document) -> Document:
    """The document without its hold on the source, which fills the memory; origins are not known
    any more."""
    return replace(document, locate=nowhere, source=PlainSource())


def settled(document: Document) -> Document:
    """The document with the origins of all its paragraphs: it can travel without its source."""
    origins = [document.locate(i) for i in range(len(document.paragraphs))]
    return replace(document, locate=Located(origins))
