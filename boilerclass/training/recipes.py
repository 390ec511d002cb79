"""Recipes: the TOML files that say what a model is made of."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from boilerclass.errors import InvalidOption, UnreadableInput

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


def read(path: Path) -> dict[str, Any]:
    """What a recipe says.

    Raises:
        UnreadableInput: it cannot be read.
        InvalidOption: it is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableInput(f"cannot read the recipe {path}: {error.strerror}") from error
    except ValueError as error:
        raise InvalidOption(f"the recipe {path} is not TOML: {error}") from error


def section(kind: type[T], settings: Mapping[str, Any]) -> T:
    """The dataclass with the entries that its fields are named after.

    Raises:
        KeyError: one is missing.
    """
    return kind(**{field.name: settings[field.name] for field in fields(kind)})
