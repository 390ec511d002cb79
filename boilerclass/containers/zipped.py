"""ZIP archives of pages. They are searched from their end, so a pipe is kept on disk first."""

from __future__ import annotations

import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator

from boilerclass.containers import members_document
from boilerclass.containers.archive import none_of, passed_by
from boilerclass.containers.record import Foreign, Reading, Record
from boilerclass.containers.stream import CHUNK, Stream
from boilerclass.errors import UnreadableInput

ENCRYPTED = "is encrypted: unpack the archive with its password first"
BITE = 1 << 12
"""Bytes asked for at once of a member in bzip2 or LZMA, whose decoders in zipfile know no limit but
what goes in."""
_ENCRYPTED_FLAG = 1
_FAILURES = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What zipfile raises on damaged members and on compressions it does not know."""


def records(stream: Stream, reading: Reading, start: int) -> Iterator[Record]:
    """The record of each member but folders; ordinals follow the archive's directory."""
    with stream.searchable() as file:
        try:
            archive = zipfile.ZipFile(file)
        except _FAILURES as error:
            raise UnreadableInput(
                f"is no sound ZIP archive, copy or download it again: {error}"
            ) from error
        members = archive.infolist()
        if any(member.filename == "[Content_Types].xml" for member in members):
            raise Foreign("an office document")
        for ordinal, member in enumerate(members[start:], start):
            if not member.is_dir():
                yield _record(archive, member, ordinal, reading)


def _record(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, ordinal: int, reading: Reading
) -> Record:
    name = member.filename
    skipped = passed_by(name)
    if stat.S_ISLNK(member.external_attr >> 16):
        skipped = "a symbolic link"
    if skipped:
        return Record(ordinal, name=name, skipped=skipped)
    try:
        return Record(ordinal, _content(archive, member, reading), name=name)
    except UnreadableInput as error:
        return none_of(name, ordinal, error)
    except _FAILURES as error:
        return Record(ordinal, name=name, error=UnreadableInput(f"is damaged: {error}"))


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, reading: Reading) -> bytes:
    if member.flag_bits & _ENCRYPTED_FLAG:
        raise UnreadableInput(ENCRYPTED)
    bounded = member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    with archive.open(member) as file:
        size = CHUNK if bounded else BITE
        return members_document(Stream(lambda: file.read(size)), reading)
