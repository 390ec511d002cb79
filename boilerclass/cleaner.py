"""Labelled document to the text worth keeping."""

from __future__ import annotations

from boilerclass.document import LabelledDocument
from boilerclass.labels import Label


def text(labelled: LabelledDocument) -> str:
    """The core paragraphs in their order; empty where there are none.

    Paragraphs of a page are parted by a blank line. Lines of a plain text stand verbatim, with
    a blank line wherever the text had one or more between them.
    """
    pieces: list[str] = []
    gap = False
    html = labelled.document.kind == "html"
    for paragraph, label in zip(labelled.document.paragraphs, labelled.labels, strict=True):
        gap = gap or html or paragraph.gap > 0
        if label is Label.CORE:
            if pieces:
                pieces.append("\n\n" if gap else "\n")
            pieces.append(paragraph.text)
            gap = False
    return "".join(pieces) + "\n" if pieces else ""
