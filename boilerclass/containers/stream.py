"""A file's bytes as they come: the first can be looked at, none need to be sought."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from boilerclass.errors import UnreadableInput

CHUNK = 1 << 16
"""Bytes taken at once."""
SPOOL = 8 << 30
"""Bytes of a pipe that are kept on disk for a format that must be searched from its end."""
TOO_LONG = (
    f"needs to be searched from its end, and more than {SPOOL >> 30} GB were piped in: "
    "save it as a file first"
)

Pull = Callable[[], bytes]
"""Gives the next bytes, none at the end. After a Damage it may be called again."""


class Damage(UnreadableInput):
    """Some bytes are lost; reading may go on behind them."""


class Stream(io.RawIOBase):
    """Bytes in pieces; a Damage is raised where it stands among them, once."""

    def __init__(self, pull: Pull, file: BinaryIO | None = None) -> None:
        """``file`` is the open file that ``pull`` reads, when there is one."""
        self._pull = pull
        self._file = file
        self._ready = memoryview(b"")
        self._damage: Damage | None = None

    def head(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer at the end or before a damage; they stay to be read."""
        pieces = [bytes(self._ready)]
        missing = size - len(self._ready)
        try:
            while missing > 0 and self._damage is None and (piece := self._pull()):
                pieces.append(piece)
                missing -= len(piece)
        except Damage as damage:
            self._damage = damage
        self._ready = memoryview(b"".join(pieces))
        return bytes(self._ready[:size])

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # all it is given
        if not self._ready:
            if self._damage is not None:
                damage, self._damage = self._damage, None
                raise damage
            self._ready = memoryview(self._pull())
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    @contextmanager
    def searchable(self) -> Iterator[BinaryIO]:
        """The whole as a file that can be searched: the file itself, or a temporary copy.

        To be called before anything is read.

        Raises:
            UnreadableInput: the copy would be larger than SPOOL.
        """
        if self._file is not None and self._file.seekable():
            self._file.seek(0)
            yield self._file
            return
        with tempfile.TemporaryFile() as copy:
            size = 0
            while piece := self.read(CHUNK):
                size += len(piece)
                if size > SPOOL:
                    raise UnreadableInput(TOO_LONG)
                copy.write(piece)
            copy.seek(0)
            yield copy


def opened(file: BinaryIO) -> Stream:
    """The stream of an open file or pipe."""
    read = getattr(file, "read1", file.read)
    return Stream(lambda: read(CHUNK), file)
