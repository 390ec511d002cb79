"""Labelled document to output: a format is a module with a ``Format`` and its row in a table."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

from boilerclass.document import LabelledDocument


class Format(NamedTuple):
    """How documents are written."""

    suffix: str
    """Of a file that holds one document."""
    document: Callable[[str, LabelledDocument], str]
    """The document's text in this format, given its id."""
    opening: str = ""
    """What every output begins with."""
    heading: Callable[[str], str] | None = None
    """What names a document among several in one output; None where the format does itself."""
    silent: bool = False
    """Whether a document without core text leaves nothing in the output that says so."""


CLEAN: dict[str, str] = {
    "text": "boilerclass.writers.text:FORMAT",
    "markdown": "boilerclass.writers.markdown:FORMAT",
    "jsonl": "boilerclass.writers.jsonl:CLEAN",
}
"""What can be written of the core text."""

LABEL: dict[str, str] = {
    "table": "boilerclass.writers.table:FORMAT",
    "jsonl": "boilerclass.writers.jsonl:LABEL",
    "csv": "boilerclass.writers.csv:FORMAT",
}
"""What can be written of every paragraph."""


def load(row: str) -> Format:
    """The format that a row names."""
    module, _, name = row.partition(":")
    form: Format = getattr(import_module(module), name)
    return form
