"""``boilerclass model``: which models are in force, and how good they are."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import click

from boilerclass.errors import CorruptModel

# The same places as boilerclass.artifact has; that module needs numpy, which --version must not.
VARIABLES = {"paragraphs": "BOILERCLASS_MODEL", "clickbait": "BOILERCLASS_CLICKBAIT_MODEL"}
SHOWN = ("digest", "format_version", "versions", "seed", "betas", "factors", "threshold", "scores")


@click.command("model")
@click.argument("kinds", nargs=-1, type=click.Choice(list(VARIABLES)), metavar="[KIND]...")
@click.option(
    "-f",
    "--format",
    type=click.Choice(["table", "jsonl"]),
    default="table",
    show_default=True,
    help="table is to look at, jsonl has the whole manifest of a model a line.",
)
def command(kinds: tuple[str, ...], **chosen: Any) -> None:
    """Show name, place, digest, versions and scores of the models in force.

    KIND is paragraphs or clickbait; both when not given. BOILERCLASS_MODEL and
    BOILERCLASS_CLICKBAIT_MODEL name other folders than the ones that came with the package.
    """
    for kind in kinds or VARIABLES:
        facts = manifest(kind)
        if chosen["format"] == "jsonl":
            whole = {"kind": kind, "path": str(place(kind)), **facts}
            click.echo(json.dumps(whole, ensure_ascii=False))
            continue
        click.echo(f"{kind}: {facts['name']}")
        click.echo(f"  path: {place(kind)}")
        for name in SHOWN:
            if name in facts:
                for line in _lines(name, facts[name]):
                    click.echo(f"  {line}")


def place(kind: str) -> Path | Traversable:
    """The folder of the model that is used."""
    named = os.environ.get(VARIABLES[kind])
    return Path(named) if named else resources.files("boilerclass") / "models" / kind


def manifest(kind: str) -> dict[str, Any]:
    """What ``model.json`` says of the model that is used.

    Raises:
        CorruptModel: there is none, or it cannot be read.
    """
    file = place(kind) / "model.json"
    try:
        facts = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise CorruptModel(
            f"No {kind} model can be read in {place(kind)} ({error}). "
            f"Set {VARIABLES[kind]} to a model's folder, or reinstall boilerclass."
        ) from error
    if not isinstance(facts, dict) or "name" not in facts:
        raise CorruptModel(f"{file} is no model's manifest. Reinstall boilerclass.")
    return facts


def _lines(name: str, value: Any) -> Iterator[str]:
    """``value`` as ``name: value`` lines; what is nested is indented."""
    if isinstance(value, dict):
        yield f"{name}:"
        for key, inner in value.items():
            yield from (f"  {line}" for line in _lines(str(key), inner))
    elif isinstance(value, list) and any(isinstance(inner, dict) for inner in value):
        yield f"{name}:"
        for inner in value:
            yield "  " + ", ".join(f"{key} {what}" for key, what in dict(inner).items())
    else:
        yield f"{name}: {value}"
