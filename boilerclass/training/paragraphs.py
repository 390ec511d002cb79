"""Corpus and recipe to the folder, card and row of scores of the model of pages or of texts."""

from __future__ import annotations

import csv
import platform
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boilerclass import artifact, batch, features, scorer
from boilerclass.errors import InvalidOption, UnreadableInput
from boilerclass.forest import MOST_NODES
from boilerclass.labels import LABELS, ROLES
from boilerclass.model_folders import PARAGRAPHS
from boilerclass.training import (
    annotation,
    augment,
    calibration,
    card,
    compose,
    corpus,
    gold,
    linear,
    matrix,
    recipes,
    selectors,
    stack,
    trees,
    verdicts,
)
from boilerclass.training.corpus import Example
from boilerclass.training.ensemble import Layer

Floats = NDArray[np.float32]

PARITY = 1e-5
"""How far numpy's probabilities may be from scikit-learn's."""
THINNED, COMPOSED = "thinned", "composed"
"""Sources that are made from those named before them, see ``augment`` and ``compose``."""

MEASURES = {"html": verdicts.of_pages, "text": verdicts.of_texts}

READERS: dict[str, Callable[[Path], Iterator[Example]]] = {
    "typed-pages.parquet": corpus.typed_pages,
    gold.TEXTS: corpus.typed_texts,
    "texts-unlabelled.jsonl.gz": corpus.unlabelled_texts,
}


