"""One run at a time writes to an output. The kernel keeps the lock, and frees it however the run
that holds it ends."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from boilerclass.cli.output import OutputError, unwritable
from boilerclass.writers.terminal import visible_line

NAME = ".{name}.boilerclass-lock"
BUSY = "another run is writing to {path}: wait for its end, or choose another output"
NO_LOCKS = frozenset((errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS))
"""What file systems say that know no locks."""


@contextmanager
def held(paths: Iterable[Path]) -> Iterator[None]:
    """No other run writes to the paths, which are files or directories that stand already.

    Raises:
        OutputError: another run does, or a lock cannot stand there.
    """
    with ExitStack() as locks:
        for path in dict.fromkeys(paths):
            locks.enter_context(_held(path))
        yield


@contextmanager
def _held(path: Path) -> Iterator[None]:
    name = NAME.format(name=path.name)
    mark = path / name if path.is_dir() else path.with_name(name)
    try:
        file = _locked(mark)
    except BlockingIOError as error:
        raise OutputError(BUSY.format(path=visible_line(str(path)))) from error
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        yield
    finally:
        with suppress(OSError):
            mark.unlink()
        file.close()


def _locked(mark: Path) -> BinaryIO:
    """The file that is locked; the one before may be taken away while its lock is waited for."""
    while True:
        file = mark.open("ab")
        try:
            _lock(file)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file.fileno()), mark.stat()):
                    return file
        except BaseException:
            file.close()
            raise
        file.close()


def _lock(file: BinaryIO) -> None:
    try:
        import fcntl
    except ImportError:  # Windows has none, and lets no two processes replace a file
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in NO_LOCKS:
            raise
