"""Labels every paragraph of a web page or text, and keeps the editorial ones.

Names are resolved on first use: importing the package loads nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from boilerclass.api import clean, clickbait, label, label_many, site_memory
    from boilerclass.errors import BoilerclassError
    from boilerclass.labelled import LabelledDocument, LabelledParagraph
    from boilerclass.labels import Label, Role
    from boilerclass.options import Options
    from boilerclass.pipeline import Classifier
    from boilerclass.sites.memory import SiteMemory

_HOMES = {
    "clean": "boilerclass.api",
    "clickbait": "boilerclass.api",
    "label": "boilerclass.api",
    "label_many": "boilerclass.api",
    "site_memory": "boilerclass.api",
    "Classifier": "boilerclass.pipeline",
    "SiteMemory": "boilerclass.sites.memory",
    "LabelledDocument": "boilerclass.labelled",
    "LabelledParagraph": "boilerclass.labelled",
    "BoilerclassError": "boilerclass.errors",
    "Label": "boilerclass.labels",
    "Role": "boilerclass.labels",
    "Options": "boilerclass.options",
}

__all__ = [
    "BoilerclassError",
    "Classifier",
    "Label",
    "LabelledDocument",
    "LabelledParagraph",
    "Options",
    "Role",
    "SiteMemory",
    "clean",
    "clickbait",
    "label",
    "label_many",
    "site_memory",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
