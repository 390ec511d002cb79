"""The kept text as it is; several documents are headed as ``head`` does."""

from __future__ import annotations

from boilerclass.cleaner import Cleaned
from boilerclass.writers import Format
from boilerclass.writers.sheets import Text
from boilerclass.writers.terminal import visible_line


def document(_: str, cleaned: Cleaned) -> str:
    """The text of the kept paragraphs."""
    return cleaned.text


def heading(name: str) -> str:
    """The line over a document.

    >>> heading("news/page.html")
    '==> news/page.html <==\\n'
    """
    return f"==> {visible_line(name)} <==\n"


FORMAT = Format(".txt", document, Text(heading=heading), silent=True)
