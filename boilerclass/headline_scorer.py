"""Headlines to clickbait scores: how much of what matters a headline keeps back.

A linear model over hashed n-grams gives one number; a small network reads it together with the
shape of the headline and the places of curiosity words. Only numpy is needed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np

from boilerclass import artifact
from boilerclass.artifact import Artifact
from boilerclass.curiosity import Lexicon
from boilerclass.errors import ModelMismatch
from boilerclass.headline_columns import COLUMNS, columns
from boilerclass.headlines import BUCKETS, GAINS, Text, grams, read

BATCH = 4096  # headlines; bounds the memory, and the caches like it
LIMIT = 6.0  # standard deviations a column may stray

NUMBERS = ("centre", "output_bias")
ARRAYS = (
    "ngrams", "known", "phrases", "classes", "mean", "scale", "hidden", "hidden_bias", "output",
)  # fmt: skip

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Network:
    """One hidden layer over the standardised columns and the centred n-gram score."""

    mean: Array
    scale: Array
    centre: float
    hidden: Array
    hidden_bias: Array
    output: Array
    output_bias: float


@dataclass(frozen=True, slots=True)
class Scorer:
    """Everything a score needs, ready to multiply."""

    ngrams: Array
    known: Array
    lexicon: Lexicon
    network: Network


_loaded: dict[str, Scorer] = {}


def score(headlines: Iterable[str], model: Artifact | None = None) -> list[float]:
    """The probability that each headline is clickbait, in 0..1; 0.0 where there is no word.

    Only the first 400 characters of a headline count. Without a model the one that
    `artifact.find("clickbait")` names is used.
    """
    if isinstance(headlines, str):
        raise TypeError("headlines is one headline: put it into a list, or pass several.")
    texts = list(headlines)
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"a headline is str, not {type(text).__name__}")
    scorer = construct(model) if model is not None else _named(artifact.find("clickbait"))
    scores: list[float] = []
    for start in range(0, len(texts), BATCH):
        scores += _batch_scores(texts[start : start + BATCH], scorer).tolist()
    return scores


def construct(model: Artifact) -> Scorer:
    """The scorer that the model's arrays describe."""
    arrays, numbers = model.arrays, model.manifest.get("numbers", {})
    if list(model.manifest.get("columns", ())) != list(COLUMNS):
        raise ModelMismatch(
            f"Model {model.name!r} was trained on other columns than this boilerclass computes. "
            "Use the model shipped with this version, or train it again."
        )
    _check(model.name, arrays, numbers)
    return Scorer(
        ngrams=arrays["ngrams"].astype(np.float32),
        known=arrays["known"],
        lexicon=Lexicon(arrays["phrases"], arrays["classes"]),
        network=Network(
            mean=arrays["mean"],
            scale=arrays["scale"],
            centre=float(numbers["centre"]),
            hidden=arrays["hidden"],
            hidden_bias=arrays["hidden_bias"],
            output=arrays["output"],
            output_bias=float(numbers["output_bias"]),
        ),
    )


def _check(name: str, arrays: Mapping[str, Array], numbers: Mapping[str, float]) -> None:
    """Nothing, if the arrays fit each other and the feature functions."""
    missing = [part for part in ARRAYS if part not in arrays]
    missing += [part for part in NUMBERS if part not in numbers]
    if missing:
        raise ModelMismatch(f"Model {name!r} lacks {', '.join(missing)}. Train it again.")
    width = arrays["output"].shape
    shapes = {
        "ngrams": (len(GAINS) * BUCKETS,),
        "mean": (len(COLUMNS),),
        "scale": (len(COLUMNS),),
        "hidden": (len(COLUMNS) + 1, *width),
        "hidden_bias": width,
        "phrases": arrays["classes"].shape[:1],
    }
    for part, shape in shapes.items():
        if arrays[part].shape != shape:
            raise ModelMismatch(
                f"Model {name!r}: {part} has shape {arrays[part].shape} where {shape} fits. "
                "Use the model shipped with this version, or train it again."
            )


def _named(place: Path | Traversable) -> Scorer:
    """The scorer of a folder, read once a process: pages come one by one, with few headlines."""
    key = str(place)
    if key not in _loaded:
        _loaded[key] = construct(artifact.read(place))
    return _loaded[key]


def _batch_scores(headlines: Sequence[str], scorer: Scorer) -> Array:
    text = read(headlines)
    linear = ngram_scores(text, scorer.ngrams, scorer.known)
    logits = forward(columns(text, scorer.lexicon), linear, scorer.network)
    worded = np.bincount(text.word_row, minlength=text.rows) > 0
    return np.where(worded, 1 / (1 + np.exp(-logits)), 0.0)


def ngram_scores(text: Text, weights: Array, known: Array) -> Array:
    """The linear model's score of each headline, without its intercept."""
    row, bucket, value = grams(text, known)
    return np.bincount(row, value * weights[bucket], minlength=text.rows)


def inputs(dense: Array, linear: Array, mean: Array, scale: Array, centre: float) -> Array:
    """What the network reads: columns in standard deviations, cut at `LIMIT`, then the score."""
    standard = np.clip((dense - mean) * scale, -LIMIT, LIMIT)
    return np.column_stack([standard, linear - centre])


def forward(dense: Array, linear: Array, network: Network) -> Array:
    """The network's logits."""
    x = inputs(dense, linear, network.mean, network.scale, network.centre)
    hidden = np.maximum(x @ network.hidden + network.hidden_bias, 0)
    logits: Array = hidden @ network.output + network.output_bias
    return logits
