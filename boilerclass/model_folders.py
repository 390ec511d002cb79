"""Where the models are that are in force. Needs no numpy, which ``--version`` must not load."""

from __future__ import annotations

import os
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from boilerclass.errors import InvalidOption

PARAGRAPHS: dict[str, Literal["html", "text"]] = {"pages": "html", "texts": "text"}
"""Kinds of models that label paragraphs, and the kind of document that each is for. Where a folder
is named for them, each stands in a folder of its own in that one."""
VARIABLES = dict.fromkeys(PARAGRAPHS, "BOILERCLASS_MODEL") | {
    "clickbait": "BOILERCLASS_CLICKBAIT_MODEL"
}
"""Environment variable by kind of model."""


def find(kind: str, explicit: str | Path | None = None) -> tuple[Path | Traversable, str]:
    """The folder of the model to use, and where it was named: the explicit path, then the
    environment's, then the shipped.

    Raises:
        InvalidOption: there is no such kind.
    """
    if kind not in VARIABLES:
        raise InvalidOption(f"No model kind {kind!r}; choose one of {', '.join(VARIABLES)}.")
    variable = VARIABLES[kind]
    within = kind if kind in PARAGRAPHS else ""
    if explicit is not None:
        return Path(explicit) / within, "the path given"
    if named := os.environ.get(variable):
        return Path(named) / within, f"the environment variable {variable}"
    shipped = resources.files("boilerclass") / "models" / kind
    return shipped, f"the installed package (no path given, {variable} not set)"


def wanted(kind: str) -> str:
    """What is to be named for a model of this kind; in words that fit after "name"."""
    if kind in PARAGRAPHS:
        return f"a folder that holds the models' folders {' and '.join(PARAGRAPHS)}"
    return "a model's folder"
