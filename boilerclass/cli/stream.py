"""Labels a stream of inputs and writes each result; one bad input never stops the others."""

from __future__ import annotations

import dataclasses
import json
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

import click

from boilerclass import writers
from boilerclass.cleaner import CLICKBAIT, NOTHING, SHORT
from boilerclass.cli import compression, counting, inputs, journal, output, workers
from boilerclass.cli.batches import Result, batches, placed, results
from boilerclass.cli.inputs import Entry, Source
from boilerclass.cli.journal import Journal
from boilerclass.cli.progress import Progress
from boilerclass.cli.resume import Done
from boilerclass.cli.tally import Tally, Totals
from boilerclass.cli.work import Failure, Work, reason
from boilerclass.containers.record import Columns, Reading
from boilerclass.document import EMPTY, NO_ARTICLE, OK
from boilerclass.options import Options, Selection
from boilerclass.writers.sheets import encode
from boilerclass.writers.terminal import visible_line

FAILED, NOTHING_EXTRACTED, INTERRUPTED = 1, 3, 130
"""Exit codes."""
WHY_NOTHING = {
    EMPTY: "nothing kept: there is no text in it",
    NO_ARTICLE: "nothing kept: none of its text is core; boilerclass label shows what it is",
    SHORT: "nothing kept: its core text is shorter than --min-core-chars",
    NOTHING: "nothing kept: none of its text has the --labels asked for",
    CLICKBAIT: "skipped: its headline scores above --max-clickbait",
}
ALWAYS_SAID = frozenset((SHORT, CLICKBAIT))
"""Statuses that are said also where the output says them: the user's own rule took the text."""
NO_MATTER = frozenset(
    "inputs files_from output output_dir sites dry_run jobs timeout resume no_progress fail_empty "
    "verbose".split()
)
"""Choices that a run may change when it is resumed; inputs are compared by what they hold."""
ALREADY = "is complete already: nothing to resume"
GO_ON = "the same command with --resume goes on"
STOPPED = "stopped: {done:,} documents and records are done, " + GO_ON
KEPT = "{message}; what was done before is kept: once it can be written, " + GO_ON


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


def execute(run: Run, row: str, selection: Selection | None = None) -> int:
    """The exit code, after every input has been labelled and written in the format of ``row``;
    ``selection`` is what cleaning writes.

    Raises:
        click.UsageError: the choices do not fit together.
        InvalidOption: a choice means nothing.
    """
    workers.one_thread()
    form = writers.load(row)
    place = _place(run, form)
    options = _options(run)
    paths = inputs.listed(run.files_from)
    skip = run.output_dir or run.output

    def entries() -> Iterator[Entry]:
        return inputs.expand(run.inputs, skip, paths)

    def depends_on() -> Iterator[Entry]:
        return chain(entries(), [Entry(run.sites, "")] if run.sites else ())

    if skip:
        output.check(entries(), form, place)
    if run.dry_run:
        return _rehearse(inputs.read(entries(), _reading(run), say), form, place, run)
    book = _journal(run, row, selection, place, form, paths)
    if run.resume:
        book.resume(depends_on())
        if book.done.finished:
            book.settle()
            say(str(skip), ALREADY)
            return _code(Totals(**book.done.totals), run)
    line = Progress(wanted=not run.no_progress)

    def tell(name: str, words: str) -> None:
        line.clear()
        say(name, words)

    sources = placed(entries(), _reading(run), tell, book.done.position)
    first = list(islice(sources, 2))
    several = book.done.several or len(first) > 1
    if line.shown:
        line.total = inputs.size(entries())
    if run.site_memory:
        options = _with_memory(options, entries, _reading(run))
    totals = Totals(**book.done.totals)
    tally = Tally(tell, book.done.tally)
    try:
        book.begin()
        with (
            output.opened(form, place, several=several, part=book.part) as destination,
            closing(
                results(
                    batches(chain(first, sources)),
                    Work(row, options, selection),
                    run.jobs,
                    run.timeout,
                )
            ) as done,
        ):
            if run.resume:
                book.save(depends_on())
            desk = _Desk(destination, form, book, totals, tally, tell, verbose=run.verbose)
            for batch, some in done:
                for result in some:
                    desk.take(result)
                book.reached(
                    Done(
                        batch.end,
                        several=several,
                        totals=dataclasses.asdict(totals),
                        tally=tally.state(),
                    ),
                    depends_on(),
                )
                line.show(totals.read, totals.failed, batch.read)
        book.finish()
    except KeyboardInterrupt:
        line.clear()
        if not (book.done.totals and book.save(depends_on())):
            raise
        words = STOPPED.format(done=Totals(**book.done.totals).read)
        click.echo(f"boilerclass: {words}", err=True)
        return INTERRUPTED
    except output.OutputError as error:
        if book.close():
            raise output.OutputError(KEPT.format(message=error.message)) from error
        raise
    finally:
        line.clear()
        book.close()
    tally.close()
    summary = totals.summary()
    if summary is not None:
        click.echo(f"boilerclass: {summary}", err=True)
    return _code(totals, run)


