"""The model card of the clickbait model."""

from typing import Any

import numpy as np

from boilerclass.training.clickbait_rows import Rows
from boilerclass.training.clickbait_scores import Score

Array = np.ndarray[Any, np.dtype[Any]]

_CARD = """\
# Clickbait

Scores a headline or teaser between 0 and 1: how likely it is clickbait, that is, a headline that
holds back the information that matters so that the reader clicks. Only the headline is read.

## How it works

Accents are folded, digits become one digit. A logistic regression over hashed character n-grams
(2 to 5) and word n-grams (1 to 3) gives one number. A small network (one hidden layer) reads this
number, the headline's shape (length, clauses, marks, capitals, names) and where words of sixteen
classes stand in it: questions, "here is", reasons, secrets, superlatives, unnamed people, the
reader addressed, plain news verbs and so on. The word lists are a file a language and share the
classes, so a language without labelled rows is scored too; a language without a word list falls
back on shape and n-grams. The shipped scorer needs numpy alone.

## Trained on

{trained}

Rows under other licences (none stated, non-commercial, share-alike) only measure:

{measuring}

The labels of the `own` rows were made by AI annotators who read every headline after a written
guide, not by people; two independent passes agreed with kappa 0.941. Uncertain headlines were left
out. 1,350 of the Romanian `own` rows were picked by a rough model as suspicious, so clickbait is
more frequent among them than in a newspaper: read the score as a ranking with a sensible
threshold at 0.5, not as a base rate. In training a clickbait row counts twice as much as another,
which puts the best macro-F1 of the `own` rows near 0.5.

## Scores

At the threshold of 0.5 unless it is the area under the ROC curve (AUC). "Cross-validated": five
parts, headlines that tell the same story in the same part. "Source left out": a model of all the
other sources scored it, which is what a reader's own headlines will meet. "Never trained on":
scored by the shipped model.

{scores}

## What each set really labels

`own`, ta1c and the Vietnamese sets label the curiosity gap, each with its own strictness.
Chakraborty labels the publisher: list articles against wire news. The Turkish rows are labelled
by account, so plain headlines of a clickbait account count as clickbait. The Romanian mix holds
generated headlines, machine translations and forum titles. Low figures there say as much about the
labels as about the model.

## What did not help

{rejected}

## Limits

Most clickbait rows that follow the guide are Romanian and political; figures for languages with
few rows are rough. Irony, and headlines that hold back a fact in plain words, are missed. A
question whose answer is the whole story and a genuine question of analysis look alike to the
model. It says nothing about whether a headline is true.
"""

REJECTED: tuple[str, ...] = ()


def card(rows: Rows, weight: Array, scores: list[Score]) -> str:
    """The card's text, in Markdown."""
    return _CARD.format(
        trained=_sources(rows, weight > 0),
        measuring=_sources(rows, weight == 0),
        scores=_table(scores),
        rejected="\n".join(f"- {line}" for line in REJECTED),
    )


def _sources(rows: Rows, which: Array) -> str:
    lines = ["| source | licence | rows | clickbait |", "| --- | --- | --- | --- |"]
    names = sorted(set(zip(rows.source[which], rows.licence[which], strict=True)))
    for source, licence in names:
        part = which & (rows.source == source) & (rows.licence == licence)
        lines.append(f"| {source} | {licence} | {part.sum()} | {rows.label[part].mean():.0%} |")
    return "\n".join(lines)


def _table(scores: list[Score]) -> str:
    lines: list[str] = [
        "| rows | how measured | number | clickbait | AUC | F1 | macro-F1 |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for s in scores:
        figures = f"{s.auc:.3f} | {s.f1:.3f} | {s.macro_f1:.3f}"
        lines.append(f"| {s.what} | {s.how} | {s.rows} | {s.clickbait} | {figures} |")
    return "\n".join(lines)
