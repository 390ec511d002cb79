"""One column of a table as a stream of texts: CSV, JSON Lines or Parquet, told by content."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from boilerclass.cli.inputs import STDIN
from boilerclass.errors import InvalidOption, MissingExtra, UnreadableInput

NO_COLUMN = "there is no column {column!r}; it has {names}"
NO_ARROW = "Parquet needs pyarrow: pip install 'boilerclass[arrow]'"
ROWS_AT_ONCE = 4096
"""Rows of Parquet in memory."""
LONGEST_CELL = 1 << 27
"""Characters; the csv module's own limit stops at an article."""


def values(path: str, column: str) -> Iterator[str]:
    """The texts of ``column``, row by row; an empty one where a row has none.

    Raises:
        InvalidOption: the table has no such column.
        UnreadableInput: the content is no table.
        OSError: the file cannot be read.
    """
    with _opened(path) as file:
        start = file.peek(4)[:4] if isinstance(file, io.BufferedReader) else b""
        if start == b"PAR1":
            yield from _parquet(file, column)
            return
        with io.TextIOWrapper(file, "utf-8-sig", "replace", newline="") as lines:
            if start.lstrip()[:1] == b"{":
                yield from _jsonl(lines, column)
            else:
                yield from _csv(lines, column)


@contextmanager
def _opened(path: str) -> Iterator[BinaryIO]:
    if path == STDIN:
        yield sys.stdin.buffer
    else:
        with Path(path).open("rb") as file:
            yield file


def _csv(lines: io.TextIOWrapper, column: str) -> Iterator[str]:
    csv.field_size_limit(LONGEST_CELL)
    try:
        rows = csv.DictReader(lines)
        names = list(rows.fieldnames or ())
        _check(column, names)
        for row in rows:
            yield row[column] or ""
    except csv.Error as error:
        raise UnreadableInput(f"no CSV: {error}") from error


def _jsonl(lines: io.TextIOWrapper, column: str) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UnreadableInput(f"line {number} is no JSON: {error}") from error
        if not isinstance(record, dict):
            raise UnreadableInput(f"line {number} is no JSON object")
        if number == 1:
            _check(column, list(record))
        value = record.get(column)
        yield "" if value is None else str(value)


def _parquet(file: BinaryIO, column: str) -> Iterator[str]:
    try:
        import pyarrow
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise MissingExtra(NO_ARROW) from error
    try:
        # A pipe cannot be searched for the footer.
        table = parquet.ParquetFile(file if file.seekable() else io.BytesIO(file.read()))
        _check(column, table.schema_arrow.names)
        for batch in table.iter_batches(ROWS_AT_ONCE, columns=[column]):
            for value in batch.column(0).to_pylist():
                yield "" if value is None else str(value)
    except pyarrow.ArrowInvalid as error:
        raise UnreadableInput(f"no Parquet: {error}") from error


def _check(column: str, names: list[str]) -> None:
    if column not in names:
        known = ", ".join(names) or "none"
        raise InvalidOption(NO_COLUMN.format(column=column, names=known))
