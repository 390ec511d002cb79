"""JSON Lines: an object a line. A line that is none is an error by itself."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from boilerclass.containers import tables
from boilerclass.containers.record import Reading, Record, too_large
from boilerclass.containers.stream import CHUNK, Damage, Stream
from boilerclass.containers.tables import Choice, Row
from boilerclass.errors import UnreadableInput

NO_JSON = "line {line} is no JSON object: {error}; write a record a line (jq -c does)"


def records(stream: Stream, reading: Reading, start: int) -> Iterator[Record]:
    """The record of each line that is not empty."""
    return tables.records(rows, stream, reading, start)


def rows(stream: Stream, reading: Reading, choose: Choice, start: int) -> Iterator[Row]:
    """The lines; the first one's keys are the columns. Lines before ``start`` are not parsed."""
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
