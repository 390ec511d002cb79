"""One column of a table as a stream of texts: CSV, JSON Lines or Parquet, told by content."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from boilerclass.errors import InvalidOption, MissingExtra, UnreadableInput

NO_COLUMN = "there is no column {column!r}; it has {names}"
NO_ARROW = "Parquet needs pyarrow: pip install 'boilerclass[arrow]'"
PARQUET = b"PAR1"
"""First bytes of a Parquet file."""
ROWS_AT_ONCE = 4096
"""Rows of Parquet in memory."""
LONGEST_CELL = 1 << 27
"""Characters; the csv module's own limit stops at an article."""


def column(file: io.BufferedReader, name: str) -> Iterator[str]:
    """The texts of a column, row by row; an empty one where a row has none.

    Raises:
        InvalidOption: the table has no such column.
        MissingExtra: it is Parquet, and pyarrow is not installed.
        UnreadableInput: the content is no table.
    """
    start = file.peek(len(PARQUET))
    if start.startswith(PARQUET):
        yield from _parquet(file, name)
        return
    with io.TextIOWrapper(file, "utf-8-sig", "replace", newline="") as lines:
        rows = _jsonl if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else _csv
        yield from rows(lines, name)


def _csv(lines: io.TextIOWrapper, name: str) -> Iterator[str]:
    csv.field_size_limit(LONGEST_CELL)
    try:
        rows = csv.DictReader(lines)
        names = list(rows.fieldnames or ())
        _check(name, names)
        for row in rows:
            yield row[name] or ""
    except csv.Error as error:
        raise UnreadableInput(f"no CSV: {error}") from error


def _jsonl(lines: io.TextIOWrapper, name: str) -> Iterator[str]:
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
            _check(name, list(record))
        value = record.get(name)
        yield "" if value is None else str(value)


def _parquet(file: io.BufferedReader, name: str) -> Iterator[str]:
    try:
        import pyarrow
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise MissingExtra(NO_ARROW) from error
    try:
        # A pipe cannot be searched for the footer.
        table = parquet.ParquetFile(file if file.seekable() else io.BytesIO(file.read()))
        _check(name, table.schema_arrow.names)
        for batch in table.iter_batches(ROWS_AT_ONCE, columns=[name]):
            for value in batch.column(0).to_pylist():
                yield "" if value is None else str(value)
    except pyarrow.ArrowInvalid as error:
        raise UnreadableInput(f"no Parquet: {error}") from error


def _check(name: str, names: list[str]) -> None:
    if name not in names:
        known = ", ".join(names) or "none"
        raise InvalidOption(NO_COLUMN.format(column=name, names=known))
