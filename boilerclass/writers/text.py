"""The core text as it is; several documents are headed as ``head`` does."""

from __future__ import annotations

from boilerclass import cleaner
from boilerclass.document import LabelledDocument
from boilerclass.writers import Format
from boilerclass.writers.terminal import visible_line


def document(_: str, labelled: LabelledDocument) -> str:
    """The text of the core paragraphs."""
    return cleaner.text(labelled)


def heading(name: str) -> str:
    """The line over a document.

    >>> heading("news/page.html")
    '==> news/page.html <==\\n'
    """
    return f"==> {visible_line(name)} <==\n"


FORMAT = Format(".txt", document, heading=heading, silent=True)
