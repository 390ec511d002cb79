"""Where results go: standard output, one file, or a directory that mirrors the input tree."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path, PurePath
from typing import Any, BinaryIO, NamedTuple, Protocol

import click

from boilerclass.cli.compression import Codec
from boilerclass.cli.inputs import Entry
from boilerclass.cli.places import PAGE_SUFFIXES
from boilerclass.errors import UnreadableInput
from boilerclass.writers import Format, Look, Sheet
from boilerclass.writers.terminal import visible_line

STDOUT = "-"
COLLISION = (
    "{first} and {second} would both be written to {target}. "
    "Name the directory that holds both instead of the files, or rename one."
)
NO_PLACE = (
    "cannot be written to {target}: there are a file and a folder of one name; "
    "choose another --output-dir or write to one file with -o"
)


CLOSED = "standard output is closed: name a file with -o, or send it to one with >"
CUT_SHORT = (
    "{path} has lost what an earlier run wrote, so the run cannot be resumed: "
    "start it anew without --resume."
)
WHY_NOT = {
    errno.ENOENT: "there is no such directory; make it first",
    errno.ENOTDIR: "a part of its path is a file, no directory",
    errno.EEXIST: "it is a file, no directory",
}
"""What the system says in fewer words."""
NO_SYNC = frozenset((errno.EINVAL, errno.ENOTSUP))
"""What devices and pipes say, which hold nothing."""


class OutputError(click.ClickException):
    """The results cannot be written; there is no point in going on."""


class NoPlace(UnreadableInput):
    """One result cannot stand beside the others."""


class Grown(NamedTuple):
    """A file that grows, in this run behind what another one has left."""

    path: Path
    file: BinaryIO

    @classmethod
    def open(cls, path: Path, length: int) -> Grown:
        """The file with its first ``length`` bytes, ready to take more.

        Raises:
            click.UsageError: it holds fewer.
            OutputError: it cannot be written.
        """
        try:
            if length and (not path.is_file() or path.stat().st_size < length):
                raise click.UsageError(CUT_SHORT.format(path=path))
            file = path.open("r+b" if length else "wb")
            if length:
                file.truncate(length)
                file.seek(length)
        except OSError as error:
            raise unwritable(path, error) from error
        return cls(path, file)

    @property
    def length(self) -> int:
        """Bytes in it; 0 for a device or a pipe, which hold nothing."""
        return self.file.tell() if self.file.seekable() else 0

    def write(self, line: bytes) -> None:
        """
        Raises:
            OutputError: there is no room.
        """
        try:
            self.file.write(line)
            self.file.flush()
        except OSError as error:
            raise unwritable(self.path, error) from error

    def sync(self) -> None:
        """Have all that was written on the disk.

        Raises:
            OutputError: there is no room.
        """
        try:
            self.file.flush()
            os.fsync(self.file.fileno())
        except OSError as error:
            if error.errno not in NO_SYNC:
                raise unwritable(self.path, error) from error

    def close(self) -> None:
        """Close it; what cannot be written any more is lost."""
        with suppress(OSError):
            self.file.close()


class Place(NamedTuple):
    """Where the user wants results: standard output when nothing is named."""

    output: str | None = None
    output_dir: str | None = None
    codec: Codec | None = None

    def suffix(self, form: Format) -> str:
        """Of a file for one document."""
        return form.suffix + (self.codec.suffix if self.codec else "")

    def goal(self, entry: Entry, form: Format) -> str:
        """Where a document goes, in words."""
        if self.output_dir is not None:
            return str(target(entry, self.output_dir, self.suffix(form)))
        return "standard output" if self.output in (None, STDOUT) else str(self.output)


class Destination(Protocol):
    """Takes the pieces of documents one by one."""

    def write(self, entry: Entry, piece: Any) -> None: ...


class _Stream:
    """All documents into one file."""

    def __init__(self, sheet: Sheet, file: BinaryIO) -> None:
        self._sheet = sheet
        self._file = file

    def write(self, entry: Entry, piece: Any) -> None:
        self._sheet.write(entry.id, piece)
        self._file.flush()


class _Tree:
    """A file a document."""

    def __init__(self, root: str, form: Format, place: Place) -> None:
        self._root = root
        self._form = form
        self._place = place

    def write(self, entry: Entry, piece: Any) -> None:
        path = target(entry, self._root, self._place.suffix(self._form))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Without the process in its name, so that a run that is resumed replaces what one that
            # was killed has left.
            with (
                atomic(path, "part") as file,
                _sheet(self._form, file, self._place, Look()) as sheet,
            ):
                sheet.write(entry.id, piece)
        except (FileExistsError, IsADirectoryError, NotADirectoryError) as error:
            raise NoPlace(NO_PLACE.format(target=path)) from error


@contextmanager
def _sheet(form: Format, file: BinaryIO, place: Place, look: Look) -> Iterator[Sheet]:
    """A sheet on a file, compressed if so wanted; complete when the block ends well."""
    with place.codec.opens(file) if place.codec else nullcontext(file) as plain:
        sheet = form.sheet(plain, look)
        yield sheet
        sheet.close()


def folder(path: str) -> Path:
    """The directory, which is made if there is none.

    Raises:
        OutputError: it cannot be.
    """
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error
    return Path(path)


def target(entry: Entry, root: str, suffix: str) -> Path:
    """The file below ``root`` for a document."""
    place = PurePath(entry.place)
    if place.suffix.lower() in PAGE_SUFFIXES:
        return Path(root, place.with_suffix(suffix))
    return Path(root, place.with_name(place.name + suffix))


@contextmanager
def opened(
    form: Format, place: Place, *, several: bool, part: Grown | None = None
) -> Iterator[Destination]:
    """The destination that the options name; what it holds is complete when the block ends.

    ``part`` takes the documents in place of the file that is named, and has yet to take its name.

    Raises:
        MissingExtra: the format or its compression needs a library that is not installed.
        OutputError: a file cannot be written.
        OSError: standard output cannot.
    """
    output, output_dir, _ = place
    try:
        if part is not None:
            look = Look(several, begun=part.file.tell() > 0)
            with _sheet(form, part.file, place, look) as sheet:
                yield _Stream(sheet, part.file)
        elif output_dir is not None:
            folder(output_dir)
            yield _Tree(output_dir, form, place)
        elif output is None or output == STDOUT:
            if sys.stdout is None:
                raise OutputError(CLOSED)
            look = Look(several, sys.stdout.isatty())
            out = sys.stdout.buffer
            with _sheet(form, out, place, look) as sheet:
                yield _Stream(sheet, out)
        else:
            with (
                atomic(Path(output)) as file,
                _sheet(form, file, place, Look(several)) as sheet,
            ):
                yield _Stream(sheet, file)
    except OSError as error:
        if output is None and output_dir is None:
            raise
        raise unwritable(error.filename or output or output_dir, error) from error


def unwritable(path: object, error: OSError) -> OutputError:
    """The error in the user's words."""
    why = WHY_NOT.get(error.errno or 0, error.strerror)
    return OutputError(f"cannot write {visible_line(str(path))}: {why}")


