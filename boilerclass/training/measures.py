"""How good labels are: by role on typed documents, by words on pages with a gold body."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boilerclass import cleaner
from boilerclass.features.context import TO_LABELS
from boilerclass.labels import LABEL_OF, LABELS, ROLES, Label, Role
from boilerclass.training import align
from boilerclass.training.corpus import Example
from boilerclass.training.matrix import Matrix

Floats = NDArray[np.float64]

BINS = 15
CORE = LABELS.index(Label.CORE)
UNWANTED = (Label.TEASER, Label.RECOMMENDATION, Label.AD)
"""Labels whose paragraphs leak when they come out as core."""
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
    """What cleaning writes of a document with these labels."""
    texts = example.document.texts
    core = [i for i, label in enumerate(labels) if label is Label.CORE]
    dropped = cleaner.copies(texts, core) if example.document.kind == "html" else ()
    return "\n".join(texts[i] for i in core if i not in dropped)


def rates(confusion: Floats) -> tuple[Floats, Floats, Floats]:
    """Precision, recall and F1 of each label, shape (..., 5), zero where nothing was found.

    ``confusion`` has shape (..., 5, 5): right labels by labels given.
    """
    hits = np.diagonal(confusion, axis1=-2, axis2=-1)
    precision = hits / np.maximum(confusion.sum(axis=-2), 1)
    recall = hits / np.maximum(confusion.sum(axis=-1), 1)
    both = precision + recall
    return precision, recall, 2 * precision * recall / np.where(both > 0, both, 1)


def mean_present(values: Floats, confusion: Floats) -> Floats:
    """The mean over the labels that gold has, shape (...)."""
    present = confusion.sum(axis=-1) > 0
    mean: Floats = (values * present).sum(axis=-1) / np.maximum(present.sum(axis=-1), 1)
    return mean


def typed(examples: Iterable[tuple[Example, Sequence[Label]]]) -> dict[str, Any]:
    """Precision, recall and F1 of each label over paragraphs; macro-F1; what leaks and is lost.

    ``leak``: share of teaser, recommendation and ad paragraphs that come out as core. ``loss``:
    share of the words of titles and bodies that do not.
    """
    confusion = np.zeros((len(LABELS), len(LABELS)))
    lost = words = 0
    for example, labels in examples:
        for target, got, paragraph in zip(
            example.targets.tolist(), labels, example.document.paragraphs, strict=True
        ):
            if target < 0 or ROLES[target] in FREE:
                continue
            right = LABEL_OF[ROLES[target]]
            confusion[LABELS.index(right), LABELS.index(got)] += 1
            if right is Label.CORE:
                size = len(align.words(paragraph.text))
                words += size
                lost += size * (got is not Label.CORE)
    scores = rates(confusion)
    leaks = confusion[:, CORE] / np.maximum(confusion.sum(axis=1), 1)
    figures: dict[str, Any] = {
        str(label): [round(float(x[i]), 4) for x in scores] for i, label in enumerate(LABELS)
    }
    figures["macro_f1"] = round(float(mean_present(scores[2], confusion)), 4)
    figures["leak"] = {
        str(label): round(float(leaks[LABELS.index(label)]), 4) for label in UNWANTED
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
        text = kept_text(example, labels)
        inside, through = survivors(wanted, text), survivors(unwanted, text)
        kept, missed = kept + inside, missed + len(wanted) - inside
        leaked, held = leaked + through, held + len(unwanted) - through
        pages, bad_pages = pages + 1, bad_pages + bool(through)
    precision, recall = kept / max(1, kept + leaked), kept / max(1, kept + missed)
    return {
        "f1": round(f1(precision, recall), 4),
        "leak": round(leaked / max(1, leaked + held), 4),
        "pages_leaking": round(bad_pages / max(1, pages), 4),
    }


def survivors(strings: Sequence[str], text: str) -> int:
    """How many of the strings the text holds, whatever the case and the white space."""
    flat = align.flat(text)
    return sum(align.flat(s) in flat for s in strings)


def calibration_error(data: Matrix, roles: NDArray[np.float32]) -> float:
    """Expected calibration error of P(core) over typed pages, in BINS equal bins."""
    free = [ROLES.index(Role(r)) for r in FREE]
    known = (data.targets >= 0) & data.scored & data.html & ~np.isin(data.targets, free)
    said = (roles[known] @ TO_LABELS)[:, CORE]
    truth = TO_LABELS[data.targets[known], CORE]
    return round(float(expected_error(reliability(said, truth))), 4)


def reliability(predicted: NDArray[Any], truth: NDArray[Any]) -> Floats:
    """For each of BINS equal bins of probability: how many, the sum of their probabilities, and
    how many are true; shape (BINS, 3)."""
    bin_of = np.minimum((predicted * BINS).astype(int), BINS - 1)
    columns = (np.ones(len(predicted)), predicted, truth)
    return np.stack([np.bincount(bin_of, c, minlength=BINS) for c in columns], axis=1)


def expected_error(bins: Floats) -> Floats:
    """Expected calibration error, shape (...), of reliability tables, shape (..., BINS, 3)."""
    gap = np.abs(bins[..., 1] - bins[..., 2]).sum(axis=-1)
    error: Floats = gap / np.maximum(bins[..., 0].sum(axis=-1), 1)
    return error
