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
from boilerclass.document import Kind
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

    kind: Kind
    """Of the documents that the model is for. Those of the other kind teach it, too."""
    seed: int
    folds: int
    linear: linear.Settings
    first: Layer
    earlier: Layer
    """The second network of the fit that guesses what is not known."""
    second: Layer
    others: float
    """What documents of the other kind weigh when the second network is fitted."""
    forest: trees.Settings | None
    """None where the second network is asked last."""


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
class First:
    """The first network, and what it says of documents that it did not see; n rows."""

    network: Ensemble
    verdict: Floats
    """Shape (n, roles)."""
    context_standard: scorer.Standard
    inputs: Floats
    """Shape (n, columns): what a second network and the forest are given."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What is asked last, and what is then said of documents of the model's kind that no layer saw;
    n rows, of which those of the other kind mean nothing."""

    second: Ensemble
    forest: HistGradientBoostingClassifier | None
    roles: Floats
    """Shape (n, roles): the out-of-fold probabilities by the second network, and by the first where
    that is sure."""
    open: Mask
    """Where they leave open whether it is core."""
    odds: Floats
    """Shape (n,): the log odds of core there, out of fold: the forest's, or where there is none the
    second network's."""


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
    earlier = _earlier(matrix, found, weights, recipe)
    targets[outside] = guess.not_core(named * earlier[outside])
    return replace(found, targets=guess.targets(targets, earlier, matrix.dense))


def own_columns(found: features.Evidence, together: batch.Batch, layers: Ground) -> Floats:
    """What ``Scorer.inputs`` computes first, by scikit-learn's own models."""
    n = len(together)
    text = layers.text(counts(found.ngrams, n, 1 << ngrams.BITS))
    word = layers.words(counts([words.bag(found.words)], n, words.BUCKETS))
    word *= together.html[together.page, None]
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
        members=recipe.earlier.members,
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


def _earlier(matrix: Matrix, layers: Ground, weights: Floats, recipe: Recipe) -> Floats:
    """Shape (n, roles): what a first fit of both networks says of documents that it did not see, of
    both kinds."""
    found = first(matrix, layers, weights, recipe)
    fit_once = _fitting(recipe.earlier, recipe.seed, matrix, layers, found.inputs, weights)
    _, scores = _out_of_fold(
        fit_once, lambda model, mask: model(found.inputs[mask]), matrix.fold, recipe.folds
    )
    return np.where(scorer.doubtful(found.verdict)[:, None], scores, found.verdict)


def first(matrix: Matrix, layers: Ground, weights: Floats, recipe: Recipe) -> First:
    """The first network, fitted on documents of both kinds: of one alone there are too few to learn
    all from."""
    network, verdict = _first(matrix, layers, weights, recipe)
    around = _around(matrix, verdict)
    context_standard = _standard(around[(layers.targets >= 0) & (weights > 0)])
    inputs = np.concatenate((layers.own, context_standard(around)), axis=1)
    return First(network, verdict, context_standard, inputs)


def _first(
    matrix: Matrix, layers: Ground, weights: Floats, recipe: Recipe
) -> tuple[Ensemble, Floats]:
    """The network and its verdicts. Its inputs, the largest of all arrays, are gone afterwards."""
    beside = scorer.first_input(layers.own, matrix.page)
    fit_once = _fitting(recipe.first, recipe.seed, matrix, layers, beside, weights, times=3)
    return _out_of_fold(
        fit_once, lambda model, mask: model(beside[mask]), matrix.fold, recipe.folds
    )


def decide(
    matrix: Matrix, layers: Ground, found: First, weights: Floats, recipe: Recipe
) -> Decided:
    """The second network, fitted on what the first says of documents that it did not see, and the
    forest, fitted on the paragraphs of the model's kind that both leave open. In plain text trees
    add nothing: few texts are labelled, and those made up are easier."""
    inputs = found.inputs
    of_kind = matrix.html == (recipe.kind == "html")
    weighed = np.where(of_kind, weights, np.float32(recipe.others) * weights)
    fit_once = _fitting(recipe.second, recipe.seed, matrix, layers, inputs, weighed)

    def score(model: Ensemble, mask: Mask) -> Floats:
        scores = found.verdict[mask].copy()
        asked = of_kind[mask] & scorer.doubtful(scores)
        scores[asked] = model(inputs[mask][asked])
        return scores

    second, roles = _out_of_fold(fit_once, score, matrix.fold, recipe.folds)
    still = of_kind & scorer.undecided(roles)
    if recipe.forest is None:
        odds = np.zeros(len(roles), dtype=np.float32)
        odds[still] = scorer.core_odds(roles[still])
        return Decided(second, None, roles, still, odds)
    forest, odds = _forest(matrix, layers, found, weights, recipe, recipe.forest, still)
    return Decided(second, forest, roles, still, odds)


def _fitting(
    layer: Layer,
    seed: int,
    matrix: Matrix,
    layers: Ground,
    inputs: Floats,
    weights: Floats,
    times: int = 1,
) -> Callable[[Mask], Ensemble]:
    """What fits a layer on those rows of a mask that teach; a row's own columns stand so many times
    in the inputs."""
    taught = (layers.targets >= 0) & (weights > 0)
    blindfold = _blindfold(layers.standard, matrix.page, times)

    def fit_once(mask: Mask) -> Ensemble:
        rows = np.flatnonzero(taught & mask)
        return ensemble.fit(layer, seed, inputs, layers.targets, weights, rows, blindfold)

    return fit_once


def _forest(
    matrix: Matrix,
    layers: Ground,
    found: First,
    weights: Floats,
    recipe: Recipe,
    settings: trees.Settings,
    open_: Mask,
) -> tuple[HistGradientBoostingClassifier, Floats]:
    """The forest, fitted on the paragraphs that are left open, and its log odds of core of them,
    shape (n,), 0 elsewhere."""
    inputs = for_forest(found.inputs)
    taught = open_ & (layers.targets >= 0) & (weights > 0)
    core = np.isin(layers.targets, CORE_ROLES)
    blindfold = _blindfold(layers.standard, matrix.page, times=1)

    def fit_once(mask: Mask) -> HistGradientBoostingClassifier:
        rows = np.flatnonzero(taught & mask)
        rows, weight, shown = drawn(rows, weights, inputs, recipe.seed, blindfold)
        return trees.fit(settings, shown, core[rows], weight, recipe.seed)

    def score(model: HistGradientBoostingClassifier, mask: Mask) -> Floats:
        odds = np.zeros((np.count_nonzero(mask), 1), dtype=np.float32)
        odds[open_[mask], 0] = model.decision_function(inputs[open_ & mask])
        return odds

    forest, odds = _out_of_fold(fit_once, score, matrix.fold, recipe.folds)
    return forest, odds[:, 0]


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
