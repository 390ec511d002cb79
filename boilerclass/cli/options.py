"""The options that commands share, as decorators."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import click

from boilerclass.cli import compression
from boilerclass.labels import LABELS, ROLES, Label
from boilerclass.options import KINDS, PRESETS

Command = Callable[..., Any]
Decorator = Callable[[Command], Command]

LONGEST_WAIT = 1_000_000
"""Seconds that a document may be given, twelve days: threads cannot wait for ever."""
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_SIZE = re.compile(r"(\d+)\s*([KMG]?)B?", re.I)


class WritablePath(click.Path):
    """A path to write to. An empty one, as of a variable that is not set, is none."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        if not value:
            self.fail("the path is empty", param, ctx)
        return super().convert(value, param, ctx)


class Choices(click.ParamType[tuple[str, ...]]):
    """Some of a few known words, parted by commas."""

    name = "list"

    def __init__(self, known: Sequence[str]) -> None:
        self._known = known

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        parts = value.split(",") if isinstance(value, str) else value
        chosen = tuple(str(part).strip().lower() for part in parts)
        for word in chosen:
            if word not in self._known:
                self.fail(f"{word!r} is none of {', '.join(self._known)}.", param, ctx)
        return chosen


class Selector(click.ParamType[str]):
    """A CSS selector; what reads it comes with the parser, so that it is checked later."""

    name = "selector"
    envvar_list_splitter = "\n"
    """White space means something in a selector: in the environment one stands on a line."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return str(value)


class Size(click.ParamType[int]):
    """A number of bytes, also with a unit: 500K, 64M, 1G."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        match = _SIZE.fullmatch(str(value).strip())
        if match is None or int(match[1]) == 0:
            self.fail(f"{value!r} is no size: give bytes, or a number with K, M or G.", param, ctx)
        return int(match[1]) * _UNITS[match[2].upper()]


class Seconds(click.ParamType[float]):
    """A time to wait, which is not endless."""

    name = "seconds"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        try:
            seconds = float(value)
        except ValueError:
            seconds = 0
        if not 0 < seconds <= LONGEST_WAIT:
            words = f"{value!r} is no time: give seconds, more than 0 and at most {LONGEST_WAIT:,}"
            self.fail(f"{words}; leave it out for no limit.", param, ctx)
        return seconds


def bundle(*decorators: Decorator) -> Decorator:
    """One decorator that adds several, in the order in which ``--help`` is to list them."""
    return lambda command: reduce(lambda done, add: add(done), reversed(decorators), command)


def inputs() -> Decorator:
    """The arguments INPUTS."""
    # One that cannot be read is told when its turn comes, and stops no other.
    return click.argument("inputs", nargs=-1, type=click.Path(allow_dash=True, readable=False))


def formats(rows: Mapping[str, str]) -> Decorator:
    """The option for the output's format; the first of ``rows`` is the default."""
    return click.option(
        "-f",
        "--format",
        type=click.Choice(list(rows)),
        default=next(iter(rows)),
        show_default=True,
        help="How results are written.",
    )


files_from = click.option(
    "--files-from",
    type=click.Path(dir_okay=False, allow_dash=True),
    metavar="FILE",
    help="Read more inputs from FILE or - for standard input: a path a line, or parted by NULs as "
    "find -print0 does.",
)

columns = bundle(
    click.option(
        "--html-column",
        metavar="NAME",
        help="Column of CSV, JSON Lines and Parquet that holds pages. Guessed by its name when "
        "neither this nor --text-column is given.",
    ),
    click.option(
        "--text-column",
        metavar="NAME",
        help="Column that holds plain texts; with --html-column, for rows without HTML.",
    ),
    click.option(
        "--url-column", metavar="NAME", help="Column that holds addresses. Guessed by its name."
    ),
    click.option(
        "--id-column", metavar="NAME", help="Column that names documents. Guessed by its name."
    ),
)

output_file = click.option(
    "-o",
    "--output",
    type=WritablePath(dir_okay=False, allow_dash=True, readable=False),
    metavar="FILE",
    help="Write into FILE instead of standard output. FILE appears when all is done.",
)
output = bundle(
    output_file,
    click.option(
        "--output-dir",
        type=WritablePath(file_okay=False, readable=False),
        metavar="DIR",
        help="Write a file for each input into DIR, in the same folders as below the directory "
        "that was given.",
    ),
    click.option(
        "--compress",
        type=click.Choice([*compression.CODECS, compression.NONE]),
        help="Compress what is written. When not given, as the suffix of -o says: "
        f"{', '.join(codec.suffix for codec in compression.CODECS.values())}.",
    ),
    click.option(
        "--dry-run",
        is_flag=True,
        help="List the inputs and what would be written for each; write nothing.",
    ),
)

