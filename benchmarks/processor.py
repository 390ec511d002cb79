"""Time of the processor, of this process and of all that it has started.

A command that works with several processes does not wait for all of them, so that the system adds
their time to nobody's. Processes left alone become children of this one, and are waited for here.
"""

from __future__ import annotations

import ctypes
import os
import resource
import time
from contextlib import suppress

PR_SET_CHILD_SUBREAPER = 36
"""Of Linux, ``sys/prctl.h``."""


def adopt() -> None:
    """Have processes whose parents end become children of this one, where the system can."""
    with suppress(AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def wait() -> None:
    """Wait for all children; there must be none that stays."""
    with suppress(ChildProcessError):
        while True:
            os.wait()


def own() -> float:
    """Seconds of this process."""
    return time.process_time()


def children() -> float:
    """Seconds of the children that have ended and been waited for, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