def check(
    entries: Iterable[Entry], form: Format, place: Place, others: Sequence[str | None] = ()
) -> None:
    """Nothing, when every document has an output of its own, and none of the inputs is an output or
    one of the ``others`` that are written.

    Raises:
        click.UsageError: two inputs would share an output, or one would be overwritten.
    """
    output, output_dir, _ = place
    taken: dict[Path, str] = {}
    for entry in entries:
        if entry.error:
            continue
        keep_apart(entry.id, (output, *others))
        if output_dir is None:
            continue
        path = target(entry, output_dir, place.suffix(form))
        if path in taken:
            first, second = taken[path], entry.id
            raise click.UsageError(COLLISION.format(first=first, second=second, target=path))
        if _same(path, entry.id):
            raise click.UsageError(
                f"{entry.id} would be overwritten by its own result; choose another --output-dir."
            )
        taken[path] = entry.id


def keep_apart(name: str, written: Iterable[str | None]) -> None:
    """Nothing, when a file that is read is none of those that are written.

    Raises:
        click.UsageError: it would be overwritten.
    """
    for path in written:
        if path is not None and _same(Path(path), name):
            raise click.UsageError(f"{name} is an input and cannot be the output as well.")


def _same(path: Path, name: str) -> bool:
    try:
        return path.is_file() and path.samefile(name)
    except OSError:
        return False


@contextmanager
def atomic(path: Path, mark: object = None) -> Iterator[BinaryIO]:
    """A file that takes the place of ``path`` when the block ends well, and vanishes otherwise.

    Its name ends in ``mark``, by default the number of the process.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:  # a device or a pipe cannot be replaced
            yield file
        return
    real = Path(os.path.realpath(path))
    fresh = real.with_name(f".{real.name[:200]}.{mark or os.getpid()}.tmp")
    try:
        with fresh.open("wb") as file:
            yield file
        fresh.replace(real)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
