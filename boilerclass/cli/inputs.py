"""What the user named, as a stream of documents: files, directories, globs, lists, stdin."""

from __future__ import annotations

import dataclasses
import errno
import glob
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path, PurePath
from typing import BinaryIO, Literal, NamedTuple

import click

from boilerclass import containers
from boilerclass.cli.places import Taken, inside
from boilerclass.containers.archive import SIDE_FILES
from boilerclass.containers.record import Reading, Record
from boilerclass.containers.stream import opened
from boilerclass.errors import InvalidOption, UnreadableInput
from boilerclass.options import Options
from boilerclass.writers.terminal import visible_line

STDIN = "-"
CLOSED = "standard input is closed: pipe something in, or name a file"
OUTPUT = "the file that results are written to"
MISSING = "there is no such file or directory"
NO_INPUT = (
    "No input. Name files, directories or globs, or pipe a page in: "
    "curl -s URL | boilerclass {command}"
)
LONGEST_PATH = 1 << 16
"""Bytes in which a list of paths shows how they are parted."""


class Entry(NamedTuple):
    """A document before it is read, or a container of documents."""

    id: str
    """What the document is called in the output: the path as it was named, ``-`` for standard
    input; behind it what names a record in a container, or the value of its id column alone."""
    place: str
    """Where it stands in the tree that ``--output-dir`` mirrors: relative to the directory that
    was named, or that stands before a glob's first wildcard; else the bare file name. A record
    stands below its container."""
    error: Exception | None = None
    """Why it cannot be read, when that is known already."""
    container: str | None = None
    """The path of the container that the document stands in; None for a file by itself."""
    ordinal: int | None = None
    """Its number among all records of the container, from 0 and the same in every run."""
    key: str | None = None
    """What the container itself calls it: a record's id, the value of the id column."""

    @property
    def shown(self) -> str:
        """The name by which a message lets it be found."""
        if self.ordinal is None or self.key != self.id:
            return self.id
        return f"{self.container}#{self.ordinal}"


class Source(NamedTuple):
    """A document's content, or why there is none: of ``error`` and ``skipped`` at most one."""

    entry: Entry
    content: str | bytes
    error: Exception | None = None
    skipped: str | None = None
    """Why a record is no document, in words that can be counted."""
    url: str | None = None
    encoding: str | None = None
    kind: Literal["html", "text"] | None = None
    read: int = 0
    """Bytes of its file that had been read when it came; 0 for a pipe."""

    def options(self, chosen: Options) -> Options:
        """``chosen`` with what the container knows about this document.

        The user knows the encoding and the kind better, the container the address.
        """
        return dataclasses.replace(
            chosen,
            url=self.url or chosen.url,
            encoding=chosen.encoding or self.encoding,
            kind=self.kind if self.kind and chosen.kind == "auto" else chosen.kind,
        )


def chosen(arguments: Sequence[str], command: str, files_from: str | None = None) -> Sequence[str]:
    """The inputs to take: the arguments, or standard input when it is piped.

    Raises:
        click.UsageError: there is neither, and no list of inputs.
    """
    if [*arguments, files_from].count(STDIN) > 1:
        raise click.UsageError("Standard input (-) can be read only once.")
    if arguments or files_from is not None:
        return arguments
    if sys.stdin is None or sys.stdin.isatty():
        raise click.UsageError(NO_INPUT.format(command=command))
    return [STDIN]


def listed(path: str | None) -> list[str]:
    """The paths in a file or, for ``-``, standard input: parted by NULs, else a line each.

    Raises:
        click.ClickException: the file cannot be read.
    """
    if path is None:
        return []
    try:
        with _opened(path) as file:
            content = file.read()
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from error
    parts = content.split(b"\0") if b"\0" in content[:LONGEST_PATH] else content.splitlines()
    paths = [os.fsdecode(part) for part in parts if part]
    if not paths:  # which is no error: what made the list may well have found nothing
        click.echo(f"boilerclass: {visible_line(path)}: the list names no files", err=True)
    return paths


def expand(
    arguments: Sequence[str], skip: Iterable[str | None] = (), paths: Sequence[str] = ()
) -> Iterator[Entry]:
    """The files behind the arguments, directories and globs in sorted order; then the ``paths``.

    ``skip`` are files or directories that walks leave out: outputs may stand inside the input.
    ``paths`` are taken as they are, and keep their folders in the output.
    """
    unwanted = frozenset(os.path.realpath(one) for one in skip if one)
    for argument in arguments:
        if argument == STDIN:
            yield Entry(STDIN, "stdin")
        elif os.path.lexists(argument):
            yield from _named(argument, unwanted)
        elif glob.has_magic(argument):
            yield from _matching(argument, unwanted)
        else:
            yield Entry(argument, argument, UnreadableInput(MISSING))
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112  # a path is made for none of the many
            yield from _walk(path, unwanted)
        else:
            error = None if os.path.lexists(path) else UnreadableInput(MISSING)
            yield Entry(path, inside(path, 0), error)


def rereadable(entry: Entry) -> bool:
    """Whether a document or container is there again after it has been read."""
    return entry.id != STDIN and (entry.error is not None or _may_hold_text(Path(entry.id)))


def size(entries: Iterable[Entry]) -> int | None:
    """Bytes of all files; None when one does not say."""
    total = 0
    for entry in entries:
        if not rereadable(entry):
            return None
        with suppress(OSError):
            total += os.stat(entry.id).st_size  # noqa: PTH116  # a path is made for none of them
    return total


