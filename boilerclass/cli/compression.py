"""Output that is compressed while it is written."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from functools import partial
from typing import Any, BinaryIO, NamedTuple

import click

from boilerclass.containers.zstd import NO_ZSTD
from boilerclass.errors import MissingExtra
from boilerclass.writers import Format


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
TWICE = "Parquet is compressed already: leave --compress out, and {codec.suffix} off the name."


def of(form: Format, path: str | None, name: str | None = None) -> Codec | None:
    """How a file of the format is compressed: by the codec of that name; without a name, by the one
    that the path's suffix says.

    Raises:
        click.UsageError: the format is compressed already.
    """
    suffixes = {codec.suffix: codec for codec in CODECS.values()}
    by_suffix = (c for s, c in suffixes.items() if path and path.lower().endswith(s))
    codec = next(by_suffix, None) if name is None else CODECS.get(name)
    if codec is not None and form.compressed:
        raise click.UsageError(TWICE.format(codec=codec))
    return codec