class _Desk:
    """Writes results, and keeps the accounts of them."""

    def __init__(
        self,
        destination: output.Destination,
        form: writers.Format,
        book: Journal,
        totals: Totals,
        tally: Tally,
        tell: Callable[[str, str], None],
        *,
        verbose: bool,
    ) -> None:
        self._destination = destination
        self._form = form
        self._errors = book.errors
        self._totals = totals
        self._tally = tally
        self._tell = tell
        self._verbose = verbose

    def take(self, result: Result) -> None:
        """Write one, or say why there is nothing to write."""
        (source, outcome), entry = result, result.source.entry
        self._tally.add(entry, source.skipped, verbose=self._verbose)
        if outcome is None:
            self._totals.skipped += 1
            self._note(source, str(source.skipped), "skipped")
            return
        error = outcome.error
        if error is None:
            try:
                self._destination.write(entry, outcome.piece)
            except output.NoPlace as failure:
                error = failure
        if error is not None:
            self._totals.failed += 1
            self._note(source, reason(error), "failed")
            self._tell(entry.shown, _told(error, verbose=self._verbose))
            return
        status = str(outcome.status)
        self._totals.written += 1
        self._totals.kept += status == OK
        if status in ALWAYS_SAID or (self._form.silent and status != OK):
            self._tell(entry.shown, WHY_NOTHING[status])

    def _note(self, source: Source, words: str, kind: str) -> None:
        if self._errors is not None:
            entry = source.entry
            record = {
                "id": entry.id,
                "container": entry.container,
                "ordinal": entry.ordinal,
                "url": source.url,
                "error": words,
                "kind": kind,
            }
            self._errors.write(encode(json.dumps(record, ensure_ascii=False) + "\n"))


def _code(totals: Totals, run: Run) -> int:
    if totals.failed:
        return FAILED
    return NOTHING_EXTRACTED if run.fail_empty and not totals.kept else 0


def _journal(
    run: Run,
    row: str,
    selection: Selection | None,
    place: output.Place,
    form: writers.Format,
    paths: Sequence[str],
) -> Journal:
    """The journal of the run, with a record when it can be resumed.

    Raises:
        click.UsageError: it cannot, and is to be; or one file would be written twice.
    """
    if run.errors and run.output and Path(run.errors).absolute() == Path(run.output).absolute():
        raise click.UsageError("-o and --errors name one file: choose another for the errors.")
    named = (*run.inputs, *paths)
    once = [
        name
        for name in named
        if not inputs.rereadable(Entry(name, name)) and not Path(name).is_dir()
    ]
    obstacle = journal.obstacle(place, form, once)
    if obstacle is not None:
        if run.resume:
            raise click.UsageError(obstacle)
        return Journal(place, None, run.errors)
    settings: dict[str, object] = {
        name: value for name, value in run._asdict().items() if name not in NO_MATTER
    }
    settings["format"] = row.removeprefix("boilerclass.writers.")
    if selection is not None:
        settings |= dataclasses.asdict(selection)
    return Journal(place, journal.record(place, settings), run.errors)


def report(name: str, error: Exception, *, verbose: bool = False) -> None:
    """Say on standard error why an input failed."""
    say(name, _told(error, verbose=verbose))


def say(name: str, words: str) -> None:
    """Say something of an input or an output on standard error."""
    click.echo(f"boilerclass: {visible_line(name)}: {words}", err=True)


def _told(error: Exception, *, verbose: bool) -> str:
    """Why something failed; ``verbose`` adds where in the program, on lines of its own."""
    trace = ""
    if verbose and isinstance(error, Failure):
        trace = error.trace
    elif verbose and error.__traceback__ is not None:
        trace = "".join(traceback.format_exception(error))
    return f"{reason(error)}\n{trace}".rstrip("\n")


def _reading(run: Run) -> Reading:
    columns = Columns(run.html_column, run.text_column, run.url_column, run.id_column)
    return Reading(run.max_bytes, columns, run.encoding)


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


def _with_memory(
    options: Options, entries: Callable[[], Iterable[Entry]], reading: Reading
) -> Options:
    """``options`` with the memory of the inputs, which are read once for it; what is wrong with
    them is said when they are read again.

    Raises:
        click.UsageError: an input cannot be read twice.
    """
    from boilerclass.sites.memory import SiteCounter

    for entry in entries():
        if not inputs.rereadable(entry):
            raise click.UsageError(counting.ONCE.format(name=entry.id))
    counter = SiteCounter()
    for _ in counting.count(counter, inputs.read(entries(), reading), options):
        pass
    return dataclasses.replace(options, sites=counter.memory())


def _place(run: Run, form: writers.Format) -> output.Place:
    if run.output is not None and run.output_dir is not None:
        raise click.UsageError("-o and --output-dir are two places: choose one.")
    codec = compression.named(run.compress, run.output)
    if codec is not None and form.compressed:
        raise click.UsageError("Parquet is compressed already: leave --compress out.")
    return output.Place(run.output, run.output_dir, codec)


def _rehearse(
    sources: Iterable[Source], form: writers.Format, place: output.Place, run: Run
) -> int:
    """The exit code, after each input and the file it would go to have been named."""
    failures = 0
    tally = Tally(say)
    for source in sources:
        tally.add(source.entry, source.skipped, verbose=run.verbose)
        if source.error is not None:
            failures += 1
            report(source.entry.shown, source.error, verbose=run.verbose)
        elif source.skipped is None:
            goal = place.goal(source.entry, form)
            click.echo(f"{visible_line(source.entry.shown)} -> {visible_line(goal)}")
    tally.close()
    return FAILED if failures else 0
