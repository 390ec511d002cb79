"""One thread for numpy's matrix products.

Ours are small: threads that wait for each other, and for a processor that is busy, cost several
times what they save.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

_lock = threading.Lock()
_before: list[int] = []
"""The number of threads of each library before the first of those that are inside came in."""
_inside = 0


@contextmanager
def one_thread() -> Iterator[None]:
    """Within it numpy multiplies in one thread; then as before. Threads may be in it together."""
    global _inside  # noqa: PLW0603  # the libraries' setting is one for the process, too
    with _lock:
        if _inside == 0:
            _before[:] = [library.get_num_threads() for library in libraries()]
            _set([1] * len(_before), _before)
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0:
                _set(_before, [1] * len(_before))


def _set(numbers: Sequence[int], now: Sequence[int]) -> None:
    for library, number, known in zip(libraries(), numbers, now, strict=True):
        if number != known:
            library.set_num_threads(number)


@functools.cache
def libraries() -> list[Any]:
    """What multiplies for numpy, which has to be loaded."""
    from threadpoolctl import ThreadpoolController

    found: list[Any] = ThreadpoolController().select(user_api="blas").lib_controllers
    return found
