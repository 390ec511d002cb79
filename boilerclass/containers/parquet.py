"""Parquet, a row group after the other and only the columns that are wanted."""

from __future__ import annotations

from collections.abc import Iterator

from boilerclass.containers import tables
from boilerclass.containers.record import Reading, Record
from boilerclass.containers.stream import Stream
from boilerclass.containers.tables import Choice, Row
from boilerclass.errors import MissingExtra, UnreadableInput

NO_ARROW = "Parquet needs pyarrow: pip install 'boilerclass[arrow]'"
TWICE = "has two columns {column!r}: rename one of them"
DAMAGED = "rows {first} to {last} are damaged: {error}"
ROWS_AT_ONCE = 64
"""Rows in memory."""
_TEXTS = ("string", "large_string", "binary", "large_binary")
"""Types of which Parquet reads dictionaries."""


def records(stream: Stream, reading: Reading, start: int) -> Iterator[Record]:
    """The record of each row."""
    return tables.records(rows, stream, reading, start)


def rows(stream: Stream, reading: Reading, choose: Choice, start: int) -> Iterator[Row]:
    """The rows; a damaged row group is one error. Groups before ``start`` are not read."""
    del reading
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise MissingExtra(NO_ARROW) from error
    failures = (pyarrow.ArrowException, OSError, UnicodeDecodeError)
    with stream.searchable() as file:
        try:
            schema = parquet.ParquetFile(file).schema_arrow
            wanted = list(dict.fromkeys(choose(schema.names)))
            for name in wanted:
                if schema.names.count(name) > 1:
                    raise UnreadableInput(TWICE.format(column=name))
            # A value that stands in every row is in memory once.
            texts = [name for name in wanted if schema.field(name).type in _TEXTS]
            table = parquet.ParquetFile(file, read_dictionary=texts)
        except failures as error:
            raise UnreadableInput(f"is no sound Parquet file: {error}") from error
        end = 0
        for group in range(table.num_row_groups):
            first, end = end, end + table.metadata.row_group(group).num_rows
            if end <= start:
                continue
            ordinal = first
            try:
                for batch in table.iter_batches(ROWS_AT_ONCE, row_groups=[group], columns=wanted):
                    for cells in zip(*batch.columns, strict=True):
                        if ordinal >= start:
                            values = (cell.as_py() for cell in cells)
                            yield Row(ordinal, dict(zip(wanted, values, strict=True)))
                        ordinal += 1
            except failures as error:
                words = DAMAGED.format(first=ordinal + 1, last=end, error=error)
                yield Row(ordinal, {}, UnreadableInput(words))
