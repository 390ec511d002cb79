"""What comes out of a container, and what a caller may choose about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from boilerclass.errors import UnreadableInput

TOO_LARGE = "is larger than {limit:,} bytes; raise --max-bytes to have it read"
PASSED_BY = "content that is {what}"
FOREIGN = "is {what}, not HTML or text: convert it first, or leave it out"


class Record(NamedTuple):
    """A document, or why there is none: of ``skipped`` and ``error`` at most one is set."""

    ordinal: int | None
    """Its number among all records of the container, from 0; the same in every run. None for a
    file that is itself the document."""
    content: str | bytes = b""
    name: str | None = None
    """Path inside an archive, as the archive has it: never to be opened or written as it is."""
    id: str | None = None
    """What the document is to be called: the value of the id column."""
    key: str | None = None
    """What the container calls the record, as WARC does."""
    url: str | None = None
    encoding: str | None = None
    """Known from outside the content."""
    kind: Literal["html", "text"] | None = None
    """Known from outside the content."""
    skipped: str | None = None
    """Why it is no document, in words that can be counted."""
    error: Exception | None = None


class Columns(NamedTuple):
    """The names of a table's columns, as far as the user gave them."""

    html: str | None = None
    text: str | None = None
    url: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read."""

    max_bytes: int = 64 << 20
    """Of a document, and of a table's row."""
    columns: Columns = field(default_factory=Columns)
    encoding: str | None = None
    """Of documents and tables, when it is known."""
    notice: Callable[[str], object] = lambda _: None
    """Takes what the user should know about a container, in words that fit after its name."""


def too_large(limit: int) -> UnreadableInput:
    """The error of what is beyond the limit."""
    return UnreadableInput(TOO_LARGE.format(limit=limit))


class Foreign(UnreadableInput):
    """What is surely no page and no text."""

    def __init__(self, what: str) -> None:
        super().__init__(FOREIGN.format(what=what))
        self.what = what
        """In words that fit after "is"."""
