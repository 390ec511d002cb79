"""JSON Lines: a document a line, of its core text or of every paragraph."""

from __future__ import annotations

import json
from typing import Any

from boilerclass import cleaner
from boilerclass.document import LabelledDocument, LabelledParagraph
from boilerclass.writers import Format

DIGITS = 4
"""Decimals of a probability: calibration is no finer."""


def clean(name: str, labelled: LabelledDocument) -> str:
    """A line with ``id``, ``status``, ``title``, ``language`` and the core ``text``."""
    return _line({**_head(name, labelled), "text": cleaner.text(labelled)})


def label(name: str, labelled: LabelledDocument) -> str:
    """A line with ``id``, ``status``, ``title``, ``language``, ``clickbait``, ``paragraphs``."""
    paragraphs = [_paragraph(paragraph) for paragraph in labelled.paragraphs]
    rated = {"clickbait": rounded(labelled.clickbait), "paragraphs": paragraphs}
    return _line({**_head(name, labelled), **rated})


def rounded(probability: float | None) -> float | None:
    """``probability`` as it is written; None stays None."""
    return None if probability is None else round(probability, DIGITS)


def _head(name: str, labelled: LabelledDocument) -> dict[str, Any]:
    return {
        "id": name,
        "status": labelled.status,
        "title": labelled.title,
        "language": labelled.language,
    }


def _paragraph(paragraph: LabelledParagraph) -> dict[str, Any]:
    return {
        "text": paragraph.text,
        "label": paragraph.label,
        "role": paragraph.role,
        "probability": rounded(paragraph.probability),
        "probabilities": {label: rounded(p) for label, p in paragraph.probabilities.items()},
        "reason": paragraph.reason,
        "clickbait": rounded(paragraph.clickbait),
        "xpath": paragraph.xpath,
        "start": paragraph.start,
        "end": paragraph.end,
    }


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"


CLEAN = Format(".jsonl", clean)
LABEL = Format(".jsonl", label)
