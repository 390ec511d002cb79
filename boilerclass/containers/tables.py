"""Rows of tables as records: which columns hold pages, their addresses and their ids."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from boilerclass.containers.record import Reading, Record, too_large
from boilerclass.containers.stream import Stream
from boilerclass.errors import UnreadableInput

NO_COLUMN = "there is no column {column!r}; it has {names}"
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


class _Plan(NamedTuple):
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
    """The record of each row."""
    plan = _Plan((), None, None)

    def choose(names: Sequence[str]) -> list[str]:
        nonlocal plan
        plan = _plan(names, reading)
        return plan.columns

    for row in rows(stream, reading, choose, start):
        if row.error is not None:
            yield Record(row.ordinal, error=row.error)
        else:
            yield _record(row, plan, reading)


def _plan(names: Sequence[str], reading: Reading) -> _Plan:
    given = reading.columns
    for name in given:
        if name is not None and name not in names:
            raise UnreadableInput(no_column(name, names))
    guesses: list[str] = []

    def guess(known: Sequence[str], option: str) -> str | None:
        by_name = {name.lower(): name for name in reversed(names)}
        found = next((by_name[name] for name in known if name in by_name), None)
        if found is not None:
            guesses.append(f"--{option} {found}")
        return found

    content: list[_Cell] = []
    if given.html is not None:
        content.append(_Cell(given.html, "html"))
    if given.text is not None:
        content.append(_Cell(given.text, "text"))
    if not content:
        if name := guess(HTML, "html-column"):
            content.append(_Cell(name, "html"))
        elif name := guess(EITHER, "html-column"):
            content.append(_Cell(name, None))
        elif name := guess(TEXT, "text-column"):
            content.append(_Cell(name, "text"))
        else:
            raise UnreadableInput(NO_CONTENT.format(names=_listed(names)))
    url = given.url or guess(URL, "url-column")
    key = given.id or guess(ID, "id-column")
    if guesses:
        reading.notice(f"its columns are taken as by {' '.join(guesses)}")
    return _Plan(tuple(content), url, key)


def _record(row: Row, plan: _Plan, reading: Reading) -> Record:
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
    columns = " and ".join(repr(cell.column) for cell in plan.content)
    return Record(row.ordinal, id=name, skipped=f"nothing in column {columns}")


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


def no_column(name: str, names: Sequence[str]) -> str:
    """Says that a column is missing, and which there are."""
    return NO_COLUMN.format(column=name, names=_listed(names))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"
