"""Labels a stream of inputs and writes each result; one bad input never stops the others."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import click

from boilerclass import writers
from boilerclass.cli import inputs, output
from boilerclass.cli.inputs import Entry, Source
from boilerclass.document import EMPTY, NO_ARTICLE, OK, LabelledDocument
from boilerclass.errors import BoilerclassError, InvalidOption
from boilerclass.options import Options
from boilerclass.writers.terminal import visible_line

if TYPE_CHECKING:
    from boilerclass.pipeline import Classifier

INPUTS_AT_ONCE = 16
"""Inputs in one batch of a single process: their trees are in memory until they are written."""
INPUTS_FOR_JOBS = 64
"""Inputs in one batch for each of several processes: enough that few of them wait at its end."""
BYTES_AT_ONCE = 4 << 20
"""Bytes of input for each process from which a batch is full; a tree takes ten times as much."""
FAILED, NOTHING_EXTRACTED = 1, 3
"""Exit codes."""
WHY_NOTHING = {
    EMPTY: "nothing kept: there is no text in it",
    NO_ARTICLE: "nothing kept: none of its text is core; boilerclass label shows what it is",
}


class Result(NamedTuple):
    """What became of one input."""

    entry: Entry
    labelled: LabelledDocument | None
    error: Exception | None


class Run(NamedTuple):
    """Everything the user chose for a command that labels documents."""

    inputs: Sequence[str]
    output: str | None
    output_dir: str | None
    kind: str
    url: str | None
    encoding: str | None
    max_bytes: int
    threshold: float | None
    preset: str
    jobs: int
    fail_empty: bool
    verbose: bool


def execute(run: Run, form: writers.Format) -> int:
    """The exit code, after every input has been labelled and written.

    Raises:
        click.UsageError: the choices do not fit together.
        InvalidOption: a choice means nothing.
    """
    if run.output is not None and run.output_dir is not None:
        raise click.UsageError("-o and --output-dir are two places: choose one.")
    options = Options(run.kind, run.url, run.encoding, run.threshold, run.preset)  # type: ignore[arg-type]  # click.Choice has checked them
    skip = run.output_dir or run.output
    if skip:
        output.check(inputs.expand(run.inputs, skip), form, run.output, run.output_dir)
    several = len(list(islice(inputs.expand(run.inputs, skip), 2))) > 1
    from boilerclass.pipeline import classifier

    encoding_known = run.encoding is not None
    entries = inputs.expand(run.inputs, skip)
    sources = inputs.read(entries, run.max_bytes, encoding_known=encoding_known)
    failures = kept = 0
    with output.opened(form, run.output, run.output_dir, several=several) as destination:
        for result in results(sources, classifier(), options, run.jobs):
            error = result.error
            if result.labelled is not None:
                error = _write(destination, form, result.entry, result.labelled)
                kept += result.labelled.status == OK
            if error is not None:
                failures += 1
                report(result.entry.id, error, verbose=run.verbose)
    if failures:
        return FAILED
    return NOTHING_EXTRACTED if run.fail_empty and not kept else 0


def results(
    sources: Iterable[Source], classifier: Classifier, options: Options, jobs: int = 1
) -> Iterator[Result]:
    """The result of each source, in their order; a batch of them is in memory."""
    most = INPUTS_AT_ONCE if jobs == 1 else INPUTS_FOR_JOBS * jobs
    for batch in _batches(sources, most, BYTES_AT_ONCE * jobs):
        yield from _together(batch, classifier, options, jobs)


def report(name: str, error: Exception, *, verbose: bool = False) -> None:
    """Say on standard error why an input failed."""
    _say(name, _reason(error))
    if verbose and error.__traceback__ is not None:
        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)


def _say(name: str, words: str) -> None:
    click.echo(f"boilerclass: {visible_line(name)}: {words}", err=True)


def _write(
    destination: output.Destination,
    form: writers.Format,
    entry: Entry,
    labelled: LabelledDocument,
) -> Exception | None:
    """Why the document could not be rendered, if so; it is written otherwise."""
    try:
        text = form.document(entry.id, labelled)
    except Exception as error:  # noqa: BLE001  # reasons and scores are worked out here
        return error
    destination.write(entry, text)
    if form.silent and labelled.status != OK:
        _say(entry.id, WHY_NOTHING[labelled.status])
    return None


def _together(
    batch: Sequence[Source], classifier: Classifier, options: Options, jobs: int
) -> Iterator[Result]:
    pages = [source.content for source in batch if source.error is None]
    try:
        labelled = list(classifier.label_many(pages, jobs, options))
    except InvalidOption:
        raise
    except Exception:  # noqa: BLE001  # whichever page it was, the others are due
        labelled = None
    if labelled is None:
        yield from (_alone(source, classifier, options) for source in batch)
        return
    labelled.reverse()
    for source in batch:
        yield Result(source.entry, None if source.error else labelled.pop(), source.error)


def _alone(source: Source, classifier: Classifier, options: Options) -> Result:
    if source.error is not None:
        return Result(source.entry, None, source.error)
    try:
        return Result(source.entry, classifier.label(source.content, options), None)
    except InvalidOption:
        raise
    except Exception as error:  # noqa: BLE001  # reported with the input's name
        return Result(source.entry, None, error)


def _batches(sources: Iterable[Source], most: int, most_bytes: int) -> Iterator[list[Source]]:
    batch: list[Source] = []
    size = 0
    for source in sources:
        batch.append(source)
        size += len(source.content)
        if len(batch) == most or size >= most_bytes:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _reason(error: Exception) -> str:
    if isinstance(error, BoilerclassError):
        return visible_line(str(error))
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    words = visible_line(f"{type(error).__name__}: {error}")
    return f"could not be processed ({words}); -v shows where"