def read(
    entries: Iterable[Entry],
    reading: Reading,
    notice: Callable[[str, str], object] = lambda *_: None,
    start: int = 0,
) -> Iterator[Source]:
    """Each document, or the error that reading it met; one is held at a time.

    Every record of a container is a source, also when it is passed by. ``notice`` takes the name of
    a container and what the user should know about it, the same words once. ``start`` is the
    ordinal of the first record that is wanted of the first entry.
    """
    told: set[str] = set()
    for entry in entries:

        def tell(words: str, name: str = entry.id) -> None:
            if words not in told:
                notice(name, words)
            told.add(words)

        try:
            if entry.error:
                raise entry.error
            with _opened(entry.id) as file:
                if entry.id != STDIN and _is_standard_output(file):
                    yield Source(entry, b"", skipped=OUTPUT)
                    continue
                taken = Taken()
                told_by = dataclasses.replace(reading, notice=tell)
                for record in _records(file, told_by, start):
                    source = _source(entry, record, taken)
                    if record.ordinal is None or record.ordinal >= start:
                        yield source._replace(read=file.tell() if file.seekable() else 0)
        except InvalidOption:
            raise
        except Exception as error:  # noqa: BLE001  # whatever this file met, the others are due
            yield Source(entry, b"", error)
        start = 0


def _records(file: BinaryIO, reading: Reading, start: int) -> Iterator[Record]:
    """The records from ``start`` on; all of them where names decide about places, since a name
    may have been taken before."""
    records = containers.records(opened(file), reading, start)
    first = next(records, None)
    if first is None:
        return
    if start and first.name is not None:
        file.seek(0)
        yield from containers.records(opened(file), reading)
        return
    yield first
    yield from records


def _source(entry: Entry, record: Record, taken: Taken) -> Source:
    if record.ordinal is not None:
        name = f"{entry.id}#{record.ordinal}"
        if record.name is not None:
            name = f"{entry.id}/{record.name}"
        elif record.id is not None:
            name = record.id
        entry = Entry(
            name,
            f"{entry.place}/{taken.free(record.name, record.ordinal)}",
            container=entry.id,
            ordinal=record.ordinal,
            key=record.key or record.id,
        )
    return Source(
        entry,
        record.content,
        record.error,
        record.skipped,
        record.url,
        record.encoding,
        record.kind,
    )


def _opened(path: str) -> AbstractContextManager[BinaryIO]:
    if path != STDIN:
        return Path(path).open("rb")
    if sys.stdin is None:
        raise OSError(errno.EBADF, CLOSED)
    return nullcontext(sys.stdin.buffer)


def _is_standard_output(file: BinaryIO) -> bool:
    """Whether results are written to the end of the file, which would then have no end."""
    try:
        out = os.fstat(sys.stdout.fileno())
        return stat.S_ISREG(out.st_mode) and os.path.samestat(out, os.fstat(file.fileno()))
    except (AttributeError, OSError, ValueError):  # it is closed, or is no file
        return False


def _named(path: str, unwanted: frozenset[str]) -> Iterator[Entry]:
    if Path(path).is_dir():
        yield from _walk(path, unwanted)
    else:
        yield Entry(path, Path(path).name)


def _matching(pattern: str, unwanted: frozenset[str]) -> Iterator[Entry]:
    try:
        root, found = _glob(PurePath(pattern).parts)
    except (ValueError, NotImplementedError) as error:
        yield Entry(pattern, pattern, UnreadableInput(f"is no pattern: {error}"))
        return
    if not found:
        yield Entry(pattern, pattern, UnreadableInput("no file matches"))
    for path in found:
        if not path.is_dir():
            if _may_hold_text(path):
                yield Entry(str(path), str(path.relative_to(root)))
        # "**" also gives the directories on the way, whose files it gives by themselves.
        elif "**" not in pattern:
            yield from _walk(str(path), unwanted)


def _glob(parts: Sequence[str]) -> tuple[Path, list[Path]]:
    """The directory before the first wildcard, and the sorted paths that match below it.

    Without the hidden ones; ``**`` does not follow links to directories.
    """
    first = next(i for i, part in enumerate(parts) if glob.has_magic(part))
    root, rest = Path(*parts[:first]), [*parts[first:]]
    if rest[-1] == "**":
        rest.append("*")
    found = root.glob("/".join(rest))
    if any(part.startswith(".") for part in rest):
        return root, sorted(found)
    return root, sorted(path for path in found if not _is_hidden(path.relative_to(root)))


def _is_hidden(path: PurePath) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _walk(root: str, unwanted: frozenset[str]) -> Iterator[Entry]:
    errors: list[OSError] = []
    passed_by = found = 0
    for folder, folders, files in os.walk(root, onerror=errors.append):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and not _is(folder, name, unwanted)
        )
        for name in sorted(files):
            path = os.path.join(folder, name)  # noqa: PTH118  # keeps the spelling the user chose
            if (
                name.startswith(".")
                or _is(folder, name, unwanted)
                or not _may_hold_text(Path(path))
            ):
                continue
            if Path(name).suffix.lower() in SIDE_FILES:
                passed_by += 1
                continue
            found += 1
            yield Entry(path, os.path.relpath(path, root))
    for error in errors:
        path = os.fsdecode(error.filename)
        yield Entry(path, os.path.relpath(path, root), error)
    if not found and not errors:
        aside = f" but {passed_by} of .json, .css, .js" if passed_by else ""
        yield Entry(root, ".", UnreadableInput(f"the directory holds no files{aside}"))


def _is(folder: str, name: str, paths: frozenset[str]) -> bool:
    # The names are compared first: resolving every path of a walk would double its cost.
    if not any(path.endswith(os.sep + name) for path in paths):
        return False
    return os.path.realpath(Path(folder, name)) in paths


def _may_hold_text(path: Path) -> bool:
    """Whether to open what the user did not name: a named pipe would wait for ever; a dangling
    link is opened all the same, so that it is reported."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True
