"""Names inside containers as harmless paths: they come from strangers and become files."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

PAGE_SUFFIXES = frozenset((".asp", ".aspx", ".htm", ".html", ".php", ".shtml", ".txt", ".xhtml"))
"""Suffixes that an output's own suffix replaces; any other stays as part of the name."""
LONGEST_PART = 150
"""Bytes of a path's part; file systems take 255, and a suffix comes on top."""
LONGEST = 1024
"""Bytes of a path."""

_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\ud800-\udfff]')


def inside(name: str | None, ordinal: int) -> str:
    """A relative path for a record that never leads out of its folder.

    Records without a name are named by their number, so that they sort as they stand.

    >>> inside("../../etc/passwd", 3), inside(None, 3), inside("a//b\\\\c.html", 3)
    ('etc/passwd', '00000003', 'a/b/c.html')
    """
    if name is None:
        return f"{ordinal:08d}"
    parts = (_UNSAFE.sub("_", part).rstrip(". ") for part in re.split(r"[/\\]", name))
    path = "/".join(_cut(part) for part in parts if part)
    return path if path and len(path.encode()) <= LONGEST else f"{ordinal:08d}"


class Taken:
    """The places in one container; a second record of the same place gets one of its own."""

    def __init__(self) -> None:
        self._stems: set[int] = set()

    def free(self, name: str | None, ordinal: int) -> str:
        """Where the record goes, apart from the other records of the container."""
        if name is None:  # so are all of them then, and a path is made for none of the many
            return inside(name, ordinal)
        path = PurePosixPath(inside(name, ordinal))
        if path.suffix.lower() in PAGE_SUFFIXES:
            path = path.with_suffix("")
        # Hashes take little memory, and small letters because some file systems know no others.
        stem = hash(str(path).lower())
        if stem in self._stems:
            path = path.with_name(f"{path.name}~{ordinal:08d}")
        self._stems.add(stem)
        return str(path)


def _cut(part: str) -> str:
    """The part, without its middle when it is too long: the suffix stays."""
    size = len(part.encode())
    if size <= LONGEST_PART:
        return part
    half = LONGEST_PART // 2 - 2
    start, end = part.encode()[:half], part.encode()[-half:]
    return f"{start.decode(errors='ignore')}…{end.decode(errors='ignore')}"
