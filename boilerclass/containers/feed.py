"""The bytes of a WARC for a parser, up to each break: what is damaged or out of place in it."""

from __future__ import annotations

import re

from boilerclass.containers.stream import CHUNK, Damage, Stream
from boilerclass.errors import UnreadableInput

WRONG_LENGTH = "its length is wrong: it goes on where it says that it ends"
CUT = "the record before is cut off, or its length is wrong"
LOST = "{size:,} bytes here are no record"

AHEAD = 1 << 20
"""Bytes of a record up to which it is looked ahead whether it ends well, which costs less than to
look for a record within it; so many are in memory twice."""
SLACK = 64
"""Bytes between two records that are no loss: blank lines."""
SIGHT = 64
"""Bytes in which the beginning of a record shows itself."""
BEGINNING = re.compile(rb"WARC/\d\.\d\r?\n(?:WARC|Content)-", re.I)
"""What a record begins with."""
BLANK = re.compile(rb"\n\r?\n")
"""What parts its headers from its block."""
BEHIND = re.compile(rb"\s*(?:WARC/|\Z)|\r?\n\r?\n")
"""What may stand behind a record."""


class Feed:
    """Gives fastwarc the bytes up to the next break: a damage, or a record that begins inside the
    one before, which is not as long as it says then."""

    def __init__(self, stream: Stream, limit: int) -> None:
        self._stream = stream
        self._limit = limit
        self._piece = b""
        self._given = 0
        """Bytes of the piece that fastwarc has."""
        self._opens = False
        """Whether a member of a compressed file begins at the next byte."""
        self._inside_line = False
        self._begun = False
        """Whether a record has begun that is not at hand yet: its headers are not complete."""
        self._content = 0
        """Position before which what looks like a record is none."""
        self._start = self._block = -1
        """Positions of the latest record and of its block."""
        self.position = 0
        self.end: int | None = 0
        """Where the record at hand ends, as it says; None when it does not say."""
        self.damage: Damage | None = None
        self.broken = False
        """Whether a record begins before the one at hand has come to its end."""
        self.told = False
        """Whether the record that misses bytes has been named already."""

    def read(self, size: int) -> bytes:
        if self.broken:
            return b""
        self._fetch()
        if BEGINNING.match(self._piece, self._given):
            self.broken = not self._may_begin()
            if self.broken:
                return b""
        piece = self._piece[self._given : min(self._given + size, self._next())]
        self._given += len(piece)
        self.position += len(piece)
        self._opens, self._inside_line = False, not piece.endswith(b"\n")
        return piece

    def go_on(self) -> None:
        """Read behind the break."""
        self.damage, self.broken, self.told = None, False, False
        self._begun = self._inside_line = False
        self.end, self._content = self.position, 0

    def loss(self) -> Exception | None:
        """What has been lost before the break or the end, if nobody has told."""
        if self.told or self.damage is not None or self.end is None:
            return None if self.told else self.damage
        lost = self.position - self.end
        if abs(lost) <= SLACK and not self.broken:
            return None
        return UnreadableInput(LOST.format(size=lost) if lost > 0 else CUT)

    def tell(self) -> int:
        return self.position

    def take(self, start: int, length: int | None) -> None:
        """Have the record that begins at ``start`` at hand, whose block is so long, as it says."""
        self._begun = self.told = False
        known = start == self._start and self._block >= 0
        self.end = self._block + length if known and length is not None else None
        if self.end and 0 < self.end - self.position <= AHEAD and self._ends_well():
            self._content = self.end

    def verify(self) -> None:
        """Nothing, when all of the record at hand has been read and something sound follows.

        Raises:
            Gone: it does not; then bytes are missing, or are not what they were.
        """
        if self.end is None or self.position < self.end:
            return
        behind = self._piece[self._given - (self.position - self.end) :][:SIGHT]
        damage = self._stream.spoilt(SIGHT - len(behind))
        if damage is not None:
            raise Gone(str(damage))
        if not BEHIND.match(behind + self._stream.head(SIGHT - len(behind))):
            raise Gone(WRONG_LENGTH)

    def _fetch(self) -> None:
        """Have enough bytes to see whether a record begins, but of one member only."""
        left = len(self._piece) - self._given
        while left < SIGHT and self.damage is None and not (left and self._stream.opens()):
            try:
                self._opens = not left and self._stream.opens()
                more = self._stream.read(CHUNK) or b""
            except Damage as damage:
                self.damage = damage
                return
            self._piece = self._piece[self._given :] + more if left else more
            self._given, left = 0, left + len(more)
            if not more:
                return

    def _next(self) -> int:
        """Where in the piece a record may begin, or too little is there to see whether it does."""
        first = self._given + max(1, self._content - self.position)
        found = self._piece.find(b"WARC/", first)
        if found < 0:
            found = self._piece.rfind(b"W", max(first, len(self._piece) - SIGHT))
        return found if found >= 0 else len(self._piece)

    def _may_begin(self) -> bool:
        """Whether what looks like a record at the next byte is one that is due, or content."""
        if self._begun:
            return False
        if self.end is None or self.position >= self.end:
            if self._inside_line and self.position != self.end:
                return False  # fastwarc would take the line for rubbish
            self._begun = True
            self._start, self._block = self.position, -1
            blank = BLANK.search(self._piece, self._given) or BLANK.search(
                self._piece + self._stream.head(CHUNK), self._given
            )
            if blank:
                self._block = self.position + blank.end() - self._given
            return True
        if self.position >= self._content and (self._opens or not self._ends_well()):
            return False
        self._content = self.end
        return True

    def _ends_well(self) -> bool:
        """Whether a record, or the end of the file, stands where the record at hand says. Beyond
        the limit nobody looks: a length so large is rather wrong than right."""
        assert self.end is not None
        last, there = self.end - self.position - 1, len(self._piece) - self._given
        if last > self._limit:
            return False
        found = self._piece[self._given + last :][:SIGHT]
        found += self._stream.ahead(max(last - there, 0), SIGHT)
        return bool(found) and BEHIND.match(found, 1) is not None


class Gone(UnreadableInput):
    """Bytes of this very record are not there."""
