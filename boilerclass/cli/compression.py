"""Output that is compressed while it is written."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from functools import partial
from typing import Any, BinaryIO, NamedTuple

from boilerclass.containers.zstd import NO_ZSTD
from boilerclass.errors import MissingExtra


class Codec(NamedTuple):
    """A way to compress a file."""

    suffix: str
    opens: Callable[[BinaryIO], Any]
    """A file whose content goes compressed into the one given, which stays open."""


def _zstd(file: BinaryIO) -> Any:
    try:
        import zstandard
    except ImportError as error:
        raise MissingExtra(NO_ZSTD) from error
    return zstandard.ZstdCompressor().stream_writer(file, closefd=False)


CODECS: dict[str, Codec] = {
    # Without a time in it the same text gives the same file.
    "gzip": Codec(".gz", partial(gzip.GzipFile, "", "wb", 6, mtime=0)),
    "bz2": Codec(".bz2", partial(bz2.BZ2File, mode="wb")),
    "xz": Codec(".xz", partial(lzma.LZMAFile, mode="wb")),
    "zstd": Codec(".zst", _zstd),
}
NONE = "none"


def named(name: str | None, path: str | None) -> Codec | None:
    """The codec of that name; without a name, the one that the path's suffix says."""
    if name is not None:
        return CODECS.get(name)
    suffixes = {codec.suffix: codec for codec in CODECS.values()}
    return next((c for s, c in suffixes.items() if path and path.lower().endswith(s)), None)
