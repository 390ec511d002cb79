"""``boilerclass train``: a model from a recipe and a corpus."""

from __future__ import annotations

import json
from pathlib import Path

import click

from boilerclass.errors import MissingExtra


@click.command("train")
@click.argument("recipe", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--corpus",
    envvar="BOILERCLASS_CORPUS",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the corpus; BOILERCLASS_CORPUS when not given.",
)
@click.option(
    "--output-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("models/paragraphs"),
    show_default=True,
    help="Folder the model is written to; name it in BOILERCLASS_MODEL to use it.",
)
@click.option(
    "--history",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("data/history.csv"),
    show_default=True,
    help="CSV file that gains a row of scores.",
)
@click.option(
    "--predictions",
    type=click.Path(dir_okay=False, path_type=Path),
    help="JSON Lines file for the labels that cross-validation gave each document; "
    "boilerclass evaluate --predictions scores it.",
)
def command(
    recipe: Path, corpus: Path, output_dir: Path, history: Path, predictions: Path | None
) -> None:
    """Train the paragraph model that RECIPE describes and print its scores.

    The scores are by cross-validation by site. Needs the extra "training".
    """
    try:
        from boilerclass.training import paragraphs
    except ImportError as error:
        raise MissingExtra(
            f"training needs {error.name}: pip install 'boilerclass[training]'"
        ) from error
    history.parent.mkdir(parents=True, exist_ok=True)
    scores = paragraphs.train(recipe, corpus, output_dir, history, predictions)
    click.echo(json.dumps(scores, indent=1))
