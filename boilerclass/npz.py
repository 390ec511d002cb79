"""Arrays as the bytes of an ``.npz`` file, without pickles: the same arrays give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

# The first moment a zip archive can record: the same arrays give the same bytes on any day.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_HEADER = 30
"""Bytes before an entry's name in a zip archive."""


def pack(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The file that holds the arrays, sorted by name and not compressed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, array in sorted(arrays.items()):
            entry = io.BytesIO()
            np.lib.format.write_array(entry, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _ZIP_EPOCH), entry.getvalue())
    return packed.getvalue()


def unpack(raw: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of a file that :func:`pack` made.

    Raises:
        ValueError: the bytes are damaged, or were made by something else.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            # A packed entry may unfold to any size, and unpacking is slow: `pack` never packs.
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in archive.infolist()):
                raise ValueError("compressed entry")
        with np.load(io.BytesIO(raw), allow_pickle=False) as archive:
            return dict(archive)
    except (OSError, EOFError, KeyError, MemoryError, RuntimeError, zipfile.BadZipFile) as error:
        raise ValueError(str(error)) from error


def mapped(path: str) -> dict[str, NDArray[Any]]:
    """The arrays of a file that :func:`pack` made, as they lie in it: all processes that map it
    hold them once. Nothing is checked but their place.

    Raises:
        OSError: the file cannot be read.
        ValueError: it was made by something else.
    """
    arrays: dict[str, NDArray[Any]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                with archive.open(entry) as file:
                    np.lib.format.read_magic(file)
                    shape, _, dtype = np.lib.format.read_array_header_1_0(file)
                    start = entry.header_offset + _HEADER + len(entry.filename) + file.tell()
                empty = 0 in shape  # which cannot be mapped
                array = np.zeros(0, dtype) if empty else np.memmap(path, dtype, "r", start, shape)
                arrays[entry.filename.removesuffix(".npy")] = np.asarray(array)
    except (EOFError, zipfile.BadZipFile) as error:
        raise ValueError(str(error)) from error
    return arrays
