"""The functions of the package's front: one call, default model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from boilerclass import cleaner, pipeline
from boilerclass.document import LabelledDocument
from boilerclass.errors import InvalidOption
from boilerclass.options import Options


def clean(page: str | bytes, **options: Any) -> str:
    """The core text of a page or a plain text; empty where there is none.

    ``options`` are the fields of :class:`boilerclass.Options`. Paragraphs of a page are parted by
    blank lines; lines of a text stand verbatim. ``boilerclass clean`` does the same at the shell.

    Raises:
        InvalidOption: an option is unknown or means nothing.
        TypeError: ``page`` is neither str nor bytes.
    """
    return cleaner.text(label(page, **options))


def label(page: str | bytes, **options: Any) -> LabelledDocument:
    """Every paragraph of a page or a plain text with its label, probability and reason.

    ``options`` and errors as for :func:`clean`; ``boilerclass label`` does the same at the shell.
    """
    return pipeline.classifier().label(page, _options(options))


def label_many(
    pages: Iterable[str | bytes], jobs: int = 1, **options: Any
) -> Iterator[LabelledDocument]:
    """The labelled documents of many pages, in their order.

    Pages are read from the iterable as they are needed; ``jobs`` processes share the work.
    ``options`` and errors as for :func:`clean`.
    """
    return pipeline.classifier().label_many(pages, jobs, _options(options))


def clickbait(headlines: Sequence[str]) -> list[float]:
    """For each headline how likely it is clickbait, 0 to 1; 0 for one without words.

    Raises:
        TypeError: ``headlines`` is a str, or holds something else than str.
    """
    from boilerclass import headline_scorer

    return headline_scorer.score(headlines)


def _options(chosen: dict[str, Any]) -> Options:
    try:
        return Options(**chosen)
    except TypeError as error:
        known = ", ".join(Options.__dataclass_fields__)
        raise InvalidOption(f"unknown option in {sorted(chosen)}: choose of {known}") from error
