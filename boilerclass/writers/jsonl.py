"""JSON Lines: a document a line, of its kept text or of every paragraph."""

from __future__ import annotations

import json
from typing import Any

from boilerclass.cleaner import Cleaned
from boilerclass.labelled import LabelledDocument
from boilerclass.writers import Format, records
from boilerclass.writers.sheets import Text


def clean(name: str, cleaned: Cleaned) -> str:
    """A line with the fields of :func:`boilerclass.writers.records.cleaned`."""
    return _line(records.cleaned(name, cleaned))


def label(name: str, labelled: LabelledDocument) -> str:
    """A line with what the document is, its ``clickbait`` score and its ``paragraphs``."""
    rated = {
        "clickbait": records.rounded(labelled.clickbait),
        "paragraphs": [records.paragraph(paragraph) for paragraph in labelled.paragraphs],
    }
    return _line({**records.head(name, labelled), **rated})


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"


CLEAN = Format(".jsonl", clean, Text())
LABEL = Format(".jsonl", label, Text())
