"""Labelled headlines for training and measuring, with what their licences allow."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from boilerclass import readers
from boilerclass.training import annotation, gold

# Licences that let a model trained on the rows be shipped; rows under any other only measure.
TRAINABLE = frozenset(
    {"own labels", "MIT", "Apache-2.0", "CC BY 4.0", "CC BY 3.0", "MIT / CC BY 4.0"}
)
DOCUMENTS = (
    "typed-pages.parquet",
    "pages-andythefactory.parquet",
    "pages-fundus.parquet",
    "pages-htmldate.parquet",
    "pages-mediacloud.parquet",
    "pages-mercury.parquet",
    "pages-trafilatura.parquet",
    "pages-wcxb.parquet",
    gold.TEXTS,
    "texts-unlabelled.jsonl.gz",
)
"""Files whose documents have headlines with labels."""
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


def load(corpus: Path, annotations: Path | None = None) -> Rows:
    """The rows of `headlines.jsonl.gz`, the examples written for this project, and the headlines
    in documents of the corpus that `annotations` has labels for.

    A source's `dev` and `test` rows are held out, unless it has no others.
    """
    rows = [*gold.rows(corpus / "headlines.jsonl.gz"), *_examples()]
    if annotations is not None:
        rows += _annotated(corpus, annotation.read(annotations))

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


def _annotated(
    corpus: Path, known: Mapping[str, annotation.Annotation]
) -> Iterator[dict[str, object]]:
    """The titles and paragraphs that have a label; an uncertain one says nothing."""
    left = dict(known)
    for name in DOCUMENTS:
        for stored in gold.read(corpus / name):
            if stored.id not in left:
                continue
            document = readers.read(stored.page, kind=stored.kind, url=stored.url)
            texts = (stored.title, *document.texts)
            labels = left.pop(stored.id).of(texts)  # some stand in two files
            for text, label in zip(texts, labels, strict=True):
                if label != annotation.OPEN:
                    yield {
                        "headline": " ".join(text.split()),
                        "label": int(label),
                        "lang": stored.language,
                        "source": "annotated",
                        "licence": "own labels",
                        "split": "train",
                    }


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
