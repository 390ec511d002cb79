"""How good labels are: by role on typed documents, by words on pages with a gold body."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boilerclass.features.context import TO_LABELS
from boilerclass.labels import LABEL_OF, LABELS, ROLES, Label, Role
from boilerclass.scorer import softmax
from boilerclass.training import align
from boilerclass.training.corpus import Example
from boilerclass.training.matrix import Matrix

BINS = 15
FREE = ("caption", "meta")
"""Roles that may come out as core or chrome: sources differ in what they call the article."""


def f1(precision: float, recall: float) -> float:
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0


def words_f1(gold: str, kept: str) -> tuple[float, float, float]:
    """Precision, recall and F1 over the words of two texts, as multisets."""
    wanted, found = Counter(align.words(gold)), Counter(align.words(kept))
    shared = (wanted & found).total()
    precision = shared / max(found.total(), 1)
    recall = shared / max(wanted.total(), 1)
    return precision, recall, f1(precision, recall)


def kept_text(example: Example, labels: Sequence[Label]) -> str:
    paragraphs = example.document.paragraphs
    return "\n".join(
        p.text for p, label in zip(paragraphs, labels, strict=True) if label is Label.CORE
    )


def typed(examples: Iterable[tuple[Example, Sequence[Label]]]) -> dict[str, Any]:
    """Precision, recall and F1 of each label over paragraphs; macro-F1; what leaks and is lost.

    ``leak``: share of teaser, recommendation and ad paragraphs that come out as core. ``loss``:
    share of the words of titles and bodies that do not.
    """
    confusion: Counter[tuple[Label, Label]] = Counter()
    lost = words = 0
    for example, labels in examples:
        for target, got, paragraph in zip(
            example.targets.tolist(), labels, example.document.paragraphs, strict=True
        ):
            if target < 0 or ROLES[target] in FREE:
                continue
            right = LABEL_OF[ROLES[target]]
            confusion[right, got] += 1
            if right is Label.CORE:
                size = len(align.words(paragraph.text))
                words += size
                lost += size * (got is not Label.CORE)
    figures: dict[str, Any] = {}
    for label in LABELS:
        hit = confusion[label, label]
        precision = hit / max(1, sum(n for (_, got), n in confusion.items() if got is label))
        recall = hit / max(1, sum(n for (right, _), n in confusion.items() if right is label))
        figures[str(label)] = [round(x, 4) for x in (precision, recall, f1(precision, recall))]
    present = [label for label in LABELS if any(right is label for right, _ in confusion)]
    figures["macro_f1"] = round(
        sum(figures[str(label)][2] for label in present) / max(1, len(present)), 4
    )
    figures["leak"] = {
        str(label): round(
            confusion[label, Label.CORE]
            / max(1, sum(n for (right, _), n in confusion.items() if right is label)),
            4,
        )
        for label in (Label.TEASER, Label.RECOMMENDATION, Label.AD)
    }
    figures["loss"] = round(lost / max(1, words), 4)
    return figures


def bodies(examples: Iterable[tuple[Example, Sequence[Label]]]) -> dict[str, float]:
    """Mean word F1 of the kept text against the gold body, by source and page type."""
    found: dict[str, list[float]] = defaultdict(list)
    for example, labels in examples:
        if not example.gold:
            continue
        score = words_f1(example.gold, kept_text(example, labels))[2]
        found[example.source].append(score)
        if example.page_type:
            found[f"{example.source}/{example.page_type}"].append(score)
    return {name: round(float(np.mean(scores)), 4) for name, scores in sorted(found.items())}


def snippets(examples: Iterable[tuple[Example, Sequence[Label]]]) -> dict[str, float]:
    """Over strings that must and must not survive: F1, the share of the latter that do (leak),
    and the share of pages on which any does."""
    kept = missed = leaked = held = pages = bad_pages = 0
    for example, labels in examples:
        wanted, unwanted = example.snippets
        if not wanted and not unwanted:
            continue
        text = _flat(kept_text(example, labels))
        inside = sum(_flat(s) in text for s in wanted)
        through = sum(_flat(s) in text for s in unwanted)
        kept, missed = kept + inside, missed + len(wanted) - inside
        leaked, held = leaked + through, held + len(unwanted) - through
        pages, bad_pages = pages + 1, bad_pages + bool(through)
    precision, recall = kept / max(1, kept + leaked), kept / max(1, kept + missed)
    return {
        "f1": round(f1(precision, recall), 4),
        "leak": round(leaked / max(1, leaked + held), 4),
        "pages_leaking": round(bad_pages / max(1, pages), 4),
    }


def _flat(text: str) -> str:
    return " ".join(text.split()).lower()


def calibration_error(data: Matrix, roles: NDArray[np.float32], temperature: float) -> float:
    """Expected calibration error of P(core) over typed documents, in BINS equal bins."""
    free = [ROLES.index(Role(r)) for r in FREE]
    known = (data.targets >= 0) & data.real & ~np.isin(data.targets, free)
    calibrated = softmax(np.log(roles[known] + 1e-7) / temperature) @ TO_LABELS
    predicted = calibrated[:, LABELS.index(Label.CORE)]
    truth = TO_LABELS[data.targets[known], LABELS.index(Label.CORE)]
    bin_of = np.minimum((predicted * BINS).astype(int), BINS - 1)
    gaps = [
        (bin_of == b).mean() * abs(predicted[bin_of == b].mean() - truth[bin_of == b].mean())
        for b in np.unique(bin_of)
    ]
    return round(float(sum(gaps)), 4)
