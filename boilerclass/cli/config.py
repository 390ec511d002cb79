"""``boilerclass config``: which settings are in force, and where each comes from."""

from __future__ import annotations

import json
from typing import Any

import click

from boilerclass.cli import settings, stream
from boilerclass.writers.terminal import visible_line


@click.command("config")
@click.argument("commands", nargs=-1, metavar="[COMMAND]...")
@click.option(
    "-f",
    "--format",
    type=click.Choice(["table", "jsonl"]),
    default="table",
    show_default=True,
    help="table is to look at, jsonl has a setting a line.",
)
@click.pass_context
def command(ctx: click.Context, /, commands: tuple[str, ...], **chosen: Any) -> None:
    """Show the settings of COMMAND, or of all, and where each comes from.

    The command line overrules the environment, and that the settings file: the nearest
    boilerclass.toml, or pyproject.toml with a table [tool.boilerclass], in this directory or above.
    In it a key is an option's long name; one in a table such as [clean] counts for that command
    alone. The variable of clean --preset is BOILERCLASS_CLEAN_PRESET.
    """
    group, root, file = _group(ctx)
    wrong = 0
    for name in commands or group.list_commands(root):
        found = group.get_command(root, name)
        if found is None:
            known = ", ".join(group.list_commands(root))
            raise click.UsageError(f"there is no command {name!r}: choose of {known}.")
        settings.check_environment(name, found)
        with found.make_context(name, [], root, resilient_parsing=True) as context:
            wrong += _show(context, file, chosen["format"])
    ctx.exit(click.BadParameter.exit_code if wrong else 0)


def _group(ctx: click.Context) -> tuple[click.Group, click.Context, settings.File | None]:
    root = ctx.find_root()
    assert isinstance(root.command, click.Group)
    return root.command, root, root.obj


def _show(context: click.Context, file: settings.File | None, form: str) -> int:
    """Write the settings of a command; how many of them cannot be used."""
    wrong = 0
    for option in settings.options(context.command).values():
        value = context.params.get(str(option.name))
        source = settings.origin(context, option, file)
        given = value is None and source != settings.DEFAULT
        if given and (problem := _problem(context, option)):
            wrong += 1
            words = f"{option.opts[-1]}: {problem.message}"
            stream.say(str(context.info_name), visible_line(words))
        record = {"command": context.info_name, "option": option.name, "value": value}
        if form == "jsonl":
            click.echo(json.dumps({**record, "source": source}, ensure_ascii=False, default=str))
        else:
            shown = "-" if value in (None, ()) else _words(value)
            click.echo(f"{context.info_name}  {option.name:<15} {shown:<20} {visible_line(source)}")
    return wrong


def _problem(context: click.Context, option: click.Parameter) -> click.BadParameter | None:
    """Why the value of an option cannot be used: click makes nothing of it where it only looks."""
    given, _ = option.consume_value(context, {})
    try:
        option.type_cast_value(context, given)
    except click.BadParameter as error:
        return settings.with_source(error)
    return None


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    parts = value if isinstance(value, list | tuple) else [value]
    return visible_line(", ".join(map(str, parts)))
