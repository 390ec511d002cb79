"""A table to look at: label, probability, text and reason in columns that fit the terminal."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from boilerclass.labelled import LabelledDocument
from boilerclass.labels import LABELS
from boilerclass.writers import Format
from boilerclass.writers.sheets import Text
from boilerclass.writers.terminal import fit, visible_line
from boilerclass.writers.text import heading

NO_TERMINAL = (160, 24)
"""Columns and lines where no terminal says how many it has."""
LEAST_WIDTH = 60
"""Columns below which nothing could be read; a narrower terminal wraps the lines."""
REASON_SHARE = 0.35
"""Share of the free width that goes to the reason."""

_GAP = "  "
_LABEL = max(map(len, LABELS))
_PROBABILITY = 4


def document(_: str, labelled: LabelledDocument) -> str:
    """A line for each paragraph, cut to the width of the terminal; a line saying so if none."""
    if not labelled.paragraphs:
        return f"({labelled.status}: no paragraphs)\n"
    columns = max(shutil.get_terminal_size(NO_TERMINAL).columns, LEAST_WIDTH)
    free = columns - _LABEL - _PROBABILITY - 3 * len(_GAP)
    reason = int(free * REASON_SHARE)
    widths = (_LABEL, _PROBABILITY, free - reason, reason)
    return "".join(
        _line((p.label, f"{p.probability:.2f}", p.text, p.reason), widths)
        for p in labelled.paragraphs
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    fitted = (fit(visible_line(cell), n) for cell, n in zip(cells, widths, strict=True))
    return _GAP.join(fitted).rstrip() + "\n"


FORMAT = Format(".txt", document, Text(heading=heading))
