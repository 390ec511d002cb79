"""Keeps the record of a run up to date, and its files in step with it."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from boilerclass.cli import output, resume
from boilerclass.cli.inputs import Entry
from boilerclass.cli.output import Grown, Place
from boilerclass.cli.resume import Done, Record
from boilerclass.writers import Format

EVERY = 2.0
"""Seconds between two records: what a kill may cost, and more than writing one costs."""
PART = ".{name}.boilerclass-part"
"""The name of an output that is not complete."""

NO_FILE = "--resume needs -o FILE or --output-dir: what went to standard output is gone."
NO_DEVICE = "--resume needs a file to go on with; {path} is none."
NO_PIPE = "{name} can be read only once, so --resume cannot go on in it: save it to a file first."
NO_APPENDING = (
    "--resume cannot go on in the middle of a Parquet or compressed file: write -f jsonl or csv "
    "and convert it afterwards, or give --output-dir."
)


def obstacle(place: Place, form: Format, once: Sequence[str]) -> str | None:
    """Why a run could not be resumed; ``once`` are inputs that cannot be read again."""
    if once:
        return NO_PIPE.format(name=once[0])
    if place.output_dir is not None:
        return None
    if place.output in (None, output.STDOUT):
        return NO_FILE
    path = Path(str(place.output))
    if path.exists() and not path.is_file():
        return NO_DEVICE.format(path=path)
    return NO_APPENDING if form.compressed or place.codec else None


class Journal:
    """Of one run; nothing but the file of errors where the run cannot be resumed."""

    def __init__(self, place: Place, record: Record | None, errors: str | None) -> None:
        self._place = place
        self._record = record
        self._errors = Path(errors) if errors is not None else None
        self._target = None
        if record is not None and place.output is not None:
            # Beside the file itself, not beside a link to it.
            self._target = Path(os.path.realpath(place.output))
        self.part: Grown | None = None
        self.errors: Grown | None = None
        self.done = Done()
        self._recorded = False
        self._last = time.monotonic()

    def places(self) -> list[Path]:
        """What no other run may write to meanwhile: devices and pipes are not among them.

        Raises:
            OutputError: the directory of the output cannot be made.
        """
        files = [self._errors] if self._errors is not None else []
        if self._place.output_dir is None and self._place.output not in (None, output.STDOUT):
            files.append(Path(str(self._place.output)))
        # Asked before they are resolved: of a pipe the system makes up a name that does not stand.
        found = [Path(os.path.realpath(f)) for f in files if f.is_file() or not f.exists()]
        if self._place.output_dir is not None:
            found.append(output.folder(self._place.output_dir))
        return found

    def resume(self, entries: Iterable[Entry]) -> None:
        """Take up what an earlier run has done, and record from now on.

        Raises:
            click.UsageError: it was another run.
        """
        assert self._record is not None
        self._record.identify(entries)
        done = self._record.read()
        if done is not None and (not done.finished or self._stands()):
            self.done, self._recorded = done, True

    def begin(self) -> None:
        """Open the files.

        Raises:
            click.UsageError: they are not as the record says.
            OutputError: they cannot be written.
        """
        if self._record is not None and not self._recorded:
            self._record.forget()
        if self._target is not None:
            self.part = Grown.open(self._part(self._target), self.done.length)
        if self._errors is not None:
            self.errors = Grown.open(self._errors, self.done.errors)

    def reached(self, done: Done, entries: Iterable[Entry], *, at_once: bool = False) -> None:
        """Take down how far the run has come; on disk when it is time, or ``at_once``.

        Raises:
            OutputError: there is no room.
        """
        self.done = dataclasses.replace(
            done,
            length=self.part.length if self.part else 0,
            errors=self.errors.length if self.errors else 0,
        )
        if at_once or time.monotonic() - self._last >= EVERY:
            self.save(entries)

    def save(self, entries: Iterable[Entry]) -> bool:
        """Whether what is done was recorded on disk: not where the run cannot be resumed."""
        if self._record is None:
            return False
        self._record.identify(entries)
        for file in (self.part, self.errors):
            if file is not None:
                file.sync()
        self._write()
        self._last = time.monotonic()
        return True

    def finish(self) -> None:
        """Give the output its name, and leave a record of a run that had one."""
        for file in (self.part, self.errors):
            if file is not None:
                file.sync()
                file.close()
        if self._recorded:
            self.done = dataclasses.replace(self.done, finished=True)
            self._write()
        self.settle()

    def settle(self) -> None:
        """Give the output its name where a run was killed before it could."""
        if self._target is not None and self._part(self._target).exists():
            self._part(self._target).replace(self._target)

    def close(self) -> bool:
        """Whether a run that has not come to its end can be resumed; if not, no trace is left."""
        for file in (self.part, self.errors):
            if file is not None:
                file.close()
        if self.part is not None and not self._recorded:
            self.part.path.unlink(missing_ok=True)
        return self._recorded

    def _write(self) -> None:
        assert self._record is not None
        try:
            self._record.write(self.done)
        except OSError as error:
            raise output.unwritable(self._record.path, error) from error
        self._recorded = True

    def _stands(self) -> bool:
        """Whether the output of a finished run is there."""
        target = self._target
        return target is None or target.exists() or self._part(target).exists()

    @staticmethod
    def _part(target: Path) -> Path:
        return target.with_name(PART.format(name=target.name))


def record(place: Place, settings: dict[str, object]) -> Record:
    """The record of the run that writes to ``place``."""
    if place.output_dir is not None:
        return Record(Path(place.output_dir, resume.NAME), settings)
    if place.output is None:
        raise click.UsageError(NO_FILE)
    target = Path(os.path.realpath(place.output))
    return Record(target.with_name(f".{target.name}{resume.NAME}"), settings)
