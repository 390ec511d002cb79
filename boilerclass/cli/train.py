"""``boilerclass train``: a model from a recipe and a corpus."""

from __future__ import annotations

import json
from pathlib import Path

import click

from boilerclass.errors import InvalidOption, MissingExtra
from boilerclass.model_folders import VARIABLES


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
    help="Folder the model is written to, models/pages, models/texts or models/clickbait when not "
    "given; BOILERCLASS_MODEL=models takes the first two.",
)
@click.option(
    "--history",
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV file that gains a row of scores; the one beside the recipe that it names when not "
    "given.",
)
@click.option(
    "--predictions",
    type=click.Path(dir_okay=False, path_type=Path),
    help="JSON Lines file for the labels that cross-validation gave each document; "
    "boilerclass evaluate --predictions scores it.",
)
def command(
    recipe: Path,
    corpus: Path,
    output_dir: Path | None,
    history: Path | None,
    predictions: Path | None,
) -> None:
    """Train the model that RECIPE describes and print its scores.

    The repository has a recipe for the model of pages, data/pages.toml, for that of plain texts,
    data/texts.toml, and for that of headlines, data/clickbait.toml. The scores are by
    cross-validation. Needs the extra "training".
    """
    try:
        from boilerclass.training import clickbait, paragraphs, recipes
    except ImportError as error:
        raise MissingExtra(
            f"training needs {error.name}: pip install 'boilerclass[training]'"
        ) from error
    settings = recipes.read(recipe)
    kind = settings.get("kind")
    if kind not in VARIABLES:
        raise InvalidOption(f"{recipe}: kind is {' or '.join(VARIABLES)}, not {kind}")
    if kind == "clickbait" and predictions:
        raise click.UsageError("--predictions is for the labels of paragraphs.")
    out = output_dir or Path("models") / kind
    log = history or recipe.parent / settings.get("history", "history.csv")
    log.parent.mkdir(parents=True, exist_ok=True)
    if kind == "clickbait":
        scores: object = clickbait.train(recipe, corpus, out, log)
    else:
        scores = paragraphs.train(recipe, corpus, out, log, predictions)
    click.echo(json.dumps(scores, indent=1))
