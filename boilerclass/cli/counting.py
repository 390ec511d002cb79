"""The first pass over a dump: its documents into a site memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from boilerclass.cli.inputs import Source
from boilerclass.errors import InvalidOption
from boilerclass.options import Options

if TYPE_CHECKING:
    from boilerclass.sites.memory import SiteCounter

ONCE = (
    "{name} can be read only once. Save it to a file, or count its pages first: "
    "boilerclass sites INPUTS -o FILE, then --sites FILE"
)


class Counted(NamedTuple):
    """What became of one source."""

    source: Source
    new: bool
    """Whether it was counted; not without text, and not a second time."""
    error: Exception | None


def count(counter: SiteCounter, sources: Iterable[Source], options: Options) -> Iterator[Counted]:
    """Each source after it has been counted; one is held at a time.

    Raises:
        InvalidOption: an option cannot be followed.
    """
    from boilerclass.pipeline import read

    for source in sources:
        new, error = False, source.error
        if error is None and source.skipped is None:
            try:
                new = counter.add(read(source.content, source.options(options)))
            except InvalidOption:
                raise
            except Exception as failure:  # noqa: BLE001  # reported with the input's name
                error = failure
        yield Counted(source, new, error)
