"""Arrays and evidence to probabilities, with numpy alone.

Pages have one model and plain texts another. Two linear models read the hashed n-grams and class
words. A network reads their scores with the counted columns and those of both neighbours. What it
is in doubt of, a second network reads again together with the first one's verdicts around it and
over the document. Where that of pages cannot tell either whether it is core, a forest decides from
what it was given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from boilerclass.batch import Batch
from boilerclass.features import COLUMNS as OWN
from boilerclass.features import CUES, Evidence, context, ngrams, words
from boilerclass.features.shifts import shifted
from boilerclass.forest import Forest
from boilerclass.labels import LABELS, Label
from boilerclass.native import kernels

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

COLUMNS = OWN + context.COLUMNS
"""The counted columns of a paragraph and of its surroundings, which a model must know by the same
names in the same order."""
LINEAR_LIMIT = 8.0
"""Log odds beyond which the linear models are not believed more."""
STANDARD_LIMIT = 5.0
"""Standard deviations beyond which a column is cut: one odd value must not decide."""
SURE = 0.98
"""Probability of chrome from which the first network is believed. That is half of all paragraphs of
pages, and the second network hardly ever says otherwise: to ask it costs time only (a cascade, as
in Viola and Jones 2001, "Rapid Object Detection using a Boosted Cascade of Simple Features")."""
UNDECIDED = 0.02
"""Probability of core, or of what is not, from which the forest is asked: a third of all."""

_CHROME, _CORE = (
    np.ascontiguousarray(context.TO_LABELS[:, LABELS.index(label)])
    for label in (Label.CHROME, Label.CORE)
)
"""Shape (roles,): 1 for the roles of a label."""


@dataclass(frozen=True, slots=True)
class Standard:
    """Moves columns to mean 0 and standard deviation 1."""

    mean: Floats
    scale: Floats

    def __call__(self, columns: Floats) -> Floats:
        moved = np.empty_like(columns)
        self.move(columns, moved, 0)
        return moved

    def part(self, first: int) -> Standard:
        """That of the columns from the first on."""
        return Standard(self.mean[first:], self.scale[first:])

    def move(self, columns: Floats, found: Floats, first: int) -> None:
        """Fills in columns of ``found``, from the first on; what is odd is cut."""
        k = columns.shape[1]
        mean, scale = self.mean[:k], self.scale[:k]
        if kernels is not None:
            limit = STANDARD_LIMIT, found, found.shape[1], first
            kernels.standardise(columns, mean, scale, *limit)
            return
        moved = (columns - mean) / scale
        part = found[:, first : first + columns.shape[1]]
        np.clip(moved, -STANDARD_LIMIT, STANDARD_LIMIT, out=part)


@dataclass(frozen=True, slots=True)
class Network:
    """One hidden layer of rectified linear units, then softmax."""

    hidden: Floats
    hidden_bias: Floats
    output: Floats
    output_bias: Floats

    def sums(self, columns: Floats) -> Floats:
        """Shape (n, hidden units): what columns, the first of the inputs, give to them."""
        total: Floats = columns @ self.hidden[: columns.shape[1]]
        return total

    def probabilities(self, sums: Floats, added: Floats) -> Floats:
        """Shape (n, k), from the sums of the hidden units, which are overwritten, and what is to be
        added to them: a row for each, or one for all."""
        if kernels is None:
            hidden = np.maximum(np.add(sums, added, out=sums), 0, out=sums)
            return softmax(hidden @ self.output + self.output_bias)
        kernels.rectify(sums, np.ascontiguousarray(added), sums.shape[1])
        found: Floats = sums @ self.output
        kernels.softmax(found, self.output_bias)
        return found


class Inputs(NamedTuple):
    """The standardised inputs of the networks, shape (n, ...) each."""

    columns: Floats
    """The paragraph's own columns; then the first network's verdict on it, and what that says of
    its surroundings."""
    beside: Floats
    """What the columns of the next and the previous paragraph give to the first network's hidden
    units, with their bias."""
    verdict: Floats
    """The probabilities of the roles by the first network, as they are."""


@dataclass(frozen=True, slots=True)
class Scorer:
    """The whole model of one kind of document, ready to multiply; k roles, l linear scores."""

    text_table: ngrams.Table
    """Shape (2 ** ngrams.BITS, l or more: see ``ngrams.in_rows``)."""
    word_table: Floats | None
    """Shape (words.BUCKETS, l or more); None for plain text, which has no names."""
    bias: Floats
    """Shape (2 l,): of the scores from n-grams, then from words."""
    standard: Standard
    context_standard: Standard
    first: Network
    together: Floats
    """Shape (columns + 2 l, 3 hidden units): the first network's hidden layer for a paragraph's own
    columns, for those of the next one and of the previous one, since one product costs less than
    three."""
    second: Network
    forest: Forest | None
    """Its log odds are those of core."""
    line: Floats
    """Shape (2,): factor and summand that make calibrated log odds of core of the forest's, or
    where there is none of the second network's."""

    @property
    def scores(self) -> int:
        """Number of scores that each linear model gives."""
        return len(self.bias) // 2

    def linear(self, evidence: Evidence) -> Floats:
        """Shape (n, 2 l): the linear models' scores."""
        k = self.scores
        found = np.empty((len(evidence.dense), 2 * k), dtype=np.float32)
        ngrams.sums(evidence.ngrams, self.text_table, found, slice(0, k))
        if self.word_table is None:
            found[:, k:] = 0
        else:
            words.sums(evidence.words, self.word_table, found, slice(k, 2 * k))
        found += self.bias
        return limited(found)

    def inputs(self, evidence: Evidence, batch: Batch) -> Inputs:
        """What the networks are given about each paragraph, standardised."""
        own_size, around_size = len(self.standard.mean), len(self.context_standard.mean)
        columns = np.empty((len(batch), own_size + around_size), dtype=np.float32)
        self.standard.move(evidence.dense, columns, 0)
        counted = evidence.dense.shape[1]
        self.standard.part(counted).move(self.linear(evidence), columns, counted)
        every, bias = columns[:, :own_size] @ self.together, self.first.hidden_bias
        beside = neighbours(every, bias, batch)
        verdict = self.first.probabilities(every[:, : len(bias)].copy(), beside)
        around = context.features(batch, verdict, evidence.dense[:, CUES])
        self.context_standard.move(around, columns, own_size)
        return Inputs(columns, beside, verdict)

    def roles(self, inputs: Inputs) -> Floats:
        """Shape (n, k): the probability of each role; of core calibrated where it is in doubt."""
        found = inputs.verdict.copy()
        rows = np.flatnonzero(doubtful(found))
        if not len(rows):
            return found
        columns = inputs.columns[rows]
        again = self.second.probabilities(self.second.sums(columns), self.second.hidden_bias)
        open_ = np.flatnonzero(undecided(again))
        forest = self.forest
        odds = core_odds(again[open_]) if forest is None else forest(columns[open_])
        again[open_] = with_core(again[open_], along(self.line, odds))
        found[rows] = again
        return found

    def without_own(self, inputs: Inputs, columns: Sequence[int]) -> Inputs:
        """The inputs as if each paragraph had nothing in some columns, and its neighbours all."""
        own, around = self._parts(inputs)
        own[:, columns] = 0  # the average of standardised columns
        return self._judged_again(inputs, own, around)

    def without_around(self, inputs: Inputs) -> Inputs:
        """The inputs as if each paragraph stood alone."""
        own, around = self._parts(inputs)
        alone = np.broadcast_to(self.first.hidden_bias, inputs.beside.shape)
        return self._judged_again(inputs._replace(beside=alone), own, np.zeros_like(around))

    def _parts(self, inputs: Inputs) -> tuple[Floats, Floats]:
        """Copies of a paragraph's own columns and of those on its surroundings."""
        own, around = np.split(inputs.columns, [len(self.standard.mean)], axis=1)
        return own.copy(), around.copy()

    def _judged_again(self, inputs: Inputs, own: Floats, around: Floats) -> Inputs:
        verdict = self.first.probabilities(self.first.sums(own), inputs.beside)
        k = verdict.shape[1]
        known = self.context_standard
        around[:, :k] = Standard(known.mean[:k], known.scale[:k])(verdict)
        return inputs._replace(columns=np.concatenate((own, around), axis=1), verdict=verdict)


