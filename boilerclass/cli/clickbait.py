"""``boilerclass clickbait``: the face of :func:`boilerclass.clickbait`."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import click

from boilerclass.cli import inputs, stream
from boilerclass.cli.output import encode
from boilerclass.errors import UnreadableInput
from boilerclass.writers.csv import rows
from boilerclass.writers.jsonl import rounded
from boilerclass.writers.terminal import visible_line

HEADLINES_AT_ONCE = 512
"""Headlines scored together: a matrix each, in memory."""


class _Form(NamedTuple):
    line: Callable[[str, float], str]
    opening: str = ""


def _table(headline: str, score: float) -> str:
    return f"{score:.2f}  {visible_line(headline)}\n"


def _jsonl(headline: str, score: float) -> str:
    record = {"headline": headline, "clickbait": rounded(score)}
    return json.dumps(record, ensure_ascii=False) + "\n"


def _csv(headline: str, score: float) -> str:
    return rows([[headline, rounded(score)]])


FORMS = {
    "table": _Form(_table),
    "jsonl": _Form(_jsonl),
    "csv": _Form(_csv, rows([["headline", "clickbait"]])),
}


@click.command("clickbait")
@click.argument("headlines", nargs=-1)
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(list(FORMS)),
    default="table",
    show_default=True,
    help="How scores are written.",
)
@click.option(
    "--column",
    metavar="NAME",
    help="Take the arguments for CSV, JSON Lines or Parquet files, and the headlines from this "
    "column of theirs.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show where in the program a file failed.")
@click.pass_context
def command(
    ctx: click.Context, headlines: tuple[str, ...], form: str, column: str | None, verbose: bool
) -> None:
    """Write how likely each headline is clickbait, from 0 to 1.

    HEADLINES are one an argument, or one a line of standard input when there is no argument or
    only a dash. Empty lines are left out. A headline that begins with a dash goes after "--".
    """
    chosen = inputs.chosen(headlines, "clickbait")
    failures: list[str] = []
    if column is not None:
        texts = _cells(chosen, column, failures, verbose=verbose)
    elif list(chosen) == [inputs.STDIN]:
        texts = (line.decode("utf-8", "replace") for line in sys.stdin.buffer)
    else:
        texts = iter(chosen)
    _write(texts, FORMS[form])
    ctx.exit(stream.FAILED if failures else 0)


def _cells(
    paths: Sequence[str], column: str, failures: list[str], *, verbose: bool
) -> Iterator[str]:
    """The texts of all files; a file that cannot be read is reported and noted in ``failures``."""
    from boilerclass.readers import tables

    for path in paths:
        try:
            with _opened(path) as file:
                yield from tables.column(file, column)
        except (OSError, UnreadableInput) as error:
            failures.append(path)
            stream.report(path, error, verbose=verbose)


def _opened(path: str) -> io.BufferedReader:
    # Closing the duplicate leaves standard input open.
    return open(os.dup(0) if path == inputs.STDIN else path, "rb")  # noqa: PTH123


def _write(texts: Iterable[str], form: _Form) -> None:
    import boilerclass

    out = sys.stdout.buffer
    out.write(encode(form.opening))
    headlines = (line for line in map(str.strip, texts) if line)
    while batch := list(islice(headlines, HEADLINES_AT_ONCE)):
        scores = boilerclass.clickbait(batch)
        lines = (form.line(line, score) for line, score in zip(batch, scores, strict=True))
        out.write(encode("".join(lines)))
        out.flush()
