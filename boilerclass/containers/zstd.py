"""Zstandard frames, also with the dictionary that web archives put into their first frame."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from boilerclass.errors import MissingExtra

NO_ZSTD = "zstd needs zstandard: pip install 'boilerclass[zstd]'"
FRAME = b"\x28\xb5\x2f\xfd"
MAGIC = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")
"""Of a frame, and of one that holds no data."""
DICTIONARY = b"\x5d\x2a\x4d\x18"
"""https://iipc.github.io/warc-specifications/specifications/warc-zstd/"""
MOST_DICTIONARY = 32 << 20
"""Bytes of a dictionary."""
HEADER = 8
"""Bytes before the content of a frame without data: its magic and its size."""
BITE = 512
"""Compressed bytes decoded at once: 16 MB at most, as a block of 4 bytes may become 128 kB."""


class Error(Exception):
    """Data are no zstd, or ask for too much."""


def decoders() -> Callable[[], Frame]:
    """What gives a decoder for each frame of one file.

    Raises:
        MissingExtra: zstandard is not installed.
    """
    try:
        import zstandard
    except ImportError as error:
        raise MissingExtra(NO_ZSTD) from error
    file = _File(zstandard)
    return lambda: Frame(file)


class _File:
    """What the frames of a file share."""

    def __init__(self, zstandard: Any) -> None:
        self.zstandard = zstandard
        self.decompressor = zstandard.ZstdDecompressor()

    def learn(self, dictionary: bytes) -> None:
        if dictionary.startswith(FRAME):
            dictionary = self.decompressor.decompress(dictionary, MOST_DICTIONARY)
        trained = self.zstandard.ZstdCompressionDict(dictionary)
        self.decompressor = self.zstandard.ZstdDecompressor(dict_data=trained)


class Frame:
    """Decodes one frame, in the manner of bz2 and lzma."""

    def __init__(self, file: _File) -> None:
        self._file = file
        self._decoder: Any = None
        self._waiting = memoryview(b"")
        self._dictionary: list[bytes] = []
        self._is_dictionary = False
        self._left = -1
        self.eof = False

    @property
    def needs_input(self) -> bool:
        return not self._waiting or self._decoder is None

    @property
    def unused_data(self) -> bytes:
        return bytes(self._waiting) if self.eof else b""

    def decompress(self, data: bytes, _: int) -> bytes:
        if data:
            self._waiting = memoryview(bytes(self._waiting) + data)
        if self._decoder is None and not self._started():
            return b""
        bite, self._waiting = self._waiting[:BITE], self._waiting[BITE:]
        try:
            plain: bytes = self._decoder.decompress(bite)
        except self._file.zstandard.ZstdError as error:
            raise Error(str(error)) from error
        if self._decoder.eof:
            self.eof = True
            self._waiting = memoryview(self._decoder.unused_data + bytes(self._waiting))
        return plain

    def _started(self) -> bool:
        """Whether data follow; a frame without data is passed by."""
        if self._left < 0:
            if len(self._waiting) < HEADER:
                return False
            header = bytes(self._waiting[:HEADER])
            if header.startswith(FRAME):
                self._decoder = self._file.decompressor.decompressobj()
                return True
            self._left = int.from_bytes(header[4:], "little")
            self._is_dictionary = header.startswith(DICTIONARY)
            if self._is_dictionary and self._left > MOST_DICTIONARY:
                raise Error("its dictionary is too large")
            self._waiting = self._waiting[HEADER:]
        piece, self._waiting = self._waiting[: self._left], self._waiting[self._left :]
        self._left -= len(piece)
        if self._is_dictionary:
            self._dictionary.append(bytes(piece))
        if self._left == 0:
            self.eof = True
            self._learn()
        return False

    def _learn(self) -> None:
        if not self._dictionary:
            return
        try:
            self._file.learn(b"".join(self._dictionary))
        except self._file.zstandard.ZstdError as error:
            raise Error(str(error)) from error
