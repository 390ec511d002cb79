"""HTML to Document: what a walk over the WHATWG tree finds, and what the page says of itself."""

from __future__ import annotations

import functools
import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import compress
from typing import NamedTuple

import turbohtml

from boilerclass.document import Document, Forced, Origin, Paragraph, Paragraphs, nowhere
from boilerclass.encoding import without_surrogates
from boilerclass.markup import BIT, BLOCK_TAGS, SKIPPED_TAGS
from boilerclass.readers import structured, walk
from boilerclass.readers.rules import NO_RULES, Rules
from boilerclass.readers.source import HtmlSource
from boilerclass.readers.walk import Walked

LITTLE_TEXT = 200
"""Characters of visible text below which the hidden parts of a page are kept."""
_BLOCK = re.compile(rf"<(?:br|{'|'.join(sorted(BLOCK_TAGS - SKIPPED_TAGS))})[\s/>]", re.I)


class _Head(NamedTuple):
    """What the page says of itself, sorted."""

    titles: list[str]
    description: str
    url: str | None
    language: str | None
    types: frozenset[str]
    json_ld: list[str]
    state: list[str]


def read(
    page: str, *, url: str | None = None, encoding: str | None = None, rules: Rules = NO_RULES
) -> Document:
    """The paragraphs of an HTML page in document order, whatever the page looks like; U+FFFD stands
    in them for code points that no encoding can write."""
    tree = turbohtml.parse(page, positions=False)
    walked = walk.compiled(tree)
    if walked is None:  # a surrogate is one of the things that the compiled walk doubts
        plain = without_surrogates(page)
        if plain != page:
            page, tree = plain, turbohtml.parse(plain, positions=False)
        walked = walk.python(tree)
    head = _head(walked.head)
    paragraphs, verdicts = _visible(walked.paragraphs, _verdicts(walked, tree, rules))
    hosts = paragraphs.numbers[4::5]
    first_data = None
    prose = sum(map(len, paragraphs.texts)) - sum(paragraphs.numbers[1::5])
    data = structured.find(head.json_ld, head.state, prose)
    if data.paragraphs:
        unseen = structured.unseen(_texts_of(data.paragraphs), paragraphs.texts)
        if sum(map(len, unseen)) > prose:
            first_data = len(paragraphs)
            paragraphs += [Paragraph(text, flags=BIT["p"]) for text in unseen]
    return Document(
        kind="html",
        paragraphs=paragraphs,
        tree=walked.tree,
        titles=[*head.titles, *data.headlines],
        description=head.description,
        url=url or head.url,
        language=head.language,
        encoding=encoding,
        types=head.types,
        structured_body=data.body,
        first_data=first_data,
        locate=_Places(page, walked.elements, hosts).locate,
        source=HtmlSource(page, url or head.url, tree),
        forced=dict(_forced(verdicts)) if any(rules) else {},
    )


def _head(entries: Sequence[tuple[str, str, str]]) -> _Head:
    titles: list[str] = []
    description = ""
    json_ld: list[str] = []
    state: list[str] = []
    types: set[str] = set()
    url: str | None = None
    language: str | None = None
    for entry in entries:
        match entry:
            case "html", _, declared:
                language = declared
            case "title", _, title:
                titles.append(title)
            case "link", _, canonical:
                url = canonical or url
            case "script", key, script:
                (state if key == "state" else json_ld).append(script)
            case "meta", "og:url", stated:
                url = url or stated
            case "meta", "og:type", kind:
                types.add(kind.lower())
            case "meta", "og:description" | "description", said:
                description = max(description, said, key=len)
            case "meta", _, title:
                titles.insert(0, title)
    types.update(structured.types(json_ld))
    titles = [" ".join(t.split()) for t in titles]
    return _Head(titles, description, url, language, frozenset(types), json_ld, state)


def _verdicts(walked: Walked, tree: turbohtml.Document, rules: Rules) -> Sequence[Forced | None]:
    if not any(rules):
        return [None] * len(walked.paragraphs)
    elements = walked.elements(tree)
    return rules.verdicts(tree, [elements[i] for i in walked.paragraphs.numbers[4::5]])


