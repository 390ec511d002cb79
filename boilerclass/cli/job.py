"""What the user chose for a run that labels documents, and what follows from it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import click

from boilerclass import writers
from boilerclass.cli import compression, counting, inputs, journal, output
from boilerclass.cli.inputs import Entry
from boilerclass.cli.journal import Journal
from boilerclass.containers.record import Columns, Reading
from boilerclass.options import Options, Selection

NO_MATTER = frozenset(
    "inputs files_from output output_dir sites dry_run jobs timeout resume no_progress fail_empty "
    "verbose".split()
)
"""Choices that a run may change when it is resumed; inputs are compared by what they hold."""


class Run(NamedTuple):
    """Everything the user chose for a command that labels documents."""

    inputs: Sequence[str]
    files_from: str | None
    output: str | None
    output_dir: str | None
    compress: str | None
    dry_run: bool
    kind: str
    url: str | None
    encoding: str | None
    max_bytes: int
    html_column: str | None
    text_column: str | None
    url_column: str | None
    id_column: str | None
    threshold: float | None
    preset: str
    keep: Sequence[str]
    drop: Sequence[str]
    sites: str | None
    site_memory: bool
    jobs: int
    timeout: float | None
    errors: str | None
    resume: bool
    no_progress: bool
    fail_empty: bool
    verbose: bool


class Job(NamedTuple):
    """A run that is well chosen."""

    run: Run
    row: str
    """The format in the tables of :mod:`boilerclass.writers`."""
    selection: Selection | None
    """What cleaning writes; None for labels."""
    form: writers.Format
    place: output.Place
    options: Options
    paths: Sequence[str]
    """Inputs that a file lists."""

    @classmethod
    def of(cls, run: Run, row: str, selection: Selection | None) -> Job:
        """
        Raises:
            click.UsageError: the choices do not fit together.
            InvalidOption: a choice means nothing.
        """
        form = writers.load(row)
        place, options = _place(run, form), _options(run)
        job = cls(run, row, selection, form, place, options, inputs.listed(run.files_from))
        if job.goal or run.errors:
            output.check(job.entries(), form, place, [run.errors])
        for name in filter(None, (run.sites, run.files_from)):
            output.keep_apart(name, (run.output, run.errors))
        return job

    @property
    def goal(self) -> str | None:
        """The file or directory that is written."""
        return self.run.output_dir or self.run.output

    @property
    def reading(self) -> Reading:
        """How inputs are read."""
        run = self.run
        columns = Columns(run.html_column, run.text_column, run.url_column, run.id_column)
        return Reading(run.max_bytes, columns, run.encoding)

    def entries(self) -> Iterator[Entry]:
        """The inputs; what the run itself writes and its memory of sites are none."""
        own = [self.goal, self.run.errors, self.run.sites]
        return inputs.expand(self.run.inputs, own, self.paths)

    def depends_on(self) -> Iterator[Entry]:
        """All files on which the output depends."""
        return chain(self.entries(), [Entry(self.run.sites, "")] if self.run.sites else ())

    def with_memory(self) -> Options:
        """The options, with the memory of the inputs where that is wanted: then they are read once
        for it. What is wrong with them is said when they are read again.

        Raises:
            click.UsageError: an input cannot be read twice.
        """
        if not self.run.site_memory:
            return self.options
        from boilerclass.sites.memory import SiteCounter

        for entry in self.entries():
            if not inputs.rereadable(entry):
                raise click.UsageError(counting.ONCE.format(name=entry.id))
        counter = SiteCounter()
        sources = inputs.read(self.entries(), self.reading)
        for _ in counting.count(counter, sources, self.options):
            pass
        return dataclasses.replace(self.options, sites=counter.memory())

    def journal(self) -> Journal:
        """The journal of the run, with a record when it can be resumed.

        Raises:
            click.UsageError: it cannot, and is to be; or one file would be written twice.
        """
        run = self.run
        errors, results = (name and os.path.realpath(name) for name in (run.errors, run.output))
        if errors and errors == results:
            raise click.UsageError("-o and --errors name one file: choose another for the errors.")
        once = [
            name
            for name in (*run.inputs, *self.paths)
            if not inputs.rereadable(Entry(name, name)) and not Path(name).is_dir()
        ]
        obstacle = journal.obstacle(self.place, self.form, once)
        if obstacle is not None:
            if run.resume:
                raise click.UsageError(obstacle)
            return Journal(self.place, None, run.errors)
        return Journal(self.place, journal.record(self.place, self._settings()), run.errors)

    def _settings(self) -> dict[str, object]:
        """The choices on which the output depends."""
        chosen: dict[str, object] = {
            name: value for name, value in self.run._asdict().items() if name not in NO_MATTER
        }
        chosen["format"] = self.row.removeprefix("boilerclass.writers.")
        return chosen | (dataclasses.asdict(self.selection) if self.selection else {})


def _options(run: Run) -> Options:
    """How pages are labelled.

    Raises:
        InvalidOption: a choice means nothing, also where no input would come to show it.
    """
    from boilerclass.readers.rules import Rules

    Rules(run.keep, run.drop).check()
    memory = None
    if run.sites is not None:
        if run.site_memory:
            raise click.UsageError("--sites and --site-memory are two memories: choose one.")
        from boilerclass.sites.memory import SiteMemory

        memory = SiteMemory.read(run.sites)
    return Options(
        kind=run.kind,  # type: ignore[arg-type]  # click.Choice has checked it
        url=run.url,
        encoding=run.encoding,
        threshold=run.threshold,
        preset=run.preset,  # type: ignore[arg-type]  # and this
        keep=run.keep,
        drop=run.drop,
        sites=memory,
    )


def _place(run: Run, form: writers.Format) -> output.Place:
    if run.output is not None and run.output_dir is not None:
        raise click.UsageError("-o and --output-dir are two places: choose one.")
    return output.Place(run.output, run.output_dir, compression.of(form, run.output, run.compress))
