"""Processes that do the work: their number changes nothing but the time.

A process takes a batch and answers with its outcomes. One that dies or takes too long is replaced,
and each page of its batch is done again by itself, so that what breaks a process costs one page.
What a process does is never waited for: a thread kills one whose time is over, which also ends a
transfer that it has stopped in the middle of.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from threading import Timer
from typing import Any, NamedTuple

import click

from boilerclass import forks
from boilerclass.cli.inputs import Source
from boilerclass.cli.work import Failure, Outcome, Work, Worker
from boilerclass.errors import BoilerclassError

AHEAD = 4
"""Batches for each process that are read before the oldest of them is done."""
BYTES_OF_A_LIFE = 256 << 20
"""Bytes of pages after which a process is replaced: what large pages left behind goes with it."""
START = 120.0
"""Seconds that a process may take to begin, where there is a limit at all."""
MOST_STILLBORN = 3
"""Processes, one after the other, that may end before they begin."""
THREADS = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
"""What numpy's libraries ask how many threads to use."""
CRASHED = "the process that worked on it ended ({how}); it may need too much memory"
TOO_LONG = "took longer than --timeout {seconds:g}"
NO_START = "A worker process ended before it began ({how}). Is there enough memory for --jobs?"

Pages = Sequence[Source]


def one_thread() -> None:
    """Have numpy use one thread, here and in processes to come; to be called before it is loaded.

    With more it adds in another order, so that the last digits would depend on ``--jobs``; and
    matrices are too small for it to help.
    """
    for name in THREADS:
        os.environ.setdefault(name, "1")


def outcomes(
    batches: Iterable[Pages], work: Work, jobs: int = 1, timeout: float | None = None
) -> Generator[list[Outcome], None, None]:
    """The outcomes of each batch, in their order.

    ``timeout`` is in seconds for each page. Without one, a single job is done in this process.

    Raises:
        BoilerclassError: the work cannot be done on any page.
        click.ClickException: processes cannot be had.
    """
    if jobs == 1 and timeout is None:
        worker = Worker(work)
        yield from map(worker, batches)
        return
    crew = _Crew(work, jobs, timeout)
    try:
        yield from crew.outcomes(batches)
    finally:
        crew.dismiss()


class _Batch:
    """A batch and the outcomes that are known."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self.outcomes: list[Outcome | None] = [None] * len(pages)

    def done(self) -> bool:
        return None not in self.outcomes


class _Part(NamedTuple):
    """Pages of a batch that a process is given at once."""

    batch: _Batch
    start: int
    stop: int

    @property
    def pages(self) -> Pages:
        return self.batch.pages[self.start : self.stop]

    def settle(self, outcomes: Sequence[Outcome]) -> None:
        self.batch.outcomes[self.start : self.stop] = outcomes

    def singles(self) -> list[_Part]:
        return [_Part(self.batch, i, i + 1) for i in range(self.start, self.stop)]


class _Process:
    """A process at the other end of a pipe."""

    def __init__(self, work: Work, timeout: float | None, others: Iterable[_Process]) -> None:
        import multiprocessing  # here, because most runs have no process but this one

        method = _method()
        context = multiprocessing.get_context(method)
        if method == "fork":
            self.channel, theirs = forks.channel()
            ours = [self.channel, *(o.channel for o in others)]
        else:
            self.channel, theirs = map(forks.Channel, context.Pipe())
            ours = None
        self._process = context.Process(target=_serve, args=(theirs, work, ours), daemon=True)  # type: ignore[attr-defined]  # typeshed leaves it out of the base
        self._process.start()
        theirs.close()
        self.started = self.answering = False
        self.parts: deque[_Part] = deque()
        """What it has been given and not answered yet."""
        self.late = False
        """Whether its time was over."""
        self._timeout = timeout
        self._timer: Timer | None = None
        self._bytes = 0
        self._allow(None if timeout is None else max(timeout, START))

    @property
    def free(self) -> bool:
        return self.started and not self.parts

    @property
    def old(self) -> bool:
        return self._bytes >= BYTES_OF_A_LIFE

    @property
    def open(self) -> bool:
        """Whether it may be given more."""
        most = forks.ROOM if self._timeout is None else 1  # time runs from when one is given
        return self.started and not self.old and len(self.parts) < most

    def give(self, part: _Part) -> bool:
        """Send pages, unless it is busy and they are too many to wait for it.

        Raises:
            OSError: the process is gone.
        """
        self._allow(self._timeout)
        if not self.channel.send(part.pages, waiting=bool(self.parts)):
            return False
        self.parts.append(part)
        self._bytes += sum(len(page.content) for page in part.pages)
        return True

    def take(self) -> Any:
        """What it answers.

        Raises:
            OSError, EOFError: it is gone.
        """
        self.answering = True
        self._allow(self._timeout)
        answer = self.channel.receive()
        self._allow(None)
        self.answering = False
        return answer

    def _allow(self, seconds: float | None) -> None:
        """Have it killed unless more is allowed in time."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if seconds is not None:
            self._timer = Timer(seconds, self._expire)
            self._timer.daemon = True
            self._timer.start()

    def _expire(self) -> None:
        # An answer that is there has been in time, however late it is looked at: taking it has a
        # limit of its own.
        with suppress(OSError, ValueError):
            if self.answering or not self.channel.pipe.poll():
                self.late = True
                self._process.kill()

    def end(self) -> str:
        """Stop it at once; in words how it ended."""
        self._allow(None)
        self.channel.close()
        self._process.join(0.2 if self.free else 0)
        self._process.kill()
        self._process.join()
        code = self._process.exitcode or 0
        self._process.close()
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"


