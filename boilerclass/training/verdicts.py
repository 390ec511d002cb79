"""What the calibrated out-of-fold scores come to: labels, figures, predictions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boilerclass import decode
from boilerclass.features import context
from boilerclass.labels import LABELS, Label
from boilerclass.training import augment, matrix, measures
from boilerclass.training.corpus import Example

Floats = NDArray[np.float32]
Factors = dict[str, dict[str, float]]
"""By kind of document and label; see ``decode.labels``."""

BETAS = {
    "html": {"balanced": 0.75, "precision": 0.5, "recall": 2.0},
    "text": {"balanced": 0.55, "precision": 0.5, "recall": 2.0},
}
"""Weight of recall against precision in the F-beta that each preset's labels aim at. A line of
another piece amid an article is worse than a lost one of its own, so the balance leans that way;
further in plain text, where no markup tells them apart."""
LEAST_F1 = 0.25
"""Of a label: one that is never found tells nothing of its factor."""


def factors(data: matrix.Matrix, roles: Floats) -> Factors:
    """What the probability of each label counts where one other than core is chosen.

    F1 is best from the probability on that is half of that best F1 (Lipton, Elkan, Naryanaswamy
    2014, "Optimal Thresholding of Classifiers to Maximize F1 Measure"), so a label's probability
    counts by the odds against such a one; its F1 is taken from the pages and texts whose roles are
    known, of sites that the scoring layers did not see.
    """
    even = {kind: dict.fromkeys(map(str, LABELS), 1.0) for kind in BETAS}
    scored = [x for x in labelled(data, roles, even) if x[0].typed and x[0].source != augment.MADE]
    found: Factors = {}
    for kind in BETAS:
        figures = measures.typed(x for x in scored if x[0].document.kind == kind)
        best = {str(label): max(figures[str(label)][2], LEAST_F1) for label in LABELS}
        found[kind] = {label: round((2 - f1) / f1, 2) for label, f1 in best.items()}
    return found


def labelled(
    data: matrix.Matrix, roles: Floats, weighed: Factors
) -> Iterator[tuple[Example, list[Label]]]:
    """Each example with the labels that its calibrated out-of-fold scores give."""
    rows_of = {kind: decode.row(own) for kind, own in weighed.items()}
    for i, example in enumerate(data.examples):
        rows = slice(data.bounds[i], data.bounds[i + 1])
        own, _ = decode.labels(
            roles[rows],
            data.chars[rows],
            threshold=None,
            beta=BETAS[example.document.kind]["balanced"],
            factors=rows_of[example.document.kind],
        )
        own[decode.from_data(example.document)] = decode.CORE
        yield example, [LABELS[k] for k in own.tolist()]


def measure(data: matrix.Matrix, roles: Floats, weighed: Factors) -> dict[str, Any]:
    """The scores on pages of sites that the scoring layers did not see."""
    scored = list(labelled(data, roles, weighed))
    html = [x for x in scored if x[0].document.kind == "html"]
    texts = [x for x in scored if x[0].document.kind == "text" and x[0].source != augment.MADE]
    annotated = {"annotated_pages": html, "annotated_texts": texts}
    return {
        "typed_pages": measures.typed(x for x in html if x[0].typed and not x[0].annotated),
        "typed_texts": measures.typed(x for x in texts if not x[0].annotated),
        "bodies": measures.bodies(html),
        "snippets": measures.snippets(x for x in html if x[0].source == "trafilatura"),
        "calibration_error": measures.calibration_error(data, roles),
    } | {
        name: measures.typed(x for x in own if x[0].annotated)
        for name, own in annotated.items()
        if any(example.annotated for example, _ in own)
    }


def write_predictions(path: Path, data: matrix.Matrix, roles: Floats, weighed: Factors) -> None:
    """Leave what each real document was given, a line each; a page of two sources once."""
    written: set[str] = set()
    with path.open("w", encoding="utf-8") as file:
        for i, (example, labels) in enumerate(labelled(data, roles, weighed)):
            if example.source == augment.MADE or example.id in written:
                continue
            written.add(example.id)
            probabilities = roles[data.bounds[i] : data.bounds[i + 1]] @ context.TO_LABELS
            probabilities[decode.from_data(example.document)] = np.eye(len(LABELS))[decode.CORE]
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
