"""How good a clickbait model is, on rows it was not fitted on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import f1_score, roc_auc_score

from boilerclass.training.clickbait_rows import Rows

CROSS_VALIDATED = "cross-validated, stories apart"
LANGUAGES_OUT = "these left out of training"
SOURCE_OUT = "source left out of training"
NEVER_TRAINED = "final model, rows never trained on"
THRESHOLD = 0.5
LABELLED = ("own", "annotated")
FEWEST = 5  # clickbait rows, and others, from which a figure is worth writing down

Array = np.ndarray[Any, np.dtype[Any]]
# Probabilities of all other rows from a model fitted on the rows given; zero for these.
Refit = Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class Score:
    """One line of the score table; `how` says what the model had seen."""

    what: str
    how: str
    rows: int
    clickbait: int
    auc: float
    f1: float
    macro_f1: float


def measured(what: str, how: str, label: Array, probability: Array) -> Iterator[Score]:
    """The score of one set of rows, or nothing where there are too few of either kind."""
    clickbait = int(label.sum())
    if min(clickbait, len(label) - clickbait) < FEWEST:
        return
    said = probability > THRESHOLD
    figures = (
        roc_auc_score(label, probability),
        f1_score(label, said),
        f1_score(label, said, average="macro"),
    )
    yield Score(what, how, len(label), clickbait, *(round(float(f), 4) for f in figures))


def cross_validated(rows: Rows, refit: Refit, fold: Array) -> Iterator[Score]:
    """The rows labelled after the project's guide, all together and by language."""
    labelled = np.isin(rows.source, LABELLED)
    probability = np.zeros(len(rows.label))
    for number in np.unique(fold[labelled]):
        out = labelled & (fold == number)
        probability[out] = refit(~out)[out]
    for source in LABELLED:
        of = rows.source == source
        parts = {source: of, f"{source}, all but Romanian": of & (rows.language != "ro")} | {
            f"{source}, {language}": of & (rows.language == language)
            for language in np.unique(rows.language[of])
        }
        for what, part in parts.items():
            yield from measured(what, CROSS_VALIDATED, rows.label[part], probability[part])


def unseen_scores(rows: Rows, refit: Refit) -> Iterator[Score]:
    """Own rows in Romanian, then in the other languages, from none labelled after the guide."""
    labelled = np.isin(rows.source, LABELLED)
    for what, part in (
        ("Romanian", rows.language == "ro"),
        ("all but Romanian", rows.language != "ro"),
    ):
        own = (rows.source == "own") & part
        if own.any() and (labelled & ~part).any():
            found = refit(~(labelled & part))
            yield from measured(f"own, {what}", LANGUAGES_OUT, rows.label[own], found[own])


def source_scores(rows: Rows, refit: Refit, final: Array) -> Iterator[Score]:
    """Every source: left out of training, or by the final model where it never trains."""
    for source in np.unique(rows.source):
        of = rows.source == source
        if (of & rows.trainable).any() and (rows.trainable & ~of).any():
            left = refit(~of)
            yield from measured(source, SOURCE_OUT, rows.label[of], left[of])
        unseen = of & ~rows.trainable
        yield from measured(source, NEVER_TRAINED, rows.label[unseen], final[unseen])
    accounts = np.char.startswith(rows.source, "clickbaittr") & ~rows.trainable
    yield from measured(
        "clickbaittr, all accounts",
        NEVER_TRAINED,
        rows.label[accounts],
        final[accounts],
    )
