"""Fits the layers of the model one on the other, each on scores of pages it did not see.

Every layer is fitted once without each fold and once on everything. What a layer passes on about
a page comes from the fit without that page's fold, so the next layer learns from scores as it will
meet them, and the last layer's scores are a cross-validation by site.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import SGDClassifier
from sklearn.neural_network import MLPClassifier

from boilerclass import batch, features, scorer
from boilerclass.features import context, ngrams, words
from boilerclass.labels import ROLES
from boilerclass.training import guess, trees
from boilerclass.training.corpus import BODY, OUTSIDE, UNSURE
from boilerclass.training.guess import CORE_ROLES
from boilerclass.training.matrix import CHUNK, Matrix, counts

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

M = TypeVar("M")

TINY = 1e-30
"""Probability below which none is told from 0."""

DRAWN = 0.7
"""Share of the rows that a layer is fitted on, drawn by weight: more of them cost time only."""
NAMELESS = 0.2
"""Share of the pages of which a layer does not see the class and id words while it is fitted:
many sites have none that mean anything."""
ABSTAINING = [ROLES.index(r) for r in ROLES if r in ("caption", "meta")]
"""Roles that bodies of different sources hold or leave out: no teachers of core against rest."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What a network is fitted with."""

    members: int
    """Networks of different seeds whose logits are averaged to make this one."""
    hidden: int
    """Hidden units of each of them."""
    alpha: float
    epochs: int
    batch: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the layers are fitted with."""

    seed: int
    folds: int
    linear_alpha: float
    linear_epochs: int
    first: Layer
    second: Layer
    forest: trees.Settings


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear model of the roles and one of core against the rest."""

    roles: SGDClassifier
    core: SGDClassifier

    def __call__(self, rows: Any) -> Floats:
        out = np.full((rows.shape[0], len(ROLES) + 1), -scorer.LINEAR_LIMIT, dtype=np.float32)
        out[:, self.roles.classes_] = self.roles.decision_function(rows)
        out[:, -1] = self.core.decision_function(rows)
        return out

    def table(self) -> tuple[Floats, Floats]:
        """The same as one table, shape (buckets, roles + 1), and a bias."""
        table = np.zeros((self.core.coef_.shape[1], len(ROLES) + 1), dtype=np.float32)
        bias = np.full(len(ROLES) + 1, -scorer.LINEAR_LIMIT, dtype=np.float32)
        table[:, self.roles.classes_] = self.roles.coef_.T
        bias[self.roles.classes_] = self.roles.intercept_
        table[:, -1], bias[-1] = self.core.coef_[0], self.core.intercept_[0]
        return table, bias


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Networks whose logits are averaged: one network of all their hidden units."""

    members: Sequence[MLPClassifier]

    def __call__(self, inputs: Floats) -> Floats:
        """The probabilities, with a column for every role, also for those not met in training."""
        logs = np.zeros((len(inputs), len(ROLES)), dtype=np.float32)
        for model in self.members:
            logs += np.log(np.maximum(spread(model, inputs), TINY))
        return scorer.softmax(logs / np.float32(len(self.members)))

    def network(self) -> scorer.Network:
        """The same as one network."""
        parts = [_padded(model) for model in self.members]
        n = np.float32(len(parts))
        return scorer.Network(
            hidden=np.concatenate([p.hidden for p in parts], axis=1),
            hidden_bias=np.concatenate([p.hidden_bias for p in parts]),
            output=np.concatenate([p.output / n for p in parts]),
            output_bias=np.mean([p.output_bias for p in parts], axis=0, dtype=np.float32),
        )


def _padded(model: MLPClassifier) -> scorer.Network:
    output = np.zeros((model.coefs_[1].shape[0], len(ROLES)), dtype=np.float32)
    bias = np.full(len(ROLES), np.log(TINY), dtype=np.float32)
    output[:, model.classes_], bias[model.classes_] = model.coefs_[1], model.intercepts_[1]
    return scorer.Network(
        model.coefs_[0].astype(np.float32), model.intercepts_[0].astype(np.float32), output, bias
    )


@dataclass(frozen=True, slots=True)
class Ground:
    """What the networks are fitted on; n rows."""

    text: Linear
    words: Linear
    standard: scorer.Standard
    own: Floats
    """Shape (n, columns): the standardised columns, and the linear models' out-of-fold scores."""
    targets: Ints
    """The roles known, and those guessed for what is not core."""


