"""Processes that are copies of this one: they begin with all that it has loaded, at no cost.

A copy has no threads but the one that asked for it, and what the others had locked stays locked. So
this is for a process without threads; those of OpenBLAS are ended by it before, and begin again.
"""

from __future__ import annotations

import gc
import os
import pickle
import select
import signal
import struct
import sys
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Never, Self

from boilerclass import blas
from boilerclass.errors import BoilerclassError

ROOM = 1 << 20
"""Bytes that a pipe holds where the system lets it: an answer is left there, and work goes on."""
_SIZE = struct.Struct("<q")
"""The bytes of a message, before it."""
_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of Linux, ``sys/prctl.h``."""
ENDED = "A process that shared the work ended; it may need too much memory. Try fewer jobs."

Work = Callable[[Any], Any]


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


class Crew:
    """Some copies of this process, each of which does its tasks one after another."""

    def __init__(self, work: Work, number: int) -> None:
        self._work = work
        self._number = number
        self._copies: list[_Copy] = []

    def __enter__(self) -> Self:
        try:
            for _ in range(self._number):
                self._copies.append(_Copy(self._work, self._copies))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for copy in self._copies:
            copy.end()

    def submit(self, task: Any) -> Answer:
        """The answer to come, from the copy that has the least to do."""
        answer = Answer(self)
        try:
            message = pickle.dumps(task, pickle.HIGHEST_PROTOCOL)
        except Exception as error:  # noqa: BLE001  # raised again where the answer is taken
            answer.told = None, error
            return answer
        copy = min(self._copies, key=lambda copy: len(copy.due))
        copy.outgoing += memoryview(_SIZE.pack(len(message))), memoryview(message)
        copy.due.append(answer)
        self.exchange(wait=False)
        return answer

    def exchange(self, *, wait: bool) -> None:
        """Send and receive what the pipes hold and take, waiting for some of it if asked.

        Raises:
            BoilerclassError: a copy has ended.
        """
        poll = select.poll()
        known = {}
        for copy in self._copies:
            if copy.due:
                known[copy.from_it] = copy.receive
                poll.register(copy.from_it, select.POLLIN)
            if copy.outgoing:
                known[copy.to_it] = copy.send
                poll.register(copy.to_it, select.POLLOUT)
        for descriptor, _ in poll.poll(None if wait else 0):
            known[descriptor]()


class Answer:
    """What a copy gives for a task, once it is there."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self.told: tuple[Any, Exception | None] | None = None

    def done(self) -> bool:
        if self.told is None:
            self._crew.exchange(wait=False)
        return self.told is not None

    def result(self) -> Any:
        """What it gives; waits for it.

        Raises:
            Exception: what doing the task raised, or that it cannot be sent.
        """
        while self.told is None:
            self._crew.exchange(wait=True)
        value, error = self.told
        if error is not None:
            raise error
        return value


class _Copy:
    """A copy of this process, at the other end of two pipes."""

    def __init__(self, work: Work, others: Sequence[_Copy]) -> None:
        tasks, self.to_it = _pipe()
        self.from_it, answers = _pipe()
        self.outgoing: deque[memoryview] = deque()
        self.due: deque[Answer] = deque()
        self._incoming = bytearray()
        self._received = bytearray(ROOM)
        self._process = os.fork()
        if self._process == 0:
            for copy in (self, *others):  # or they would never see the end of their tasks
                os.close(copy.to_it)
                os.close(copy.from_it)
            _serve(work, tasks, answers)
        os.close(tasks)
        os.close(answers)
        os.set_blocking(self.to_it, False)
        os.set_blocking(self.from_it, False)

    def send(self) -> None:
        with suppress(BrokenPipeError):  # the end of its answers tells of it
            sent = os.write(self.to_it, self.outgoing[0])
            self.outgoing[0] = self.outgoing[0][sent:]
            if not self.outgoing[0]:
                self.outgoing.popleft()

    def receive(self) -> None:
        size = os.readv(self.from_it, [self._received])
        if not size:
            raise BoilerclassError(ENDED)
        self._incoming += memoryview(self._received)[:size]
        while len(self._incoming) >= _SIZE.size:
            end = _SIZE.size + _SIZE.unpack_from(self._incoming)[0]
            if len(self._incoming) < end:
                break
            with memoryview(self._incoming)[_SIZE.size : end] as message:
                self.due.popleft().told = pickle.loads(message)
            del self._incoming[:end]

    def end(self) -> None:
        """Stop it at once."""
        os.close(self.to_it)
        os.close(self.from_it)
        with suppress(ProcessLookupError):
            os.kill(self._process, signal.SIGKILL)
        with suppress(ChildProcessError):  # somebody else has waited for it
            os.waitpid(self._process, 0)


def _pipe() -> tuple[int, int]:
    import fcntl

    reading, writing = os.pipe()
    with suppress(AttributeError, OSError):
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, ROOM)
    return reading, writing


def _serve(work: Work, tasks: int, answers: int) -> Never:
    """The life of a copy: tasks come, answers go, until the pipe is closed."""
    try:
        settle()
        with os.fdopen(tasks, "rb") as source, os.fdopen(answers, "wb") as goal:
            while head := source.read(_SIZE.size):
                _answer(goal, work, source.read(_SIZE.unpack(head)[0]))
    finally:
        os._exit(0)  # nothing that this process would do at its end is for a copy to do


def _answer(goal: BinaryIO, work: Work, message: bytes) -> None:
    value, error = None, None
    try:
        value = work(pickle.loads(message))
    except Exception as raised:  # noqa: BLE001  # raised again where the answer is taken
        error = raised
    try:
        reply = pickle.dumps((value, error), pickle.HIGHEST_PROTOCOL)
        pickle.loads(reply) if error else None
    except Exception as unfit:  # noqa: BLE001  # it cannot travel as it is
        reply = pickle.dumps((None, BoilerclassError(f"{type(unfit).__name__}: {error or unfit}")))
    goal.write(_SIZE.pack(len(reply)))
    goal.write(reply)
    goal.flush()