def _forced(verdicts: Sequence[Forced | None]) -> Iterator[tuple[int, Forced]]:
    return ((i, verdict) for i, verdict in enumerate(verdicts) if verdict is not None)


def _visible(
    paragraphs: Paragraphs, verdicts: Sequence[Forced | None]
) -> tuple[Paragraphs, Sequence[Forced | None]]:
    """The paragraphs that a browser shows or a rule keeps, with their verdicts.

    All of them where most of the text is hidden: such a page is shown by its scripts.
    """
    bit = BIT["hidden"]
    mask = array("Q", [bit]) * len(paragraphs)
    if not int.from_bytes(mask, "big") & int.from_bytes(paragraphs.flags, "big"):
        return paragraphs, verdicts  # most are: to look at all at once costs next to nothing
    covered = list(map(bit.__and__, paragraphs.flags))
    hidden = sum(map(len, compress(paragraphs.texts, covered)))
    if sum(map(len, paragraphs.texts)) - hidden < max(hidden, LITTLE_TEXT):
        return paragraphs, verdicts
    keep = [
        not below or (verdict is not None and verdict.keep)
        for below, verdict in zip(covered, verdicts, strict=True)
    ]
    return paragraphs.where(keep), list(compress(verdicts, keep))


def _texts_of(parts: Sequence[str]) -> Iterator[str]:
    """The paragraphs of strings that may themselves be HTML: lines, where no tag makes blocks."""
    for part in parts:
        if "<" in part or "&" in part:
            blocks = part if _BLOCK.search(part) else "<p>".join(part.splitlines())
            yield from walk.over(turbohtml.parse(blocks)).paragraphs.texts
        else:
            yield from (" ".join(line.split()) for line in part.splitlines())


class _Places:
    """Finds the origins of paragraphs when asked; most callers never ask.

    ``hosts`` are the paragraphs' elements, as numbers in ``elements(tree)``.
    """

    def __init__(
        self,
        page: str,
        elements: Callable[[turbohtml.Document], Sequence[turbohtml.Element]],
        hosts: Sequence[int],
    ) -> None:
        self._page = page
        self._elements = elements
        self._hosts = hosts
        self._known: dict[int, Origin] = {}  # thousands of lines may stand in one element

    @functools.cached_property
    def _nodes(self) -> Sequence[turbohtml.Element]:
        # Parsed again: to keep the places of all elements at hand costs every reader time.
        return self._elements(turbohtml.parse(self._page, source_locations=True))

    @functools.cached_property
    def _counted_once(self) -> list[int]:
        # The parser counts a CRLF once: the i-th CRLF stands i code points further in the page.
        return [match.start() - i for i, match in enumerate(re.finditer("\r\n", self._page))]

    def _offset(self, normalised: int) -> int:
        return normalised + bisect_left(self._counted_once, normalised)

    def _place(self, host: turbohtml.Element) -> Origin:
        location = host.source_location
        xpath = host.xpath_path()
        if location is None:  # an element the standard implies but the source does not write
            return Origin(xpath, None, None)
        start, end = location.start_tag.start_offset, _end(host, location.start_tag.end_offset)
        last = len(self._page) if end is None else self._offset(end)
        return Origin(xpath, self._offset(start), last)

    def locate(self, i: int) -> Origin:
        if i >= len(self._hosts):
            return nowhere(i)
        number = self._hosts[i]
        if number not in self._known:
            self._known[number] = self._place(self._nodes[number])
        return self._known[number]


def _end(element: turbohtml.Element, start: int) -> int | None:
    """Where an element ends that begins before ``start``; None for the end of the page.

    HTML lets many end tags be left out: the element then ends where what follows it begins.
    """
    while True:
        location = element.source_location
        if location is not None and location.end_tag and location.end_tag.end_offset >= start:
            return location.end_tag.end_offset
        for sibling in element.next_siblings:
            if isinstance(sibling, turbohtml.Element) and sibling.source_location is not None:
                beginning = sibling.source_location.start_tag.start_offset
                if beginning >= start:
                    return beginning
        parent = element.parent
        if not isinstance(parent, turbohtml.Element):
            return None
        outer = parent.source_location
        if outer is not None and outer.end_tag and outer.end_tag.start_offset >= start:
            return outer.end_tag.start_offset
        element = parent
