"""Kept paragraphs as the blocks that rich formats share: headings, items, quotes, code, tables."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from boilerclass.cleaner import Cleaned
from boilerclass.document import Document, Link, Paragraph
from boilerclass.markup import BIT, HEADING_TAGS

ROLE_HEADING = 2
"""Level of a heading that is one by its ARIA role only."""
MOST_COLUMNS, MOST_IN_CELL = 40, 1_000
"""Columns of a table and characters of a cell beyond which a table is there for layout."""
MOST_ROWS = 65_534
"""Rows that a cell may reach over, as the HTML standard has it."""
MOST_KNOWN = 10_000
"""Elements whose containers are remembered."""
LISTS = frozenset(("ol", "ul", "menu"))

_INTEGER = re.compile(r"\s*+([-+]?[0-9]{1,9})")
_RICH = BIT["heading"] | BIT["preformatted"]
"""What a cell of data does not hold."""


class Run(NamedTuple):
    """Text that leads to one place, or nowhere."""

    text: str
    href: str | None = None


Line = Sequence[Run]


class Container(NamedTuple):
    """A quote or a list item around a block; elements are indices in the document's tree."""

    kind: Literal["quote", "item"]
    element: int
    parent: int
    """The element that holds it: items of one list share it."""
    number: int | None = None
    """The item's own, also where items before it are left out; None where the list has none."""


class Block(NamedTuple):
    """One paragraph."""

    kind: Literal["text", "heading", "code"]
    containers: Sequence[Container]
    """From the outermost."""
    lines: Sequence[Line]
    level: int = 0
    """1 to 6 for headings."""


class Cell(NamedTuple):
    lines: Sequence[Line]
    header: bool


EMPTY = Cell((), header=False)


class Table(NamedTuple):
    """A table of data; rows may differ in length. Where a cell reaches over several rows or
    columns, it is the first one of them, and the others are empty."""

    containers: Sequence[Container]
    rows: Sequence[Sequence[Cell]]


def blocks(cleaned: Cleaned) -> Iterator[Block | Table]:
    """What is kept of a document, in its order."""
    document, titles = cleaned.labelled.document, cleaned.titles
    texts = document.texts
    linked = [i for i in cleaned.kept if document.paragraphs[i].links]
    found = dict(zip(linked, document.source.links(texts, linked), strict=True))
    lines = {i: _lines(texts[i], found.get(i, ())) for i in cleaned.kept}
    tables, around = _Tables(document, cleaned.kept, titles), _Around(document)
    for i in _joined(document, cleaned.kept, lines):
        paragraph = document.paragraphs[i]
        table = tables.around(i)
        if table is None:
            yield _block(around, paragraph, lines[i], title=i in titles)
        elif tables.begins(table, i):
            yield Table(around.containers(table), list(tables.rows(table, lines)))


def plain(line: Line) -> str:
    """A line's text without its links."""
    return "".join(run.text for run in line)


def _joined(
    document: Document, kept: Sequence[int], lines: dict[int, list[list[Run]]]
) -> list[int]:
    """The kept paragraphs, of those of one ``<pre>`` the first, with the lines of all: many a page
    has each line of its code in an element of its own."""
    joined: list[int] = []
    last = None
    for i in kept:
        pre = _preformatted(document, document.paragraphs[i])
        if pre is not None and pre == last:
            lines[joined[-1]] += lines[i]
        else:
            joined.append(i)
            last = pre
    return joined


def _preformatted(document: Document, paragraph: Paragraph) -> int | None:
    """The ``<pre>`` that the paragraph stands in."""
    if not paragraph.flags & BIT["preformatted"]:
        return None
    around = _upwards(document, paragraph.element)
    return next(element for element in around if document.tree.tags[element] == "pre")


def _block(around: _Around, paragraph: Paragraph, lines: Sequence[Line], *, title: bool) -> Block:
    document = around.document
    pre = _preformatted(document, paragraph)
    if pre is not None:
        return Block("code", around.containers(pre), lines)
    containers = around.containers(paragraph.element)
    level = 1 if title else _heading(document, paragraph)
    return Block("heading" if level else "text", containers, lines, level)


