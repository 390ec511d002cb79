"""Defaults of options that a file or the environment gives; the command line overrules them.

click looks both up: the file becomes its ``default_map``, and it names variables itself,
``BOILERCLASS_CLEAN_PRESET`` for ``clean --preset``. What is left to do is to find the file and to
refuse names that mean nothing, which would otherwise pass in silence.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click
from click.core import ParameterSource

from boilerclass.writers.terminal import visible_line

FILE, PROJECT, TABLE = "boilerclass.toml", "pyproject.toml", "boilerclass"
PREFIX = "BOILERCLASS"
COMMAND_LINE, DEFAULT = "command line", "default"
NO_OPTIONS = frozenset(("BOILERCLASS_MODEL", "BOILERCLASS_CLICKBAIT_MODEL", "BOILERCLASS_CORPUS"))
"""Variables that begin as those of a command do and are none of its options."""

Commands = Mapping[str, Callable[[], click.Command]]


class File(NamedTuple):
    """A settings file and what it says."""

    path: Path
    table: Mapping[str, Any]


def find(start: Path) -> File | None:
    """The nearest ``boilerclass.toml``, or ``pyproject.toml`` with a table for us, from ``start``
    upwards.

    Raises:
        click.UsageError: it cannot be read.
    """
    for folder in (start, *start.parents):
        own, project = folder / FILE, folder / PROJECT
        if _is_file(own):
            return File(own, _parsed(own))
        if _is_file(project) and b"tool.boilerclass" in _content(project):
            table = _parsed(project).get("tool", {}).get(TABLE)
            if isinstance(table, dict):
                return File(project, table)
    return None


def default_map(file: File, commands: Commands) -> dict[str, dict[str, Any]]:
    """For each command the values of its options, as click takes them.

    A key outside the commands' tables counts for every command that has such an option.

    Raises:
        click.UsageError: a key is the name of nothing.
    """
    known = {name: options(get()) for name, get in commands.items()}
    values: dict[str, dict[str, Any]] = {name: {} for name in commands}
    for key, value in file.table.items():
        if isinstance(value, dict):
            if key not in known:
                raise _unknown(file.path, f"[{key}]", (f"[{name}]" for name in known))
            continue
        owners = [name for name in known if _plain(key) in known[name]]
        if not owners:
            raise _unknown(file.path, key, (name for own in known.values() for name in own))
        for name in owners:
            values[name][_plain(key)] = _fitting(known[name][_plain(key)], value)
    for name, own in known.items():
        table = file.table.get(name)
        for key, value in table.items() if isinstance(table, dict) else ():
            if _plain(key) not in own:
                raise _unknown(file.path, key, own, f" in [{name}]")
            values[name][_plain(key)] = _fitting(own[_plain(key)], value)
    return values


def check_environment(name: str, command: click.Command) -> None:
    """Nothing.

    Raises:
        click.UsageError: a variable begins as those of the command do, and is none of them.
    """
    known = [variable(name, option) for option in options(command).values()]
    own = f"{PREFIX}_{name.upper()}_"
    for given in sorted(os.environ):
        if given.startswith(own) and given not in known and given not in NO_OPTIONS:
            raise click.UsageError(f"{given} is no setting.{_nearest(given, known)}")


def variable(name: str, option: click.Parameter) -> str:
    """The environment variable of a command's option."""
    if isinstance(option.envvar, str):
        return option.envvar
    return f"{PREFIX}_{name.upper()}_{str(option.name).upper()}"


def origin(context: click.Context, option: click.Parameter, file: File | None) -> str:
    """Where the value of an option in a command's context comes from, in words."""
    source = context.get_parameter_source(str(option.name))
    if source is ParameterSource.ENVIRONMENT:
        return variable(str(context.info_name), option)
    if source is ParameterSource.DEFAULT_MAP and file is not None:
        return str(file.path)
    return COMMAND_LINE if source is ParameterSource.COMMANDLINE else DEFAULT


def with_source(error: click.BadParameter) -> click.BadParameter:
    """The error, saying which file or variable the value stands in."""
    if error.ctx is not None and error.param is not None:
        source = origin(error.ctx, error.param, error.ctx.find_root().obj)
        if source not in (COMMAND_LINE, DEFAULT):
            words = f"{error.message} It comes from {visible_line(source)}."
            return click.BadParameter(words, error.ctx, error.param)
    return error


def options(command: click.Command) -> dict[str, click.Option]:
    """The options of a command that can be set, by name."""
    return {
        str(option.name): option
        for option in command.params
        if isinstance(option, click.Option) and option.expose_value
    }


def _fitting(option: click.Option, value: Any) -> Any:
    """A value of the file as the command line would have it, which click knows how to check."""
    if option.is_flag:
        return value
    values = [str(part) for part in (value if isinstance(value, list) else [value])]
    return values if option.multiple else ",".join(values)


def _plain(key: str) -> str:
    return key.replace("-", "_")


def _unknown(path: Path, key: str, known: Iterable[str], where: str = "") -> click.UsageError:
    return click.UsageError(f"{path}: there is no setting {key!r}{where}.{_nearest(key, known)}")


def _nearest(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(_plain(name), sorted(set(known)), n=1, cutoff=0)
    return f" The nearest is {near[0]!r}." if near else ""


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a directory above may be closed to us
        return False


def _parsed(path: Path) -> Mapping[str, Any]:
    import tomllib  # compiles expressions, and most starts find no file

    try:
        return tomllib.loads(_content(path).decode())
    except ValueError as error:  # no TOML, or no UTF-8
        raise click.UsageError(f"{path}: {error}") from error


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise click.UsageError(f"{path}: {error.strerror}") from error
