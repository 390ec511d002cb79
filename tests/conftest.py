"""What tests of several stages share."""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import settings

from boilerclass.cli import main

# A busy machine is no error: what time things take is measured in benchmarks/.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
# A shell has what it runs in the background ignore Ctrl-C, which some tests send.
signal.signal(signal.SIGINT, signal.default_int_handler)


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Runs the command in this process; ``stdin`` are the bytes piped in."""

    def run(*args: object, stdin: bytes = b"") -> Outcome:
        with io.TextIOWrapper(io.BytesIO(stdin)) as piped:
            monkeypatch.setattr(sys, "stdin", piped)
            code = main([str(arg) for arg in args])
        out, err = capfdbinary.readouterr()
        return Outcome(code, out.decode(), err.decode())

    return run