encoding = click.option(
    "--encoding",
    help="Encoding of the inputs, such as utf-8 or iso-8859-2. Detected when not given.",
)

reading = bundle(
    click.option(
        "--kind",
        type=click.Choice(KINDS),
        default=KINDS[0],
        show_default=True,
        help="Read inputs as HTML or as plain text; auto tells by their content.",
    ),
    click.option(
        "--url",
        help="Address of the page. It tells links to the same site from links to others.",
    ),
    encoding,
    click.option(
        "--max-bytes",
        type=Size(),
        default="64M",
        show_default=True,
        metavar="SIZE",
        help="Refuse inputs that are larger. K, M and G are understood.",
    ),
)

labelling = bundle(
    click.option(
        "--threshold",
        type=float,
        metavar="P",
        help="Keep a paragraph from this probability of being core, 0 to 1. "
        "When not given, what is best for each document by the preset.",
    ),
    click.option(
        "--preset",
        type=click.Choice(PRESETS),
        default=PRESETS[0],
        show_default=True,
        help="precision lets less boilerplate through, recall loses fewer paragraphs.",
    ),
    click.option(
        "--keep",
        type=Selector(),
        multiple=True,
        metavar="SELECTOR",
        help="Take the paragraphs in elements that this CSS selector matches for core, whatever "
        "the model says. HTML only. May be given several times; of a --keep and a --drop around "
        "one text the inner element counts.",
    ),
    click.option(
        "--drop",
        type=Selector(),
        multiple=True,
        metavar="SELECTOR",
        help="Never take the paragraphs in these elements for core.",
    ),
    click.option(
        "--sites",
        type=click.Path(dir_okay=False),
        metavar="FILE",
        help="Use the site memory in FILE, which the command sites has left: lines that many pages "
        "of a site share, and titles of other pages, are then known for what they are.",
    ),
    click.option(
        "--site-memory",
        is_flag=True,
        help="Read all inputs twice: first for a site memory of them, then to label them.",
    ),
)

running = bundle(
    click.option(
        "--jobs",
        type=click.IntRange(min=1),
        default=1,
        show_default=True,
        metavar="N",
        help="Share the work among N processes; what is written stays the same. With 2 or more, "
        "or with --timeout, a page that crashes its process fails alone.",
    ),
    click.option(
        "--timeout",
        type=Seconds(),
        metavar="SECONDS",
        help="Give up on a document that takes longer. Not given, there is no limit: what is "
        "written then never depends on how busy the machine is.",
    ),
    click.option(
        "--errors",
        type=click.Path(dir_okay=False, readable=False),
        metavar="FILE",
        help="Write a JSON line for each document that failed or record that was passed by: id, "
        "container, ordinal, url, error, kind (failed or skipped).",
    ),
    click.option(
        "--resume",
        is_flag=True,
        help="Go on where the same command was stopped or killed, and record what is done for the "
        "next time. Needs -o or --output-dir.",
    ),
    click.option("--no-progress", is_flag=True, help="Draw no progress on the terminal."),
)

selection = bundle(
    click.option(
        "--labels",
        type=Choices(LABELS),
        default=Label.CORE.value,
        show_default=True,
        metavar="LABEL,...",
        help=f"Write the text with these labels: {', '.join(LABELS)}.",
    ),
    click.option(
        "--with-roles",
        type=Choices(ROLES),
        default=(),
        metavar="ROLE,...",
        help="Write besides, whatever its label, the text that has these finer roles, such as "
        f"caption,meta: {', '.join(ROLES)}.",
    ),
    click.option(
        "--min-core-chars",
        type=click.IntRange(min=0),
        default=0,
        metavar="N",
        help="Leave documents out whose core text has fewer characters.",
    ),
    click.option(
        "--max-clickbait",
        type=click.FloatRange(0, 1),
        metavar="P",
        help="Leave documents out whose own headline scores above this for clickbait.",
    ),
    click.option(
        "--explain",
        is_flag=True,
        help="Show what is kept and what is dropped side by side, with the reasons.",
    ),
)
"""What of labelled documents is written."""

verbose = click.option(
    "-v", "--verbose", is_flag=True, help="Show where in the program an input failed."
)

ending = bundle(
    click.option(
        "--fail-empty",
        is_flag=True,
        help="Exit with 3 when no input gave any core text.",
    ),
    verbose,
)

documents = bundle(inputs(), files_from, output, reading, columns, labelling, running, ending)
"""What every command has that labels documents; :class:`boilerclass.cli.job.Run` takes it."""
