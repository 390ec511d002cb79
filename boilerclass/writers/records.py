"""What formats for machines say of a cleaned document, of a labelled one, and of a paragraph."""

from __future__ import annotations

from typing import Any

from boilerclass.cleaner import Cleaned
from boilerclass.labelled import LabelledDocument, LabelledParagraph
from boilerclass.writers.sheets import sound

DIGITS = 4
"""Decimals of a probability: calibration is no finer."""
AUTHORS = "; "
"""What parts several authors, as none of them holds it."""


def cleaned(name: str, of: Cleaned) -> dict[str, str | None]:
    """The fields of a cleaned document; ``text`` is the last."""
    return {**head(name, of.labelled), "status": of.status, "text": of.text}


def head(name: str, labelled: LabelledDocument) -> dict[str, str | None]:
    """The fields that say which document it is."""
    facts = labelled.metadata
    return {
        "id": sound(name),
        "status": labelled.status,
        "url": facts.url,
        "title": labelled.title,
        "author": AUTHORS.join(author.replace(";", ",") for author in facts.authors) or None,
        "date": facts.date,
        "language": labelled.language,
        "site": facts.site,
        "description": facts.description,
    }


def paragraph(of: LabelledParagraph) -> dict[str, Any]:
    """The fields of a paragraph; ``probabilities`` is a dict by label."""
    return {
        "text": of.text,
        "label": of.label,
        "role": of.role,
        "probability": rounded(of.probability),
        "probabilities": {label: rounded(p) for label, p in of.probabilities.items()},
        "reason": of.reason,
        "clickbait": rounded(of.clickbait),
        "xpath": of.xpath,
        "start": of.start,
        "end": of.end,
    }


def flat(name: str, number: int, of: LabelledParagraph) -> dict[str, Any]:
    """The fields of a paragraph as a row of a table, with the id of its document and its number."""
    fields = paragraph(of)
    row: dict[str, Any] = {"id": name, "paragraph": number}
    for key, value in fields.items():
        if key == "probabilities":
            row |= {f"probability_{label}": p for label, p in value.items()}
        else:
            row[key] = value
    return row


def rounded(probability: float | None) -> float | None:
    """``probability`` as it is written; None stays None."""
    return None if probability is None else round(probability, DIGITS)
