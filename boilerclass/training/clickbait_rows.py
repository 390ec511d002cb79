"""Labelled headlines for training and measuring, with what their licences allow."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from boilerclass.training import gold

# Licences that let a model trained on the rows be shipped; rows under any other only measure.
TRAINABLE = frozenset(
    {"own labels", "MIT", "Apache-2.0", "CC BY 4.0", "CC BY 3.0", "MIT / CC BY 4.0"}
)
_ALIKE = 0.5  # cosine of word vectors from which two headlines tell the same story

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns of the headline corpus, in file order."""

    headlines: list[str]
    label: Array
    language: Array
    source: Array
    licence: Array
    held_out: Array

    @property
    def trainable(self) -> Array:
        """Rows whose licence allows training and that no split keeps for measuring."""
        return np.isin(self.licence, sorted(TRAINABLE)) & ~self.held_out


def load(corpus: Path) -> Rows:
    """The rows of `headlines.jsonl.gz`, and the examples written for this project.

    A source's `dev` and `test` rows are held out, unless it has no others.
    """
    rows = [*gold.rows(corpus / "headlines.jsonl.gz"), *_examples()]

    def column(name: str) -> Array:
        return np.array([row[name] for row in rows])

    source, train = column("source"), column("split") == "train"
    return Rows(
        headlines=[row["headline"] for row in rows],
        label=column("label"),
        language=column("lang"),
        source=source,
        licence=column("licence"),
        held_out=~train & np.isin(source, source[train]),
    )


def _examples() -> Iterator[dict[str, object]]:
    """Invented headlines, of the kinds that the corpus has few of."""
    file = resources.files("boilerclass.training") / "clickbait_examples.tsv"
    for line in file.read_text("utf-8").splitlines():
        language, label, headline = line.split("\t")
        yield {
            "headline": headline,
            "label": int(label),
            "lang": language,
            "source": "examples",
            "licence": "own labels",
            "split": "train",
        }


def folds(headlines: Sequence[str], count: int, seed: int) -> Array:
    """A fold for each headline; headlines that tell the same story share it."""
    words = TfidfVectorizer(token_pattern=r"\w\w+", strip_accents="unicode")
    vectors = words.fit_transform(headlines)
    alike = vectors @ vectors.T
    alike.data[alike.data < _ALIKE] = 0
    alike.eliminate_zeros()
    groups, group = sparse.csgraph.connected_components(alike)
    fold: Array = np.random.default_rng(seed).permutation(groups)[group] % count
    return fold
