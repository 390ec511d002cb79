"""What each kind of evidence and each source of the corpus brings: the model fitted without it.

    python benchmarks/ablation.py --corpus DIR --output data/ablation.csv

Each row is a cross-validation by site, as in training. The linear models and the roles guessed for
unlabelled paragraphs stay as they are; the networks and the trees are fitted again. The model with
everything is fitted with several seeds: how far these rows lie apart says which differences mean
something.
"""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boilerclass import features
from boilerclass.features import overlap, structure, text
from boilerclass.training import calibration, matrix, paragraphs, recipes, stack, verdicts

HERE = Path(__file__).parent
SEEDS = 3
LINKS = ("link", "url", "href")
"""Words in the names of columns about links and addresses."""


def families(columns: int) -> dict[str, NDArray[np.int64]]:
    """Columns of ``Ground.own`` by what they say."""
    names = np.array(features.COLUMNS)
    links = np.array([any(word in name for word in LINKS) for name in names])
    masks = {
        "links and addresses": links,
        "markup, place and repetition": np.isin(names, structure.COLUMNS) & ~links,
        "letters, digits and punctuation": np.isin(names, text.COLUMNS) & ~links,
        "words shared with title, address and description": np.isin(names, overlap.COLUMNS),
        "cue phrases": np.isin(names, features.CUE_COLUMNS),
    }
    found = {name: np.flatnonzero(mask) for name, mask in masks.items()}
    middle = (len(names) + columns) // 2
    return found | {
        "n-grams": np.arange(len(names), middle),
        "words of class and id": np.arange(middle, columns),
    }


def rows(path: Path, corpus: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """What was left out of the model of a recipe, and the scores without it."""
    settings = recipes.read(path)
    recipe = paragraphs.read_recipe(settings)
    annotations = paragraphs.read_annotations(path, settings)
    examples, weights = paragraphs.load(
        settings["sources"], corpus, recipe.folds, recipe.seed, annotations
    )
    data = matrix.build(examples, [paragraphs.fold_of(e.site, recipe.folds) for e in examples])
    of_row = stack.row_weights(data, weights)
    ground = stack.ground(data, of_row, recipe)
    source = np.array([e.source for e in examples])[data.page]

    def scores(layers: stack.Ground, of_row: NDArray[np.float32], seed: int) -> dict[str, Any]:
        seeded = replace(recipe, seed=seed)
        first = stack.first(data, layers, of_row, seeded)
        decided = stack.decide(data, layers, first, of_row, seeded)
        roles = calibration.calibrated(decided, calibration.fit(data, decided))
        weighed = verdicts.factors(data, roles, recipe.kind)
        return paragraphs.MEASURES[recipe.kind](data, roles, weighed)

    for seed in range(recipe.seed, recipe.seed + SEEDS):
        yield f"nothing, seed {seed}", scores(ground, of_row, seed)
    for name, columns in families(ground.own.shape[1]).items():
        own = ground.own.copy()
        own[:, columns] = 0  # the average of standardised columns
        yield name, scores(replace(ground, own=own), of_row, recipe.seed)
    for name in sorted(set(source.tolist())):
        yield f"source {name}", scores(ground, of_row * (source != name), recipe.seed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    data = HERE.parent / "data"
    parser.add_argument("--recipe", type=Path, default=data / "pages.toml")
    parser.add_argument("--corpus", type=Path, default=os.environ.get("BOILERCLASS_CORPUS"))
    parser.add_argument("--output", type=Path, default=data / "ablation.csv")
    args = parser.parse_args()
    if args.corpus is None:
        parser.error("give --corpus or set BOILERCLASS_CORPUS")
    with args.output.open("w", newline="", encoding="utf-8") as file:
        writer = None
        for left_out, scores in rows(args.recipe, args.corpus):
            row = {"left_out": left_out} | paragraphs.summary(scores)
            if writer is None:
                writer = csv.DictWriter(file, list(row))
                writer.writeheader()
            writer.writerow(row)
            file.flush()
            print(row, flush=True)


if __name__ == "__main__":
    main()