def train(
    recipe_path: Path,
    corpus_path: Path,
    out: Path,
    history: Path,
    predictions: Path | None = None,
) -> dict[str, Any]:
    """The scores of the model left in ``out``, by cross-validation by site.

    ``predictions`` receives, as JSON Lines, labels and probabilities for every document that was
    not made up, by the layers that did not see its site: ``boilerclass evaluate`` reads it.

    Raises:
        UnreadableInput: a file that the recipe names is not in the corpus.
        InvalidOption: the recipe lacks an entry.
    """
    settings = recipes.read(recipe_path)
    recipe = read_recipe(settings)
    annotations = read_annotations(recipe_path, settings)
    examples, weights = load(
        settings["sources"], corpus_path, recipe.folds, recipe.seed, annotations
    )
    folds = [fold_of(e.site, recipe.folds) for e in examples]
    data = matrix.build(examples, folds)
    of_row = stack.row_weights(data, weights)
    ground = stack.ground(data, of_row, recipe)
    first = stack.first(data, ground, of_row, recipe)
    decided = stack.decide(data, ground, first, of_row, recipe)
    line = calibration.fit(data, decided)
    roles = calibration.calibrated(decided, line)
    weighed = verdicts.factors(data, roles, recipe.kind)
    scores = MEASURES[recipe.kind](data, roles, weighed)
    manifest = {
        "name": settings["name"],
        "kind": settings["kind"],
        "labels": [str(label) for label in LABELS],
        "roles": [str(role) for role in ROLES],
        "columns": list(scorer.COLUMNS),
        "betas": verdicts.BETAS[recipe.kind],
        "factors": weighed,
        "seed": recipe.seed,
        "recipe": settings,
        "corpus": gold.digests(corpus_path, [*settings["sources"], selectors.FILE]),
        "annotations": annotations.digests,
        "versions": {name: version(name) for name in ("scikit-learn", "numpy", "turbohtml")}
        | {"python": platform.python_version()},
        "scores": scores,
    }
    arrays = _arrays(ground, first, decided, line, recipe)
    own = [example for example in examples if example.document.kind == recipe.kind]
    _check_parity(own[:: max(1, len(own) // 60)], ground, first, decided, arrays)
    artifact.write(out, manifest, arrays, card.paragraphs(manifest, examples, weights))
    _record(history, artifact.read(out), scores)
    if predictions is not None:
        verdicts.write_predictions(predictions, data, roles, weighed, recipe.kind)
    return scores


@dataclass(frozen=True, slots=True)
class Annotations:
    """Roles of documents of the corpus that it does not hold itself."""

    of: Mapping[str, annotation.Annotation] = field(default_factory=dict)
    """By document."""
    weights: Mapping[str, float] = field(default_factory=dict)
    """Of a document that has some, by its kind, whatever its source weighs."""
    digests: Mapping[str, str] = field(default_factory=dict)
    """By file."""


def load(
    sources: dict[str, float], path: Path, folds: int, seed: int, annotations: Annotations
) -> tuple[list[Example], list[float]]:
    """The examples that hold a paragraph, and the weight of each."""
    examples: list[Example] = []
    weights: list[float] = []
    for name, weight in sources.items():
        # The project is judged by the seed: it is scored, and never teaches in any shape.
        taught = [
            e
            for e, w in zip(examples, weights, strict=True)
            if w > 0 and e.id != corpus.SEED and e.source != augment.MADE
        ]
        if name == THINNED:
            pages = [e for e in taught if e.typed and e.document.kind == "html"]
            found: Iterable[Example] = augment.thinned(pages, seed)
        elif name == COMPOSED:
            of_fold = [fold_of(e.site, folds) for e in taught]
            found = compose.composed(taught, of_fold, seed)
        elif (path / name).is_dir():
            found = corpus.folder(path / name)
        elif (path / name).exists():
            found = READERS.get(name, corpus.body_pages)(path / name)
        else:
            raise UnreadableInput(f"{path / name} is missing: give the folder of the corpus")
        for example in found:
            if not len(example.document.paragraphs):
                continue
            # A text that is made bears the id of the document that it is made of.
            known = None if example.source == augment.MADE else annotations.of.get(example.id)
            own = weight if known is None else annotations.weights[example.document.kind]
            examples.append(example if known is None else corpus.annotated(example, known))
            weights.append(0.0 if example.id == corpus.SEED else own)
    return examples, weights


def fold_of(site: str, folds: int) -> int:
    """The fold of a site: the same in every run, whatever else the corpus holds."""
    return zlib.crc32(site.encode()) % folds


def _arrays(
    ground: stack.Ground,
    first: stack.First,
    decided: stack.Decided,
    line: Floats,
    recipe: stack.Recipe,
) -> dict[str, NDArray[Any]]:
    (text, text_bias), (words, word_bias) = ground.text.table(), ground.words.table()
    parts: dict[str, Any] = {"first": first.network.network(), "second": decided.second.network()}
    arrays: dict[str, NDArray[Any]] = {
        "text_table": text.astype(np.float16),
        "line": line,
    }
    if recipe.kind == "html":
        arrays |= {"word_table": words.astype(np.float16)}
    else:
        word_bias = np.zeros_like(word_bias)
    arrays["bias"] = np.concatenate((text_bias, word_bias))
    if decided.forest is not None and recipe.forest is not None:
        parts["forest"] = trees.arrays(decided.forest, recipe.forest)
    for name, part in parts.items():
        arrays |= {f"{name}_{key}": weights for key, weights in asdict(part).items()}
    for name, standard in (("", ground.standard), ("context_", first.context_standard)):
        arrays |= {f"{name}mean": standard.mean, f"{name}scale": standard.scale}
    return arrays


def _check_parity(
    examples: Sequence[Example],
    ground: stack.Ground,
    first: stack.First,
    decided: stack.Decided,
    arrays: dict[str, NDArray[Any]],
) -> None:
    together = batch.collect([e.document for e in examples])
    found = features.extract(together)
    ours = scorer.from_arrays(arrays)
    inputs = ours.inputs(found, together)
    columns = inputs.columns
    beside = scorer.first_input(stack.own_columns(found, together, ground), together.page)
    pairs = [  # each layer on the same inputs: a hair's breadth can send a row down another branch
        (inputs.verdict, first.network(beside)),
        (
            ours.second.probabilities(ours.second.sums(columns), ours.second.hidden_bias),
            decided.second(columns),
        ),
    ]
    if ours.forest is not None and decided.forest is not None:
        theirs = decided.forest.decision_function(stack.for_forest(columns))
        pairs.append((scorer.logistic(ours.forest(columns)), scorer.logistic(theirs)))
    off = max(float(np.abs(one - other).max()) for one, other in pairs)
    if off > PARITY:
        raise AssertionError(
            f"numpy is {off:.1e} away from scikit-learn; at most {PARITY} is allowed"
        )


def read_annotations(recipe_path: Path, settings: dict[str, Any]) -> Annotations:
    """Those of the file that the recipe names, beside itself; none where it names none."""
    try:
        own = settings.get("annotations")
        if own is None:
            return Annotations()
        path = recipe_path.parent / own["file"]
        weights = {kind: own[kind] for kind in verdicts.BETAS}
    except KeyError as error:
        raise InvalidOption(f"the recipe has no entry {error} of annotations") from error
    return Annotations(annotation.read(path), weights, gold.digests(path.parent, [path.name]))


def read_recipe(settings: dict[str, Any]) -> stack.Recipe:
    """What a recipe says of the layers.

    Raises:
        InvalidOption: it lacks an entry, or its trees have more leaves than there are bits.
    """
    try:
        forest = settings.get("forest")
        recipe = stack.Recipe(
            kind=PARAGRAPHS[settings["kind"]],
            seed=settings["seed"],
            folds=settings["folds"],
            linear=recipes.section(linear.Settings, settings["linear"]),
            first=recipes.section(Layer, settings["first"]),
            earlier=recipes.section(Layer, settings["earlier"]),
            second=recipes.section(Layer, settings["second"]),
            others=settings["second"]["others"],
            forest=None if forest is None else recipes.section(trees.Settings, forest),
        )
    except KeyError as error:
        raise InvalidOption(f"the recipe has no entry {error}") from error
    if recipe.forest is not None and recipe.forest.leaves > MOST_NODES + 1:
        raise InvalidOption(f"the recipe's trees may have at most {MOST_NODES + 1} leaves")
    return recipe


def summary(scores: dict[str, Any]) -> dict[str, float | None]:
    """The figures by which models are compared; None where the model is of the other kind."""

    def found(*path: str) -> Any:
        value: Any = scores
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    return {
        "typed_pages_macro_f1": found("typed_pages", "macro_f1"),
        "typed_pages_loss": found("typed_pages", "loss"),
        "typed_pages_teaser_leak": found("typed_pages", "leak", "teaser"),
        "typed_texts_macro_f1": found("typed_texts", "macro_f1"),
        "typed_texts_core_f1": (found("typed_texts", "core") or [None])[-1],
        "wcxb_f1": found("bodies", "wcxb"),
        "wcxb_article_f1": found("bodies", "wcxb/article"),
        "fundus_f1": found("bodies", "fundus"),
        "andythefactory_f1": found("bodies", "andythefactory"),
        "snippets_f1": found("snippets", "f1"),
        "snippets_leak": found("snippets", "leak"),
        "calibration_error": found("calibration_error"),
        "annotated_pages_macro_f1": found("annotated_pages", "macro_f1"),
        "annotated_pages_loss": found("annotated_pages", "loss"),
    }


def _record(history: Path, model: artifact.Artifact, scores: dict[str, Any]) -> None:
    row = {
        "date": datetime.now(UTC).date().isoformat(),
        "model": model.name,
        "digest": model.digest[:16],
    } | summary(scores)
    new = not history.exists()
    with history.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(row))
        if new:
            writer.writeheader()
        writer.writerow(row)
