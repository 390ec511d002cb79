"""Labelled document to output: a format is a module with a ``Format`` and its row in a table.

A format makes a piece of each document, and a sheet puts the pieces into a file. A format of text
has :class:`boilerclass.writers.sheets.Text` for a sheet and needs none of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, BinaryIO, NamedTuple, Protocol


class Sheet(Protocol):
    """Puts pieces into a file, one after the other."""

    def write(self, name: str, piece: Any) -> None: ...
    def close(self) -> None:
        """Write what ends the file; the file itself stays open."""


class Look(NamedTuple):
    """What a sheet is told of the place it writes to."""

    several: bool = False
    """Whether it may get more than one document."""
    terminal: bool = False
    begun: bool = False
    """Whether the file holds documents already, behind which the sheet goes on."""


class Format(NamedTuple):
    """How documents are written."""

    suffix: str
    """Of a file that holds one document."""
    document: Callable[[str, Any], Any]
    """The piece for a document, given its id: of a :class:`boilerclass.cleaner.Cleaned` in CLEAN,
    of a labelled document in LABEL."""
    sheet: Callable[[BinaryIO, Look], Sheet]
    """A fresh sheet on a file.

    Raises MissingExtra where a library is needed that is not installed."""
    silent: bool = False
    """Whether a document without core text leaves nothing in the output that says so."""
    compressed: bool = False
    """Whether files are compressed already."""


CLEAN: dict[str, str] = {
    "text": "boilerclass.writers.text:FORMAT",
    "markdown": "boilerclass.writers.markdown:FORMAT",
    "html": "boilerclass.writers.html:FORMAT",
    "jsonl": "boilerclass.writers.jsonl:CLEAN",
    "csv": "boilerclass.writers.csv:CLEAN",
    "parquet": "boilerclass.writers.parquet:CLEAN",
}
"""What can be written of the text that is kept."""

LABEL: dict[str, str] = {
    "table": "boilerclass.writers.table:FORMAT",
    "jsonl": "boilerclass.writers.jsonl:LABEL",
    "csv": "boilerclass.writers.csv:LABEL",
    "parquet": "boilerclass.writers.parquet:LABEL",
}
"""What can be written of every paragraph."""

EXPLAIN = "boilerclass.writers.explain:FORMAT"
"""What is kept and what is dropped side by side, to look at."""


def load(row: str) -> Format:
    """The format that a row names."""
    module, _, name = row.partition(":")
    form: Format = getattr(import_module(module), name)
    return form
