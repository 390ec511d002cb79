"""Processes that are copies of this one: they begin with all that it has loaded, at no cost.

A copy has no threads but the one that asked for it, and what the others had locked stays locked. So
this is for a process without threads; those of OpenBLAS are ended by it before, and begin again.
"""

from __future__ import annotations

import gc
import mmap
import pickle
import signal
import sys
from pathlib import Path
from typing import Any

from boilerclass import blas

_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of Linux, ``sys/prctl.h``."""


def possible() -> bool:
    """Whether this process can be copied safely."""
    if sys.platform != "linux":
        return False
    try:
        others = sum(1 for _ in Path("/proc/self/task").iterdir()) - 1
    except OSError:  # not everybody may look
        return False
    if others == 0:
        return True
    for library in blas.libraries():
        if library.internal_api == "openblas" and library.threading_layer == "pthreads":
            others -= int(library.num_threads) - 1
    return others <= 0


def settle() -> None:
    """Have a copy, which this process is, last no longer than what it was made by, and share memory
    with it as long as can be."""
    import ctypes

    ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    gc.freeze()  # what is there is not looked at again, which would copy its memory
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that leads it decides


class Mailbox:
    """Memory that a process shares with its copies, for things on their way.

    A pipe holds a fraction of a batch of pages, and stops both sides again and again meanwhile.
    """

    def __init__(self, size: int) -> None:
        """``size`` is in bytes; the system gives them when they are used."""
        self._memory = mmap.mmap(-1, size)

    def put(self, thing: object) -> bool:
        """Leave something there, in place of what was; whether it was small enough."""
        self._memory.seek(0)
        try:
            pickle.dump(thing, self._memory, pickle.HIGHEST_PROTOCOL)
        except ValueError:  # of the memory: it is at its end
            return False
        return True

    def take(self) -> Any:
        """What the other process has put there."""
        self._memory.seek(0)
        return pickle.load(self._memory)
