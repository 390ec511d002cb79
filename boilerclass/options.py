"""What a caller may choose; one frozen value with defaults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

from boilerclass.errors import InvalidOption
from boilerclass.labels import LABELS, ROLES, Label, Role

if TYPE_CHECKING:
    from boilerclass.sites.memory import SiteMemory

PRESETS = ("balanced", "precision", "recall")
KINDS = ("auto", "html", "text")
NO_MEMORY = "give a SiteMemory, which site_memory(pages) makes and SiteMemory.read(file) reads"


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

    keep: Sequence[str] = ()
    """CSS selectors of elements whose paragraphs are core whatever the model says; HTML only. Where
    another rule drops an element around it or inside it, the inner one of the two counts."""
    drop: Sequence[str] = ()
    """CSS selectors of elements whose paragraphs are never core; nothing is cut out of one."""
    sites: SiteMemory | None = None
    """What the pages of a dump have in common: evidence beside the page's own."""

    def __post_init__(self) -> None:
        for name in ("keep", "drop"):
            selectors = _several(name, getattr(self, name))
            if not all(isinstance(each, str) for each in selectors):
                raise InvalidOption(f"{name} {selectors!r}: give CSS selectors")
            object.__setattr__(self, name, selectors)
        if self.kind not in KINDS:
            raise InvalidOption(f"kind {self.kind!r}: choose one of {', '.join(KINDS)}")
        if self.preset not in PRESETS:
            raise InvalidOption(f"preset {self.preset!r}: choose one of {', '.join(PRESETS)}")
        for name in ("url", "encoding"):
            given = getattr(self, name)
            if given is not None and not isinstance(given, str):
                raise InvalidOption(f"{name} {given!r}: give a str")
        check_share("threshold", self.threshold)
        if self.sites is not None:
            from boilerclass.sites.memory import SiteMemory  # most callers have none

            if not isinstance(self.sites, SiteMemory):
                raise InvalidOption(f"sites {self.sites!r}: {NO_MEMORY}")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which paragraphs of a labelled document cleaning writes; it never changes a label.

    Raises:
        InvalidOption: on construction, where a value means nothing.
    """

    labels: Sequence[Label | str] = (Label.CORE,)
    with_roles: Sequence[Role | str] = ()
    """Finer roles to write besides, such as ``caption`` and ``meta``, whatever their label."""
    min_core_chars: int = 0
    """Characters of core text below which a document is left out as too short."""
    max_clickbait: float | None = None
    """Clickbait score of the document's own headline above which it is left out."""

    def __post_init__(self) -> None:
        for name, known in (("labels", LABELS), ("with_roles", ROLES)):
            chosen = _several(name, getattr(self, name))
            unknown = [value for value in chosen if value not in known]
            if unknown:
                raise InvalidOption(f"{name} {unknown[0]!r}: choose of {', '.join(known)}")
            object.__setattr__(self, name, chosen)
        if not (isinstance(self.min_core_chars, Real) and self.min_core_chars >= 0):
            raise InvalidOption(f"min_core_chars {self.min_core_chars!r}: give a number from 0 on")
        check_share("max_clickbait", self.max_clickbait)


def _several(name: str, values: Any) -> tuple[Any, ...]:
    """One value, which is what most callers have, or more; a tuple can be hashed and shared."""
    if isinstance(values, str):
        return (values,)
    if not isinstance(values, Iterable):
        raise InvalidOption(f"{name} {values!r}: give a str or several")
    return tuple(values)


def check_share(name: str, value: object) -> None:
    """Nothing, when an option is not given or a number from 0 to 1.

    Raises:
        InvalidOption: it is something else.
    """
    if value is not None and not (isinstance(value, Real) and 0 <= float(value) <= 1):
        raise InvalidOption(f"{name} {value!r}: give a number from 0 to 1")
