"""``boilerclass model``: which models are in force, and how good they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from boilerclass import model_folders
from boilerclass.errors import CorruptModel

KINDS = list(model_folders.VARIABLES)
SHOWN = ("digest", "format_version", "versions", "seed", "betas", "factors", "threshold", "scores")


@click.command("model")
@click.argument("kinds", nargs=-1, type=click.Choice(KINDS), metavar="[KIND]...")
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

    KIND is pages, texts or clickbait; all when not given. BOILERCLASS_MODEL names a folder that
    holds the folders pages and texts, BOILERCLASS_CLICKBAIT_MODEL one with a model of headlines;
    without them the models that came with the package are in force.
    """
    for kind in kinds or KINDS:
        facts, (place, _) = manifest(kind), model_folders.find(kind)
        if chosen["format"] == "jsonl":
            whole = {"kind": kind, "path": str(place), **facts}
            click.echo(json.dumps(whole, ensure_ascii=False))
            continue
        click.echo(f"{kind}: {facts['name']}")
        click.echo(f"  path: {place}")
        for name in SHOWN:
            if name in facts:
                for line in _lines(name, facts[name]):
                    click.echo(f"  {line}")


def manifest(kind: str) -> dict[str, Any]:
    """What ``model.json`` says of the model that is used.

    Raises:
        CorruptModel: there is none, or it cannot be read.
    """
    place, _ = model_folders.find(kind)
    file = place / "model.json"
    try:
        facts = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise CorruptModel(
            f"No {kind} model can be read in {place} ({error}). "
            f"Set {model_folders.VARIABLES[kind]} to {model_folders.wanted(kind)}, "
            "or reinstall boilerclass."
        ) from error
    if not isinstance(facts, dict) or "name" not in facts:
        raise CorruptModel(f"{file} is no model's manifest. Reinstall boilerclass.")
    return facts


def of_paragraphs() -> list[dict[str, Any]]:
    """The manifests of the models that label paragraphs."""
    return [manifest(kind) for kind in model_folders.PARAGRAPHS]


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