class Blindfold(NamedTuple):
    """Hides columns of some pages from a layer that is fitted."""

    columns: Sequence[int]
    values: Floats
    """What stands in these columns where there is nothing to see."""
    page: Ints
    """Shape (n,): the page of each row."""

    def put_on(self, inputs: Floats, rows: Ints, seed: int) -> None:
        """Changes the inputs, which are those of ``rows``."""
        pages = np.random.default_rng(seed).random(self.page[-1] + 1) < NAMELESS
        inputs[np.ix_(pages[self.page[rows]], self.columns)] = self.values


@dataclass(frozen=True, slots=True)
class Networks:
    """The fitted networks, and what they say of pages that they did not see."""

    first: Ensemble
    context_standard: scorer.Standard
    second: Ensemble
    out_of_fold: Floats
    """Shape (n, roles): by the second network, and by the first where that is sure."""
    inputs: Floats
    """Shape (n, columns): what the second network and the forest are given."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The fitted forest, and what is said of pages that it did not see; n rows."""

    forest: HistGradientBoostingClassifier
    roles: Floats
    """Shape (n, roles): the networks' out-of-fold probabilities."""
    open: Mask
    """Where the networks leave open whether it is core."""
    odds: Floats
    """The log odds of core there, out of fold: the forest's, in plain text the second network's."""


def ground(matrix: Matrix, weights: Floats, recipe: Recipe) -> Ground:
    """The linear models, and what they and a first fit say of paragraphs that nobody labelled.

    Rows of weight 0 teach nothing; every row gets an out-of-fold score.
    """
    usable = weights > 0
    text, text_scores = _linear(matrix, matrix.ngrams, usable, recipe)
    names, word_scores = _linear(matrix, matrix.words, usable & matrix.html, recipe)
    word_scores *= matrix.html[:, None]
    own = np.concatenate(
        (matrix.dense, scorer.limited(text_scores), scorer.limited(word_scores)), axis=1
    )
    standard = _standard(own[usable & matrix.typed & matrix.html])
    own = standard(own)
    targets, outside = matrix.targets.copy(), usable & (matrix.targets == OUTSIDE)
    named = _named_outside(matrix, own, weights, outside, recipe)
    targets[outside] = guess.not_core(named)
    found = Ground(text, names, standard, own, targets)
    earlier = networks(matrix, found, weights, recipe).out_of_fold
    targets[outside] = guess.not_core(named * earlier[outside])
    return replace(found, targets=guess.targets(targets, earlier, matrix.dense))


def own_columns(found: features.Evidence, together: batch.Batch, layers: Ground) -> Floats:
    """What ``Scorer.inputs`` computes first, by scikit-learn's own models."""
    n = len(together)
    text = layers.text(counts(found.ngrams, n, 1 << ngrams.BITS))
    word = (
        layers.words(counts([words.bag(found.words)], n, words.BUCKETS))
        * scorer.is_html(together)[:, None]
    )
    own = np.concatenate((found.dense, scorer.limited(text), scorer.limited(word)), axis=1)
    return layers.standard(own)


def row_weights(matrix: Matrix, of_example: Sequence[float]) -> Floats:
    """A paragraph counts by the root of its length, a page by the root of its own, times the
    weight of its source: scores are means over pages, and long paragraphs are most of a page."""
    lo = matrix.bounds[:-1]
    page_chars = np.add.reduceat(matrix.chars, lo)[matrix.page]
    weights = np.sqrt(matrix.chars / page_chars) * np.asarray(of_example)[matrix.page]
    return np.asarray(weights, dtype=np.float32)


def _named_outside(
    matrix: Matrix, own: Floats, weights: Floats, outside: Mask, recipe: Recipe
) -> Floats:
    """Probabilities of the roles of paragraphs of which only is known that they are not core, shape
    (k, roles), by networks fitted on the roles that are known, mostly those of typed pages."""
    if not outside.any():
        return np.empty((0, len(ROLES)), dtype=np.float32)
    rows = np.flatnonzero(_named(matrix) & (weights > 0))
    larger = replace(recipe.first, hidden=2 * recipe.first.hidden, epochs=2 * recipe.first.epochs)
    inputs = scorer.first_input(own, matrix.page)
    seeds = range(recipe.seed, recipe.seed + recipe.second.members)
    models = [_fit_mlp(_mlp(larger, s), inputs, matrix.targets, weights, rows) for s in seeds]
    return Ensemble(models)(inputs[outside])


