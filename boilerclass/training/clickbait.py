"""Trains the clickbait model and writes it as a folder that inference can check and read."""

import csv
import datetime
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sklearn

from boilerclass import artifact, curiosity
from boilerclass.errors import BoilerclassError, InvalidOption
from boilerclass.headline_columns import COLUMNS
from boilerclass.headline_scorer import score
from boilerclass.training import clickbait_card, clickbait_rows, recipes
from boilerclass.training.clickbait_model import (
    Fitted,
    featurise,
    fit,
    known_words,
    network,
    probabilities,
)
from boilerclass.training.clickbait_rows import Rows
from boilerclass.training.clickbait_scores import (
    CROSS_VALIDATED,
    LABELLED,
    NEVER_TRAINED,
    SOURCE_OUT,
    Score,
    cross_validated,
    source_scores,
    unseen_scores,
)

OUTER_FOLDS = 5
TOLERANCE = 1e-5
CHECKED = 5000  # headlines on which inference and scikit-learn must agree

# The figures of the history: of these rows, measured so, under this name.
TRACKED = {
    ("own", CROSS_VALIDATED): ("own", ("auc", "macro_f1")),
    ("own, all but Romanian", CROSS_VALIDATED): ("own_not_ro", ("auc", "macro_f1")),
    ("own", SOURCE_OUT): ("own_source_out", ("auc", "macro_f1")),
    ("ta1c", NEVER_TRAINED): ("ta1c", ("auc", "f1")),
    ("vi-ICD", NEVER_TRAINED): ("vi_icd", ("auc", "f1")),
    ("dianam55-ro-mix", NEVER_TRAINED): ("ro_mix", ("auc", "macro_f1")),
    ("annotated", CROSS_VALIDATED): ("annotated", ("auc", "macro_f1")),
}

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Weights:
    """How much a row counts in the linear model."""

    guided: Mapping[str, float]
    """By source, of those that label the curiosity gap; they alone teach the networks."""
    others: Mapping[str, float]
    """By source, of those that know words and no more."""
    every: int
    """Of the others one row in so many trains, and weighs as many."""
    unknown: float
    """Of a row whose source has no weight."""
    clickbait: Mapping[str, float]
    """By source, how many times as much as another row of it one of clickbait counts; else 1."""


def train(recipe: Path, corpus: Path, out: Path, history: Path) -> list[dict[str, Any]]:
    """The scores of the model left in `out`, a line of the table each.

    Raises:
        UnreadableInput: a file that is needed is not in the corpus.
        InvalidOption: the recipe lacks an entry.
    """
    settings = recipes.read(recipe)
    try:
        seed, name = settings["seed"], settings["name"]
        counted = recipes.section(Weights, settings["weights"])
    except KeyError as error:
        raise InvalidOption(f"the recipe has no entry {error}") from error
    annotations = settings.get("annotations")
    rows = clickbait_rows.load(corpus, recipe.parent / annotations if annotations else None)
    lexicon = curiosity.load()
    weight, fold = weights(rows, counted), _folds(rows, seed)
    guided = np.isin(rows.source, sorted(counted.guided))
    taught = np.flatnonzero(guided & (weight > 0))
    known = known_words([rows.headlines[row] for row in taught])
    features = featurise(rows.headlines, lexicon, known)

    def refit(allowed: Array) -> Array:
        part, probability = np.where(allowed, weight, 0), np.zeros(len(weight))
        fitted = fit(features, rows.label, part, guided, fold, seed)
        probability[~allowed] = probabilities(fitted, features.of(~allowed))
        return probability

    fitted = fit(features, rows.label, weight, guided, fold, seed)
    final = probabilities(fitted, features)
    scores = [
        *cross_validated(rows, refit, fold),
        *unseen_scores(rows, refit),
        *source_scores(rows, refit, final),
    ]
    manifest, arrays = export(fitted, lexicon, known)
    table = [asdict(line) for line in scores]
    manifest |= {"name": name, "seed": seed, "recipe": settings, "scores": table}
    artifact.write(out, manifest, arrays, clickbait_card.card(rows, weight, scores))
    check(out, rows.headlines, final)
    _append(history, artifact.read(out), seed, scores)
    return table


def weights(rows: Rows, counted: Weights) -> Array:
    """The weight of every row in training, zero for those that only measure."""
    table = {**counted.guided, **counted.others}
    of = np.array([table.get(source, counted.unknown) for source in rows.source])
    more = np.array([counted.clickbait.get(source, 1) for source in rows.source])
    weight: Array = of * rows.trainable * np.where(rows.label == 1, more, 1)
    other = np.isin(rows.source, sorted(counted.others))
    taken = np.arange(len(other)) % counted.every == 0
    return np.where(other, weight * taken * counted.every, weight)


def _folds(rows: Rows, seed: int) -> Array:
    """Folds of all rows; only those that are scored by fold need stories kept whole."""
    fold = np.random.default_rng(seed).integers(0, OUTER_FOLDS * 4, len(rows.label))
    of = np.flatnonzero(np.isin(rows.source, LABELLED))
    fold[of] = clickbait_rows.folds([rows.headlines[row] for row in of], OUTER_FOLDS, seed)
    return fold


def export(
    fitted: Fitted, lexicon: curiosity.Lexicon, known: Array
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The manifest and the arrays that inference rebuilds the model from."""
    joined = network(fitted)
    manifest = {
        "kind": "clickbait",
        "labels": ["not clickbait", "clickbait"],
        "threshold": 0.5,
        "columns": list(COLUMNS),
        "numbers": {"centre": joined.centre, "output_bias": joined.output_bias},
        "estimators": {
            "linear": fitted.linear.get_params(),
            "network": fitted.networks[0].get_params(),
            "networks": len(fitted.networks),
        },
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scikit-learn": sklearn.__version__,
        },
    }
    arrays = {
        "ngrams": fitted.linear.coef_[0].astype(np.float16),
        "known": known,
        "phrases": lexicon.hashes,
        "classes": lexicon.classes,
        "mean": joined.mean,
        "scale": joined.scale,
        "hidden": joined.hidden,
        "hidden_bias": joined.hidden_bias,
        "output": joined.output,
    }
    return manifest, arrays


def check(out: Path, headlines: list[str], expected: Array) -> None:
    """Nothing, if the written model gives scikit-learn's probabilities; an error otherwise."""
    step = max(len(headlines) // CHECKED, 1)
    worded = np.array(score(headlines[::step], artifact.read(out)))
    far = np.abs(worded - expected[::step])[worded > 0]
    if far.size and far.max() > TOLERANCE:
        raise BoilerclassError(
            f"The exported model differs from scikit-learn by {far.max():.2e}, more than "
            f"{TOLERANCE}: inference or export has a fault, do not ship {out}."
        )


def _append(history: Path, model: artifact.Artifact, seed: int, scores: list[Score]) -> None:
    """One more row at the end of the score history; the first training writes the header."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    row: dict[str, object] = {
        "date": today,
        "model": model.name,
        "digest": model.digest[:12],
        "seed": seed,
    }
    table = {(line.what, line.how): line for line in scores}
    for (what, how), (column, figures) in TRACKED.items():
        for figure in figures:
            row[f"{column}_{figure}"] = getattr(table.get((what, how)), figure, "")
    history.parent.mkdir(parents=True, exist_ok=True)
    fresh = not history.exists()
    with history.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, row, lineterminator="\n")
        if fresh:
            writer.writeheader()
        writer.writerow(row)
