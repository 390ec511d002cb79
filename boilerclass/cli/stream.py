"""Labels a stream of inputs and writes each result; one bad input never stops the others."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import closing
from itertools import chain, islice

import click

from boilerclass.cli import inputs, lock, output, workers
from boilerclass.cli.batches import Placed, batches, placed, results
from boilerclass.cli.desk import Desk, told
from boilerclass.cli.job import Job, Run
from boilerclass.cli.journal import Journal
from boilerclass.cli.progress import Progress
from boilerclass.cli.resume import Done
from boilerclass.cli.tally import Tally, Totals
from boilerclass.cli.work import Work
from boilerclass.options import Selection
from boilerclass.writers.terminal import visible_line

FAILED, NOTHING_EXTRACTED, INTERRUPTED = 1, 3, 130
"""Exit codes."""
ALREADY = "is complete already: nothing to resume"
GO_ON = "the same command with --resume goes on"
STOPPED = "stopped: {done:,} documents and records are done, " + GO_ON
KEPT = "{message}; what was done before is kept: once it can be written, " + GO_ON


def execute(run: Run, row: str, selection: Selection | None = None) -> int:
    """The exit code, after every input has been labelled and written in the format of ``row``;
    ``selection`` is what cleaning writes.

    Raises:
        click.UsageError: the choices do not fit together.
        InvalidOption: a choice means nothing.
        OutputError: the results cannot be written.
    """
    workers.one_thread()
    job = Job.of(run, row, selection)
    if run.dry_run:
        return _rehearse(job)
    book = job.journal()
    with lock.held(book.places()):
        if run.resume:
            book.resume(job.depends_on())
            if book.done.finished:
                book.settle()
                say(str(job.goal), ALREADY)
                return _code(Totals(**book.done.totals), run)
        return _perform(job, book)


def _perform(job: Job, book: Journal) -> int:
    """The exit code, after all has been done, or as much as could be."""
    line = Progress(wanted=not job.run.no_progress)

    def tell(name: str, words: str) -> None:
        line.clear()
        say(name, words)

    desk = Desk(book.done, tell, silent=job.form.silent, verbose=job.run.verbose)
    sources = placed(job.entries(), job.reading, tell, book.done.position)
    try:
        _work_through(job, book, sources, desk, line)
        book.finish()
    except KeyboardInterrupt:
        line.clear()
        if not (book.done.totals and book.save(job.depends_on())):
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
    desk.tally.close()
    summary = desk.totals.summary()
    if summary is not None:
        click.echo(f"boilerclass: {summary}", err=True)
    return _code(desk.totals, job.run)


def _work_through(
    job: Job, book: Journal, sources: Iterator[Placed], desk: Desk, line: Progress
) -> None:
    """Label and write the sources, and take down how far that has come."""
    first = list(islice(sources, 2))
    several = book.done.several or len(first) > 1
    if line.shown:
        line.total = inputs.size(job.entries())
    work = Work(job.row, job.with_memory(), job.selection)
    book.begin()
    with (
        output.opened(job.form, job.place, several=several, part=book.part) as destination,
        closing(
            results(batches(chain(first, sources)), work, job.run.jobs, job.run.timeout)
        ) as done,
    ):
        if job.run.resume:
            book.save(job.depends_on())
        for batch, some in done:
            for result in some:
                desk.take(result, destination, book.errors)
            totals, tally = dataclasses.asdict(desk.totals), desk.tally.state()
            reached = Done(batch.end, several=several, totals=totals, tally=tally)
            book.reached(reached, job.depends_on())
            line.show(desk.totals.read, desk.totals.failed, batch.read)


def _rehearse(job: Job) -> int:
    """The exit code, after each input and the file it would go to have been named."""
    failures = 0
    tally = Tally(say)
    for source in inputs.read(job.entries(), job.reading, say):
        tally.add(source.entry, source.skipped, verbose=job.run.verbose)
        if source.error is not None:
            failures += 1
            report(source.entry.shown, source.error, verbose=job.run.verbose)
        elif source.skipped is None:
            goal = job.place.goal(source.entry, job.form)
            click.echo(f"{visible_line(source.entry.shown)} -> {visible_line(goal)}")
    tally.close()
    return FAILED if failures else 0


def _code(totals: Totals, run: Run) -> int:
    if totals.failed:
        return FAILED
    return NOTHING_EXTRACTED if run.fail_empty and not totals.kept else 0


def report(name: str, error: Exception, *, verbose: bool = False) -> None:
    """Say on standard error why an input failed."""
    say(name, told(error, verbose=verbose))


def say(name: str, words: str) -> None:
    """Say something of an input or an output on standard error."""
    click.echo(f"boilerclass: {visible_line(name)}: {words}", err=True)
