"""What a caller may choose; one frozen value with defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from boilerclass.errors import InvalidOption

PRESETS = ("balanced", "precision", "recall")
KINDS = ("auto", "html", "text")


@dataclass(frozen=True, slots=True)
class Options:
    """How pages are read and labelled.

    Raises:
        InvalidOption: on construction, where a value means nothing.
    """

    kind: Literal["auto", "html", "text"] = "auto"
    """Set it when you know better than the content tells."""
    url: str | None = None
    """Address of the page; tells links to the same site from links to others."""
    encoding: str | None = None
    """Encoding known from outside, such as an HTTP header; detected when None."""
    threshold: float | None = None
    """Probability of core from which a paragraph is core; when None, the one that is best for each
    document by the preset."""
    preset: Literal["balanced", "precision", "recall"] = "balanced"
    """``precision`` when a leaked teaser costs more than a lost paragraph, ``recall`` when less."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InvalidOption(f"kind {self.kind!r}: choose one of {', '.join(KINDS)}")
        if self.preset not in PRESETS:
            raise InvalidOption(f"preset {self.preset!r}: choose one of {', '.join(PRESETS)}")
        if self.threshold is not None and not 0 <= self.threshold <= 1:
            raise InvalidOption(f"threshold {self.threshold}: give a probability from 0 to 1")
