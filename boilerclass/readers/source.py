"""What is read from a page's source only when an output asks for it: metadata and links."""

from __future__ import annotations

import functools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import turbohtml

from boilerclass.document import Link, Metadata
from boilerclass.encoding import without_surrogates
from boilerclass.markup import SKIPPED_TAGS
from boilerclass.readers import addresses, metadata, walk
from boilerclass.readers.walk import INVISIBLE


class HtmlSource:
    """A page that can be asked for more; parsed again where it has travelled between processes."""

    def __init__(self, page: str, url: str | None, tree: turbohtml.Document | None = None) -> None:
        self._page = page
        self._url = url
        self._tree = tree
        self._metadata: Metadata | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return HtmlSource, (self._page, self._url)

    def metadata(self) -> Metadata:
        if self._metadata is None:
            page = without_surrogates(self._page)
            self._metadata = metadata.read(self._parsed(), page, self._url)
        return self._metadata

    def links(self, texts: Sequence[str], wanted: Sequence[int]) -> list[Sequence[Link]]:
        if not wanted:
            return []
        tree = self._parsed()
        base = addresses.page(self._url)
        stated = tree.select_one("base[href]")
        if stated is not None:
            base = addresses.page(stated.attr("href"), base) or base
        flat = _flattened(tree)
        found = _places(flat.text, texts)
        return [list(_links(flat, texts[i], found[i], base)) for i in wanted]

    def attribute(self, name: str, elements: Sequence[int]) -> list[str | None]:
        return [self._nodes[i].attr(name) for i in elements]

    @functools.cached_property
    def _nodes(self) -> Sequence[turbohtml.Element]:
        tree = self._parsed()
        return walk.over(tree).elements(tree)

    def _parsed(self) -> turbohtml.Document:
        if self._tree is None:
            self._tree = turbohtml.parse(self._page)
        return self._tree


class _Flat(NamedTuple):
    """A page's text without white space, and its links as columns in the order of the page."""

    text: str
    starts: list[int]
    ends: list[int]
    hrefs: list[str]


def _places(page: str, texts: Sequence[str]) -> list[int]:
    """Where in the squashed page each text begins; -1 from the first on that is not there.

    Texts come in the order of the page, and differ from it by white space only.
    """
    places = [-1] * len(texts)
    at = 0
    for i, text in enumerate(texts):
        squashed = "".join(text.split())
        places[i] = page.find(squashed, at)
        if places[i] < 0:  # from here on they were read from structured data
            break
        at = places[i] + len(squashed)
    return places


def _links(flat: _Flat, text: str, begin: int, base: str | None) -> Iterator[Link]:
    if begin < 0:
        return
    first = bisect_right(flat.ends, begin)
    end = begin + len("".join(text.split()))
    last = bisect_left(flat.starts, end)
    if first == last:
        return
    place = [i for i, char in enumerate(text) if not char.isspace()]
    for k in range(first, last):
        href = addresses.link(flat.hrefs[k], base)
        if href:
            start = place[max(flat.starts[k], begin) - begin]
            yield Link(start, place[min(flat.ends[k], end) - begin - 1] + 1, href)


def _flattened(tree: turbohtml.Document) -> _Flat:
    text_type, element_type = turbohtml.Text, turbohtml.Element
    flat = _Flat("", [], [], [])
    pieces: list[str] = []
    size = 0
    linked = opened = False
    frames: list[tuple[Iterator[turbohtml.Node], bool]] = []
    nodes: Iterator[turbohtml.Node] = iter([tree.root] if tree.root is not None else [])
    while True:
        for node in nodes:
            if type(node) is text_type:
                data = node.data
                if not data.isascii():
                    data = INVISIBLE.sub("", data)
                piece = "".join(data.split())
                pieces.append(piece)
                size += len(piece)
            elif type(node) is element_type and node.tag not in SKIPPED_TAGS:
                frames.append((nodes, opened))
                opened = node.tag == "a" and not linked and bool(node.attr("href"))
                if opened:
                    linked = True
                    flat.starts.append(size)
                    flat.hrefs.append(node.attr("href") or "")
                nodes = iter(node.children)
                break
        else:
            if opened:
                linked = False
                if size == flat.starts[-1]:  # around a picture
                    flat.starts.pop()
                    flat.hrefs.pop()
                else:
                    flat.ends.append(size)
            if not frames:
                return flat._replace(text="".join(pieces))
            nodes, opened = frames.pop()
