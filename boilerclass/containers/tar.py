"""tar archives of pages, streamed."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator

from boilerclass.containers import members_document
from boilerclass.containers.archive import none_of, passed_by
from boilerclass.containers.record import Reading, Record
from boilerclass.containers.stream import CHUNK, Damage, Stream
from boilerclass.errors import UnreadableInput

MOST_HEADERS = 4 << 20
"""Bytes of the headers before one member; tarfile holds them in memory."""
MOST_ENDS = 3
"""Times that the end of the file may be met: a sound archive is read once beyond it."""
NO_HEADER = "what follows is no member"
STOPPED = "{error}; the rest of the archive is not read"
_FAILURES = (tarfile.TarError, ArithmeticError, LookupError, ValueError)
"""What tarfile raises on headers that mean nothing."""
_LINKS = {tarfile.SYMTYPE: "a symbolic link", tarfile.LNKTYPE: "a hard link to another member"}


class _Feed:
    """Gives tarfile the bytes, so many as it may take to find the next member."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.position = 0
        self.allowed = 0
        """The position up to which may be read."""
        self.last = b""
        """The last bytes that were given."""
        self._ends = 0

    def read(self, size: int) -> bytes:
        if self.position > self.allowed:
            raise tarfile.ReadError(f"a header is larger than {MOST_HEADERS:,} bytes")
        try:
            piece = self._stream.read(size) or b""
        except Damage as damage:
            raise tarfile.ReadError(str(damage)) from damage
        if not piece:
            # tarfile would go on to ask for each block of a member that claims to be endless.
            self._ends += 1
            if self._ends == MOST_ENDS:
                raise tarfile.ReadError("is cut off")
        self.position += len(piece)
        self.last = piece or self.last
        return piece


def records(stream: Stream, reading: Reading, start: int) -> Iterator[Record]:
    """The record of each member but folders.

    Only what is in the archive is taken: links and devices are passed by.
    """
    feed = _Feed(stream)
    feed.allowed = MOST_HEADERS
    ordinal, name = 0, None
    try:
        # Read block by block, so that the last block tells whether the archive has its end.
        archive = tarfile.open(fileobj=feed, mode="r|", bufsize=tarfile.BLOCKSIZE)  # type: ignore[call-overload]  # noqa: SIM115  # it has nothing to close
        while (member := archive.next()) is not None:
            archive.members = []  # the list of all members would grow with the archive
            # tarfile passes by what is left of the member when it looks for the next.
            feed.allowed = archive.offset + MOST_HEADERS
            if ordinal >= start and not member.isdir():
                name = member.name
                yield _record(archive, member, ordinal, reading)
            ordinal, name = ordinal + 1, None
        complete = feed.position == archive.offset or not feed.last.strip(b"\0")
        # Behind the end mark stands the padding, and behind that a compression's checksum.
        limit = feed.allowed = feed.position + MOST_HEADERS
        while feed.position < limit and feed.read(CHUNK):
            pass
    except _FAILURES as error:
        yield Record(ordinal, name=name, error=UnreadableInput(STOPPED.format(error=error)))
        return
    if not complete:
        yield Record(ordinal, error=UnreadableInput(STOPPED.format(error=NO_HEADER)))


def _record(
    archive: tarfile.TarFile, member: tarfile.TarInfo, ordinal: int, reading: Reading
) -> Record:
    """
    Raises:
        tarfile.TarError: the archive itself is damaged or cut off.
    """
    skipped = _skipped(member)
    if skipped:
        return Record(ordinal, name=member.name, skipped=skipped)
    file = archive.extractfile(member)
    assert file is not None
    try:
        content = members_document(Stream(lambda: file.read(CHUNK)), reading)
    except UnreadableInput as error:
        return none_of(member.name, ordinal, error)
    return Record(ordinal, content, name=member.name)


def _skipped(member: tarfile.TarInfo) -> str | None:
    if member.issparse():
        return "a file with holes"
    if not member.isreg():
        return _LINKS.get(member.type, "a device or a pipe")
    return passed_by(member.name)
