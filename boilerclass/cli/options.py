"""The options that commands share, as decorators."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import click

from boilerclass.options import KINDS, PRESETS

Command = Callable[..., Any]
Decorator = Callable[[Command], Command]

_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_SIZE = re.compile(r"(\d+)\s*([KMG]?)B?", re.I)


class Size(click.ParamType[int]):
    """A number of bytes, also with a unit: 500K, 64M, 1G."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        match = _SIZE.fullmatch(str(value).strip())
        if match is None or int(match[1]) == 0:
            self.fail(f"{value!r} is no size: give bytes, or a number with K, M or G.", param, ctx)
        return int(match[1]) * _UNITS[match[2].upper()]


def bundle(*decorators: Decorator) -> Decorator:
    """One decorator that adds several, in the order in which ``--help`` is to list them."""
    return lambda command: reduce(lambda done, add: add(done), reversed(decorators), command)


def inputs() -> Decorator:
    """The arguments INPUTS."""
    return click.argument("inputs", nargs=-1, type=click.Path(allow_dash=True))


def formats(rows: Mapping[str, str]) -> Decorator:
    """The option for the output's format; the first of ``rows`` is the default."""
    return click.option(
        "-f",
        "--format",
        "form",
        type=click.Choice(list(rows)),
        default=next(iter(rows)),
        show_default=True,
        help="How results are written.",
    )


output = bundle(
    click.option(
        "-o",
        "--output",
        type=click.Path(dir_okay=False, allow_dash=True),
        metavar="FILE",
        help="Write into FILE instead of standard output. FILE appears when all is done.",
    ),
    click.option(
        "--output-dir",
        type=click.Path(file_okay=False),
        metavar="DIR",
        help="Write a file for each input into DIR, in the same folders as below the directory "
        "that was given.",
    ),
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
    click.option(
        "--encoding",
        help="Encoding of the inputs, such as utf-8 or iso-8859-2. Detected when not given.",
    ),
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
        "--jobs",
        type=click.IntRange(min=1),
        default=1,
        show_default=True,
        metavar="N",
        help="Share the work among N processes.",
    ),
)

ending = bundle(
    click.option(
        "--fail-empty",
        is_flag=True,
        help="Exit with 3 when no input gave any core text.",
    ),
    click.option(
        "-v", "--verbose", is_flag=True, help="Show where in the program an input failed."
    ),
)

documents = bundle(inputs(), output, reading, labelling, ending)
"""What every command has that labels documents; :class:`boilerclass.cli.stream.Run` takes it."""