def _named(matrix: Matrix) -> Mask:
    """Shape (n,): whether the role is known, and not only that it is body: on pages of which the
    body alone is known, that would be all there is to learn from most of them."""
    named: Mask = (matrix.targets >= 0) & (matrix.typed | (matrix.targets != BODY))
    return named


def _linear(matrix: Matrix, rows: Any, usable: Mask, recipe: Recipe) -> tuple[Linear, Floats]:
    known = usable & _named(matrix)
    core = np.where(np.isin(matrix.targets, CORE_ROLES), 1, 0)
    sided = usable & (matrix.targets >= OUTSIDE) & (matrix.targets != UNSURE)
    sided &= ~np.isin(matrix.targets, ABSTAINING)

    def fit_once(mask: Mask) -> Linear:
        roles = _sgd(recipe).fit(rows[known & mask], matrix.targets[known & mask])
        side = _sgd(recipe).fit(rows[sided & mask], core[sided & mask])
        for model in (roles, side):  # shipped in half precision, so that is what the rest learns on
            model.coef_ = model.coef_.astype(np.float16).astype(np.float32)
        return Linear(roles, side)

    return _out_of_fold(fit_once, lambda model, mask: model(rows[mask]), matrix.fold, recipe.folds)


def networks(matrix: Matrix, layers: Ground, weights: Floats, recipe: Recipe) -> Networks:
    """Both networks, the second fitted on what the first says of pages it did not see."""
    own, targets = layers.own, layers.targets
    taught = (targets >= 0) & (weights > 0)

    def fitted(layer: Layer, inputs: Floats, times: int) -> tuple[Ensemble, Floats]:
        blindfold = _blindfold(layers.standard, matrix.page, times)

        def fit_once(mask: Mask) -> Ensemble:
            rows = np.flatnonzero(taught & mask)
            models = [
                _fit_mlp(_mlp(layer, seed), inputs, targets, weights, rows, blindfold)
                for seed in range(recipe.seed, recipe.seed + layer.members)
            ]
            return Ensemble(models)

        return _out_of_fold(
            fit_once, lambda model, mask: model(inputs[mask]), matrix.fold, recipe.folds
        )

    beside = scorer.first_input(own, matrix.page)
    first, verdict = fitted(recipe.first, beside, times=3)
    del beside  # the largest of all arrays
    around = _around(matrix, verdict)
    context_standard = _standard(around[taught])
    inputs = np.concatenate((own, context_standard(around)), axis=1)
    second, scores = fitted(recipe.second, inputs, times=1)
    scores = np.where(scorer.doubtful(verdict)[:, None], scores, verdict)
    return Networks(first, context_standard, second, scores, inputs)


def decide(
    matrix: Matrix, layers: Ground, found: Networks, weights: Floats, recipe: Recipe
) -> Decided:
    """The forest, fitted on the paragraphs of pages that the networks leave open. In plain text it
    is no better than they are: few texts are labelled, and those made up are easier."""
    inputs, roles = for_forest(found.inputs), found.out_of_fold
    still = scorer.undecided(roles)
    asked = still & matrix.html
    taught = asked & (layers.targets >= 0) & (weights > 0)
    core = np.isin(layers.targets, CORE_ROLES)
    blindfold = _blindfold(layers.standard, matrix.page, 1)

    def fit_once(mask: Mask) -> HistGradientBoostingClassifier:
        rows = np.flatnonzero(taught & mask)
        rows, weight, shown = _drawn(rows, weights, inputs, recipe.seed, blindfold)
        return trees.fit(recipe.forest, shown, core[rows], weight, recipe.seed)

    def score(model: HistGradientBoostingClassifier, mask: Mask) -> Floats:
        odds = np.zeros(np.count_nonzero(mask), dtype=np.float32)
        odds[still[mask]] = scorer.core_odds(roles[still & mask])
        odds[asked[mask]] = model.decision_function(inputs[asked & mask])
        return odds[:, None]

    forest, odds = _out_of_fold(fit_once, score, matrix.fold, recipe.folds)
    return Decided(forest, roles, still, odds[:, 0])


def for_forest(inputs: Floats) -> Floats:
    """What the forest sees of the second network's inputs: not the blocks, which it trusts too
    much. With them it lets through twice as many of the teasers that stand inside articles."""
    seen: Floats = inputs[:, : -len(context.BLOCK_COLUMNS)]
    return seen


