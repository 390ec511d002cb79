"""What the calibrated out-of-fold scores come to: labels, figures, predictions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boilerclass import decode
from boilerclass.document import Kind
from boilerclass.labels import LABELS, Label
from boilerclass.training import augment, matrix, measures
from boilerclass.training.corpus import Example

Floats = NDArray[np.float32]
BETAS = {
    "html": {"balanced": 0.75, "precision": 0.5, "recall": 2.0},
    "text": {"balanced": 0.55, "precision": 0.5, "recall": 2.0},
}
"""Weight of recall against precision in the F-beta that each preset's labels aim at. A line of
another piece amid an article is worse than a lost one of its own, so the balance leans that way;
further in plain text, where no markup tells them apart."""
LEAST_F1 = 0.25
"""Of a label: one that is never found tells nothing of its factor."""


def factors(data: matrix.Matrix, roles: Floats, kind: Kind) -> dict[str, float]:
    """What the probability of each label counts where one other than core is chosen.

    F1 is best from the probability on that is half of that best F1 (Lipton, Elkan, Naryanaswamy
    2014, "Optimal Thresholding of Classifiers to Maximize F1 Measure"), so a label's probability
    counts by the odds against such a one; its F1 is taken from the documents whose roles are known,
    of sites that the scoring layers did not see.
    """
    even = dict.fromkeys(map(str, LABELS), 1.0)
    figures = measures.typed(x for x in labelled(data, roles, even, kind) if x[0].typed)
    best = {str(label): max(figures[str(label)][2], LEAST_F1) for label in LABELS}
    return {label: round((2 - f1) / f1, 2) for label, f1 in best.items()}


def labelled(
    data: matrix.Matrix, roles: Floats, weighed: Mapping[str, float], kind: Kind
) -> Iterator[tuple[Example, list[Label]]]:
    """Each example of the kind that was not made up, with the labels that its calibrated
    out-of-fold scores give."""
    for example, labels, _ in _judged(data, roles, weighed, kind):
        yield example, labels


def _judged(
    data: matrix.Matrix, roles: Floats, weighed: Mapping[str, float], kind: Kind
) -> Iterator[tuple[Example, list[Label], Floats]]:
    """The same, with the probabilities of the labels, shape (paragraphs, labels)."""
    counted = decode.row(weighed)
    for i, example in enumerate(data.examples):
        if example.document.kind != kind or example.source == augment.MADE:
            continue
        rows = slice(data.bounds[i], data.bounds[i + 1])
        own, probabilities = decode.labels(
            roles[rows],
            data.chars[rows],
            threshold=None,
            beta=BETAS[kind]["balanced"],
            factors=counted,
        )
        structured = decode.from_data(example.document)
        own[structured] = decode.CORE
        probabilities[structured] = np.eye(len(LABELS))[decode.CORE]
        yield example, [LABELS[k] for k in own.tolist()], probabilities


def of_pages(data: matrix.Matrix, roles: Floats, weighed: Mapping[str, float]) -> dict[str, Any]:
    """The scores on pages of sites that the scoring layers did not see."""
    scored = list(labelled(data, roles, weighed, "html"))
    return {
        "typed_pages": measures.typed(x for x in scored if x[0].typed and not x[0].annotated),
        "bodies": measures.bodies(scored),
        "snippets": measures.snippets(x for x in scored if x[0].source == "trafilatura"),
        "calibration_error": measures.calibration_error(data, roles),
    } | _annotated("annotated_pages", scored)


def of_texts(data: matrix.Matrix, roles: Floats, weighed: Mapping[str, float]) -> dict[str, Any]:
    """The same on plain texts."""
    scored = list(labelled(data, roles, weighed, "text"))
    return {"typed_texts": measures.typed(x for x in scored if not x[0].annotated)} | _annotated(
        "annotated_texts", scored
    )


def _annotated(
    name: str, scored: Sequence[tuple[Example, Sequence[Label]]]
) -> dict[str, dict[str, Any]]:
    """The scores on documents whose roles did not come with them, where there are any."""
    own = [x for x in scored if x[0].annotated]
    return {name: measures.typed(own)} if own else {}


def write_predictions(
    path: Path, data: matrix.Matrix, roles: Floats, weighed: Mapping[str, float], kind: Kind
) -> None:
    """Leave what each real document was given, a line each; a page of two sources once."""
    written: set[str] = set()
    with path.open("w", encoding="utf-8") as file:
        for example, labels, probabilities in _judged(data, roles, weighed, kind):
            if example.id in written:
                continue
            written.add(example.id)
            paragraphs = [
                {"text": p.text, "label": str(label), "probabilities": _named(own)}
                for p, label, own in zip(
                    example.document.paragraphs, labels, probabilities.tolist(), strict=True
                )
            ]
            text = measures.kept_text(example, labels)
            row = {"id": example.id, "text": text, "paragraphs": paragraphs}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _named(probabilities: Sequence[float]) -> dict[str, float]:
    return {str(label): round(p, 4) for label, p in zip(LABELS, probabilities, strict=True)}