def _heading(document: Document, paragraph: Paragraph) -> int:
    if not paragraph.flags & BIT["heading"]:
        return 0
    for element in _upwards(document, paragraph.element):
        if document.tree.tags[element] in HEADING_TAGS:
            return int(document.tree.tags[element][1])
    return ROLE_HEADING


class _Around:
    """The quotes and list items around the elements of a document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._known: dict[int, tuple[Container, ...]] = {}
        """By element, of the last ones: pages may nest them hundreds deep, thousands of times."""

    def containers(self, element: int) -> tuple[Container, ...]:
        """Those around an element, from the outermost."""
        if len(self._known) > MOST_KNOWN:
            self._known.clear()
        new: list[int] = []
        found: tuple[Container, ...] = ()
        for at in _upwards(self.document, element):
            if at in self._known:
                found = self._known[at]
                break
            new.append(at)
        for at in reversed(new):
            found = self._known[at] = found + self._own(at)
        return found

    def _own(self, element: int) -> tuple[Container, ...]:
        tag = self.document.tree.tags[element]
        if tag == "blockquote":
            return (Container("quote", element, self.document.tree.parents[element]),)
        if tag == "li":
            # A page without numbered lists in its text is not walked for their numbers.
            around = self._lists[element]
            number = self._numbers[element] if self.document.tree.tags[around] == "ol" else None
            return (Container("item", element, around, number),)
        return ()

    @functools.cached_property
    def _lists(self) -> list[int]:
        """For each element the nearest list that it is in, or the element that holds it."""
        tags, parents = self.document.tree.tags, self.document.tree.parents
        found: list[int] = []
        for at, above in enumerate(parents):
            inside = at == above or tags[above] in LISTS
            found.append(above if inside or tags[found[above]] not in LISTS else found[above])
        return found

    @functools.cached_property
    def _numbers(self) -> dict[int, int]:
        """The number of each item of a numbered list, as the HTML standard counts."""
        tags, attribute = self.document.tree.tags, self.document.source.attribute
        items: dict[int, list[int]] = {}
        for at, tag in enumerate(tags):
            if tag == "li" and tags[self._lists[at]] == "ol":
                items.setdefault(self._lists[at], []).append(at)
        every = [item for own in items.values() for item in own]
        stated = dict(zip(every, attribute("value", every), strict=True))
        starts, turned = attribute("start", list(items)), attribute("reversed", list(items))
        found: dict[int, int] = {}
        for own, start, backwards in zip(items.values(), starts, turned, strict=True):
            step = 1 if backwards is None else -1
            number = _integer(start, 1 if step > 0 else len(own))
            for item in own:
                found[item] = number = _integer(stated[item], number)
                number += step
        return found


def _integer(stated: str | None, otherwise: int) -> int:
    """What an attribute says; where it says none, what it is then."""
    found = _INTEGER.match(stated or "")
    return int(found[1]) if found else otherwise


def _number(stated: str | None, most: int) -> int:
    """What an attribute says, from 1 to the most there may be; 1 where it says none."""
    return max(1, min(_integer(stated, 1), most))


def _upwards(document: Document, element: int) -> Iterator[int]:
    """The element and those around it, without the root."""
    parents = document.tree.parents
    while parents[element] != element:
        yield element
        element = parents[element]


def _lines(text: str, links: Iterable[Link]) -> list[list[Run]]:
    lines: list[list[Run]] = [[]]
    at = 0
    for link in links:
        _extend(lines, text[at : link.start], None)
        _extend(lines, text[link.start : link.end], link.href)
        at = link.end
    _extend(lines, text[at:], None)
    return lines


def _extend(lines: list[list[Run]], text: str, href: str | None) -> None:
    first, *others = text.split("\n")
    if first:
        lines[-1].append(Run(first, href))
    lines.extend([Run(other, href)] if other else [] for other in others)


class _Tables:
    """The tables of a document that hold data, told from those that lay out a page."""

    def __init__(self, document: Document, kept: Sequence[int], titles: Collection[int]) -> None:
        self._tree, self._source = document.tree, document.source
        self._cell: dict[int, int] = {}
        self._table: dict[int, int] = {}
        inside: dict[int, list[int]] = {}
        for i in kept:
            paragraph = document.paragraphs[i]
            if not paragraph.flags & BIT["table"]:
                continue
            for element in _upwards(document, paragraph.element):
                if self._tree.tags[element] in ("td", "th"):
                    self._cell.setdefault(i, element)
                elif self._tree.tags[element] == "table":
                    if i in self._cell:
                        inside.setdefault(element, []).append(i)
                    break
        for table, members in inside.items():
            sizes: Counter[int] = Counter()
            for i in members:
                sizes[self._cell[i]] += len(document.paragraphs[i].text)
            rich = any(i in titles or document.paragraphs[i].flags & _RICH for i in members)
            if not rich and max(sizes.values()) <= MOST_IN_CELL and self._is_grid(table, sizes):
                self._table.update(dict.fromkeys(members, table))
        self._members = inside

    def around(self, i: int) -> int | None:
        """The table of data that paragraph ``i`` stands in."""
        return self._table.get(i)

    def begins(self, table: int, i: int) -> bool:
        return self._members[table][0] == i

    def rows(self, table: int, lines: dict[int, list[list[Run]]]) -> Iterator[list[Cell]]:
        """The rows of which something is kept."""
        held: dict[int, list[Line]] = {}
        for i in self._members[table]:
            held.setdefault(self._cell[i], []).extend(lines[i])
        for row, spread in self._spread(table):
            if not held.keys().isdisjoint(row):
                yield [
                    EMPTY if at is None else Cell(held.get(at, ()), self._is_heading(at))
                    for at in spread
                ]

    def _is_heading(self, cell: int) -> bool:
        tags, parents = self._tree.tags, self._tree.parents
        return tags[cell] == "th" or tags[parents[parents[cell]]] == "thead"

    def _is_grid(self, table: int, used: Collection[int]) -> bool:
        """Whether the rows that are used make a grid, two by two at least, without another."""
        if "table" in self._tree.tags[table + 1 : self._tree.ends[table]]:
            return False
        grid = self._grid(table).values()
        rows = [len(row) for row in grid if any(at in used for at in row)]
        return len(rows) > 1 and 1 < max(rows) <= MOST_COLUMNS

    def _grid(self, table: int) -> dict[int, list[int]]:
        """The cells of each row."""
        tags, parents, ends = self._tree.tags, self._tree.parents, self._tree.ends
        rows: dict[int, list[int]] = {}
        for at in range(table + 1, ends[table]):
            if tags[at] == "tr":
                rows[at] = []  # also one without cells of its own: others may reach into it
            elif tags[at] in ("td", "th") and tags[parents[at]] == "tr":
                rows[parents[at]].append(at)
        return rows

    def _spread(self, table: int) -> Iterator[tuple[list[int], list[int | None]]]:
        """The cells of each row, and these by column: None where one beside or above reaches."""
        grid = self._grid(table)
        cells = [at for row in grid.values() for at in row]
        wide, high = (
            {
                at: _number(stated, most)
                for at, stated in zip(cells, self._source.attribute(name, cells), strict=True)
            }
            for name, most in (("colspan", MOST_COLUMNS), ("rowspan", MOST_ROWS))
        )
        group = table
        reached: dict[int, int] = {}  # rows for which each column is still taken
        for tr, row in grid.items():
            if self._tree.parents[tr] != group:
                group, reached = self._tree.parents[tr], {}  # none reaches from head to body
            spread: list[int | None] = []
            below = {column: rows - 1 for column, rows in reached.items() if rows > 1}
            column = 0
            for at in row:
                while column in reached:
                    column += 1
                spread += [None] * (column - len(spread)) + [at]
                room = max(1, MOST_COLUMNS - column)
                columns = range(column, column + min(wide[at], room))
                if high[at] > 1 and column < MOST_COLUMNS:
                    below |= dict.fromkeys(columns, high[at] - 1)
                column = columns.stop
            yield row, spread
            reached = below
