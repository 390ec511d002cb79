"""JSON Lines: an object a line. A line that is none is an error by itself."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from boilerclass.containers import tables
from boilerclass.containers.record import Reading, Record, too_large
from boilerclass.containers.stream import CHUNK, Damage, Stream
from boilerclass.containers.tables import Choice, Plan, Row
from boilerclass.errors import UnreadableInput

NO_JSON = "line {line} is no JSON object: {error}; write a record a line (jq -c does)"
NOT_IN_FIRST = "its first record has no column {column!r}"


def records(stream: Stream, reading: Reading, start: int) -> Iterator[Record]:
    """The record of each line that is not empty. The first one must hold a page; each has columns
    of its own, since many dumps leave out what is null."""
    names: Sequence[str] = ()
    plan = Plan((), None, None)

    def turn_to(found: Sequence[str]) -> None:
        nonlocal names, plan
        names, plan = found, tables.planned(found, reading)

    def begin(found: Sequence[str]) -> Sequence[str]:
        turn_to(found)
        tables.check(names, plan, reading)
        for name in tables.missing(names, reading):
            reading.notice(NOT_IN_FIRST.format(column=name))
        return names

    for row in rows(stream, reading, begin, start):
        if row.error is None and (found := list(row.cells)) != names:
            turn_to(found)
        yield tables.record(row, plan, reading)


def rows(stream: Stream, reading: Reading, choose: Choice, start: int) -> Iterator[Row]:
    """The lines; the first one's keys are chosen from. Lines before ``start`` are not parsed."""
    chosen = False
    ordinal = -1
    for number, line in enumerate(_lines(stream, reading.max_bytes), start=1):
        if isinstance(line, bytes) and not line.strip():
            continue
        ordinal += 1
        if ordinal < start and chosen:
            continue
        try:
            if isinstance(line, UnreadableInput):
                raise line
            cells = _parsed(line, number)
        except UnreadableInput as error:
            if ordinal >= start:
                yield Row(ordinal, {}, error)
            continue
        if not chosen:
            choose(list(cells))
            chosen = True
        if ordinal >= start:
            yield Row(ordinal, cells)


def _parsed(line: bytes, number: int) -> dict[str, Any]:
    try:
        cells = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as error:
        raise UnreadableInput(NO_JSON.format(line=number, error=error)) from error
    if not isinstance(cells, dict):
        kind = type(cells).__name__
        raise UnreadableInput(NO_JSON.format(line=number, error=f"it is a {kind}"))
    return cells


def _lines(stream: Stream, limit: int) -> Iterator[bytes | UnreadableInput]:
    """Each line, or the error in its place; a damage ends them."""
    file = io.BufferedReader(stream, CHUNK)
    try:
        while line := file.readline(limit + 1):
            if len(line) <= limit or line.endswith(b"\n"):
                yield line
                continue
            while (rest := file.readline(CHUNK)) and not rest.endswith(b"\n"):
                pass
            yield too_large(limit)
    except Damage as damage:
        yield damage
