"""Work shared between processes: order, errors, and how far ahead of its reader it goes."""

from collections.abc import Iterator
from itertools import islice
from math import factorial, sqrt

import pytest

from boilerclass.blas import _libraries, one_thread
from boilerclass.processes import AHEAD, ordered


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


def test_numpy_has_one_thread_until_the_last_is_out() -> None:
    def threads() -> list[int]:
        return [library.get_num_threads() for library in _libraries()]

    before = threads()
    with one_thread():
        with one_thread():
            assert set(threads()) <= {1}
        assert set(threads()) <= {1}
    assert threads() == before
