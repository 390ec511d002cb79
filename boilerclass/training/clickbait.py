"""Trains the clickbait model and writes it as a folder that inference can check and read."""

import csv
import datetime
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import sklearn

from boilerclass import artifact, curiosity
from boilerclass.errors import BoilerclassError
from boilerclass.headline_columns import COLUMNS
from boilerclass.headline_scorer import score
from boilerclass.training import clickbait_card, clickbait_rows
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
    NEVER_TRAINED,
    SOURCE_OUT,
    Score,
    own_scores,
    source_scores,
    unseen_scores,
)

NAME = "clickbait-1"
OUTER_FOLDS = 5
TOLERANCE = 1e-5
CHECKED = 5000  # headlines on which inference and scikit-learn must agree
HISTORY = Path("data/clickbait-history.csv")

# How much a row weighs in the linear model. The guided sources label the curiosity gap, as the
# project's guide does, and they alone teach the networks; the others know words, no more.
GUIDED = {"own": 1.0, "examples": 1.0, "ta1c": 1.2, "vi-DS108 (LLM+human)": 0.6}
OTHERS = {"click-id/all-agree": 0.1, "click-id/majority": 0.1, "chakraborty16": 0.02}
# Of the others one row in so many trains, and weighs as many: the figures stay, the time does not.
EVERY = 5
UNKNOWN = 0.02
# Clickbait is rare: without this the threshold of 0.5 would miss half of it.
CLICKBAIT_WEIGHT = 2.1
# Sources of which nearly half is clickbait, because they were written so.
BALANCED = ("examples",)

# The figures of the history: of these rows, measured so, under this name.
TRACKED = {
    ("own", CROSS_VALIDATED): ("own", ("auc", "macro_f1")),
    ("own, all but Romanian", CROSS_VALIDATED): ("own_not_ro", ("auc", "macro_f1")),
    ("own", SOURCE_OUT): ("own_source_out", ("auc", "macro_f1")),
    ("ta1c", NEVER_TRAINED): ("ta1c", ("auc", "f1")),
    ("vi-ICD", NEVER_TRAINED): ("vi_icd", ("auc", "f1")),
    ("dianam55-ro-mix", NEVER_TRAINED): ("ro_mix", ("auc", "macro_f1")),
}

Array = np.ndarray[Any, np.dtype[Any]]


def train(corpus: Path, out: Path, seed: int = 0, history: Path = HISTORY) -> None:
    """Leave a trained, checked and scored clickbait model in `out` and its scores in `history`."""
    rows = clickbait_rows.load(corpus)
    lexicon = curiosity.load()
    weight, fold = weights(rows), _folds(rows, seed)
    guided = np.isin(rows.source, sorted(GUIDED))
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
        *own_scores(rows, refit, fold),
        *unseen_scores(rows, refit),
        *source_scores(rows, refit, final),
    ]
    manifest, arrays = export(fitted, lexicon, known)
    manifest |= {"seed": seed, "scores": [asdict(line) for line in scores]}
    artifact.write(out, manifest, arrays, clickbait_card.card(rows, weight, scores))
    check(out, rows.headlines, final)
    _append(history, artifact.read(out).digest, seed, scores)


def weights(rows: Rows) -> Array:
    """The weight of every row in training, zero for those that only measure."""
    table = GUIDED | OTHERS
    of = np.array([table.get(source, UNKNOWN) for source in rows.source])
    rare = (rows.label == 1) & ~np.isin(rows.source, BALANCED)
    weight: Array = of * rows.trainable * np.where(rare, CLICKBAIT_WEIGHT, 1)
    other = np.isin(rows.source, sorted(OTHERS))
    taken = np.arange(len(other)) % EVERY == 0
    return np.where(other, weight * taken * EVERY, weight)


def _folds(rows: Rows, seed: int) -> Array:
    """Folds of all rows; only the own ones, which are scored by fold, need stories kept whole."""
    fold = np.random.default_rng(seed).integers(0, OUTER_FOLDS * 4, len(rows.label))
    own = np.flatnonzero(rows.source == "own")
    fold[own] = clickbait_rows.folds([rows.headlines[row] for row in own], OUTER_FOLDS, seed)
    return fold


def export(
    fitted: Fitted, lexicon: curiosity.Lexicon, known: Array
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The manifest and the arrays that inference rebuilds the model from."""
    joined = network(fitted)
    manifest = {
        "name": NAME,
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
        "weights": {
            "guided": GUIDED,
            "others": OTHERS,
            "every": EVERY,
            "clickbait": CLICKBAIT_WEIGHT,
            "balanced": BALANCED,
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


def _append(history: Path, digest: str, seed: int, scores: list[Score]) -> None:
    """One more row at the end of the score history; the first training writes the header."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    row: dict[str, object] = {"date": today, "model": NAME, "digest": digest[:12], "seed": seed}
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
