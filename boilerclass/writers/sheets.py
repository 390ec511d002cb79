"""The sheet of every format whose pieces are text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from boilerclass.writers import Look, Sheet
from boilerclass.writers.terminal import visible


@dataclass(frozen=True, slots=True)
class Text:
    """Makes sheets that write pieces of text."""

    opening: str = ""
    """What every output begins with."""
    heading: Callable[[str], str] | None = None
    """What names a document among several in one output; None where the format does itself."""

    def __call__(self, file: BinaryIO, look: Look) -> Sheet:
        return _Sheet(file, look, self)


class _Sheet:
    """Writes documents in UTF-8, parted by headings where the format has them."""

    def __init__(self, file: BinaryIO, look: Look, style: Text) -> None:
        self._file = file
        self._heading = style.heading if look.several else None
        self._terminal = look.terminal
        self._parted = "\n" if look.begun else ""
        if not look.begun:
            self._put(style.opening)

    def write(self, name: str, piece: str) -> None:
        heading = self._parted + self._heading(name) if self._heading else ""
        self._put(heading + piece)
        self._parted = "\n"

    def close(self) -> None:
        """Nothing: text ends where it ends."""

    def _put(self, text: str) -> None:
        # A page must not move the cursor of whoever reads it; a file gets it as it is.
        self._file.write(encode(visible(text) if self._terminal else text))


def encode(text: str) -> bytes:
    """``text`` in UTF-8 whatever the locale; a lone surrogate, which has none, as ``\\udcXX``."""
    return text.encode("utf-8", "backslashreplace")


def sound(text: str) -> str:
    """``text`` as :func:`encode` writes it. A path may hold bytes that are no UTF-8: Arrow refuses
    them, and where JSON has them strict readers refuse the file."""
    return text if text.isascii() else encode(text).decode()
