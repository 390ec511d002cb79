"""What cleaning keeps and drops, side by side in the order of the page, with the reasons.

Kept paragraphs stand on the left and dropped ones on the right, as ``diff --side-by-side`` shows
two files.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from boilerclass.cleaner import Cleaned
from boilerclass.labelled import LabelledParagraph
from boilerclass.writers import Format
from boilerclass.writers.sheets import Text
from boilerclass.writers.table import LEAST_WIDTH, NO_TERMINAL
from boilerclass.writers.terminal import fit, visible_line
from boilerclass.writers.text import heading

_RULE = " │ "
_INDENT = "  "
COPY = "same text as a kept paragraph above"


def document(_: str, cleaned: Cleaned) -> str:
    """Two lines for each paragraph, in the left column or the right, and the status below."""
    columns = max(shutil.get_terminal_size(NO_TERMINAL).columns, LEAST_WIDTH)
    width = (columns - len(_RULE)) // 2
    kept = frozenset(cleaned.kept)
    paragraphs = cleaned.labelled.paragraphs
    lines = [_row("KEPT", "DROPPED", width), "─" * width + "─┼─" + "─" * width]
    for i, paragraph in enumerate(paragraphs):
        told = _told(paragraph, COPY if i in cleaned.copies else paragraph.reason, width)
        lines += [_row(*((line, "") if i in kept else ("", line)), width) for line in told]
    counts = f"{len(kept)} kept, {len(paragraphs) - len(kept)} dropped"
    return "\n".join([*lines, f"({cleaned.status}: {counts})"]) + "\n"


def _told(paragraph: LabelledParagraph, reason: str, width: int) -> Iterator[str]:
    verdict = f"{paragraph.label} {paragraph.probability:.2f}"
    yield fit(f"{verdict}  {visible_line(paragraph.text)}", width)
    yield fit(f"{_INDENT}{visible_line(reason)}", width)


def _row(left: str, right: str, width: int) -> str:
    return (fit(left, width) + _RULE + right).rstrip()


FORMAT = Format(".txt", document, Text(heading=heading))
