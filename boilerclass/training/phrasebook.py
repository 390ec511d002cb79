"""Lines of the kinds that stand around articles in extracted text, invented for this project.

A file a language, found by listing the folder: a role and a line in each row. Those of ``core``
look like the others and are none: they teach what must stay.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from importlib import resources

FOLDER = resources.files("boilerclass.training") / "lines"


@functools.cache
def of(language: str) -> Mapping[str, Sequence[str]]:
    """The lines of each role in a language; none where it has no file."""
    found: dict[str, list[str]] = defaultdict(list)
    file = FOLDER / f"{language}.tsv"
    if file.is_file():
        for row in file.read_text(encoding="utf-8").splitlines():
            role, line = row.split("\t")
            found[role].append(line)
    return found
