"""What the members of archives have in common."""

from __future__ import annotations

from pathlib import PurePosixPath

from boilerclass.containers.record import PASSED_BY, Foreign, Record
from boilerclass.errors import UnreadableInput

SIDE_FILES = frozenset((".css", ".js", ".json", ".map", ".mjs"))
"""Suffixes of the files that a saved site keeps beside its pages; nobody means them."""


def passed_by(name: str) -> str | None:
    """Why a member of that name is no document; None when it may be one.

    >>> passed_by("site/.git/config"), passed_by("site/page.html")
    ('a hidden file', None)
    """
    path = PurePosixPath(name)
    if any(part.startswith(".") and part not in (".", "..") for part in path.parts):
        return "a hidden file"
    suffix = path.suffix.lower()
    return f"a {suffix} file" if suffix in SIDE_FILES else None


def none_of(name: str, ordinal: int, error: UnreadableInput) -> Record:
    """The record of a member that gives no document: a site is saved with its pictures."""
    if isinstance(error, Foreign):
        return Record(ordinal, name=name, skipped=PASSED_BY.format(what=error.what))
    return Record(ordinal, name=name, error=error)