def from_arrays(arrays: Mapping[str, NDArray[Any]]) -> Scorer:
    """The Scorer of a model's arrays, in single precision."""

    def get(name: str) -> Floats:
        return np.ascontiguousarray(arrays[name], dtype=np.float32)

    def network(name: str) -> Network:
        parts = ("hidden", "hidden_bias", "output", "output_bias")
        return Network(*(get(f"{name}_{part}") for part in parts))

    def forest() -> Forest:
        return Forest(
            columns=arrays["forest_columns"],
            thresholds=get("forest_thresholds"),
            children=arrays["forest_children"],
            leaves=get("forest_leaves"),
        )

    first = network("first")
    return Scorer(
        text_table=ngrams.in_rows(arrays["text_table"]),
        word_table=ngrams.in_rows(get("word_table")) if "word_table" in arrays else None,
        bias=get("bias"),
        standard=Standard(get("mean"), get("scale")),
        context_standard=Standard(get("context_mean"), get("context_scale")),
        first=first,
        together=np.concatenate(np.split(first.hidden, 3), axis=1),
        second=network("second"),
        forest=forest() if "forest_columns" in arrays else None,
        line=get("line"),
    )


def doubtful(verdict: Floats) -> NDArray[np.bool_]:
    """Shape (n,): which paragraphs a second network is asked about, from the first one's
    probabilities of the roles."""
    found: NDArray[np.bool_] = verdict @ _CHROME < SURE
    return found


