"""Work that is shared between processes, its results in order.

Copies of this process cost least to begin: they have the model that it has loaded. Where it cannot
be copied, joblib's processes need no guarded main module and no cloned threads. Its ``Parallel`` is
not used: it sends the model with every task, and goes on ahead of a slow reader without bound.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future
from contextlib import contextmanager, suppress
from functools import partial
from itertools import chain, islice
from multiprocessing import current_process
from numbers import Integral
from typing import Any, Generic, TypeVar

from boilerclass import forks
from boilerclass.errors import BoilerclassError, InvalidOption

AHEAD = forks.ROOM
"""Tasks for each other process that are given before the oldest is done."""
TASKS_OF_A_LIFE = 1_000
"""Tasks, for each process, after which all are replaced: what large pages left goes with them."""

Task = TypeVar("Task")
Result = TypeVar("Result")
Submit = Callable[[Task], Future[Result]]

ENDED = "A process that shared the work ended; it may need too much memory. Try fewer jobs."

_work: Callable[[Any], Any]
"""What this process does."""


def ordered(work: Callable[[Task], Result], tasks: Iterable[Task], jobs: int) -> Iterator[Result]:
    """What ``work`` gives for each task, in their order; it is sent to each process once.

    Tasks are taken as they are needed. This process is one of the ``jobs``: it works on a task of
    its own whenever the next result is not there yet, so from the start on. A worker of
    multiprocessing's own pool, which may have no processes, does all of it alone.

    Raises:
        BoilerclassError: a process has ended.
        InvalidOption: ``jobs`` is 0, or no whole number.
    """
    number = _number(jobs)
    source = iter(tasks)
    if number == 1 or current_process().daemon:
        yield from map(work, source)
        return
    for first in source:
        life = chain((first,), islice(source, TASKS_OF_A_LIFE * number - 1))
        try:
            with _crew(work, number - 1) as submit:
                yield from _shared(work, life, submit, AHEAD * (number - 1))
        except BrokenExecutor as error:
            raise BoilerclassError(ENDED) from error


def _number(jobs: int) -> int:
    """How many processes; a negative number counts from that of the processors, -1 being all."""
    if not isinstance(jobs, Integral):
        raise InvalidOption(f"jobs {jobs!r}: give a whole number")
    if jobs > 0:
        return jobs
    if not jobs:
        raise InvalidOption("jobs 0: give a number of processes, or -1 for one a core")
    from joblib import effective_n_jobs

    found: int = effective_n_jobs(jobs)
    return found


@contextmanager
def _crew(work: Callable[[Task], Result], number: int) -> Generator[Submit[Task, Result]]:
    """What gives a task to one of so many other processes."""
    if forks.possible():
        copies = _Copies(work, number)
        try:
            yield copies.submit
        finally:
            copies.end()
        return
    from joblib.externals import loky

    with loky.ProcessPoolExecutor(number, initializer=_begin, initargs=(work,)) as crew:
        yield partial(crew.submit, _do)


def _shared(
    work: Callable[[Task], Result],
    tasks: Iterator[Task],
    submit: Submit[Task, Result],
    most: int,
) -> Iterator[Result]:
    """The same, of one crew, which is given so many tasks at most before the oldest is done."""
    window: deque[Future[Result]] = deque()
    given: deque[Future[Result]] = deque()
    while True:
        while given and given[0].done():
            given.popleft()
        for task in islice(tasks, min(most - len(given), 2 * most - len(window))):
            given.append(submit(task))
            window.append(given[-1])
        if window and not window[0].done() and len(window) < 2 * most:
            for task in islice(tasks, 1):
                window.append(_done(work, task))
        if not window:
            return
        yield window.popleft().result()


def _done(work: Callable[[Task], Result], task: Task) -> Future[Result]:
    future: Future[Result] = Future()
    try:
        future.set_result(work(task))
    except Exception as error:  # noqa: BLE001  # it is raised when its turn comes
        future.set_exception(error)
    return future


class _Copies(Generic[Task, Result]):
    """Copies of this process that do the work.

    Python's own pool would do, if it did not send through pipes and by threads: these are kept from
    running by the work of this process, and the others wait for them.
    """

    def __init__(self, work: Callable[[Task], Result], number: int) -> None:
        self._copies: list[_Copy[Task, Result]] = []
        for _ in range(number):
            self._copies.append(_Copy(work, [copy.channel for copy in self._copies]))

    def submit(self, task: Task) -> Future[Result]:
        return min(self._copies, key=lambda copy: len(copy.given)).do(task)

    def end(self) -> None:
        for copy in self._copies:
            copy.end()


class _Copy(Generic[Task, Result]):
    """One of them."""

    def __init__(self, work: Callable[[Task], Result], others: list[forks.Channel]) -> None:
        from multiprocessing import get_context

        self.channel, theirs = forks.channel()
        self.given: deque[_Awaited[Result]] = deque()
        """What it has not answered, AHEAD at most."""
        copied = theirs, work, [self.channel, *others]
        self._process = get_context("fork").Process(target=_serve, args=copied, daemon=True)
        self._process.start()
        theirs.close()

    def do(self, task: Task) -> Future[Result]:
        answer: _Awaited[Result] = _Awaited(self)
        try:
            while not self.channel.send(task, waiting=bool(self.given)):
                self.take()
        except OSError as error:
            raise BrokenExecutor from error
        except Exception as error:  # noqa: BLE001  # it cannot be sent
            answer.set_exception(error)
        else:
            self.given.append(answer)
        return answer

    def take(self) -> None:
        """Wait for its next answer."""
        try:
            error, result = self.channel.receive()
        except (EOFError, OSError) as gone:
            raise BrokenExecutor from gone
        answer = self.given.popleft()
        if error is None:
            answer.set_result(result)
        else:
            answer.set_exception(error)

    def look(self) -> None:
        """Take the answers that are there."""
        while self.given and self.channel.pipe.poll():
            self.take()

    def end(self) -> None:
        """Nobody wants it any more. That its pipe is closed may not reach it: a process that was
        copied in the meantime, by another run or by the user, holds this end as well."""
        self.channel.close()
        self._process.kill()
        self._process.join()


class _Awaited(Future[Result]):
    """What a copy will answer."""

    def __init__(self, copy: _Copy[Any, Result]) -> None:
        super().__init__()
        self._copy = copy

    def done(self) -> bool:
        self._copy.look()
        return super().done()

    def result(self, timeout: float | None = None) -> Result:
        while not super().done():
            self._copy.take()
        return super().result(timeout)


def _serve(
    channel: forks.Channel, work: Callable[[Any], Any], ours: Iterable[forks.Channel]
) -> None:
    """The life of a copy: tasks come, answers go, until the pipe is closed. ``ours`` are the ends
    of the process that leads it."""
    forks.settle(ours)
    with suppress(EOFError, OSError):
        while True:
            answer = _answer(work, channel.receive())
            try:
                channel.send(answer)
            except OSError:
                raise
            except Exception as error:  # noqa: BLE001  # it cannot be sent
                channel.send((error, None))


def _answer(work: Callable[[Any], Any], task: Any) -> tuple[Exception | None, Any]:
    try:
        return None, work(task)
    except Exception as error:  # noqa: BLE001  # it is raised when its turn comes
        return error, None


def _begin(work: Callable[[Any], Any]) -> None:
    global _work  # noqa: PLW0603  # a process has no other place of its own
    _work = work


def _do(task: Any) -> Any:
    return _work(task)
