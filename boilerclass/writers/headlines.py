"""Scored headlines: the rows of a table with one more column, or a row a headline."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, NamedTuple

from boilerclass.errors import MissingExtra, UnreadableInput
from boilerclass.writers import Format, Look
from boilerclass.writers.csv import rows as csv_rows
from boilerclass.writers.parquet import CODEC, NO_ARROW, ROWS
from boilerclass.writers.sheets import Text, encode
from boilerclass.writers.terminal import visible_line

HEADLINE, SCORE = "headline", "clickbait"
"""Columns of a headline that came without a table, and of the score of any."""

Row = Mapping[str, Any]


class Scored(NamedTuple):
    """Some rows of one table; a row's score is in ``SCORE``, None where it has no headline."""

    column: str
    """That holds the headlines."""
    columns: Sequence[str]
    """All of the table, the score's last."""
    rows: Sequence[Row]


def _table(_: str, scored: Scored) -> str:
    return "".join(
        f"{row[SCORE]:.2f}  {visible_line(_plain(row[scored.column]))}\n"
        for row in scored.rows
        if row[SCORE] is not None
    )


def _jsonl(_: str, scored: Scored) -> str:
    lines = (json.dumps(row, ensure_ascii=False, default=_plain) for row in scored.rows)
    return "".join(f"{line}\n" for line in lines)


def _plain(value: Any) -> str:
    """What JSON has no type for, such as a date, as text; Parquet has strings as bytes, too."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _as_it_is(_: str, scored: Scored) -> Scored:
    return scored


class _Csv:
    """Writes the first table's columns, then rows."""

    def __init__(self, file: BinaryIO, _: Look) -> None:
        self._file = file
        self._begun = False

    def write(self, _: str, piece: Scored) -> None:
        if not self._begun:
            self._put([piece.columns])
            self._begun = True
        self._put([[_cell(row.get(column)) for column in piece.columns] for row in piece.rows])

    def close(self) -> None:
        """Nothing: CSV ends where it ends."""

    def _put(self, lines: Sequence[Sequence[Any]]) -> None:
        self._file.write(encode(csv_rows(lines)))


def _cell(value: Any) -> Any:
    """A list or an object as JSON, which is how it can be read back; bytes as text."""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return _plain(value) if isinstance(value, bytes) else value


class _Parquet:
    """Writes rows as row groups; the first group's values decide the types."""

    def __init__(self, file: BinaryIO, _: Look) -> None:
        try:
            import pyarrow
            import pyarrow.parquet as parquet
        except ImportError as error:
            raise MissingExtra(NO_ARROW) from error
        self._arrow, self._parquet = pyarrow, parquet
        self._file = file
        self._writer: Any = None
        self._columns: Sequence[str] = (HEADLINE, SCORE)
        self._rows: list[Row] = []

    def write(self, _: str, piece: Scored) -> None:
        self._columns = piece.columns
        self._rows += piece.rows
        if len(self._rows) >= ROWS:
            self._flush()

    def close(self) -> None:
        if self._rows or self._writer is None:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        arrow, rows = self._arrow, self._rows
        self._rows = []
        try:
            if self._writer is None:
                self._begin(arrow.table({c: self._values(rows, c) for c in self._columns}).schema)
            schema = self._writer.schema
            values = [arrow.array(self._values(rows, f.name), f.type) for f in schema]
        except (arrow.ArrowInvalid, arrow.ArrowTypeError) as error:
            raise UnreadableInput(
                f"a column holds values of different types: {error}; write -f jsonl"
            ) from error
        self._writer.write_table(arrow.table(values, schema=schema))

    def _begin(self, schema: Any) -> None:
        """A column that is empty in the first group is taken for text."""
        arrow = self._arrow
        types = {SCORE: arrow.float32()}
        fields = [
            arrow.field(f.name, types.get(f.name, arrow.string() if f.type == "null" else f.type))
            for f in schema
        ]
        self._writer = self._parquet.ParquetWriter(
            self._file, arrow.schema(fields), compression=CODEC
        )

    @staticmethod
    def _values(rows: Sequence[Row], column: str) -> list[Any]:
        values = (row.get(column) for row in rows)
        return [encode(v).decode() if isinstance(v, str) else v for v in values]


FORMS = {
    "table": Format(".txt", _table, Text()),
    "jsonl": Format(".jsonl", _jsonl, Text()),
    "csv": Format(".csv", _as_it_is, _Csv),
    "parquet": Format(".parquet", _as_it_is, _Parquet, compressed=True),
}
ONE_TABLE = frozenset(("csv", "parquet"))
"""Forms whose rows all have the same columns."""
