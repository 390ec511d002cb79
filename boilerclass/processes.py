"""Work that is shared between processes, its results in order.

Copies of this process cost least to begin: they have the model that it has loaded. Where it cannot
be copied, joblib's processes need no guarded main module and no cloned threads. Its ``Parallel`` is
not used: it sends the model with every task, and goes on ahead of a slow reader without bound.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from itertools import chain, islice
from typing import Any, TypeVar

from boilerclass import forks
from boilerclass.errors import BoilerclassError

AHEAD = 3
"""Tasks for each process that are given before the oldest is done."""
TASKS_OF_A_LIFE = 1_000
"""Tasks, for each process, after which all are replaced: what large pages left goes with them."""

Task = TypeVar("Task")
Result = TypeVar("Result")

ENDED = "A process that shared the work ended; it may need too much memory. Try fewer jobs."

_work: Callable[[Any], Any]
"""What this process does."""


def ordered(work: Callable[[Task], Result], tasks: Iterable[Task], jobs: int) -> Iterator[Result]:
    """What ``work`` gives for each task, in their order; it is sent to each process once.

    Tasks are taken as they are needed. This process is one of the ``jobs``: it works on a task of
    its own whenever the next result is not there yet, so from the start on.

    Raises:
        BoilerclassError: a process has ended.
    """
    number = _number(jobs)
    source = iter(tasks)
    if number == 1:
        yield from map(work, source)
        return
    for first in source:
        life = chain((first,), islice(source, TASKS_OF_A_LIFE * number - 1))
        try:
            with _crew(work, number - 1) as crew:
                yield from _shared(work, life, crew, AHEAD * (number - 1))
        except BrokenExecutor as error:
            raise BoilerclassError(ENDED) from error


def _number(jobs: int) -> int:
    """How many processes; a negative number counts from that of the processors, -1 being all."""
    if jobs > 0:
        return jobs
    from joblib import effective_n_jobs

    found: int = effective_n_jobs(jobs)
    return found


def _crew(work: Callable[[Task], Result], number: int) -> Executor:
    """So many other processes that can do the work."""
    if forks.possible():
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        return ProcessPoolExecutor(number, get_context("fork"), _begin_copy, (work,))
    from joblib.externals import loky

    crew: Executor = loky.ProcessPoolExecutor(number, initializer=_begin, initargs=(work,))
    return crew


def _shared(
    work: Callable[[Task], Result],
    tasks: Iterator[Task],
    crew: Executor,
    most: int,
) -> Iterator[Result]:
    """The same, of one crew, which is given so many tasks at most before the oldest is done."""
    window: deque[Future[Result]] = deque()
    given: deque[Future[Result]] = deque()
    while True:
        while given and given[0].done():
            given.popleft()
        for task in islice(tasks, min(most - len(given), 2 * most - len(window))):
            given.append(crew.submit(_do, task))
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


def _begin_copy(work: Callable[[Any], Any]) -> None:
    forks.settle()
    _begin(work)


def _begin(work: Callable[[Any], Any]) -> None:
    global _work  # noqa: PLW0603  # a process has no other place of its own
    _work = work


def _do(task: Any) -> Any:
    return _work(task)
