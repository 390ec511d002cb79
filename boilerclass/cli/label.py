"""``boilerclass label``: the face of :func:`boilerclass.label`."""

from __future__ import annotations

from typing import Any

import click

from boilerclass import writers
from boilerclass.cli import inputs, options, stream
from boilerclass.cli.job import Run


@click.command("label")
@options.formats(writers.LABEL)
@options.documents
@click.pass_context
def command(ctx: click.Context, /, **chosen: Any) -> None:
    """Write every paragraph of pages and texts with its label, probability and reason.

    INPUTS are files, directories (walked in sorted order; hidden files and links to directories
    are left out), globs, and - for standard input, which is also taken when it is piped and
    nothing is named. What a file is is told by its content: HTML or text, also compressed (gzip,
    bzip2, xz, zstd); ZIP and tar archives of pages; JSON Lines, CSV and Parquet; WARC and WET.

    The table cuts texts to the terminal's width. JSON Lines have a document a line, CSV and Parquet
    a paragraph a row; all hold the whole texts as the page has them, so a spreadsheet may take one
    that begins with = for a formula.
    """
    chosen["inputs"] = inputs.chosen(chosen["inputs"], "label", chosen["files_from"])
    form = writers.LABEL[chosen.pop("format")]
    ctx.exit(stream.execute(Run(**chosen), form))
