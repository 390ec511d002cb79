"""The kept text as Markdown: headings, lists, quotes, code, tables and links stay what they are.

Page text is escaped, so that it cannot become structure. Each line of a plain text is a paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from boilerclass.cleaner import Cleaned
from boilerclass.writers import Format
from boilerclass.writers.blocks import Block, Container, Line, Run, Table, blocks, plain
from boilerclass.writers.sheets import Text
from boilerclass.writers.terminal import visible_line

# What CommonMark reads as markup within a line, and GitHub, which strikes out what stands between
# two tildes: "3~5 and 7~9". An underscore inside a word and an ampersand that begins no entity mean
# nothing.
_INLINE = re.compile(r"[\\`*\[\]<~]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
# What it reads as the beginning of a block: heading, quote, list, rule, underline, table.
_OPENING = re.compile(r"#{1,6}(?:\s|$)|>|[-+](?:\s|$)|-{2,}|=+\s*$|\||:?-+:?\s*\|")
_NUMBERED = re.compile(r"\d{1,9}(?=[.)](?:\s|$))")
_CLOSING_HASHES = re.compile(r"(?<=\s)#+$")
_PICTURE = re.compile(r"!(?=\[)")
_BACKTICKS = re.compile(r"`+")
# An address in parentheses ends at a closing one, and knows entities.
_IN_ADDRESS = re.compile(r"[()*\[\]]|&(?=#?\w+;)")


HIGHEST = 999_999_999
"""Number that an item may have, from 0 on, as CommonMark has it."""


def document(_: str, cleaned: Cleaned) -> str:
    """The kept paragraphs as Markdown blocks."""
    written = _Blocks()
    for block in blocks(cleaned):
        written.add(block)
    return "".join(written.pieces) + "\n" if written.pieces else ""


def heading(name: str) -> str:
    """A comment over a document, which renders to nothing."""
    return f"<!-- {visible_line(name).replace('--', '- -').replace('>', '&gt;')} -->\n\n"


def escape(line: str) -> str:
    r"""One line of text such that Markdown renders it as it is.

    >>> print(escape("# 2 * 3 <b> snake_case _x_"))
    \# 2 \* 3 \<b> snake_case \_x\_
    >>> print(escape("1. January"))
    1\. January
    """
    return _as_text(_INLINE.sub(r"\\\g<0>", line))


def _as_text(line: str) -> str:
    """A line whose runs are escaped, such that it begins no block."""
    if _OPENING.match(line):
        return "\\" + line
    return _NUMBERED.sub(r"\g<0>\\", line, count=1) if _NUMBERED.match(line) else line


def _inline(line: Line) -> str:
    """A line's runs, escaped."""
    # After an exclamation mark a link would be a picture.
    return _PICTURE.sub(r"\!", "".join(map(_run, line)))


def _run(run: Run) -> str:
    text = _INLINE.sub(r"\\\g<0>", run.text)
    if run.href is None:
        return text
    address = _IN_ADDRESS.sub(r"\\\g<0>", run.href)
    return f"[{text}]({address})"


class _Blocks:
    """Blocks of Markdown, written one after the other."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._markers: dict[int, str] = {}
        self._styles: dict[int, int] = {}
        self._before: Sequence[Container] = ()

    def add(self, block: Block | Table) -> None:
        """Write one block inside the quotes and list items that hold it."""
        lines = _lines(block)
        quotes = self._shared_quotes(block.containers)
        first, rest, begins = self._prefixes(block.containers)
        if self.pieces:
            is_heading = isinstance(block, Block) and block.kind == "heading"
            tight = begins and not is_heading and self._ends_in_item()
            self.pieces.append("\n" if tight else f"\n{quotes}\n")
        self.pieces.append("\n".join([first + lines[0], *(rest + line for line in lines[1:])]))
        self._before = block.containers

    def _prefixes(self, containers: Sequence[Container]) -> tuple[str, str, bool]:
        """What opens the first line and the others; and whether a list item begins."""
        first = rest = ""
        begins = False
        for i, container in enumerate(containers):
            if container.kind == "quote":
                first, rest = first + "> ", rest + "> "
            elif container.element in self._markers:
                hanging = " " * len(self._markers[container.element])
                first, rest = first + hanging, rest + hanging
            # An item without text of its own gets no marker: layouts nest empty items.
            elif not any(inner.kind == "item" for inner in containers[i + 1 :]):
                marker = self._markers[container.element] = self._marker(container, i)
                first, rest = first + marker, rest + " " * len(marker)
                begins = True
        return first, rest, begins

    def _marker(self, item: Container, depth: int) -> str:
        """What opens an item. Of two lists side by side the second has another mark, or they would
        be one."""
        style = self._styles.get(item.parent)
        if style is None:
            beside = self._before[depth : depth + 1]
            style = int(any(self._styles.get(other.parent) == 0 for other in beside))
            self._styles[item.parent] = style
        if item.number is None:
            return "-*"[style] + " "
        return f"{min(max(0, item.number), HIGHEST)}{'.)'[style]} "

    def _shared_quotes(self, containers: Sequence[Container]) -> str:
        """The blank line that keeps a block in the quote of the one before."""
        line = ""
        for container, other in zip(containers, self._before, strict=False):
            if container != other:
                break
            is_quote = container.kind == "quote"
            line += "> " if is_quote else " " * len(self._markers.get(container.element, ""))
        return line.rstrip()

    def _ends_in_item(self) -> bool:
        return bool(self._before) and self._before[-1].kind == "item"


def _lines(block: Block | Table) -> list[str]:
    if isinstance(block, Table):
        return _table(block)
    if block.kind == "code":
        return _fenced([plain(line) for line in block.lines])
    if block.kind == "heading":
        text = " ".join(_inline(line) for line in block.lines)
        text = _CLOSING_HASHES.sub(r"\\\g<0>", _as_text(" ".join(text.split())))
        return ["#" * block.level + " " + text]
    *lines, last = (_as_text(_inline(line)) for line in block.lines)
    return [*(line + "\\" for line in lines), last]


def _fenced(lines: Sequence[str]) -> list[str]:
    text = "\n".join(lines)
    longest = max(map(len, _BACKTICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence, *text.replace("\r", "\n").split("\n"), fence]


def _table(table: Table) -> list[str]:
    """A table as GitHub has it, which needs a heading row and has one line a cell."""
    width = max(map(len, table.rows))
    rows = [
        [" ".join(map(_inline, cell.lines)).replace("|", r"\|") for cell in row]
        for row in table.rows
    ]
    # A corner and what a heading reaches over are empty.
    head = rows.pop(0) if all(cell.header for cell in table.rows[0] if cell.lines) else []
    filled = [row + [""] * (width - len(row)) for row in (head, ["---"] * width, *rows)]
    return [f"| {' | '.join(row)} |" for row in filled]


FORMAT = Format(".md", document, Text(heading=heading), silent=True)
