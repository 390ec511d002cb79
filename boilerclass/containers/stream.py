"""A file's bytes as they come: the first can be looked at, none need to be sought."""

from __future__ import annotations

import io
import tempfile
from collections import deque
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

    def __init__(self, words: str, *, fresh: bool = True) -> None:
        super().__init__(words)
        self.fresh = fresh
        """Whether no byte has come out of what is damaged."""


class Opening(bytes):
    """The first bytes of a member of a compressed file."""


class Stream(io.RawIOBase):
    """Bytes in pieces; a Damage is raised where it stands among them, once."""

    def __init__(self, pull: Pull, file: BinaryIO | None = None) -> None:
        """``file`` is the open file that ``pull`` reads, when there is one."""
        self._pull = pull
        self._file = file
        self._ready: deque[bytes] = deque()
        self._taken = 0
        """Bytes of the first piece that have been read."""
        self._waiting = 0
        """Bytes of all pieces that have not."""
        self.damage: Damage | None = None
        """What stands behind the bytes that are ready, once it has been met."""

    def head(self, size: int) -> bytes:
        """The next ``size`` bytes, fewer at the end or before a damage; they stay to be read."""
        return self.ahead(0, size)

    def ahead(self, start: int, size: int) -> bytes:
        """As :meth:`head`, but behind the next ``start`` bytes; all of them are held meanwhile."""
        self._fill(start + size)
        found: list[bytes] = []
        start += self._taken
        for piece in self._ready:
            if size <= 0:
                break
            if start < len(piece):
                found.append(piece[start : start + size])
                size -= len(found[-1])
            start = max(start - len(piece), 0)
        return b"".join(found)

    def opens(self) -> bool:
        """Whether the next byte is the first of a member of a compressed file."""
        self._fill(1)
        return bool(self._ready) and not self._taken and isinstance(self._ready[0], Opening)

    def spoilt(self, size: int) -> Damage | None:
        """The damage of the member that is being read, when it stands in the next ``size`` bytes or
        right behind them."""
        self._fill(size)
        if self.damage is None or self.damage.fresh or self._waiting > size:
            return None
        return None if any(isinstance(piece, Opening) for piece in self._ready) else self.damage

    def _fill(self, size: int) -> None:
        """Have so many bytes ready, if there are."""
        try:
            while self._waiting < size and self.damage is None and (piece := self._pull()):
                self._ready.append(piece)
                self._waiting += len(piece)
        except Damage as damage:
            self.damage = damage

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Never bytes of two members at once; a whole piece is given as it is."""
        if size < 0:
            return self.readall()
        self._fill(1)
        if not self._ready:
            if self.damage is not None:
                damage, self.damage = self.damage, None
                raise damage
            return b""
        whole = self._ready[0]
        piece = (
            whole[self._taken : self._taken + size] if self._taken or size < len(whole) else whole
        )
        self._waiting -= len(piece)
        self._taken += len(piece)
        if self._taken == len(whole):
            self._ready.popleft()
            self._taken = 0
        return piece

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # all it is given
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

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
