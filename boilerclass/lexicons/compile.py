"""Folds the lexicons and puts them together: ``python -m boilerclass.lexicons.compile``.

To be run after a change to one of them; a test fails until it is.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from boilerclass.lexicons import (
    CLASSES,
    COMPILED,
    FIRST_UNSPACED,
    MARKS,
    Tables,
    fold_marks,
    languages,
)

FOLDER: Final = Path(__file__).parent
_BREAKS = re.compile(f"[^\\w\\s{MARKS}$:#]+")
_SPACES = re.compile("  +")
_RESERVED = re.compile("[$:#\\t]")
_MASKS: Final = {name: 1 << index for index, name in enumerate(CLASSES)}
# Scripts written without spaces: Thai, Lao, Burmese, Khmer, kana, Han.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)


class Entry(NamedTuple):
    """A line of a lexicon."""

    phrase: str
    """Folded."""
    kind: str
    """What matches it: the start of a paragraph "", a whole one "$", what leads one in ":"."""
    mask: int
    """The bit of its class."""


def parse(text: str, name: str) -> list[Entry]:
    """The entries of one lexicon.

    Raises ValueError naming `name` and the line when a line is malformed.
    """
    entries = []
    for number, line in enumerate(_SPACES.sub(" ", fold_marks(text, _BREAKS)).split("\n"), 1):
        label, tab, phrase = line.partition("\t")
        mask = _MASKS.get(label, 0)
        if not mask:
            if label.startswith("#") or not line.strip():
                continue
            problem = f"unknown class {label!r}" if tab else "no tab"
            raise ValueError(f"{name}, line {number}: {problem}")
        kind = phrase[-1] if phrase.endswith(("$", ":")) else ""
        folded = phrase.removesuffix(kind).strip(" ")
        if not folded or _RESERVED.search(folded):
            raise ValueError(f"{name}, line {number}: malformed phrase")
        entries.append(Entry(folded, kind, mask))
    return entries


def tables(entries: Iterable[Entry]) -> Tables:
    """The entries, of any number of languages, by what they are looked up with."""
    phrases: dict[str, int] = {}
    starts: dict[str, dict[str, int]] = {}
    runs: dict[str, dict[str, int]] = {}
    leads: dict[str, int] = {}
    for phrase, kind, mask in entries:
        held = leads if kind == ":" else phrases
        held[phrase] = held.get(phrase, 0) | mask
        if kind:
            continue
        if phrase[0] >= FIRST_UNSPACED and len(phrase) > 1 and _UNSPACED.match(phrase):
            known = runs.setdefault(phrase[:2], {})
        else:
            known = starts.setdefault(phrase.partition(" ")[0], {})
        known[phrase] = known.get(phrase, 0) | mask
    return Tables(phrases, starts, runs, leads)


def compiled() -> str:
    """What the compiled file has to hold."""
    entries: list[Entry] = []
    for code in languages():
        name = f"{code}.txt"
        entries += parse((FOLDER / name).read_text(encoding="utf-8"), name)
    found = tables(entries)._asdict()
    return json.dumps(found, ensure_ascii=False, indent=0, sort_keys=True) + "\n"


if __name__ == "__main__":
    (FOLDER / COMPILED).write_text(compiled(), encoding="utf-8")
