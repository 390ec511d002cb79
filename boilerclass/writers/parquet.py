"""Parquet by pyarrow, written a row group at a time: a row a document, or a row a paragraph.

``label`` writes flat rows, the same columns as CSV: what is asked of labels is a filter or a count
by label, which every engine does on a flat column and few do inside a list of structures. A
document without paragraphs has no row; ``clean`` has one for each, and ``id`` joins the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, BinaryIO

from boilerclass.cleaner import Cleaned
from boilerclass.errors import MissingExtra
from boilerclass.labelled import LabelledDocument
from boilerclass.writers import Format, Look, records
from boilerclass.writers.csv import CLEAN_COLUMNS, LABEL_COLUMNS
from boilerclass.writers.sheets import sound

NO_ARROW = "Parquet needs pyarrow: pip install 'boilerclass[arrow]'"
ROWS, CHARACTERS = 50_000, 32 << 20
"""Rows and characters of text from which a row group is full: what is in memory at once."""
CODEC = "zstd"

_REQUIRED = frozenset(("id", "status", "paragraph", "text", "label", "role", "probability"))
_REPEATED = frozenset(("label", "role", "status", "language"))
"""Columns of few values: read back as dictionaries, such as pandas' categories."""

Row = Mapping[str, Any]


def clean(name: str, cleaned: Cleaned) -> list[Row]:
    """A row for the document."""
    return [records.cleaned(name, cleaned)]


def label(name: str, labelled: LabelledDocument) -> list[Row]:
    """A row for each paragraph."""
    numbered = enumerate(labelled.paragraphs, start=1)
    return [records.flat(name, number, paragraph) for number, paragraph in numbered]


class _Sheet:
    """Collects rows and writes them as row groups."""

    def __init__(self, file: BinaryIO, columns: Sequence[str]) -> None:
        try:
            import pyarrow
            import pyarrow.parquet as parquet
        except ImportError as error:
            raise MissingExtra(NO_ARROW) from error
        self._schema = pyarrow.schema([_field(column) for column in columns])
        self._table = pyarrow.Table.from_pylist
        self._writer = parquet.ParquetWriter(file, self._schema, compression=CODEC)
        self._rows: list[Row] = []
        self._characters = 0

    def write(self, _: str, piece: list[Row]) -> None:
        for row in piece:
            self._rows.append({key: _sound(value) for key, value in row.items()})
            self._characters += len(row["text"])
            if len(self._rows) >= ROWS or self._characters >= CHARACTERS:
                self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def __del__(self) -> None:
        # pyarrow would write the end of a file that was given up, and complain that it is closed.
        with suppress(AttributeError):
            self._writer.is_open = False

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(self._table(self._rows, self._schema))
            self._rows, self._characters = [], 0


def _sheet(columns: Sequence[str]) -> Callable[[BinaryIO, Look], _Sheet]:
    return lambda file, _: _Sheet(file, columns)


def _field(name: str) -> Any:
    import pyarrow as pa

    if name == "paragraph":
        kind = pa.int32()
    elif name in ("start", "end"):
        kind = pa.int64()
    elif name == "clickbait" or name.startswith("probability"):
        kind = pa.float32()
    elif name in _REPEATED:
        kind = pa.dictionary(pa.int32(), pa.string())
    else:
        kind = pa.string()
    return pa.field(name, kind, nullable=name not in _REQUIRED)


def _sound(value: Any) -> Any:
    return sound(value) if isinstance(value, str) else value


CLEAN = Format(".parquet", clean, _sheet(CLEAN_COLUMNS), compressed=True)
LABEL = Format(".parquet", label, _sheet(LABEL_COLUMNS), compressed=True)
