"""Text on a terminal: what it shows instead of control characters, and how wide it is."""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "…"

# C0 and C1 controls but tab and line feed, and the marks that turn the direction of what follows.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile(r"\s+")
_NO_WIDTH = frozenset(("Mn", "Me", "Cf"))


def visible(text: str) -> str:
    """``text`` with symbols for the characters that would command a terminal.

    >>> visible("a\\x1b[31mb")
    'a␛[31mb'
    """
    return _CONTROL.sub(_symbol, text)


def visible_line(text: str) -> str:
    """``text`` on one line, made visible."""
    return visible(_SPACE.sub(" ", text).strip())


def width(text: str) -> int:
    """Columns that ``text`` takes; East Asian wide characters take two.

    >>> width("abc"), width("日本")
    (3, 4)
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def fit(text: str, columns: int) -> str:
    """``text`` cut or filled up to a width.

    >>> fit("paragraph", 6), fit("ad", 4)
    ('parag…', 'ad  ')
    """
    missing = columns - width(text)
    if missing >= 0:
        return text + " " * missing
    kept, room = 0, columns - 1
    for char in text:
        room -= _columns(char)
        if room < 0:
            break
        kept += 1
    cut = text[:kept] + ELLIPSIS
    return cut + " " * (columns - width(cut))


def _symbol(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "\ufffd"


def _columns(char: str) -> int:
    if unicodedata.east_asian_width(char) in "WF":
        return 2
    return 0 if unicodedata.category(char) in _NO_WIDTH else 1
