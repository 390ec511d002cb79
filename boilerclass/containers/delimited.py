"""CSV: a row of names, then a row a document; parted by commas, semicolons, tabs or bars."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from boilerclass.containers import tables
from boilerclass.containers.record import Reading, Record, too_large
from boilerclass.containers.stream import CHUNK, Damage, Stream
from boilerclass.encoding import decode, piecewise, wide
from boilerclass.errors import UnreadableInput

if TYPE_CHECKING:
    from boilerclass.containers.tables import Choice, Row

DELIMITERS = ",\t;|"
UTF8 = "utf-8-sig"
"""With or without a mark; what is not UTF-8 is detected."""
MARK = "\ufeff"
"""The byte-order mark, decoded."""
HEADER = 8192
"""Bytes in which the row of names ends."""
STOPPED = "row {row}: {error}; the rows behind it are not read"
NOT_CLOSED = "a quoted cell has no closing quote"
TOO_MANY = (
    "row {row} has {cells} cells for {names} columns and is left out: "
    "a cell that holds {delimiter!r} must stand in quotes"
)
MAYBE = (
    "is read as one text, but looks like a table of {names}: if it is one, name the column of "
    "pages with --html-column or --text-column"
)

_NAME = re.compile(r"[^\W\d][\w.:-]{0,63}")
_INDEX = re.compile(r"(?:Unnamed: 0)?")
"""The name of a first column that pandas writes unasked, and how it writes that again."""


def opens(head: bytes, reading: Reading) -> bool:
    """Whether a table begins so.

    The first line of prose is no list of names. When the user has named a column, what is not
    markup is a table.
    """
    line = _first_line(head, reading.encoding)
    if line.lstrip().startswith("<"):
        return False
    if reading.columns.html is not None or reading.columns.text is not None:
        return bool(line.strip()) and "\0" not in line
    return tables.has_content(_names(line))


def doubt(head: bytes) -> str | None:
    """What the user should know about a document that begins so, and may be a table; words that fit
    after its name."""
    line, _, rest = _text(head, None).partition("\n")
    second = rest.partition("\n")[0]
    names, mark = _names(line.strip("\r")), _delimiter(line)
    if not names or second.count(mark) < line.count(mark):
        return None
    return MAYBE.format(names=", ".join(names))


def _names(line: str) -> list[str]:
    """The names of columns that a line consists of; none when it is something else."""
    # A line of text may be indented, also by a tab.
    names = [name.strip('" ') for name in line.strip().split(_delimiter(line))]
    named = names[1:] if _INDEX.fullmatch(names[0]) else names
    alone = len(names) > 1 and len(set(names)) == len(names)
    return names if alone and all(map(_NAME.fullmatch, named)) else []


def records(stream: Stream, reading: Reading, start: int) -> Iterator[Record]:
    """The record of each row behind the names."""
    return tables.records(rows, stream, reading, start)


def rows(stream: Stream, reading: Reading, choose: Choice, start: int) -> Iterator[Row]:
    """The rows; the first line's cells are the columns. Empty lines are none.

    What is wrong inside a quoted cell hides where the next row begins, so an error ends them.
    """
    delimiter = _delimiter(_first_line(stream.head(HEADER), reading.encoding))
    csv.field_size_limit(reading.max_bytes)
    lines = _Lines(stream, reading)
    table = csv.reader(lines, delimiter=delimiter)
    ordinal = 0
    try:
        names = next(table, [])
        choose(names)
        for cells in table:
            lines.row_ends()
            if lines.ended:  # while the row was being read
                raise csv.Error(NOT_CLOSED)
            if cells:
                if ordinal >= start:
                    yield _row(ordinal, names, cells, delimiter)
                ordinal += 1
    except (csv.Error, Damage, _RowTooLarge) as error:
        words = STOPPED.format(row=ordinal + 1, error=error)
        yield tables.Row(ordinal, {}, UnreadableInput(words))


def _row(ordinal: int, names: Sequence[str], cells: Sequence[str], delimiter: str) -> Row:
    """A row that may lack its last cells; what is too much must be empty."""
    if any(cells[len(names) :]):
        words = TOO_MANY.format(
            row=ordinal + 1, cells=len(cells), names=len(names), delimiter=delimiter
        )
        return tables.Row(ordinal, {}, UnreadableInput(words))
    return tables.Row(ordinal, dict(zip(names, cells, strict=False)))


class _RowTooLarge(Exception):
    """A row is beyond the limit."""


class _Lines:
    """Lines of text that end with an error where a row becomes too large."""

    def __init__(self, stream: Stream, reading: Reading) -> None:
        self._head = stream.head(HEADER)
        file = io.BufferedReader(stream, CHUNK)
        encoding = _encoding(self._head, reading.encoding)
        errors = "surrogateescape" if encoding == UTF8 else "replace"
        self._file = io.TextIOWrapper(file, encoding, errors, newline="")
        self._legacy: str | None = None
        """What the lines that are not UTF-8 are encoded in, once there has been one."""
        self._limit = self._left = reading.max_bytes
        self.ended = False
        """Whether there are no more lines."""

    def row_ends(self) -> None:
        self._left = self._limit

    def __iter__(self) -> Iterator[str]:
        mark = MARK
        while line := self._file.readline(self._left + 1):
            self._left -= len(line)
            if self._left < 0:
                raise _RowTooLarge(str(too_large(self._limit)))
            yield line if line.isascii() else self._detected(line).removeprefix(mark)
            mark = ""
        self.ended = True

    def _detected(self, line: str) -> str:
        """The line, with the bytes that are not UTF-8 as what the table seems to be encoded in."""
        data = line.encode("utf-8", "surrogateescape")
        with suppress(UnicodeDecodeError):
            return data.decode()
        if self._legacy is None:
            _, self._legacy = decode(self._head + (b"" if data in self._head else data))
        return decode(data, self._legacy)[0]


def _first_line(head: bytes, encoding: str | None) -> str:
    return _text(head, encoding).partition("\n")[0].strip("\r")


def _text(head: bytes, encoding: str | None) -> str:
    return head.decode(_encoding(head, encoding), "replace").removeprefix(MARK)


def _encoding(head: bytes, given: str | None) -> str:
    """As the user knows it; else by how it begins: spreadsheets write UTF-16 as well."""
    return (wide(head) or UTF8) if given is None else piecewise(head, given)


def _delimiter(line: str) -> str:
    return max(DELIMITERS, key=line.count)
