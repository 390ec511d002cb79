"""A document by itself: inflated, bounded, and refused when it is neither page nor text."""

from __future__ import annotations

from boilerclass.containers.compression import MAGIC, Inflater, compression_of
from boilerclass.containers.record import Foreign, Reading, too_large
from boilerclass.containers.signatures import SAMPLE, describe
from boilerclass.containers.stream import CHUNK, Stream

HEAD = SAMPLE
"""Bytes by which a file is told."""


def inflated(stream: Stream) -> Stream:
    """The stream without its compression, if it has one; one layer is taken off.

    Raises:
        MissingExtra: the compression needs a library that is not installed.
    """
    compression = compression_of(stream.head(MAGIC))
    if compression is None:
        return stream
    return Stream(Inflater(compression, lambda: stream.read(CHUNK) or b"").pull)


def document(stream: Stream, reading: Reading) -> bytes:
    """All that is left of the stream.

    Raises:
        UnreadableInput: it is too large, damaged, or neither HTML nor text.
    """
    what = describe(stream.head(HEAD), encoding_known=reading.encoding is not None)
    if what:
        raise Foreign(what)
    pieces: list[bytes] = []
    left = reading.max_bytes
    while piece := stream.read(CHUNK):
        pieces.append(piece)
        left -= len(piece)
        if left < 0:
            raise too_large(reading.max_bytes)
    return b"".join(pieces)
