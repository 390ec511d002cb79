"""CSV of RFC 4180: a row a cleaned document, or a row a paragraph with the document's id.

The page's text stands as it is, also where a spreadsheet would take it for a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from boilerclass.cleaner import Cleaned
from boilerclass.labelled import LabelledDocument
from boilerclass.labels import LABELS
from boilerclass.writers import Format, records
from boilerclass.writers.sheets import Text

CLEAN_COLUMNS = (
    "id",
    "status",
    "url",
    "title",
    "author",
    "date",
    "language",
    "site",
    "description",
    "text",
)
LABEL_COLUMNS = (
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


def clean(name: str, cleaned: Cleaned) -> str:
    """A row for the document."""
    record = records.cleaned(name, cleaned)
    return rows([[record[column] for column in CLEAN_COLUMNS]])


def label(name: str, labelled: LabelledDocument) -> str:
    """A row for each paragraph."""
    numbered = enumerate(labelled.paragraphs, start=1)
    fields = (records.flat(name, number, paragraph) for number, paragraph in numbered)
    return rows([row[column] for column in LABEL_COLUMNS] for row in fields)


def rows(records: Iterable[Iterable[Any]]) -> str:
    """The records as lines of CSV.

    >>> rows([["a", 'said "b" twice', None]]).splitlines()
    ['a,"said ""b"" twice",']
    """
    text = io.StringIO(newline="")
    csv.writer(text).writerows(records)
    return text.getvalue()


CLEAN = Format(".csv", clean, Text(opening=rows([CLEAN_COLUMNS])))
LABEL = Format(".csv", label, Text(opening=rows([LABEL_COLUMNS])))