def _blindfold(standard: scorer.Standard, page: Ints, times: int) -> Blindfold:
    """Hides the scores of the words of classes, the last columns of a row's own, which stand so
    many times in the inputs."""
    size = len(standard.mean)
    nothing = standard(np.zeros((1, size), dtype=np.float32))[0]
    scores = range(size - len(ROLES) - 1, size)
    columns = [k * size + i for k in range(times) for i in scores]
    return Blindfold(columns, np.tile(nothing[list(scores)], times), page)


def _out_of_fold(
    fit_once: Callable[[Mask], M], score: Callable[[M, Mask], Floats], fold: Ints, folds: int
) -> tuple[M, Floats]:
    """The model fitted on everything, and each row's scores by the one without its fold."""
    whole = fit_once(np.ones(len(fold), dtype=bool))
    out: Floats | None = None
    for held in range(folds):
        mask = fold == held
        if mask.any():
            scores = score(fit_once(~mask), mask)
            if out is None:
                out = np.zeros((len(fold), scores.shape[1]), dtype=np.float32)
            out[mask] = scores
    assert out is not None
    return whole, out


def _around(matrix: Matrix, first: Floats) -> Floats:
    """The context columns of all rows; documents go in chunks to bound the memory."""
    parts = []
    for start in range(0, len(matrix.examples), CHUNK):
        together = batch.collect([e.document for e in matrix.examples[start : start + CHUNK]])
        lo = matrix.bounds[start]
        parts.append(context.features(together, first[lo : lo + len(together)]))
    return np.concatenate(parts)


def _standard(columns: Floats) -> scorer.Standard:
    # A column that hardly ever differs from 0 must not be blown up to size by its tiny deviation.
    scale = columns.std(axis=0, dtype=np.float64) + 1e-3
    return scorer.Standard(
        columns.mean(axis=0, dtype=np.float64).astype(np.float32), scale.astype(np.float32)
    )


def _sgd(recipe: Recipe) -> SGDClassifier:
    return SGDClassifier(
        loss="log_loss",
        alpha=recipe.linear_alpha,
        max_iter=recipe.linear_epochs,
        tol=None,
        average=True,
        random_state=recipe.seed,
        n_jobs=-1,
    )


def _mlp(layer: Layer, seed: int) -> MLPClassifier:
    return MLPClassifier(
        hidden_layer_sizes=(layer.hidden,),
        alpha=layer.alpha,
        batch_size=layer.batch,
        max_iter=layer.epochs,
        n_iter_no_change=1_000,
        random_state=seed,
    )


def _fit_mlp(
    model: MLPClassifier,
    inputs: Floats,
    targets: Ints,
    weights: Floats,
    rows: Ints,
    blindfold: Blindfold | None = None,
) -> MLPClassifier:
    """The model fitted on a share of the rows, of which it may not see all."""
    rows, weight, shown = _drawn(rows, weights, inputs, model.random_state, blindfold)
    with warnings.catch_warnings():
        # The number of epochs is chosen by cross-validation, not run until convergence.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(shown, targets[rows], sample_weight=weight)


def _drawn(
    rows: Ints, weights: Floats, inputs: Floats, seed: int, blindfold: Blindfold | None
) -> tuple[Ints, Floats, Floats]:
    """A share of the rows, what each then weighs, 1 on average, and what may be seen of it.

    A row is drawn with a probability in proportion to its weight, up to 1, and its weight is
    divided by it: the expected loss is that of all rows.
    """
    weight = weights[rows]
    probability = np.minimum(weight * _scale(weight, DRAWN), 1)
    drawn = np.random.default_rng(seed).random(len(rows)) < probability
    rows, weight = rows[drawn], (weight / probability)[drawn]
    shown = inputs[rows]
    if blindfold is not None:
        blindfold.put_on(shown, rows, seed)
    return rows, weight / weight.mean(), shown


def _scale(weights: Floats, share: float) -> float:
    """The factor under which the weights, cut at 1, have the mean ``share``; by bisection."""
    low, high = 0.0, 1 / float(weights.min())
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if np.minimum(weights * middle, 1).mean() < share else (low, middle)
        )
    return high


def spread(model: MLPClassifier, inputs: Floats) -> Floats:
    """Probabilities with a column for every role, also for those the model has not met."""
    out = np.zeros((len(inputs), len(ROLES)), dtype=np.float32)
    out[:, model.classes_] = model.predict_proba(inputs)
    return out
