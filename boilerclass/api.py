"""The functions of the package's front: one call, default model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from boilerclass import cleaner, pipeline
from boilerclass.errors import InvalidOption
from boilerclass.labelled import LabelledDocument
from boilerclass.options import Options, Selection

if TYPE_CHECKING:
    from boilerclass.sites.memory import SiteMemory

_SELECTION = frozenset(Selection.__dataclass_fields__)


def clean(page: str | bytes, **options: Any) -> str:
    """The core text of a page or a plain text; empty where there is none.

    ``options`` are the fields of :class:`boilerclass.Options`, and those of
    :class:`boilerclass.options.Selection`, which say what is kept beside core text and which
    documents are left out. Paragraphs of a page are parted by blank lines; lines of a text stand
    verbatim but for the white space at their ends. ``boilerclass clean`` does the same at the
    shell.

    Raises:
        InvalidOption: an option is unknown or means nothing.
        TypeError: ``page`` is neither str nor bytes.
    """
    selected = {name: options.pop(name) for name in _SELECTION & options.keys()}
    return cleaner.clean(label(page, **options), Selection(**selected)).text


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

    Raises:
        TypeError: ``pages`` is a single page, or a table.
    """
    return pipeline.classifier().label_many(pages, jobs, _options(options))


def site_memory(
    pages: Iterable[str | bytes], urls: Iterable[str | None] | None = None, **options: Any
) -> SiteMemory:
    """What the pages of a dump have in common, for the option ``sites`` of the functions above.

    ``urls`` are the pages' addresses, where a page does not state its own; pages without one are
    taken for one site. ``options`` and errors as for :func:`clean`; ``boilerclass sites`` does the
    same at the shell.

    Raises:
        TypeError: ``pages`` is a single page, or a table.
        ValueError: there are not as many addresses as pages.
    """
    from boilerclass.sites.memory import SiteMemory

    chosen = _options(options)
    if urls is None:
        return SiteMemory.of(pipeline.read(page, chosen) for page in pipeline.several(pages))
    return SiteMemory.of(
        pipeline.read(page, replace(chosen, url=url or chosen.url))
        for page, url in zip(pipeline.several(pages), urls, strict=True)
    )


def clickbait(headlines: Iterable[str]) -> list[float]:
    """For each headline in turn how likely it is clickbait, 0 to 1; 0 for one without words.

    Raises:
        TypeError: ``headlines`` is a str, or holds something else than str.
    """
    from boilerclass import headline_scorer

    return headline_scorer.score(headlines)


def _options(chosen: dict[str, Any]) -> Options:
    known = Options.__dataclass_fields__
    for name in chosen:
        if name not in known:
            raise InvalidOption(f"unknown option {name!r}: choose of {', '.join(known)}")
    return Options(**chosen)
