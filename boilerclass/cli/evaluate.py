"""``boilerclass evaluate``: the model in force against gold labels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from boilerclass.errors import MissingExtra


@click.command("evaluate")
@click.argument("gold", type=click.Path(exists=True, path_type=Path))
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="table is to look at, json has every figure.",
)
@click.option("--threshold", type=float, help="Probability of core from which a paragraph is core.")
def command(gold: Path, form: str, threshold: float | None) -> None:
    """Score the model on GOLD: a folder such as data/examples, a .jsonl or a .parquet file.

    A shipped model has learnt from most of its corpus: only documents it has not met tell how
    good it is. Needs the extra "training".
    """
    try:
        from boilerclass.options import Options
        from boilerclass.pipeline import classifier
        from boilerclass.training.evaluate import evaluate
    except ImportError as error:
        raise MissingExtra(
            f"evaluating needs {error.name}: pip install 'boilerclass[training]'"
        ) from error
    figures = evaluate(gold, classifier(), Options(threshold=threshold))
    if form == "json":
        click.echo(json.dumps(figures, indent=1, ensure_ascii=False))
        return
    for name, value in figures.items():
        for line in _lines(name, value):
            click.echo(line)


def _lines(name: str, value: Any) -> list[str]:
    if not isinstance(value, dict):
        return [f"{name}: {value}"]
    rows = [f"{name}:"]
    for key, inner in value.items():
        if isinstance(inner, dict):
            inner = "  ".join(f"{k} {v}" for k, v in inner.items())
        elif isinstance(inner, list):
            inner = "precision {}  recall {}  F1 {}".format(*inner)
        rows.append(f"  {key:16} {inner}")
    return rows
