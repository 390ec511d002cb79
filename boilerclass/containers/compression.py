"""Compressed bytes to bytes, piece by piece: a bomb costs no more memory than a letter.

Members that follow each other are one stream, whose pieces say where one begins. Where one is
damaged or cut off, the complete part comes out, then a Damage, then what is found behind it: a
crawler's files have a member a record.
"""

from __future__ import annotations

import bz2
import lzma
import re
import zlib
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, Protocol

from boilerclass.containers import zstd
from boilerclass.containers.stream import CHUNK, Damage, Opening, Pull

MOST_DAMAGES = 100
"""Damages of one file, beyond the number of its sound members, after which nothing more is looked
for: its bytes may be chosen to look like the beginnings of members."""
GIVEN_UP = "; the rest is not read, as more of it is damaged than sound"
HISTORY = 16
"""Chunks of a damaged member in which the next one is looked for."""
MOST_MEMORY = 256 << 20
"""Bytes that an xz file may ask for as its window."""


class Decoder(Protocol):
    """Decodes one member; bz2 and lzma have it so."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gzip:
    """A member, with zlib's own decoder made to look like the others."""

    def __init__(self, library: Any) -> None:
        """``library`` is zlib or one that has its names."""
        self._library = library
        self._decoder = library.decompressobj(zlib.MAX_WBITS | 16)
        self._full = False
        """Whether more may come without more going in."""

    @property
    def eof(self) -> bool:
        return bool(self._decoder.eof)

    @property
    def needs_input(self) -> bool:
        return not self._full and not self._decoder.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return bytes(self._decoder.unused_data)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        left = self._decoder.unconsumed_tail
        try:
            plain: bytes = self._decoder.decompress(left + data if left else data, max_length)
        except self._library.error as error:
            raise zlib.error(str(error)) from error
        self._full = len(plain) == max_length
        return plain


def _gzip() -> Callable[[], Decoder]:
    """What decodes a member: ISA-L where it is installed, which takes half the time of zlib."""
    try:
        from isal import isal_zlib as library
    except ImportError:
        return partial(_Gzip, zlib)
    return partial(_Gzip, library)


def _xz() -> Decoder:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, MOST_MEMORY)


class Compression(NamedTuple):
    """A way to compress."""

    name: str
    magic: re.Pattern[bytes]
    """What a member begins with, in MAGIC bytes at most."""
    decoders: Callable[[], Callable[[], Decoder]]
    """What gives a decoder for each member of one file."""
    errors: tuple[type[Exception], ...]


MAGIC = 10
"""Bytes in which every compression shows itself."""

COMPRESSIONS: tuple[Compression, ...] = (
    Compression("gzip", re.compile(rb"\x1f\x8b\x08[\x00-\x1f]"), _gzip, (zlib.error,)),
    Compression(
        "bzip2",
        re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"),
        lambda: bz2.BZ2Decompressor,
        (OSError, ValueError, EOFError),
    ),
    Compression("xz", re.compile(rb"\xfd7zXZ\x00"), lambda: _xz, (lzma.LZMAError, EOFError)),
    Compression("zstd", zstd.MAGIC, zstd.decoders, (zstd.Error,)),
)


def compression_of(head: bytes) -> Compression | None:
    """How bytes are compressed that begin so; None when they are not."""
    return next((row for row in COMPRESSIONS if row.magic.match(head)), None)


class Inflater:
    """Pulls compressed bytes, gives the bytes."""

    def __init__(self, compression: Compression, pull: Pull) -> None:
        """
        Raises:
            MissingExtra: the compression needs a library that is not installed.
        """
        self._compression = compression
        self._new = compression.decoders()
        self._take = pull
        self._rest = b""
        """Compressed bytes that no decoder has seen."""
        self._given: deque[bytes] = deque(maxlen=HISTORY)
        """What the decoder was given last."""
        self._decoder: Decoder | None = None
        self._fresh = True
        """Whether nothing has come out of the member yet."""
        self._lost = False
        self._patience = MOST_DAMAGES

    def pull(self) -> bytes:
        """The next bytes, as an Opening where a member begins; none at the end.

        Raises:
            Damage: a member is damaged or cut off.
        """
        while self._decoder is not None or self._begin():
            if data := self._decode():
                fresh, self._fresh = self._fresh, False
                return Opening(data) if fresh else data
        return b""

    def _decode(self) -> bytes:
        decoder = self._decoder
        assert decoder is not None
        given = b""
        if decoder.needs_input:
            given, self._rest = self._rest or self._take(), b""
            self._given.append(given)
            if not given:
                raise self._damage("end too early: copy or download the file again")
        try:
            data = decoder.decompress(given, CHUNK)
        except self._compression.errors as error:
            raise self._damage("are damaged") from error
        if decoder.eof:
            self._decoder, self._rest = None, decoder.unused_data
            self._patience += 1
        return data

    def _begin(self) -> bool:
        """Whether another member begins; its bytes are next then."""
        if self._lost:
            return self._found()
        while len(self._rest) < MAGIC:
            # Tapes and disks are filled up with zeros.
            self._rest = self._rest.lstrip(b"\0")
            more = self._take()
            if not more:
                break
            self._rest += more
        self._rest = self._rest.lstrip(b"\0")
        if not self._rest:
            return False
        if not self._compression.magic.match(self._rest):
            raise self._damage("have something else behind them")
        self._start()
        return True

    def _found(self) -> bool:
        if not self._patience:
            return False
        while not (match := self._compression.magic.search(self._rest)):
            more = self._take()
            if not more:
                return False
            self._rest = self._rest[-MAGIC:] + more
        self._rest = self._rest[match.start() :]
        self._lost = False
        self._start()
        return True

    def _start(self) -> None:
        self._decoder, self._fresh = self._new(), True
        self._given.clear()

    def _damage(self, what: str) -> Damage:
        self._lost = True
        self._patience -= 1
        given_up = "" if self._patience else GIVEN_UP
        fresh = self._decoder is None or self._fresh
        if self._decoder is not None:
            # Where a member is cut off the decoder has taken what follows for its own; but the one
            # that failed must not be tried again.
            self._decoder, self._rest = None, b"".join(self._given)[1:]
        return Damage(f"its {self._compression.name} data {what}{given_up}", fresh=fresh)