class _Crew:
    """Gives batches to processes and takes their answers."""

    def __init__(self, work: Work, jobs: int, timeout: float | None) -> None:
        self._work = work
        self._timeout = timeout
        self._todo: deque[_Part] = deque()
        self._processes: list[_Process] = []
        self._jobs = jobs
        self._stillborn = 0

    def outcomes(self, batches: Iterable[Pages]) -> Iterator[list[Outcome]]:
        source = iter(batches)
        window: deque[_Batch] = deque()
        more = True
        while more or window:
            while window and window[0].done():
                yield [outcome for outcome in window.popleft().outcomes if outcome is not None]
            self._give()
            ahead = len(window) < AHEAD * self._jobs and len(self._todo) < self._jobs
            if more and ahead:
                pages = next(source, None)
                more = pages is not None
                if pages is not None:
                    batch = _Batch(pages)
                    window.append(batch)
                    if pages:
                        self._todo.append(_Part(batch, 0, len(pages)))
                self._take(wait_for_one=False)
            elif window and not window[0].done():
                self._take(wait_for_one=True)

    def dismiss(self) -> None:
        """Stop all processes."""
        while self._processes:
            self._processes.pop().end()

    def _give(self) -> None:
        """Keep every process busy as long as there is something to do."""
        for process in [p for p in self._processes if p.free and p.old]:
            self._remove(process)
        starting = sum(not process.started for process in self._processes)
        while starting < len(self._todo) and len(self._processes) < self._jobs:
            self._processes.append(_Process(self._work, self._timeout, self._processes))
            starting += 1
        for process in sorted(self._processes, key=lambda p: len(p.parts)):
            if self._todo and process.open:
                try:
                    if process.give(self._todo[0]):
                        self._todo.popleft()
                except OSError:  # it died
                    self._failed(process)

    def _take(self, *, wait_for_one: bool) -> None:
        """Take the answers that are there; wait for one, or for a process to end."""
        from multiprocessing.connection import Connection, wait

        busy = {process.channel.pipe: process for process in self._processes if not process.free}
        for connection in wait(list(busy), None if wait_for_one else 0) if busy else ():
            assert isinstance(connection, Connection)
            self._answer(busy[connection])

    def _answer(self, process: _Process) -> None:
        try:
            answer = process.take()
        except (EOFError, OSError):
            self._failed(process)
            return
        if isinstance(answer, BoilerclassError):
            raise answer
        self._stillborn = 0
        if process.started:
            process.parts.popleft().settle(answer)
        process.started = True

    def _failed(self, process: _Process) -> None:
        how = self._remove(process)
        if not process.started:
            self._stillborn += 1
            if self._stillborn == MOST_STILLBORN:
                raise click.ClickException(NO_START.format(how=how))
        if not process.parts:
            return
        part, *others = process.parts
        self._todo.extendleft(reversed(others))
        words = TOO_LONG.format(seconds=self._timeout) if process.late else CRASHED.format(how=how)
        if len(part.pages) == 1:
            part.settle([Outcome(error=Failure(words))])
        else:
            self._todo.extendleft(reversed(part.singles()))

    def _remove(self, process: _Process) -> str:
        self._processes.remove(process)
        return process.end()


def _method() -> str:
    """How processes are begun. To copy this one costs least, if it has no threads whose locks would
    be copied as well; the next best is to copy one that has done nothing but load the model."""
    import multiprocessing

    if forks.possible():
        import boilerclass.cli.preloaded  # noqa: F401  # once for all of them

        return "fork"
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return "spawn"
    multiprocessing.get_context("forkserver").set_forkserver_preload(["boilerclass.cli.preloaded"])
    return "forkserver"


def _serve(channel: forks.Channel, work: Work, ours: Sequence[forks.Channel] | None) -> None:
    """The life of a process: batches come, outcomes go, until the pipe is closed. ``ours`` are the
    ends that a copy has of the one that leads it."""
    if ours is None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that leads it decides
    else:
        forks.settle(ours)
    with suppress(EOFError, OSError):
        try:
            worker = Worker(work)
            channel.send(None)
            while True:
                channel.send(worker(channel.receive()))
        except BoilerclassError as error:
            channel.send(error)
