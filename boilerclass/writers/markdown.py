"""The core text as Markdown: headings, lists, quotes and code stay what they are on the page.

Page text is escaped, so that it cannot become structure. Each line of a plain text is a paragraph.
"""

from __future__ import annotations

import re
from itertools import count
from typing import NamedTuple

from boilerclass.document import Document, LabelledDocument, Paragraph
from boilerclass.labels import Label, Role
from boilerclass.markup import BIT, HEADING_TAGS
from boilerclass.writers import Format
from boilerclass.writers.terminal import visible_line

ROLE_HEADING = 2
"""Level of a heading that is one by its ARIA role only."""

# What CommonMark (and GitHub's "~~") reads as markup within a line. An underscore inside a word and
# an ampersand that begins no entity mean nothing.
_INLINE = re.compile(r"[\\`*\[\]<]|~(?=~)|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
# What it reads as the beginning of a block: heading, quote, list, rule, underline, table.
_OPENING = re.compile(r"#{1,6}(?:\s|$)|>|[-+](?:\s|$)|-{2,}|=+\s*$|\||:?-+\s*\|")
_NUMBERED = re.compile(r"\d{1,9}(?=[.)](?:\s|$))")
_CLOSING_HASHES = re.compile(r"(?<=\s)#+$")
_BACKTICKS = re.compile(r"`+")


class _Place(NamedTuple):
    """Where a paragraph stands among the elements that Markdown knows."""

    heading: int = 0
    """1 to 6; 0 outside headings."""
    containers: tuple[int, ...] = ()
    """Tree indices of the quotes and list items around it, from the outermost."""


def document(_: str, labelled: LabelledDocument) -> str:
    """The core paragraphs as Markdown blocks."""
    blocks = _Blocks(labelled.document)
    kept = zip(labelled.document.paragraphs, labelled.labels, labelled.roles, strict=True)
    for paragraph, label, role in kept:
        if label is Label.CORE:
            blocks.add(paragraph, title=role is Role.TITLE)
    return "".join(blocks.pieces) + "\n" if blocks.pieces else ""


def heading(name: str) -> str:
    """A comment over a document, which renders to nothing."""
    return f"<!-- {visible_line(name).replace('--', '- -').replace('>', '&gt;')} -->\n\n"


def escape(line: str) -> str:
    r"""One line of text such that Markdown renders it as it is.

    >>> print(escape("# 2 * 3 <b> snake_case _x_"))
    \# 2 \* 3 \<b> snake_case \_x\_
    >>> print(escape("1. January"))
    1\. January
    """
    escaped = _INLINE.sub(r"\\\g<0>", line)
    if _OPENING.match(escaped):
        return "\\" + escaped
    return _NUMBERED.sub(r"\g<0>\\", escaped, count=1) if _NUMBERED.match(escaped) else escaped


class _Blocks:
    """Blocks of Markdown, written one after the other."""

    def __init__(self, document: Document) -> None:
        self.pieces: list[str] = []
        self._document = document
        self._markers: dict[int, str] = {}
        self._numbers: dict[int, count[int]] = {}
        self._before = _Place()

    def add(self, paragraph: Paragraph, *, title: bool) -> None:
        """Write one paragraph inside the quotes and list items that hold it."""
        place = _place(self._document, paragraph)
        if title:
            place = place._replace(heading=1)
        lines = _lines(paragraph, place.heading)
        quotes = self._shared_quotes(place)
        first, rest, begins = self._prefixes(place)
        if self.pieces:
            tight = begins and not place.heading and self._ends_in_item()
            self.pieces.append("\n" if tight else f"\n{quotes}\n")
        self.pieces.append("\n".join([first + lines[0], *(rest + line for line in lines[1:])]))
        self._before = place

    def _prefixes(self, place: _Place) -> tuple[str, str, bool]:
        """What opens the first line and the others; and whether a list item begins."""
        first = rest = ""
        begins = False
        for container in place.containers:
            if self._is_quote(container):
                first, rest = first + "> ", rest + "> "
            elif container in self._markers:
                hanging = " " * len(self._markers[container])
                first, rest = first + hanging, rest + hanging
            elif container == place.containers[-1] or not self._holds_item(container, place):
                marker = self._markers[container] = self._marker(container)
                first, rest = first + marker, rest + " " * len(marker)
                begins = True
        return first, rest, begins

    def _marker(self, item: int) -> str:
        parent = self._document.tree.parents[item]
        if self._document.tree.tags[parent] != "ol":
            return "- "
        return f"{next(self._numbers.setdefault(parent, count(1)))}. "

    def _shared_quotes(self, place: _Place) -> str:
        """The blank line that keeps a paragraph in the quote of the one before."""
        line = ""
        for container, other in zip(place.containers, self._before.containers, strict=False):
            if container != other:
                break
            is_quote = self._is_quote(container)
            line += "> " if is_quote else " " * len(self._markers.get(container, ""))
        return line.rstrip()

    def _holds_item(self, container: int, place: _Place) -> bool:
        # An item without text of its own gets no marker: layouts nest empty items.
        inner = place.containers[place.containers.index(container) + 1 :]
        return any(not self._is_quote(other) for other in inner)

    def _ends_in_item(self) -> bool:
        containers = self._before.containers
        return bool(containers) and not self._is_quote(containers[-1])

    def _is_quote(self, element: int) -> bool:
        return self._document.tree.tags[element] == "blockquote"


def _place(document: Document, paragraph: Paragraph) -> _Place:
    tags, parents = document.tree.tags, document.tree.parents
    heading = 0
    containers: list[int] = []
    element = paragraph.element
    while parents[element] != element:
        tag = tags[element]
        if tag in HEADING_TAGS:
            heading = heading or int(tag[1])
        elif tag in ("blockquote", "li"):
            containers.append(element)
        element = parents[element]
    if not heading and paragraph.flags & BIT["heading"]:
        heading = ROLE_HEADING
    return _Place(heading, tuple(reversed(containers)))


def _lines(paragraph: Paragraph, heading: int) -> list[str]:
    if paragraph.flags & BIT["preformatted"]:
        return _fenced(paragraph.text)
    if heading:
        text = escape(" ".join(paragraph.text.split()))
        return ["#" * heading + " " + _CLOSING_HASHES.sub(r"\\\g<0>", text)]
    *lines, last = (escape(line) for line in paragraph.text.split("\n"))
    return [*(line + "\\" for line in lines), last]


def _fenced(text: str) -> list[str]:
    longest = max(map(len, _BACKTICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence, *text.replace("\r", "\n").split("\n"), fence]


FORMAT = Format(".md", document, heading=heading, silent=True)
