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
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boilerclass import blas

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

ROOM = 2
"""Things in each direction that are sent and not received."""
MEMORY = 8 << 20
"""Bytes of shared memory for each: a usual batch of pages takes a fifth. The system gives them when
they are used."""

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


def settle(ends: Iterable[Channel]) -> None:
    """Have a copy, which this process is, last no longer than what it was made by, and share memory
    with it as long as can be. ``ends`` are those of the process that leads it, which the copy would
    keep open."""
    import ctypes

    ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    gc.freeze()  # what is there is not looked at again, which would copy its memory
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that leads it decides
    for end in ends:
        end.close()


class Channel:
    """One end of the way between a process and a copy of it, or any other process.

    What fits goes through memory that both share: a pipe holds a fraction of a batch of pages, and
    stops both sides again and again meanwhile.
    """

    def __init__(
        self, pipe: Connection, out: Sequence[mmap.mmap] = (), back: Sequence[mmap.mmap] = ()
    ) -> None:
        self.pipe = pipe
        self._out, self._back = out, back
        self._turn = 0

    def send(self, thing: object, *, waiting: bool = False) -> bool:
        """Whether it is on its way; there must be less than ROOM things that the other end has not
        received. Where some are ``waiting``, nothing is sent that could stop this end: the other
        one may be sending, too.

        Raises:
            OSError: the other process is gone.
        """
        if self._out:
            memory = self._out[self._turn]
            memory.seek(0)
            try:
                pickle.dump(thing, memory, pickle.HIGHEST_PROTOCOL)
            except ValueError:  # of the memory: it is at its end
                pass
            else:
                self.pipe.send((self._turn, None))
                self._turn = (self._turn + 1) % ROOM
                return True
        if waiting:
            return False
        self.pipe.send((None, thing))
        return True

    def receive(self) -> Any:
        """What comes next from the other end.

        Raises:
            OSError, EOFError: the other process is gone.
        """
        turn, thing = self.pipe.recv()
        if turn is None:
            return thing
        memory = self._back[turn]
        memory.seek(0)
        return pickle.load(memory)

    def close(self) -> None:
        self.pipe.close()


def channel() -> tuple[Channel, Channel]:
    """Both ends, one for this process and one for a copy that is made of it."""
    from multiprocessing import Pipe  # here, because most runs have no process but this one

    ours, theirs = Pipe()
    out, back = ([mmap.mmap(-1, MEMORY) for _ in range(ROOM)] for _ in range(2))
    return Channel(ours, out, back), Channel(theirs, back, out)
