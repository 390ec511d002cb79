"""Memory that is freed stays at hand."""

from __future__ import annotations

import functools

import numpy as np

KEPT = 31 << 20
"""Bytes of the block that is freed; beyond 32 MB glibc learns nothing from one."""


@functools.cache
def keep_freed() -> None:
    """Has the C library keep the memory of one batch for the next.

    The arrays of a batch are freed together. glibc gives so much back to the system at once, which
    has to clear it before it hands it out again: a tenth of the time that a page takes. It learns
    from the largest block that was ever freed what is usual (mallopt(3), M_MMAP_THRESHOLD); one
    that nobody writes to costs nothing. Other C libraries take no notice.
    """
    np.empty(KEPT, dtype=np.uint8)
