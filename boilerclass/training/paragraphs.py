"""Corpus and recipe to the paragraph model's folder, card and row of scores."""

from __future__ import annotations

import csv
import json
import platform
import tomllib
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boilerclass import artifact, batch, decode, features, scorer
from boilerclass.errors import InvalidOption, UnreadableInput
from boilerclass.features import context
from boilerclass.labels import LABELS, ROLES, Label
from boilerclass.training import augment, card, corpus, matrix, measures, stack
from boilerclass.training.corpus import Example

Floats = NDArray[np.float32]

BETAS = {"balanced": 1.0, "precision": 0.5, "recall": 2.0}
"""Weight of recall against precision in the F-beta that each preset's labels aim at."""
PARITY = 1e-5
"""How far numpy's probabilities may be from scikit-learn's."""
THINNED, COMPOSED = "thinned", "composed"
"""Sources that are made from those named before them, see ``augment``."""

READERS: dict[str, Callable[[Path], Iterator[Example]]] = {
    "typed-pages.parquet": corpus.typed_pages,
    "typed-texts.jsonl": corpus.typed_texts,
}


def train(
    recipe_path: Path,
    corpus_path: Path,
    out: Path,
    history: Path,
    predictions: Path | None = None,
) -> dict[str, Any]:
    """The scores of the model left in ``out``, by cross-validation by site.

    ``predictions`` receives, as JSON Lines, the labels of every typed document by the layers that
    did not see its site.

    Raises:
        UnreadableInput: a file that the recipe names is not in the corpus.
        InvalidOption: the recipe lacks an entry.
    """
    settings = _settings(recipe_path)
    recipe = _recipe(settings)
    examples, weights = load(settings["sources"], corpus_path, recipe.folds, recipe.seed)
    folds = [fold_of(e.site, recipe.folds) for e in examples]
    data = matrix.build(examples, folds)
    layers = stack.fit(data, stack.row_weights(data, weights), recipe)
    temperature = calibrate(data, layers.out_of_fold)
    scores = measure(data, layers.out_of_fold, temperature)
    manifest = {
        "name": settings["name"],
        "kind": "paragraphs",
        "labels": [str(label) for label in LABELS],
        "roles": [str(role) for role in ROLES],
        "columns": list(features.COLUMNS),
        "betas": BETAS,
        "temperature": temperature,
        "seed": recipe.seed,
        "recipe": settings,
        "versions": {name: version(name) for name in ("scikit-learn", "numpy", "turbohtml")}
        | {"python": platform.python_version()},
        "scores": scores,
    }
    arrays = _arrays(layers)
    _check_parity(examples[:: max(1, len(examples) // 60)], layers, arrays)
    artifact.write(out, manifest, arrays, card.paragraphs(manifest, examples, weights))
    _record(history, artifact.read(out), scores)
    if predictions is not None:
        _write_predictions(predictions, verdicts(data, layers.out_of_fold, temperature))
    return scores


def load(
    sources: dict[str, float], path: Path, folds: int, seed: int
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
            found = augment.composed(taught, of_fold, augment.ROUNDS, seed)
        elif (path / name).is_dir():
            found = corpus.folder(path / name)
        elif (path / name).exists():
            found = READERS.get(name, corpus.body_pages)(path / name)
        else:
            raise UnreadableInput(f"{path / name} is missing: give the folder of the corpus")
        for example in found:
            if len(example.document.paragraphs):
                examples.append(example)
                weights.append(0.0 if example.id == corpus.SEED else weight)
    return examples, weights


def fold_of(site: str, folds: int) -> int:
    """The fold of a site: the same in every run, whatever else the corpus holds."""
    return zlib.crc32(site.encode()) % folds


def calibrate(data: matrix.Matrix, roles: Floats) -> float:
    """The temperature under which the labels of typed documents are most likely."""
    known = (data.targets >= 0) & data.real
    truth = context.TO_LABELS[data.targets[known]].argmax(axis=1)
    logits = np.log(roles[known] + 1e-7)
    rows = np.arange(len(truth))

    def loss(temperature: float) -> float:
        labels = scorer.softmax(logits / temperature) @ context.TO_LABELS
        return -float(np.log(labels[rows, truth] + 1e-7).mean())

    tried: list[float] = np.arange(0.6, 2.05, 0.05).round(2).tolist()
    return min(tried, key=loss)


def verdicts(
    data: matrix.Matrix, roles: Floats, temperature: float
) -> Iterator[tuple[Example, list[Label]]]:
    """Each example with the labels that its out-of-fold scores give."""
    calibrated = scorer.softmax(np.log(roles + 1e-7) / temperature)
    for i, example in enumerate(data.examples):
        rows = slice(data.bounds[i], data.bounds[i + 1])
        own, _ = decode.labels(
            calibrated[rows], data.chars[rows], threshold=None, beta=BETAS["balanced"]
        )
        own[decode.from_data(example.document)] = decode.CORE
        yield example, [LABELS[k] for k in own.tolist()]


def measure(data: matrix.Matrix, roles: Floats, temperature: float) -> dict[str, Any]:
    """The scores on pages of sites that the scoring layers did not see."""
    scored = list(verdicts(data, roles, temperature))
    html = [x for x in scored if x[0].document.kind == "html"]
    texts = [x for x in scored if x[0].document.kind == "text" and x[0].source != augment.MADE]
    return {
        "typed_pages": measures.typed(x for x in html if x[0].typed),
        "typed_texts": measures.typed(texts),
        "bodies": measures.bodies(html),
        "snippets": measures.snippets(x for x in html if x[0].source == "trafilatura"),
        "calibration_error": measures.calibration_error(data, roles, temperature),
    }


def _arrays(layers: stack.Stack) -> dict[str, NDArray[Any]]:
    arrays: dict[str, NDArray[Any]] = {}
    for name, linear in (("text", layers.text), ("word", layers.words)):
        table, bias = linear.table()
        arrays |= {f"{name}_table": table.astype(np.float16), f"{name}_bias": bias}
    for name, model in (("first", layers.first), ("second", layers.second)):
        output = np.zeros((model.coefs_[1].shape[0], len(ROLES)), dtype=np.float32)
        bias = np.full(len(ROLES), -30, dtype=np.float32)
        output[:, model.classes_], bias[model.classes_] = model.coefs_[1], model.intercepts_[1]
        arrays |= {
            f"{name}_hidden": model.coefs_[0].astype(np.float32),
            f"{name}_hidden_bias": model.intercepts_[0].astype(np.float32),
            f"{name}_output": output,
            f"{name}_output_bias": bias,
        }
    for name, standard in (("", layers.standard), ("context_", layers.context_standard)):
        arrays |= {f"{name}mean": standard.mean, f"{name}scale": standard.scale}
    return arrays


def _check_parity(
    examples: Sequence[Example], layers: stack.Stack, arrays: dict[str, NDArray[Any]]
) -> None:
    together = batch.collect([e.document for e in examples])
    found = features.extract(together)
    own = stack.own_columns(found, together, layers)
    around = context.features(
        together, stack.spread(layers.first, scorer.first_input(own, together.page))
    )
    inputs = np.concatenate((own, layers.context_standard(around)), axis=1)
    expected = stack.spread(layers.second, inputs)
    ours = scorer.from_arrays(arrays, {"temperature": 1.0})
    off = float(np.abs(ours.roles(ours.inputs(found, together)) - expected).max())
    if off > PARITY:
        raise AssertionError(
            f"numpy is {off:.1e} away from scikit-learn; at most {PARITY} is allowed"
        )


def _settings(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableInput(f"cannot read the recipe {path}: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidOption(f"the recipe {path} is not TOML: {error}") from error


def _recipe(settings: dict[str, Any]) -> stack.Recipe:
    try:
        linear, network = settings["linear"], settings["network"]
        return stack.Recipe(
            seed=settings["seed"],
            folds=settings["folds"],
            linear_alpha=linear["alpha"],
            linear_epochs=linear["epochs"],
            hidden=network["hidden"],
            alpha=network["alpha"],
            epochs=network["epochs"],
            batch=network["batch"],
        )
    except KeyError as error:
        raise InvalidOption(f"the recipe has no entry {error}") from error


def _write_predictions(path: Path, scored: Iterable[tuple[Example, list[Label]]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for example, labels in scored:
            if not example.typed or example.source == augment.MADE:
                continue
            paragraphs = [
                {"text": p.text, "label": str(label)}
                for p, label in zip(example.document.paragraphs, labels, strict=True)
            ]
            row = {"id": example.id, "paragraphs": paragraphs}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _record(history: Path, model: artifact.Artifact, scores: dict[str, Any]) -> None:
    row = {
        "date": datetime.now(UTC).date().isoformat(),
        "model": model.name,
        "digest": model.digest[:16],
        "typed_pages_macro_f1": scores["typed_pages"]["macro_f1"],
        "typed_pages_loss": scores["typed_pages"]["loss"],
        "typed_pages_teaser_leak": scores["typed_pages"]["leak"]["teaser"],
        "typed_texts_macro_f1": scores["typed_texts"]["macro_f1"],
        "typed_texts_core_f1": scores["typed_texts"]["core"][2],
        "wcxb_f1": scores["bodies"].get("wcxb"),
        "wcxb_article_f1": scores["bodies"].get("wcxb/article"),
        "fundus_f1": scores["bodies"].get("fundus"),
        "andythefactory_f1": scores["bodies"].get("andythefactory"),
        "snippets_f1": scores["snippets"]["f1"],
        "snippets_leak": scores["snippets"]["leak"],
        "calibration_error": scores["calibration_error"],
    }
    new = not history.exists()
    with history.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(row))
        if new:
            writer.writeheader()
        writer.writerow(row)
