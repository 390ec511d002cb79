"""The inputs in batches, and what became of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from typing import NamedTuple

from boilerclass.cli import inputs, workers
from boilerclass.cli.inputs import Entry, Source
from boilerclass.cli.resume import Position
from boilerclass.cli.work import Outcome, Work
from boilerclass.containers.record import Reading

PAGES_AT_ONCE = 64
"""Pages in one batch: as many as are scored together."""
SOURCES_AT_ONCE = 256
"""Sources in one batch, with those that are no page."""
BYTES_AT_ONCE = 1_500_000
"""Bytes of pages from which a batch is full; a tree takes ten times as much."""


Placed = tuple[Source, Position, int]
"""A source, the position behind it, and the bytes of the inputs up to there."""


class Batch(NamedTuple):
    """Sources that are worked on together; where they end depends on the inputs alone, since the
    last digits of probabilities depend on it."""

    sources: Sequence[Source]
    end: Position
    read: int
    """Bytes of the inputs up to there."""

    @property
    def pages(self) -> Sequence[Source]:
        """Those that hold a page."""
        return [source for source in self.sources if _is_page(source)]


class Result(NamedTuple):
    """What became of one source; without an outcome it was passed by."""

    source: Source
    outcome: Outcome | None


def results(
    batches: Iterable[Batch], work: Work, jobs: int = 1, timeout: float | None = None
) -> Generator[tuple[Batch, list[Result]], None, None]:
    """The result of each source of each batch, in their order."""
    held: deque[Batch] = deque()

    def pages() -> Iterator[Sequence[Source]]:
        for batch in batches:
            held.append(batch)
            yield batch.pages

    with closing(workers.outcomes(pages(), work, jobs, timeout)) as answers:
        for answer in answers:
            batch, outcomes = held.popleft(), iter(answer)
            yield batch, [Result(source, _outcome(source, outcomes)) for source in batch.sources]


def placed(
    entries: Iterable[Entry],
    reading: Reading,
    tell: Callable[[str, str], object],
    start: Position = Position(),  # noqa: B008  # frozen
) -> Iterator[Placed]:
    """Each source from the position on."""
    number, before, last = start.entry - 1, start.before, 0

    def counted() -> Iterator[Entry]:
        nonlocal number, before, last
        for entry in islice(entries, start.entry, None):
            number, before, last = number + 1, before + last, 0
            yield entry

    for source in inputs.read(counted(), reading, tell, start.ordinal):
        last = source.read or last
        ordinal = source.entry.ordinal
        if ordinal is None:
            end = Position(number + 1, 0, before + last)
        else:
            end = Position(number, ordinal + 1, before)
        yield source, end, before + last


def batches(sources: Iterable[Placed]) -> Iterator[Batch]:
    """The sources in batches of a modest size."""
    some: list[Source] = []
    pages = size = 0
    for source, end, read in sources:
        some.append(source)
        pages += _is_page(source)
        size += len(source.content)
        if pages == PAGES_AT_ONCE or size >= BYTES_AT_ONCE or len(some) == SOURCES_AT_ONCE:
            yield Batch(some, end, read)
            some, pages, size = [], 0, 0
    if some:
        yield Batch(some, end, read)


def _is_page(source: Source) -> bool:
    return source.error is None and source.skipped is None


def _outcome(source: Source, outcomes: Iterator[Outcome]) -> Outcome | None:
    if source.skipped is not None:
        return None
    return next(outcomes) if source.error is None else Outcome(error=source.error)
