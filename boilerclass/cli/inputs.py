"""What the user named, as a stream of documents' bytes: files, directories, globs, stdin."""

from __future__ import annotations

import glob
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import NamedTuple

import click

from boilerclass.cli.binary import describe
from boilerclass.errors import UnreadableInput

STDIN = "-"
NO_INPUT = (
    "No input. Name files, directories or globs, or pipe a page in: "
    "curl -s URL | boilerclass {command}"
)
SIDE_FILES = frozenset((".css", ".js", ".json", ".map", ".mjs"))
"""Suffixes of the files that a saved site keeps beside its pages; a walk passes them by."""


class Entry(NamedTuple):
    """A document before it is read."""

    id: str
    """The path as it is shown and written; ``-`` is standard input."""
    place: str
    """Where it stands in the tree that ``--output-dir`` mirrors: relative to the directory that
    was named, or that stands before a glob's first wildcard; else the bare file name."""
    error: Exception | None = None
    """Why it cannot be read, when that is known already."""


class Source(NamedTuple):
    """A document's bytes, or why there are none."""

    entry: Entry
    content: bytes
    error: Exception | None = None


def chosen(arguments: Sequence[str], command: str) -> Sequence[str]:
    """The inputs to take: the arguments, or standard input when it is piped.

    Raises:
        click.UsageError: there is neither.
    """
    if arguments.count(STDIN) > 1:
        raise click.UsageError("Standard input (-) can be read only once.")
    if arguments:
        return arguments
    if sys.stdin is None or sys.stdin.isatty():
        raise click.UsageError(NO_INPUT.format(command=command))
    return [STDIN]


def expand(arguments: Sequence[str], skip: str | None = None) -> Iterator[Entry]:
    """The documents behind the arguments, directories and globs in sorted order.

    ``skip`` is a file or directory that walks leave out: the output may stand inside the input.
    """
    unwanted = os.path.realpath(skip) if skip else None
    for argument in arguments:
        if argument == STDIN:
            yield Entry(STDIN, "stdin")
        elif os.path.lexists(argument):
            yield from _named(argument, unwanted)
        elif glob.has_magic(argument):
            yield from _matching(argument, unwanted)
        else:
            yield Entry(argument, argument, UnreadableInput("there is no such file or directory"))


def read(
    entries: Iterable[Entry], max_bytes: int, *, encoding_known: bool = False
) -> Iterator[Source]:
    """Each document's bytes, or the error that reading it met; one is held at a time."""
    for entry in entries:
        try:
            if entry.error:
                raise entry.error
            content = _content(entry.id, max_bytes)
            foreign = describe(content, encoding_known=encoding_known)
            if foreign:
                raise UnreadableInput(f"is {foreign}, not HTML or text")
        except (OSError, ValueError, MemoryError, UnreadableInput) as error:
            yield Source(entry, b"", error)
        else:
            yield Source(entry, content)


def _named(path: str, unwanted: str | None) -> Iterator[Entry]:
    if Path(path).is_dir():
        yield from _walk(path, unwanted)
    else:
        yield Entry(path, Path(path).name)


def _matching(pattern: str, unwanted: str | None) -> Iterator[Entry]:
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


def _walk(root: str, unwanted: str | None) -> Iterator[Entry]:
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


def _is(folder: str, name: str, path: str | None) -> bool:
    # The names are compared first: resolving every path of a walk would double its cost.
    if path is None or Path(path).name != name:
        return False
    return os.path.realpath(Path(folder, name)) == path


def _may_hold_text(path: Path) -> bool:
    """Whether to open what the user did not name: a named pipe would wait for ever; a dangling
    link is opened all the same, so that it is reported."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True


def _content(path: str, max_bytes: int) -> bytes:
    if path == STDIN:
        content = sys.stdin.buffer.read(max_bytes + 1)
    else:
        with Path(path).open("rb") as file:
            # One byte more than allowed tells, also where a pipe has no size to ask for.
            content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise UnreadableInput(
            f"is larger than {max_bytes:,} bytes; raise --max-bytes to have it read"
        )
    return content
