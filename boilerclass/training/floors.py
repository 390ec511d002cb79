"""Figures that may not get worse, pinned with the gold they were measured on.

A floors file is a list of entries ``{"gold", "by", "slack", "floors", "files"}``: the floors of one
gold as measured ``by`` the model, by predictions, or by the cross-validation that is stored with
the model, and the digests of the files it was measured on. ``slack`` is what a figure may lose
between two trainings by chance; a floor stands that much below the figure it was pinned at. For
figures of which less is better the floor is a ceiling.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boilerclass.errors import BoilerclassError, InvalidOption

LESS_IS_BETTER = re.compile(r"leak|loss|calibration_error")
PINNED = re.compile(
    r"[^/]+/(macro_f1|core\.f1|loss|leak\.\w+|calibration_error|body\.f1|(snippets\.)?(f1|leak))"
    r"|bodies/[^/]+"
)
"""Figures that a new entry gets floors for; an entry may be given others by hand."""
SLACK = 0.005
"""Of a new entry."""
OTHER_GOLD = (
    "the floors for {where} do not apply: they were pinned on other gold "
    "(the digest of {files} differs); --lower pins them on this one"
)


class NotHeld(BoilerclassError):
    """A floor would have to be lowered."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of one gold, ``kind/figure`` to value."""

    gold: str
    by: str
    files: Mapping[str, str]
    """Digest of each file of the gold, by its name."""
    figures: Mapping[str, float]


def flat(report: Mapping[str, Any]) -> dict[str, float]:
    """The figures of a system's report by ``kind/figure``."""
    return {
        f"{kind}/{name}": figure["value"]
        for kind, own in report.items()
        for name, figure in own["figures"].items()
    }


def read(path: Path) -> list[dict[str, Any]]:
    """The entries of a floors file.

    Raises:
        InvalidOption: there is no such file, or it is none.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        for entry in entries:
            _ = entry["gold"], entry["by"], entry["files"].items(), 0 + entry["slack"]
            _ = [0 + floor for floor in entry["floors"].values()]
    except OSError as error:
        raise InvalidOption(
            f"cannot read the floors {path} ({error.strerror}): --raise makes such a file"
        ) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidOption(f"{path} is no file of floors ({error!r}): pin a new one") from error
    checked: list[dict[str, Any]] = entries
    return checked


def check(path: Path, measured: Measured) -> list[str]:
    """What is wrong, a line each: floors that are not held, or that do not apply."""
    entry = _entry(read(path), measured)
    where = f"{measured.gold} by {measured.by}"
    if entry is None:
        return [f"{path} has no floors for {where}: pin them with --raise"]
    # Gold that came in addition leaves the rest comparable.
    other = [name for name, digest in entry["files"].items() if measured.files.get(name) != digest]
    if other:
        return [OTHER_GOLD.format(where=where, files=", ".join(other))]
    wrong = []
    for name, floor in entry["floors"].items():
        value = measured.figures.get(name)
        if value is None:
            wrong.append(f"{name} was not measured; its floor is {floor}")
        elif _worse(name, value, floor):
            side = "above its ceiling" if LESS_IS_BETTER.search(name) else "below its floor"
            wrong.append(f"{name} is {value:.4f}, {side} of {floor}")
    return wrong


def pin(path: Path, measured: Measured, *, lower: bool) -> list[str]:
    """The floors that changed, a line each; ``lower`` allows that they get worse.

    Raises:
        NotHeld: a figure is worse than its floor and ``lower`` is not set.
    """
    entries = read(path) if path.exists() else []
    entry = _entry(entries, measured)
    if entry is None:
        entry = {"gold": measured.gold, "by": measured.by, "files": {}}
        names = filter(PINNED.fullmatch, measured.figures)
        entry |= {"slack": SLACK, "floors": dict.fromkeys(names)}
        entries.append(entry)
    elif not lower and (wrong := check(path, measured)):
        raise NotHeld("\n".join([*wrong, "nothing was pinned; --lower lowers floors"]))
    changed = []
    for name, floor in entry["floors"].items():
        if name not in measured.figures:
            continue
        fresh = _below(name, measured.figures[name], entry["slack"])
        if floor is None or lower or _worse(name, floor, fresh):
            was = "" if floor is None else f", was {floor}"
            changed += [f"{name}: {fresh}{was}"] if fresh != floor else []
            entry["floors"][name] = fresh
    entry["files"] = dict(measured.files)
    path.write_text(json.dumps(entries, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return changed


def _below(name: str, value: float, slack: float) -> float:
    """The floor for a figure: rounded to thousandths away from it."""
    scale = 1000
    if LESS_IS_BETTER.search(name):
        return min(1.0, math.ceil(round((value + slack) * scale, 6)) / scale)
    return max(0.0, math.floor(round((value - slack) * scale, 6)) / scale)


def _worse(name: str, value: float, than: float) -> bool:
    return value > than if LESS_IS_BETTER.search(name) else value < than


def _entry(entries: list[dict[str, Any]], measured: Measured) -> dict[str, Any] | None:
    wanted = (measured.gold, measured.by)
    return next((e for e in entries if (e["gold"], e["by"]) == wanted), None)
