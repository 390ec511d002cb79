"""``boilerclass sites``: the face of :class:`boilerclass.SiteMemory`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from boilerclass.cli import counting, inputs, options, output, stream
from boilerclass.cli.tally import Tally
from boilerclass.containers.record import Columns, Reading
from boilerclass.options import Options


@click.command("sites")
@options.inputs()
@options.files_from
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, readable=False),
    required=True,
    metavar="FILE",
    help="Write the memory into FILE, which appears when all is done.",
)
@options.reading
@options.columns
@options.verbose
@click.pass_context
def command(ctx: click.Context, /, verbose: bool, **chosen: Any) -> None:
    """Count what the pages of each site have in common, for clean --sites and label --sites.

    INPUTS are as for label. They may also be memories that this command has left: what those
    counted is added, so that the parts of a dump can be counted apart.

    The site of a page is the host of its address: from its container, or as the page itself states
    it. All documents without an address are taken for one site; --url names another.

    The memory holds hashes, no text, and is bounded; it says nothing of a site of fewer than five
    pages. A page that comes again counts once, but not across memories that are added.
    """
    from boilerclass.sites.memory import SiteCounter, SiteMemory

    named = inputs.chosen(chosen["inputs"], "sites", chosen["files_from"])
    paths = inputs.listed(chosen["files_from"])
    names = ("html_column", "text_column", "url_column", "id_column")
    columns = Columns(*(chosen[name] for name in names))
    reading = Reading(chosen["max_bytes"], columns, chosen["encoding"])
    how = Options(kind=chosen["kind"], url=chosen["url"], encoding=chosen["encoding"])
    goal = Path(chosen["output"])
    if goal.is_file() and not SiteMemory.is_in(goal):  # to a memory what is counted can be added
        for name in (*named, *paths, *filter(None, [chosen["files_from"]])):
            output.keep_apart(name, [chosen["output"]])
    counter = SiteCounter()
    tally = Tally(stream.say)
    failures = copies = 0
    for entry in inputs.expand(named, [chosen["output"]], paths):
        if inputs.rereadable(entry) and SiteMemory.is_in(entry.id):
            counter.include(SiteMemory.read(entry.id))
            continue
        sources = inputs.read([entry], reading, stream.say)
        for source, new, error in counting.count(counter, sources, how):
            tally.add(source.entry, source.skipped, verbose=verbose)
            if error is not None:
                failures += 1
                stream.report(source.entry.shown, error, verbose=verbose)
            elif source.skipped is None:
                copies += not new
    tally.close()
    memory = counter.memory()
    try:
        with output.atomic(goal) as file:
            file.write(memory.packed())
    except OSError as error:
        raise output.unwritable(chosen["output"], error) from error
    said = f"pages: {memory.pages:,}, sites: {len(memory.sites):,}"
    if copies:
        said += f"; copies and empty ones: {copies:,}"
    if memory.error:
        said += f"; a paragraph may stand on {memory.error:,} more pages than is known"
    stream.say(chosen["output"], said)
    ctx.exit(stream.FAILED if failures else 0)
