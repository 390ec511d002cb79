"""Rows of tables as records: which columns hold pages, their addresses and their ids."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from boilerclass.containers.record import Reading, Record, too_large
from boilerclass.containers.stream import Stream
from boilerclass.encoding import as_text
from boilerclass.errors import UnreadableInput

NO_COLUMN = "there is no column {column!r}; it has {names}"
NO_PAGE = "no column of pages"
NO_CONTENT = (
    "none of its columns ({names}) is known to hold pages: "
    "name it with --html-column or --text-column"
)

HTML = ("html", "raw_html", "html_content", "page_html", "html_raw")
EITHER = ("content", "body", "page", "raw_content")
TEXT = ("text", "raw_text", "plain_text", "page_text", "article_text")
URL = ("url", "uri", "page_url", "source_url", "target_uri", "warc-target-uri", "link")
ID = ("id", "_id", "doc_id", "document_id", "page_id", "record_id", "warc-record-id", "uuid")
"""Names by which columns are known, in small letters; an earlier one is taken first."""


class Row(NamedTuple):
    """A row, or why it cannot be read."""

    ordinal: int
    cells: Mapping[str, Any]
    error: Exception | None = None


Choice = Callable[[Sequence[str]], Collection[str]]
"""Given a table's column names, those that are wanted; called once, before the first row."""
Rows = Callable[[Stream, Reading, Choice, int], Iterator[Row]]


class _Cell(NamedTuple):
    column: str
    kind: Literal["html", "text"] | None


class Plan(NamedTuple):
    """Where in a row to look for what."""

    content: tuple[_Cell, ...]
    """The first that is not empty is the document."""
    url: str | None
    id: str | None

    @property
    def columns(self) -> list[str]:
        wanted = [cell.column for cell in self.content]
        return [*wanted, *(name for name in (self.url, self.id) if name)]


def has_content(names: Sequence[str]) -> bool:
    """Whether one of the column names is known to hold documents."""
    return not {name.lower() for name in names}.isdisjoint((*HTML, *EITHER, *TEXT))


def records(rows: Rows, stream: Stream, reading: Reading, start: int) -> Iterator[Record]:
    """The record of each row of a table whose rows have the same columns."""
    plan = Plan((), None, None)

    def choose(names: Sequence[str]) -> list[str]:
        nonlocal plan
        plan = planned(names, reading)
        check(names, plan, reading)
        for name in missing(names, reading):
            raise UnreadableInput(no_column(name, names))
        return plan.columns

    for row in rows(stream, reading, choose, start):
        yield record(row, plan, reading)


def check(names: Sequence[str], plan: Plan, reading: Reading) -> None:
    """Nothing, when there is a column of pages.

    Raises:
        UnreadableInput: there is none.
    """
    if plan.content:
        return
    for name in missing(names, reading):
        raise UnreadableInput(no_column(name, names))
    raise UnreadableInput(NO_CONTENT.format(names=_listed(names)))


def missing(names: Sequence[str], reading: Reading) -> list[str]:
    """The columns that the user has named, and that are not there."""
    return [name for name in reading.columns if name is not None and name not in names]


def planned(names: Sequence[str], reading: Reading) -> Plan:
    """Where to look in rows of these columns, as far as they are there; what is guessed is said."""
    given = reading.columns
    guesses: list[str] = []

    def guess(known: Sequence[str], option: str) -> str | None:
        by_name = {name.lower(): name for name in reversed(names)}
        found = next((by_name[name] for name in known if name in by_name), None)
        if found is not None:
            guesses.append(f"--{option} {found}")
        return found

    content: list[_Cell] = []
    if given.html in names:
        content.append(_Cell(str(given.html), "html"))
    if given.text in names:
        content.append(_Cell(str(given.text), "text"))
    if given.html is None and given.text is None:
        if name := guess(HTML, "html-column"):
            content.append(_Cell(name, "html"))
        elif name := guess(EITHER, "html-column"):
            content.append(_Cell(name, None))
        elif name := guess(TEXT, "text-column"):
            content.append(_Cell(name, "text"))
    url = given.url or guess(URL, "url-column")
    key = given.id or guess(ID, "id-column")
    if guesses and content:
        reading.notice(f"its columns are taken as by {' '.join(guesses)}")
    return Plan(tuple(content), url, key)


def record(row: Row, plan: Plan, reading: Reading) -> Record:
    """What a row holds."""
    if row.error is not None:
        return Record(row.ordinal, error=row.error)
    name = _text(row.cells.get(plan.id)) if plan.id else None
    url = _text(row.cells.get(plan.url)) if plan.url else None
    for column, kind in plan.content:
        value = row.cells.get(column)
        if value is None:
            continue
        if not isinstance(value, str | bytes):
            words = f"column {column!r} holds no text but {type(value).__name__}"
            return Record(row.ordinal, id=name, error=UnreadableInput(words))
        if len(value) > reading.max_bytes:
            return Record(row.ordinal, id=name, error=too_large(reading.max_bytes))
        return Record(row.ordinal, value, id=name, url=url, kind=kind)
    given = [name for name in (reading.columns.html, reading.columns.text) if name is not None]
    columns = " and ".join(map(repr, given or [cell.column for cell in plan.content]))
    nothing = f"nothing in column {columns}" if columns else NO_PAGE
    return Record(row.ordinal, id=name, skipped=nothing)


def _text(value: Any) -> str | None:
    return None if value is None else as_text(value) or None


def no_column(name: str, names: Sequence[str]) -> str:
    """Says that a column is missing, and which there are."""
    return NO_COLUMN.format(column=name, names=_listed(names))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"
