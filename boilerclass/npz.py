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
