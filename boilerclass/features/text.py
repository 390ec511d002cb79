"""What a paragraph's characters tell, in any script: one pass over the code points of a batch."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

CLASSES = (
    "other lower upper uncased digit space comma terminal colon quote dash bracket separator "
    "currency symbol mark"
).split()
"""Each character falls into one of these sixteen."""

_OVERRIDES = {
    "comma": ",،、，؛",
    "terminal": ".!?…。！？؟।॥։።‽",
    "colon": ":;：；",
    "separator": "|/\\›»«‹→←►▶•·●■▪★☆~^<>+*=_",
    "symbol": "@#©®™&",
    "currency": "%",
}
_CATEGORIES = {
    "Ll": "lower",
    "Lu": "upper",
    "Lt": "upper",
    "Lo": "uncased",
    "Lm": "uncased",
    "Nd": "digit",
    "Nl": "digit",
    "No": "digit",
    "Zs": "space",
    "Cc": "space",
    "Pi": "quote",
    "Pf": "quote",
    "Pd": "dash",
    "Ps": "bracket",
    "Pe": "bracket",
    "Sc": "currency",
    "So": "symbol",
    "Mn": "mark",
    "Mc": "mark",
}
PLANE = 0x10000
"""Characters beyond the basic plane are looked up as its last one (a noncharacter: other)."""

ENDS = ("lower", "upper", "uncased", "digit", "terminal", "colon", "quote", "bracket", "separator")
STARTS = ("lower", "upper", "uncased", "digit", "quote", "dash", "bracket", "separator", "symbol")

COLUMNS: tuple[str, ...] = (
    "log_chars",
    "log_words",
    "word_length",
    *(f"share_{name}" for name in CLASSES if name not in ("other", "mark")),
    "log_commas",
    "log_terminals",
    "terminals_per_word",
    "capitalised_words",
    "lines",
    "question",
    "exclamation",
    "ellipsis",
    "time_or_year",
    *(f"starts_{name}" for name in STARTS),
    *(f"ends_{name}" for name in ENDS),
)


@functools.cache
def tables() -> tuple[NDArray[np.uint8], NDArray[np.uint16]]:
    """For every code point of the basic plane its class, and its folded form.

    Folding lower-cases, drops diacritics of Latin, Greek and Cyrillic, and makes one digit of all.
    """
    numbers = {name: i for i, name in enumerate(CLASSES)}
    of_category = {c: numbers[name] for c, name in _CATEGORIES.items()}
    characters = list(map(chr, range(PLANE)))
    classes = np.array(
        [of_category.get(c, 0) for c in map(unicodedata.category, characters)], dtype=np.uint8
    )
    classes[ord('"')] = classes[ord("'")] = numbers["quote"]
    for name, members in _OVERRIDES.items():
        for character in members:
            classes[ord(character)] = numbers[name]
    folded = np.arange(PLANE, dtype=np.uint16)
    for code in range(0x41, 0x2000):
        character = characters[code].lower()
        base = unicodedata.normalize("NFD", character)[0]
        folded[code] = ord(base) if ord(base) < PLANE else code
    folded[classes == numbers["digit"]] = ord("0")
    folded[classes == numbers["space"]] = ord(" ")
    for code in (0x2018, 0x2019, 0x201C, 0x201D, 0x201E, 0xAB, 0xBB):
        folded[code] = ord('"')
    folded[ord("\n")] = ord("\n")
    return classes, folded


class Characters(NamedTuple):
    """The code points of a batch's paragraphs, a separator before, between and after them."""

    codes: NDArray[np.uint16]
    starts: Ints
    lengths: Ints


def characters(texts: Sequence[str]) -> Characters:
    """The texts as one array; the character before each start and after each end is ``\\n``."""
    joined = "\n" + "\n".join(texts) + "\n"
    wide = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    codes = np.minimum(wide, PLANE - 1).astype(np.uint16)
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    starts = 1 + np.concatenate(([0], np.cumsum(lengths + 1)[:-1])).astype(np.int64)
    return Characters(codes, starts[: len(texts)], lengths)


def features(chars: Characters) -> Floats:
    """Shape (n, len(COLUMNS)): counts and shares of the characters of each paragraph."""
    codes, starts, lengths = chars
    n = len(starts)
    if n == 0:
        return np.zeros((0, len(COLUMNS)), dtype=np.float32)
    kinds = tables()[0][codes]
    owner = np.repeat(np.arange(n), lengths + 1)  # the separator after a text counts as its own
    flat = np.bincount(owner * 16 + kinds[1:], minlength=n * 16).reshape(n, 16)
    count = dict(zip(CLASSES, flat.T.astype(np.float32), strict=True))
    count["space"] -= 1
    size = np.maximum(lengths, 1).astype(np.float32)
    letters = np.maximum(count["lower"] + count["upper"] + count["uncased"], 1)
    # A script without spaces has no words to count: two of its letters stand for one.
    words = np.maximum(count["space"] + 1, count["uncased"] / 2.5)
    is_upper = kinds == CLASSES.index("upper")
    after_gap = np.isin(kinds[:-1], (CLASSES.index("space"), CLASSES.index("quote")))
    first_capital = is_upper[1:] & after_gap
    sums = functools.partial(_sums, starts=starts, lengths=lengths, total=len(codes))
    digit = kinds == CLASSES.index("digit")
    four = digit[:-3] & digit[1:-2] & digit[2:-1] & digit[3:]
    clock = digit[:-3] & (codes[1:-2] == ord(":")) & digit[2:-1] & digit[3:]
    first, last = kinds[starts], kinds[starts + np.maximum(lengths - 1, 0)]
    columns = [
        np.log1p(size),
        np.log1p(words),
        np.minimum(letters / words, 20) / 10,
        *(count[name] / size for name in CLASSES if name not in ("other", "mark")),
        np.log1p(count["comma"]),
        np.log1p(count["terminal"]),
        count["terminal"] / words,
        sums(np.concatenate(([False], first_capital))) / words,
        np.log1p(sums(codes == ord("\n"))),
        sums((codes == ord("?")) | (codes == 0x61F) | (codes == 0xFF1F)) > 0,
        sums((codes == ord("!")) | (codes == 0xFF01)) > 0,
        (codes[starts + np.maximum(lengths - 1, 0)] == 0x2026)
        | ((codes[starts + np.maximum(lengths - 2, 0)] == ord(".")) & (last == 7)),
        sums(np.concatenate((four | clock, [False] * 3))) > 0,
        *(first == CLASSES.index(name) for name in STARTS),
        *(last == CLASSES.index(name) for name in ENDS),
    ]
    return np.stack(columns, axis=1, dtype=np.float32)


def _sums(mask: NDArray[np.bool_], starts: Ints, lengths: Ints, total: int) -> Floats:
    """How many characters of each paragraph are set in ``mask``."""
    running = np.zeros(total + 1, dtype=np.int64)
    np.cumsum(mask, out=running[1:])
    found: Floats = (running[starts + lengths] - running[starts]).astype(np.float32)
    return found
