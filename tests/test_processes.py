"""Work shared between processes: order, errors, and how far ahead of its reader it goes."""

import os
import sys
from collections.abc import Iterator
from itertools import islice
from math import factorial, sqrt
from multiprocessing import get_context
from pickle import PicklingError

import pytest

from boilerclass import forks
from boilerclass.blas import libraries, one_thread
from boilerclass.errors import BoilerclassError
from boilerclass.processes import AHEAD, ordered

# Other tests have left threads, none of which holds what these copies need.
pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
needs_copies = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


@pytest.fixture(params=[False, pytest.param(True, marks=needs_copies)], autouse=True)
def _(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test with joblib's processes and with copies."""
    monkeypatch.setattr(forks, "possible", lambda: request.param)


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_results_come_in_the_order_of_tasks(jobs: int) -> None:
    numbers = [30_000, 5, 20_000, *range(100)]  # the first take longest
    assert list(ordered(factorial, numbers, jobs)) == list(map(factorial, numbers))


def test_tasks_are_taken_as_they_are_needed() -> None:
    taken = 0

    def tasks() -> Iterator[int]:
        nonlocal taken
        while True:
            taken += 1
            yield taken

    assert list(islice(ordered(abs, tasks(), 2), 50)) == list(range(1, 51))
    assert taken <= 50 + 2 * AHEAD + 1


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_is_raised_in_its_turn(jobs: int) -> None:
    results = ordered(sqrt, [4, 9, -1, 16], jobs)
    assert [next(results), next(results)] == [2, 3]
    with pytest.raises(ValueError, match="domain"):
        next(results)


@pytest.mark.parametrize("size", [0, 5_000_000])
def test_messages_of_any_size_travel(size: int) -> None:
    tasks = [b"tide" * size] * 9
    assert list(ordered(bytes.upper, tasks, 2)) == [b"TIDE" * size] * 9


def test_two_runs_at_once_end_each_for_itself() -> None:
    one, two = (ordered(abs, range(9), 2) for _ in range(2))
    assert [next(one), next(two)] == [0, 0]  # the processes of the second hold what the first has
    assert list(one) == list(two) == list(range(1, 9))


def test_a_process_that_may_have_none_of_its_own_works_alone() -> None:
    with get_context("spawn").Pool(1) as pool:
        assert pool.apply(_shared) == [1, 2, 3]


def _shared() -> list[int]:
    return list(ordered(abs, [-1, -2, -3], 2))


def test_numpy_has_one_thread_until_the_last_is_out() -> None:
    def threads() -> list[int]:
        return [library.get_num_threads() for library in libraries()]

    before = threads()
    with one_thread():
        with one_thread():
            assert set(threads()) <= {1}
        assert set(threads()) <= {1}
    assert threads() == before


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_task_that_cannot_be_sent_is_an_error_in_its_turn(jobs: int) -> None:
    results = ordered(len, ["tide", (x for x in "tide"), ""], jobs)
    assert next(results) == 4
    with pytest.raises((TypeError, PicklingError), match=r"generator|pickle"):
        next(results)


def test_a_process_that_ends_is_an_error() -> None:
    with pytest.raises(BoilerclassError, match="ended"):
        list(ordered(_leave, [os.getpid()] * 9, 2))


def _leave(leader: int) -> None:
    if os.getpid() != leader:
        os._exit(1)


def test_what_cannot_travel_is_an_error() -> None:
    with pytest.raises((TypeError, PicklingError), match="generator"):
        list(ordered(_characters, ["tide"] * 9, 2))


def _characters(text: str) -> Iterator[str]:
    yield from text
