"""``boilerclass clickbait``: the face of :func:`boilerclass.clickbait`."""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from boilerclass.cli import compression, inputs, options, output, stream
from boilerclass.encoding import as_text, decode, piecewise, wide
from boilerclass.errors import InvalidOption, UnreadableInput
from boilerclass.options import check_share
from boilerclass.writers.headlines import FORMS, HEADLINE, ONE_TABLE, SCORE, Scored
from boilerclass.writers.records import rounded

if TYPE_CHECKING:
    from boilerclass.containers.tables import Row

HEADLINES_AT_ONCE = 512
"""Headlines scored together: a matrix each, in memory."""
WIDE = ("utf-16", "utf-32", "utf_16", "utf_32", "utf16", "utf32")
"""Encodings in which a byte of a line's end is part of other characters, too."""
A_FILE = (
    "{name} is a file: name the column that holds its headlines with --column, "
    "or pipe its lines in: boilerclass clickbait < {name}"
)
TAKEN = f"it has a column {SCORE!r} already, where the scores would go: rename that first"
OTHER_COLUMN = (
    "row {row} has the column {column!r}, which the first row written lacks; it and those behind "
    "it are not written: -f jsonl keeps them"
)

Cells = Mapping[str, Any]


class _Table(NamedTuple):
    """Headlines in rows, and where they came from."""

    name: str
    column: str
    columns: Sequence[str]
    rows: Iterator[Cells]


class _Failures:
    """What could not be read: reported at once, and counted."""

    def __init__(self, *, verbose: bool) -> None:
        self.count = 0
        self._verbose = verbose

    def note(self, path: str, error: Exception) -> None:
        self.count += 1
        stream.report(path, error, verbose=self._verbose)


@click.command("clickbait")
@click.argument("headlines", nargs=-1)
@click.option(
    "-f",
    "--format",
    type=click.Choice(list(FORMS)),
    default="table",
    show_default=True,
    help="How scores are written.",
)
@options.output_file
@click.option(
    "--column",
    metavar="NAME",
    help="Take the arguments for CSV, JSON Lines or Parquet files, and the headlines from this "
    "column of theirs.",
)
@options.encoding
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    metavar="P",
    help="Write only what scores P or more, 0 to 1.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show where in the program a file failed.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    headlines: tuple[str, ...],
    column: str | None,
    encoding: str | None,
    threshold: float | None,
    verbose: bool,
    **chosen: Any,
) -> None:
    """Write how likely each headline is clickbait, from 0 to 1.

    HEADLINES are one an argument, or one a line of standard input when there is no argument or
    only a dash. Empty lines are left out. A headline that begins with a dash goes after "--".

    With --column, jsonl, csv and parquet keep every row and column of the tables, and add the
    column "clickbait"; it is empty where a row has no headline.
    """
    check_share("threshold", threshold)  # not a number is in no range, and beyond none
    taken = inputs.chosen(headlines, "clickbait")
    failures = _Failures(verbose=verbose)
    if column is None:
        tables = iter([_typed(taken, encoding)])
    else:
        alike = chosen["format"] in ONE_TABLE
        tables = _tables(taken, column, encoding, failures, alike=alike)
    form, path = FORMS[chosen["format"]], chosen["output"]
    place = output.Place(path, codec=compression.of(form, path))
    if column is not None:
        output.check((inputs.Entry(path, path) for path in taken), form, place)
    with output.opened(form, place, several=False) as destination:
        for table in tables:
            entry = inputs.Entry(table.name, table.name)
            for scored in _scored(table, threshold):
                destination.write(entry, form.document(table.name, scored))
    ctx.exit(stream.FAILED if failures.count else 0)


def _typed(taken: Sequence[str], encoding: str | None) -> _Table:
    """The arguments, or the lines of standard input; empty ones are left out."""
    lines: Iterable[str] = taken
    if list(taken) == [inputs.STDIN]:
        lines = _lines(encoding)
    for argument in taken:
        if _is_file(argument):
            raise click.UsageError(A_FILE.format(name=argument))
    texts = (line for line in map(str.strip, lines) if line)
    return _Table(inputs.STDIN, HEADLINE, [HEADLINE], ({HEADLINE: text} for text in texts))


def _lines(encoding: str | None) -> Iterator[str]:
    """The lines of standard input, one at a time."""
    if sys.stdin is None:
        raise UnreadableInput(inputs.CLOSED)
    source = iter(sys.stdin.buffer)
    first = next(source, b"")
    codec = wide(first) if encoding is None else encoding
    if codec is None or not codec.lower().startswith(WIDE):
        yield from (decode(line, encoding)[0] for line in chain([first], source))
        return
    rest = ""
    for piece in codecs.iterdecode(chain([first], source), piecewise(first, codec), "replace"):
        *lines, rest = (rest + piece).removeprefix("\ufeff").split("\n")
        yield from lines
    yield rest


def _is_file(argument: str) -> bool:
    try:
        return Path(argument).is_file()
    except (OSError, ValueError):  # too long for a name, or with a NUL
        return False


def _tables(
    paths: Sequence[str], column: str, encoding: str | None, failures: _Failures, *, alike: bool
) -> Iterator[_Table]:
    """The tables that can be read; when ``alike``, with no column that the first one lacks."""
    from boilerclass import containers
    from boilerclass.containers.stream import opened

    shared: Sequence[str] | None = None
    for path in paths:
        try:
            with _opened(path) as file:
                names, rows = containers.table(opened(file), column, encoding)
                if SCORE in names:
                    raise InvalidOption(TAKEN)
                if alike and shared is None:
                    shared = names
                yield _Table(path, column, shared or names, _cells(rows, path, shared, failures))
        except (OSError, UnreadableInput) as error:
            failures.note(path, error)


def _cells(
    rows: Iterable[Row], path: str, shared: Sequence[str] | None, failures: _Failures
) -> Iterator[Cells]:
    """The cells of every row that can be read and, where columns are shared, has no others."""
    try:
        for row in rows:
            if row.error is not None:
                failures.note(path, row.error)
                continue
            other = [name for name in row.cells if shared is not None and name not in shared]
            if other:
                words = OTHER_COLUMN.format(row=row.ordinal + 1, column=other[0])
                raise UnreadableInput(words)
            yield row.cells
    except (OSError, UnreadableInput) as error:
        failures.note(path, error)


def _opened(path: str) -> io.BufferedReader:
    # Closing the duplicate leaves standard input open.
    return open(os.dup(0) if path == inputs.STDIN else path, "rb")  # noqa: PTH123


def _scored(table: _Table, threshold: float | None) -> Iterator[Scored]:
    """The rows with their scores; first of all none, so that an empty table has its columns."""
    import boilerclass

    columns = [*table.columns, SCORE]
    yield Scored(table.column, columns, [])
    while batch := list(islice(table.rows, HEADLINES_AT_ONCE)):
        texts = [_text(row.get(table.column)) for row in batch]
        scores = iter(boilerclass.clickbait([text for text in texts if text]))
        rows = [
            {**row, SCORE: rounded(next(scores)) if text else None}
            for row, text in zip(batch, texts, strict=True)
        ]
        if threshold is not None:
            rows = [row for row in rows if row[SCORE] is not None and row[SCORE] >= threshold]
        yield Scored(table.column, columns, rows)


def _text(value: Any) -> str:
    return "" if value is None else as_text(value).strip()
