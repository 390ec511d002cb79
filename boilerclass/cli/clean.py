"""``boilerclass clean``: the face of :func:`boilerclass.clean`."""

from __future__ import annotations

from typing import Any

import click
from click.core import ParameterSource

from boilerclass import writers
from boilerclass.cli import inputs, options, stream
from boilerclass.cli.job import Run
from boilerclass.options import Selection

SELECTION = tuple(Selection.__dataclass_fields__)


@click.command("clean")
@options.formats(writers.CLEAN)
@options.selection
@options.documents
@click.pass_context
def command(ctx: click.Context, /, **chosen: Any) -> None:
    """Write the core text of pages and texts: headline and body, nothing around them.

    INPUTS are files, directories (walked in sorted order; hidden files and links to directories
    are left out), globs, and - for standard input, which is also taken when it is piped and
    nothing is named. What a file is is told by its content: HTML or text, also compressed (gzip,
    bzip2, xz, zstd); ZIP and tar archives of pages; JSON Lines, CSV and Parquet; WARC and WET.

    Several documents in one output are headed "==> PATH <==" as text and "<!-- PATH -->" as
    Markdown, and are articles of one document as HTML. JSON Lines, CSV and Parquet have a document
    a line or row: id, status, url, title, author, date, language, site, description, text.
    """
    chosen["inputs"] = inputs.chosen(chosen["inputs"], "clean", chosen["files_from"])
    selection = Selection(**{name: chosen.pop(name) for name in SELECTION})
    form = writers.CLEAN[chosen.pop("format")]
    if chosen.pop("explain"):
        if ctx.get_parameter_source("format") is ParameterSource.COMMANDLINE:
            raise click.UsageError("--explain is a format of its own: leave -f out.")
        form = writers.EXPLAIN
    ctx.exit(stream.execute(Run(**chosen), form, selection))
