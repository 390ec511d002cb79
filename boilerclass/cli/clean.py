"""``boilerclass clean``: the face of :func:`boilerclass.clean`."""

from __future__ import annotations

from typing import Any

import click

from boilerclass import writers
from boilerclass.cli import inputs, options, stream


@click.command("clean")
@options.formats(writers.CLEAN)
@options.documents
@click.pass_context
def command(ctx: click.Context, /, form: str, **chosen: Any) -> None:
    """Write the core text of pages and texts: headline and body, nothing around them.

    INPUTS are files, directories (walked in sorted order; hidden files and links to directories
    are left out), globs, and - for standard input, which is also taken when it is piped and
    nothing is named. What a file is is told by its content.

    Several documents in one output are headed "==> PATH <==" as text and "<!-- PATH -->" as
    Markdown. JSON Lines have a document a line: id, status, title, language, text.
    """
    chosen["inputs"] = inputs.chosen(chosen["inputs"], "clean")
    ctx.exit(stream.execute(stream.Run(**chosen), writers.load(writers.CLEAN[form])))
