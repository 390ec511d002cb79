"""Columns of the paragraphs beside."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


def shifted(columns: Floats, k: int, page: Ints) -> Floats:
    """The columns of the paragraph ``k`` places on; zero beyond the page."""
    out = np.zeros_like(columns)
    if k < 0 and len(columns) > -k:
        out[-k:] = columns[:k] * (page[-k:] == page[:k])[:, None]
    elif 0 < k < len(columns):
        out[:-k] = columns[k:] * (page[:-k] == page[k:])[:, None]
    return out
