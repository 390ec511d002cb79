"""The command ``boilerclass``: a command is a module with a ``command`` and its row in COMMANDS.

Modules of this folder import the standard library and click only; what is heavy is imported when a
command runs, so that ``--help`` stays fast.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from boilerclass.cli import settings
from boilerclass.errors import BoilerclassError, InvalidOption
from boilerclass.writers.terminal import visible_line

COMMANDS: dict[str, str] = {
    "clean": "Write the core text of pages and texts: headline and body, nothing around them.",
    "label": "Write every paragraph of pages and texts with its label, probability and reason.",
    "clickbait": "Write how likely each headline is clickbait, from 0 to 1.",
    "sites": "Count what the pages of each site have in common, for clean --sites and label "
    "--sites.",
    "model": "Show name, place, digest, versions and scores of the models in force.",
    "config": "Show the settings of COMMAND, or of all, and where each comes from.",
    "train": "Train the model that RECIPE describes and print its scores.",
    "evaluate": "Score the model on GOLD: a folder such as data/examples, a .jsonl or a .parquet "
    "file.",
}
"""Each is the module of this name here; in one sentence what it does, with which its own help
begins: the list of commands loads none of them."""

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 and the signal's number, as shells have it."""


def _command(name: str) -> click.Command:
    command: click.Command = import_module(f"{__name__}.{name}").command
    return command


class _Group(click.Group):
    """Finds a command by importing its module; turns the library's errors into click's."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return _command(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def make_context(self, *arguments: Any, **named: Any) -> click.Context:
        with _output_that_may_end():  # --help is written here
            return super().make_context(*arguments, **named)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with _output_that_may_end():
                return super().invoke(ctx)
        except click.BadParameter as error:
            raise settings.with_source(error) from error
        except InvalidOption as error:
            raise click.UsageError(str(error)) from error
        except BoilerclassError as error:
            raise click.ClickException(str(error)) from error


@contextmanager
def _output_that_may_end() -> Iterator[None]:
    """Ends the command where standard output cannot be written.

    Here, because click would make a closed pipe exit code 1: whoever reads has all that was wanted.
    """
    try:
        yield
    except BrokenPipeError as error:
        _discard_output()
        raise click.exceptions.Exit(0) from error
    except OSError as error:
        _discard_output()
        place = error.filename or "standard output"
        raise click.ClickException(f"{visible_line(str(place))}: {error.strerror}") from error


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    from boilerclass import __version__
    from boilerclass.cli.model import of_paragraphs
    from boilerclass.native import kernels

    names = " and ".join(facts["name"] for facts in of_paragraphs())
    how = "in Python" if kernels is None else "compiled"
    click.echo(f"boilerclass {__version__} (models {names}, kernels {how})")
    ctx.exit()


@click.group(
    cls=_Group,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "auto_envvar_prefix": settings.PREFIX,
    },
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    allow_from_autoenv=False,
    callback=_print_version,
    help="Show the version, the model and whether the kernels are compiled.",
)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Keep the editorial text of web pages and texts; name everything else on them.

    \b
    Exit codes: 0 all done; 1 some inputs failed, each named on standard error;
    2 wrong usage; 3 nothing extracted, with --fail-empty; 130 stopped by Ctrl-C.
    """
    ctx.obj = file = settings.find(Path.cwd())
    commands = {name: partial(_command, name) for name in COMMANDS}
    if file is not None:
        ctx.default_map = settings.default_map(file, commands)
    name = ctx.invoked_subcommand
    if name in commands:
        settings.check_environment(name, commands[name]())


def main(args: Sequence[str] | None = None) -> int:
    """The exit code of one run of the command; ``args`` are the process's by default."""
    try:
        code = cli.main(args, prog_name="boilerclass", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return error.exit_code
    except BoilerclassError as error:
        return _say(str(error))
    except click.ClickException as error:
        return _say(error.format_message())
    except click.Abort:
        _say("stopped")
        return INTERRUPTED
    return code if isinstance(code, int) else 0


def _say(message: str) -> int:
    click.echo(f"boilerclass: {message}", err=True)
    return 1


def _discard_output() -> None:
    """Leave the interpreter nothing to flush at its end, which it would complain about."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
