"""Fits the layers of the model one on the other, each on scores of pages it did not see.

Every layer is fitted once without each fold and once on everything. What a layer passes on about
a page comes from the fit without that page's fold, so the next layer learns from scores as it will
meet them, and the last layer's scores are a cross-validation by site.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from boilerclass import batch, features, scorer
from boilerclass.features import context, ngrams, words
from boilerclass.labels import ROLES
from boilerclass.training import ensemble, guess, linear, trees
from boilerclass.training.corpus import BODY, OUTSIDE, UNSURE
from boilerclass.training.draws import Blindfold, drawn
from boilerclass.training.ensemble import Ensemble, Layer
from boilerclass.training.guess import CORE_ROLES
from boilerclass.training.linear import Linear
from boilerclass.training.matrix import CHUNK, Matrix, counts

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

M = TypeVar("M")

ABSTAINING = [ROLES.index(r) for r in ROLES if r in ("caption", "meta")]
"""Roles that bodies of different sources hold or leave out: no teachers of core against rest."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the layers are fitted with."""

    seed: int
    folds: int
    linear: linear.Settings
    first: Layer
    second: Layer
    plain: Layer
    forest: trees.Settings


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


@dataclass(frozen=True, slots=True)
class Networks:
    """The fitted networks, and what they say of pages that they did not see."""

    first: Ensemble
    context_standard: scorer.Standard
    second: Ensemble
    """That of pages; of plain text it says what an earlier fit must."""
    doubtful: Mask
    """Where the first network is not sure, and a second is asked."""
    out_of_fold: Floats
    """Shape (n, roles): by the second network, and by the first where that is sure."""
    inputs: Floats
    """Shape (n, columns): what the second network and the forest are given."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What is asked last, and what it says of documents that it did not see; n rows."""

    plain: Ensemble
    forest: HistGradientBoostingClassifier
    roles: Floats
    """Shape (n, roles): the networks' out-of-fold probabilities."""
    open: Mask
    """Where the networks leave open whether it is core."""
    odds: Floats
    """The log odds of core there, out of fold: the forest's, in plain text the network's."""


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
    larger = replace(
        recipe.first,
        members=recipe.second.members,
        hidden=2 * recipe.first.hidden,
        epochs=2 * recipe.first.epochs,
    )
    inputs = scorer.first_input(own, matrix.page)
    model = ensemble.fit(larger, recipe.seed, inputs, matrix.targets, weights, rows)
    return model(inputs[outside])


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
        named, parted = known & mask, sided & mask
        roles, side = (rows[named], matrix.targets[named]), (rows[parted], core[parted])
        return linear.fit(recipe.linear, recipe.seed, roles, side)

    return _out_of_fold(fit_once, lambda model, mask: model(rows[mask]), matrix.fold, recipe.folds)


def networks(matrix: Matrix, layers: Ground, weights: Floats, recipe: Recipe) -> Networks:
    """Both networks, the second fitted on what the first says of pages it did not see."""
    own, targets = layers.own, layers.targets
    taught = (targets >= 0) & (weights > 0)

    def fitted(layer: Layer, inputs: Floats, times: int) -> tuple[Ensemble, Floats]:
        blindfold = _blindfold(layers.standard, matrix.page, times)

        def fit_once(mask: Mask) -> Ensemble:
            rows = np.flatnonzero(taught & mask)
            return ensemble.fit(layer, recipe.seed, inputs, targets, weights, rows, blindfold)

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
    doubtful = scorer.doubtful(verdict)
    scores = np.where(doubtful[:, None], scores, verdict)
    return Networks(first, context_standard, second, doubtful, scores, inputs)


def decide(
    matrix: Matrix, layers: Ground, found: Networks, weights: Floats, recipe: Recipe
) -> Decided:
    """The second network of plain text; the forest, fitted on the paragraphs of pages that the
    networks leave open. In plain text it is no better than they are: few texts are labelled, and
    those made up are easier."""
    plain, roles = _plain(matrix, layers, found, weights, recipe)
    inputs, still = for_forest(found.inputs), scorer.undecided(roles)
    asked = still & matrix.html
    taught = asked & (layers.targets >= 0) & (weights > 0)
    core = np.isin(layers.targets, CORE_ROLES)
    blindfold = _blindfold(layers.standard, matrix.page, 1)

    def fit_once(mask: Mask) -> HistGradientBoostingClassifier:
        rows = np.flatnonzero(taught & mask)
        rows, weight, shown = drawn(rows, weights, inputs, recipe.seed, blindfold)
        return trees.fit(recipe.forest, shown, core[rows], weight, recipe.seed)

    def score(model: HistGradientBoostingClassifier, mask: Mask) -> Floats:
        odds = np.zeros(np.count_nonzero(mask), dtype=np.float32)
        odds[still[mask]] = scorer.core_odds(roles[still & mask])
        odds[asked[mask]] = model.decision_function(inputs[asked & mask])
        return odds[:, None]

    forest, odds = _out_of_fold(fit_once, score, matrix.fold, recipe.folds)
    return Decided(plain, forest, roles, still, odds[:, 0])


def _plain(
    matrix: Matrix, layers: Ground, found: Networks, weights: Floats, recipe: Recipe
) -> tuple[Ensemble, Floats]:
    """The second network of plain text, fitted on texts alone, and the out-of-fold probabilities
    with what it says of them. It has a much smaller penalty than that of pages: the columns that
    want one there are those of the markup."""
    text = ~matrix.html
    inputs, targets, fold = found.inputs[text], layers.targets[text], matrix.fold[text]
    of_row = weights[text]
    taught = (targets >= 0) & (of_row > 0)

    def fit_once(mask: Mask) -> Ensemble:
        rows = np.flatnonzero(taught & mask)
        return ensemble.fit(recipe.plain, recipe.seed, inputs, targets, of_row, rows)

    plain, scores = _out_of_fold(
        fit_once, lambda model, mask: model(inputs[mask]), fold, recipe.folds
    )
    roles, asked = found.out_of_fold.copy(), found.doubtful[text]
    roles[np.flatnonzero(text)[asked]] = scores[asked]
    return plain, roles


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
        rows = slice(lo, lo + len(together))
        cues = matrix.dense[rows, features.CUES]
        parts.append(context.features(together, first[rows], cues))
    return np.concatenate(parts)


def _standard(columns: Floats) -> scorer.Standard:
    # A column that hardly ever differs from 0 must not be blown up to size by its tiny deviation.
    scale = columns.std(axis=0, dtype=np.float64) + 1e-3
    return scorer.Standard(
        columns.mean(axis=0, dtype=np.float64).astype(np.float32), scale.astype(np.float32)
    )
