"""What of a run is done, beside its output, so that another run can go on behind it.

A record names everything on which the output depends: a run that differs in any of it is refused.
It is written after the output that it speaks of is on disk, and takes the place of the one before
at once; output behind it is cut off and made again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click

from boilerclass import __version__, model_folders
from boilerclass.cli import model
from boilerclass.cli.inputs import Entry
from boilerclass.writers.terminal import visible_line

VERSION = 1
NAME = ".boilerclass-state.json"
MOST_NAMED = 1000
"""Inputs of which each is recorded; of more there is only one digest."""
MOST_SHOWN = 3
"""Differences that are told."""
DAMAGED = "{path} is damaged, so the run cannot be resumed: start it anew without --resume."
DIFFERS = (
    "The run that would be resumed was another: {differences}. Give the same inputs and options "
    "to go on, or leave --resume out to start anew."
)


@dataclass(frozen=True, slots=True)
class Position:
    """Where the next run begins to read; what lies before is done."""

    entry: int = 0
    """The number of the file among the inputs."""
    ordinal: int = 0
    """Of the record in it."""
    before: int = 0
    """Bytes of the files before that one, as far as they are known."""


@dataclass(frozen=True, slots=True)
class Done:
    """How far a run has come: every input before the position is in the output."""

    position: Position = Position()
    length: int = 0
    """Bytes of the output."""
    errors: int = 0
    """Bytes of the file of errors."""
    several: bool = False
    """Whether the output was begun as one of several documents."""
    totals: Mapping[str, int] = field(default_factory=dict)
    tally: Mapping[str, Any] = field(default_factory=dict)
    finished: bool = False


class Record:
    """The file that says what is done."""

    def __init__(self, path: Path, settings: Mapping[str, Any]) -> None:
        """``settings`` are the user's choices, as JSON has them."""
        self.path = path
        self._settings = json.loads(json.dumps(settings))
        self._identity: dict[str, Any] = {}

    def identify(self, entries: Iterable[Entry]) -> None:
        """Take down what the output depends on."""
        if self._identity:
            return
        self._identity = {
            "boilerclass": __version__,
            "models": {kind: _model(kind) for kind in model_folders.VARIABLES},
            "settings": self._settings,
            "inputs": _inputs(entries),
        }

    def read(self) -> Done | None:
        """What an earlier run with the same identity has done; None when there was none.

        Raises:
            click.UsageError: the run was another, or its record is damaged.
        """
        try:
            held = json.loads(self.path.read_bytes())
            known, done = held["identity"], held["done"]
            differences = list(_differences(known, self._identity))
            found = Done(**{**done, "position": Position(**done["position"])})
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise click.UsageError(DAMAGED.format(path=self.path)) from error
        if differences:
            shown = "; ".join(differences[:MOST_SHOWN])
            rest = len(differences) - MOST_SHOWN
            more = f"; and {rest} more" if rest > 0 else ""
            raise click.UsageError(DIFFERS.format(differences=shown + more))
        return found

    def write(self, done: Done) -> None:
        """Put ``done`` in the place of what the file said."""
        held = {"version": VERSION, "identity": self._identity, "done": asdict(done)}
        fresh = self.path.with_name(f"{self.path.name}.tmp")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(held, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)

    def forget(self) -> None:
        """Remove what an earlier run has left."""
        self.path.unlink(missing_ok=True)


def _model(kind: str) -> str:
    facts = json.dumps(model.manifest(kind), sort_keys=True)
    return hashlib.sha256(facts.encode()).hexdigest()


def _inputs(entries: Iterable[Entry]) -> dict[str, Any]:
    """Names, sizes and times of change: each, or of many one digest."""
    digest = hashlib.sha256()
    named: dict[str, list[int]] = {}
    count = 0
    for entry in entries:
        count += 1
        facts = _facts(entry)
        digest.update(f"{entry.id}\0{entry.place}\0{facts}\n".encode("utf-8", "surrogatepass"))
        if count <= MOST_NAMED:
            named[entry.id] = facts
    return {
        "count": count,
        "digest": digest.hexdigest(),
        "named": named if count <= MOST_NAMED else {},
    }


def _facts(entry: Entry) -> list[int]:
    if entry.error is not None:
        return []
    try:
        status = os.stat(entry.id)  # noqa: PTH116  # there may be millions
    except OSError:
        return []
    return [status.st_size, status.st_mtime_ns]


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[str]:
    """In words, what is not the same."""
    if old["boilerclass"] != new["boilerclass"]:
        yield f"made by boilerclass {old['boilerclass']}, this is {new['boilerclass']}"
    for kind, digest in new["models"].items():
        if old["models"].get(kind) != digest:
            yield f"the model of {kind} is another one"
    for name, value in new["settings"].items():
        before = old["settings"].get(name)
        if before != value and name != "inputs":
            option = "--" + name.replace("_", "-")
            yield f"{option} was {_shown(before)}, now it is {_shown(value)}"
    yield from _changed(old["inputs"], new["inputs"])


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[str]:
    if old["digest"] == new["digest"]:
        return
    before, now = old["named"], new["named"]
    told = False
    if before and now:
        for name in sorted(before.keys() | now.keys()):
            if before.get(name) != now.get(name):
                told = True
                what = "has changed" if name in before and name in now else "is new"
                yield f"{visible_line(name)} {what if name in now else 'is no input any more'}"
    if not told:
        counts = f"{old['count']:,} inputs then, {new['count']:,} now"
        same = old["count"] == new["count"]
        yield "an input has changed or stands in another order" if same else counts


def _shown(value: Any) -> str:
    if value in (None, [], False):
        return "not given"
    if value is True:
        return "given"
    return visible_line(",".join(map(str, value)) if isinstance(value, list) else str(value))