def undecided(roles: Floats) -> NDArray[np.bool_]:
    """Shape (n,): which paragraphs the forest is asked about, from the second network's
    probabilities of the roles."""
    core = roles @ _CORE
    found: NDArray[np.bool_] = (core > UNDECIDED) & (core < 1 - UNDECIDED)
    return found


def core_odds(roles: Floats) -> Floats:
    """The log odds of core, shape (n,), where it is undecided."""
    core = roles @ _CORE
    return np.asarray(np.log(core / (1 - core)), dtype=np.float32)


def along(line: Floats, odds: Floats) -> Floats:
    """Log odds of core, calibrated by ``Scorer.line``."""
    factor, summand = line
    return np.asarray(factor * odds + summand, dtype=np.float32)


def with_core(roles: Floats, odds: Floats) -> Floats:
    """The probabilities of roles under which core has these log odds, and the rest among core and
    among what is not core stays as it is."""
    before, now = (roles @ _CORE)[:, None], logistic(odds)[:, None]
    factors = np.where(_CORE > 0, now / before, (1 - now) / (1 - before))
    return np.asarray(roles * factors, dtype=np.float32)


def neighbours(sums: Floats, bias: Floats, batch: Batch) -> Floats:
    """Each paragraph's sum of what the next and the previous one on its page give, and the bias.

    ``sums`` has shape (n, 3 hidden units): what each paragraph gives to itself, to the one before
    it, and to the one after it.
    """
    if kernels is None:
        _, following, previous = np.split(sums, 3, axis=1)
        after = shifted(following, 1, batch.page)
        return after + shifted(previous, -1, batch.page) + bias
    found = np.empty((len(sums), len(bias)), dtype=np.float32)
    kernels.beside(sums, bias, batch.bounds, found)
    return found


def limited(scores: Floats) -> Floats:
    """Log odds cut to the limit and brought near to 1."""
    return np.clip(scores, -LINEAR_LIMIT, LINEAR_LIMIT) * np.float32(0.25)


def first_input(own: Floats, page: Ints) -> Floats:
    """A paragraph's columns, and the next and the previous one's: what the first network is trained
    on."""
    return np.concatenate((own, shifted(own, 1, page), shifted(own, -1, page)), axis=1)


def logistic(odds: Floats) -> Floats:
    """The probabilities that log odds stand for."""
    return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float32)


def softmax(logits: Floats) -> Floats:
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float32)
