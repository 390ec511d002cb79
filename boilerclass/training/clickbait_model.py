"""Fitting the clickbait model: a linear model over n-grams, then networks that read its score."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from boilerclass.curiosity import Lexicon
from boilerclass.headline_columns import columns
from boilerclass.headline_scorer import BATCH, Network, inputs
from boilerclass.headlines import BUCKETS, GAINS, grams, read

INNER_FOLDS = 4
HIDDEN, NETWORKS, EPOCHS, PENALTY = 64, 4, 40, 5.0
FEWEST = 12  # headlines a word must stand in, for frames to keep it

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Features:
    """What the shipped feature functions say about every headline."""

    ngrams: sparse.csr_matrix
    dense: Array

    def of(self, which: Array) -> "Features":
        """The features of some of the headlines."""
        return Features(self.ngrams[which], self.dense[which])


@dataclass(frozen=True, slots=True)
class Fitted:
    """The fitted estimators, and the numbers that join them."""

    linear: LogisticRegression
    networks: list[MLPClassifier]
    mean: Array
    scale: Array
    centre: float


def known_words(headlines: Sequence[str]) -> Array:
    """Hashes of the words that at least `FEWEST` of the headlines use, in ascending order."""
    hashes = []
    for start in range(0, len(headlines), BATCH):
        text = read(headlines[start : start + BATCH])
        hashes.append(
            np.unique(np.stack([text.word_row.astype(np.uint64), text.word_hash]), axis=1)[1]
        )
    word, uses = np.unique(np.concatenate(hashes), return_counts=True)
    return word[uses >= FEWEST]


def featurise(headlines: Sequence[str], lexicon: Lexicon, known: Array) -> Features:
    """The features of inference, batch by batch."""
    ngrams, dense = [], []
    for start in range(0, len(headlines), BATCH):
        text = read(headlines[start : start + BATCH])
        row, bucket, value = grams(text, known)
        shape = (text.rows, len(GAINS) * BUCKETS)
        ngrams.append(sparse.csr_matrix((value.astype(np.float32), (row, bucket)), shape=shape))
        dense.append(columns(text, lexicon))
    return Features(sparse.vstack(ngrams).tocsr(), np.concatenate(dense))


def fit(
    features: Features, label: Array, weight: Array, guided: Array, fold: Array, seed: int
) -> Fitted:
    """The model of the rows that have a weight; only `guided` ones teach the networks.

    The networks read n-gram scores from models that had not seen the row's fold: scores of rows
    the linear model was fitted on would be too good to learn from.
    """
    rows = np.flatnonzero(weight > 0)
    ngrams, label, weight, fold = features.ngrams[rows], label[rows], weight[rows], fold[rows]
    score = np.zeros(len(rows))
    for inner in np.unique(fold % INNER_FOLDS):
        seen = fold % INNER_FOLDS != inner
        linear = _fit_linear(ngrams[seen], label[seen], weight[seen])
        score[~seen] = _linear_scores(linear, ngrams[~seen])
    linear = _fit_linear(ngrams, label, weight)
    taught = np.flatnonzero(guided[rows])
    score, label, weight = score[taught], label[taught], weight[taught]
    dense = features.dense[rows[taught]].astype(np.float64)
    mean = np.average(dense, axis=0, weights=weight)
    spread = np.sqrt(np.average((dense - mean) ** 2, axis=0, weights=weight))
    scale = 1 / np.where(spread > 0, spread, 1)
    centre = float(np.average(score, weights=weight))
    x = inputs(dense, score, mean, scale, centre).astype(np.float32)  # half the time
    networks = [_fit_network(x, label, weight, seed + number) for number in range(NETWORKS)]
    return Fitted(linear, networks, mean, scale, centre)


def _fit_linear(ngrams: sparse.csr_matrix, label: Array, weight: Array) -> LogisticRegression:
    model = LogisticRegression(C=0.25, max_iter=300, tol=1e-3)
    # A bucket that no row uses gets no weight from the penalty: leaving it out saves time.
    used = np.unique(ngrams.indices)
    model.fit(ngrams[:, used], label, sample_weight=weight)
    # The weights are stored in half precision: round them here, so that all that follows,
    # the check against the export too, knows them as they will be.
    rounded = model.coef_.astype(np.float16)
    model.coef_ = np.zeros((1, ngrams.shape[1]), dtype=np.float32)
    model.coef_[0, used] = rounded[0]
    model.n_features_in_ = ngrams.shape[1]
    return model


def _linear_scores(model: LogisticRegression, ngrams: sparse.csr_matrix) -> Array:
    scores: Array = model.decision_function(ngrams) - model.intercept_[0]
    return scores


def _fit_network(x: Array, label: Array, weight: Array, seed: int) -> MLPClassifier:
    network = MLPClassifier((HIDDEN,), alpha=PENALTY, max_iter=EPOCHS, random_state=seed)
    with warnings.catch_warnings():
        # The epochs are few on purpose: they are part of the penalty.
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(x, label, sample_weight=weight)
    return network


def probabilities(fitted: Fitted, features: Features) -> Array:
    """scikit-learn's own probabilities: the networks' mean, taken of their logits."""
    score = _linear_scores(fitted.linear, features.ngrams)
    x = inputs(features.dense, score, fitted.mean, fitted.scale, fitted.centre)
    logits = [_logit(network.predict_proba(x)[:, 1]) for network in fitted.networks]
    mean: Array = 1 / (1 + np.exp(-np.mean(logits, axis=0)))
    return mean


def _logit(probability: Array) -> Array:
    clipped = np.clip(probability, 1e-15, 1 - 1e-15)
    logit: Array = np.log(clipped / (1 - clipped))
    return logit


def network(fitted: Fitted) -> Network:
    """The networks side by side as one, each with its share of the output."""
    parts = fitted.networks
    return Network(
        mean=fitted.mean,
        scale=fitted.scale,
        centre=fitted.centre,
        hidden=np.concatenate([part.coefs_[0] for part in parts], axis=1),
        hidden_bias=np.concatenate([part.intercepts_[0] for part in parts]),
        output=np.concatenate([part.coefs_[1][:, 0] for part in parts]) / len(parts),
        output_bias=float(np.mean([part.intercepts_[1][0] for part in parts])),
    )
