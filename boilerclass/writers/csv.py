"""CSV of RFC 4180: a row a paragraph, with the document's id.

The page's text stands as it is, also where a spreadsheet would take it for a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from boilerclass.document import LabelledDocument, LabelledParagraph
from boilerclass.labels import LABELS
from boilerclass.writers import Format
from boilerclass.writers.jsonl import rounded

COLUMNS = (
    "id",
    "paragraph",
    "text",
    "label",
    "role",
    "probability",
    *(f"probability_{label}" for label in LABELS),
    "reason",
    "clickbait",
    "xpath",
    "start",
    "end",
)
"""``paragraph`` counts from 1; an empty field stands for None."""


def document(name: str, labelled: LabelledDocument) -> str:
    """A row for each paragraph."""
    numbered = enumerate(labelled.paragraphs, start=1)
    return rows([name, number, *_fields(paragraph)] for number, paragraph in numbered)


def rows(records: Iterable[Iterable[Any]]) -> str:
    """The records as lines of CSV.

    >>> rows([["a", 'said "b" twice', None]]).splitlines()
    ['a,"said ""b"" twice",']
    """
    text = io.StringIO(newline="")
    csv.writer(text).writerows(records)
    return text.getvalue()


def _fields(paragraph: LabelledParagraph) -> list[Any]:
    return [
        paragraph.text,
        paragraph.label,
        paragraph.role,
        rounded(paragraph.probability),
        *(rounded(p) for p in paragraph.probabilities.values()),
        paragraph.reason,
        rounded(paragraph.clickbait),
        paragraph.xpath,
        paragraph.start,
        paragraph.end,
    ]


FORMAT = Format(".csv", document, opening=rows([COLUMNS]))
