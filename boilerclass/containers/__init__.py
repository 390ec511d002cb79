"""Files that hold pages: what a file is is told by its content, and each record comes out once.

A format is a module with a function ``records`` and its row in FORMATS. Containers are streamed:
one record is in memory at a time, and of none more than the limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import chain, islice
from typing import NamedTuple

from boilerclass.containers import delimited, tables
from boilerclass.containers.record import Columns, Reading, Record
from boilerclass.containers.single import HEAD, document, inflated
from boilerclass.containers.stream import Damage, Stream
from boilerclass.errors import InvalidOption, UnreadableInput

Records = Callable[[Stream, Reading, int], Iterator[Record]]


class Format(NamedTuple):
    """A kind of container."""

    name: str
    """In words that fit after "is"."""
    opens: Callable[[bytes, Reading], object]
    """Whether the first HEAD bytes of a file are those of such a container."""
    module: str
    """Where ``records`` is; imported when needed."""
    goes_on: bool = False
    """Whether records can be found behind a damage, so that it need not have its beginning."""


def _begins(pattern: bytes) -> Callable[[bytes, Reading], object]:
    match = re.compile(pattern, re.S).match
    return lambda head, _: match(head)


FORMATS: tuple[Format, ...] = (
    Format(
        "a WARC file",
        _begins(rb"\s{0,4}WARC/\d\.\d+\s*\n"),
        "boilerclass.containers.warc",
        goes_on=True,
    ),
    Format("a ZIP archive", _begins(rb"PK(?:\x03\x04|\x05\x06)"), "boilerclass.containers.zipped"),
    Format("a tar archive", _begins(rb".{257}ustar"), "boilerclass.containers.tar"),
    Format("a Parquet file", _begins(rb"PAR1"), "boilerclass.containers.parquet"),
    Format(
        "JSON Lines",
        _begins(rb'(?:\xef\xbb\xbf)?\s*\{[^\S\r\n]*"'),
        "boilerclass.containers.jsonlines",
    ),
    Format("a CSV table", delimited.opens, "boilerclass.containers.delimited"),
)
"""In the order in which they are asked."""

EMPTY_TARS = bytes(1 << 10), bytes(10 << 10)
"""Archives that nothing was put into: an end mark, and one that GNU tar fills up to a record."""


def format_of(head: bytes, reading: Reading) -> Format | None:
    """The container that begins with these bytes; None where they begin a document."""
    return next((form for form in FORMATS if form.opens(head, reading)), None)


def records(stream: Stream, reading: Reading, start: int = 0) -> Iterator[Record]:
    """Every record of a file from the ordinal ``start`` on, in its order.

    A file that is no container is one record without an ordinal. A record says itself when it is
    passed by or cannot be read; the ones behind it follow where the format lets them be found.

    Raises:
        MissingExtra: the format needs a library that is not installed.
        UnreadableInput: the file holds neither records nor a document.
        OSError: it cannot be read.
    """
    stream = inflated(stream)
    form = format_of(stream.head(HEAD), reading)
    if form is None and stream.damage is not None:
        yield from _behind_damage(stream, reading, start)
        return
    if form is None and _is_empty_tar(stream):
        return
    if form is None:
        doubt = delimited.doubt(stream.head(HEAD))
        if doubt is not None:
            reading.notice(doubt)
        yield Record(None, document(stream, reading))
        return
    read: Records = import_module(form.module).records
    yield from read(stream, reading, start)


def _is_empty_tar(stream: Stream) -> bool:
    """Whether all of the file is the end of a tar archive; any other run of NULs is damage."""
    mark, padded = EMPTY_TARS
    return stream.head(len(mark)) == mark and stream.head(len(padded) + 1) in EMPTY_TARS


def _behind_damage(stream: Stream, reading: Reading, start: int) -> Iterator[Record]:
    """The records of a file of which the beginning is damaged; the damage is the first of them.

    Raises:
        Damage: what is behind is not known.
    """
    try:
        while stream.read(HEAD):
            pass
    except Damage as damage:
        form = format_of(stream.head(HEAD), reading)
        if form is None or not form.goes_on:
            raise
        if not start:
            yield Record(0, error=damage)
    else:
        return
    read: Records = import_module(form.module).records
    for record in read(stream, reading, max(start - 1, 0)):
        assert record.ordinal is not None
        yield record._replace(ordinal=record.ordinal + 1)


def members_document(stream: Stream, reading: Reading) -> bytes:
    """The document that is a member of an archive, also a compressed one.

    Raises:
        UnreadableInput: it is none, or a container once more.
    """
    stream = inflated(stream)
    form = format_of(stream.head(HEAD), reading)
    if form is not None:
        raise UnreadableInput(f"is {form.name} inside an archive: unpack the archive first")
    return document(stream, reading)


def table(
    stream: Stream, column: str, encoding: str | None = None
) -> tuple[Sequence[str], Iterator[tables.Row]]:
    """The names of a table's columns, and its rows with all their cells.

    Raises:
        InvalidOption: the table has no such column.
        MissingExtra: it is of a format whose library is not installed.
        UnreadableInput: the content is no table.
    """
    names: list[str] = []

    def choose(found: Sequence[str]) -> Sequence[str]:
        if column not in found:
            raise InvalidOption(tables.no_column(column, found))
        names.extend(found)
        return names

    stream = inflated(stream)
    reading = Reading(columns=Columns(text=column), encoding=encoding)
    form = format_of(stream.head(HEAD), reading)
    read: tables.Rows | None = form and getattr(import_module(form.module), "rows", None)
    if read is None:
        raise UnreadableInput(f"is {form.name}, no table" if form else "is no table")
    rows = read(stream, reading, choose, 0)
    first = list(islice(rows, 1))
    return names, chain(first, rows)
