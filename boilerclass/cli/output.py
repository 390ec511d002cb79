"""Where results go: standard output, one file, or a directory that mirrors the input tree."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import BinaryIO, Protocol

import click

from boilerclass.cli.inputs import Entry
from boilerclass.writers import Format
from boilerclass.writers.terminal import visible, visible_line

STDOUT = "-"
PAGE_SUFFIXES = frozenset((".asp", ".aspx", ".htm", ".html", ".php", ".shtml", ".txt", ".xhtml"))
"""Suffixes that an output's own suffix replaces; any other stays as part of the name."""
COLLISION = (
    "{first} and {second} would both be written to {target}. "
    "Name the directory that holds both instead of the files, or rename one."
)


class OutputError(click.ClickException):
    """The results cannot be written; there is no point in going on."""


class Destination(Protocol):
    """Takes the rendered documents one by one."""

    def write(self, entry: Entry, text: str) -> None: ...


class _Stream:
    """All documents into one file, parted by headings where the format has them."""

    def __init__(self, file: BinaryIO, form: Format, *, several: bool, terminal: bool) -> None:
        self._file = file
        self._heading = form.heading if several else None
        self._terminal = terminal
        self._parted = ""
        self._put(form.opening)

    def write(self, entry: Entry, text: str) -> None:
        heading = self._parted + self._heading(entry.id) if self._heading else ""
        self._put(heading + text)
        self._parted = "\n"

    def _put(self, text: str) -> None:
        # A page must not move the cursor of whoever reads it; a file gets it as it is.
        self._file.write(encode(visible(text) if self._terminal else text))
        self._file.flush()


class _Tree:
    """A file a document."""

    def __init__(self, root: str, form: Format) -> None:
        self._root = root
        self._form = form

    def write(self, entry: Entry, text: str) -> None:
        path = target(entry, self._root, self._form.suffix)
        path.parent.mkdir(parents=True, exist_ok=True)
        with _atomic(path) as file:
            file.write(encode(self._form.opening + text))


def encode(text: str) -> bytes:
    """``text`` in UTF-8 whatever the locale; a lone surrogate, which has none, as ``\\udcXX``."""
    return text.encode("utf-8", "backslashreplace")


def target(entry: Entry, root: str, suffix: str) -> Path:
    """The file below ``root`` for a document."""
    place = PurePath(entry.place)
    if place.suffix.lower() in PAGE_SUFFIXES:
        return Path(root, place.with_suffix(suffix))
    return Path(root, place.with_name(place.name + suffix))


@contextmanager
def opened(
    form: Format, output: str | None, output_dir: str | None, *, several: bool
) -> Iterator[Destination]:
    """The destination that the options name; what it holds is complete when the block ends.

    Raises:
        OutputError: a file cannot be written.
        OSError: standard output cannot.
    """
    try:
        if output_dir is not None:
            Path(output_dir).mkdir(parents=True, exist_ok=True)
            yield _Tree(output_dir, form)
        elif output is None or output == STDOUT:
            out = sys.stdout.buffer
            yield _Stream(out, form, several=several, terminal=sys.stdout.isatty())
        else:
            with _atomic(Path(output)) as file:
                yield _Stream(file, form, several=several, terminal=False)
    except OSError as error:
        if output is None and output_dir is None:
            raise
        place = visible_line(str(error.filename or output or output_dir))
        raise OutputError(f"cannot write {place}: {error.strerror}") from error


def check(
    entries: Iterable[Entry], form: Format, output: str | None, output_dir: str | None
) -> None:
    """Nothing, when every document has an output of its own that is none of the inputs.

    Raises:
        click.UsageError: two inputs would share an output, or one would be overwritten.
    """
    taken: dict[Path, str] = {}
    for entry in entries:
        if entry.error:
            continue
        if output_dir is None:
            if output is not None and _same(Path(output), entry.id):
                raise click.UsageError(f"{entry.id} is an input and cannot be the output as well.")
            continue
        path = target(entry, output_dir, form.suffix)
        if path in taken:
            first, second = taken[path], entry.id
            raise click.UsageError(COLLISION.format(first=first, second=second, target=path))
        if _same(path, entry.id):
            raise click.UsageError(
                f"{entry.id} would be overwritten by its own result; choose another --output-dir."
            )
        taken[path] = entry.id


def _same(path: Path, name: str) -> bool:
    try:
        return path.is_file() and path.samefile(name)
    except OSError:
        return False


@contextmanager
def _atomic(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of ``path`` when the block ends well, and vanishes otherwise."""
    if path.exists() and not path.is_file():
        with path.open("wb") as file:  # a device or a pipe cannot be replaced
            yield file
        return
    real = Path(os.path.realpath(path))
    fresh = real.with_name(f".{real.name[:200]}.{os.getpid()}.tmp")
    try:
        with fresh.open("wb") as file:
            yield file
        fresh.replace(real)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
