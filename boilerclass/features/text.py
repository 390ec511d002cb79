"""What a paragraph's characters tell, in any script: one pass over the code points of a batch."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Sequence
from itertools import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from boilerclass.native import kernels

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
    "ellipsis_inside",
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
    categories = map(unicodedata.category, characters)
    classes = np.array(bytearray(map(of_category.get, categories, repeat(0))))
    classes[ord('"')] = classes[ord("'")] = numbers["quote"]
    for name, members in _OVERRIDES.items():
        for character in members:
            classes[ord(character)] = numbers[name]
    folded = np.arange(PLANE, dtype=np.uint16)
    lowered = "\n".join(map(str.lower, characters[0x41:0x2000]))
    bases = unicodedata.normalize("NFD", lowered).split("\n")
    folded[0x41:0x2000] = [ord(base[0]) for base in bases]  # none lies beyond the plane
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


def characters(texts: tuple[str, ...]) -> Characters:
    """The texts as one array; the character before each start and after each end is ``\\n``."""
    if kernels is None:
        return characters_python(texts)
    codes, starts, lengths = kernels.characters(texts)
    return Characters(
        np.frombuffer(codes, dtype=np.uint16),
        np.frombuffer(starts, dtype=np.int64),
        np.frombuffer(lengths, dtype=np.int64),
    )


def characters_python(texts: Sequence[str]) -> Characters:
    joined = "\n" + "\n".join(texts) + "\n"
    wide = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    codes = np.minimum(wide, PLANE - 1).astype(np.uint16)
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    starts = 1 + np.concatenate(([0], np.cumsum(lengths + 1)[:-1])).astype(np.int64)
    return Characters(codes, starts[: len(texts)], lengths)


TALLIED = (
    *CLASSES,
    "first_capitals",
    "lines",
    "questions",
    "exclamations",
    "dated",
    "trails_off",
    "pauses",
    "first",
    "last",
)
"""What is counted of a paragraph: its characters by class; words that begin with a capital; line
ends; question and exclamation marks; whether it holds a time or a year and ends in an ellipsis;
ellipses before a space, as between headlines on one line; the classes of its first and last
character."""


def tally(chars: Characters) -> NDArray[np.int32]:
    """Shape (n, len(TALLIED))."""
    codes, starts, lengths = chars
    n = len(starts)
    kinds = tables()[0][codes]
    owner = np.repeat(np.arange(n), lengths + 1)  # the separator after a text counts as its own
    flat = np.bincount(owner * 16 + kinds[1:], minlength=n * 16).reshape(n, 16)
    flat[:, CLASSES.index("space")] -= 1
    is_upper = kinds == CLASSES.index("upper")
    after_gap = np.isin(kinds[:-1], (CLASSES.index("space"), CLASSES.index("quote")))
    sums = functools.partial(_sums, starts=starts, lengths=lengths, total=len(codes))
    digit = kinds == CLASSES.index("digit")
    four = digit[:-3] & digit[1:-2] & digit[2:-1] & digit[3:]
    clock = digit[:-3] & (codes[1:-2] == ord(":")) & digit[2:-1] & digit[3:]
    dot = codes == ord(".")
    pause = (codes[1:-1] == 0x2026) | (dot[1:-1] & dot[:-2])
    is_space = kinds[2:] == CLASSES.index("space")
    end, before_end = starts + np.maximum(lengths - 1, 0), starts + np.maximum(lengths - 2, 0)
    columns = [
        *flat.T,
        sums(np.concatenate(([False], is_upper[1:] & after_gap))),
        sums(codes == ord("\n")),
        sums((codes == ord("?")) | (codes == 0x61F) | (codes == 0xFF1F)),
        sums((codes == ord("!")) | (codes == 0xFF01)),
        sums(np.concatenate((four | clock, [False] * 3))) > 0,
        (codes[end] == 0x2026) | (dot[before_end] & (kinds[end] == CLASSES.index("terminal"))),
        sums(np.concatenate(([False] * 2, pause & is_space))),
        kinds[starts],
        kinds[end],
    ]
    return np.stack(columns, axis=1, dtype=np.int32, casting="unsafe")


_SHARED = [i for i, name in enumerate(CLASSES) if name not in ("other", "mark")]
_STARTS = np.array([CLASSES.index(name) for name in STARTS])
_ENDS = np.array([CLASSES.index(name) for name in ENDS])


def fill(chars: Characters, found: Floats, first: int) -> None:
    """Fills in COLUMNS, from column ``first`` of ``found`` on: counts and shares of the characters
    of each paragraph."""
    if kernels is not None:
        kernels.form(chars, tables()[0], found, found.shape[1], first)
    else:
        found[:, first : first + len(COLUMNS)] = columns_python(chars)


def columns_python(chars: Characters) -> Floats:
    """Shape (n, len(COLUMNS)): the same without the kernel."""
    if len(chars.starts) == 0:
        return np.zeros((0, len(COLUMNS)), dtype=np.float32)
    found = tally(chars)
    # Rows of numbers lie together, so that each step below is one pass.
    count = dict(zip(TALLIED, found.T.astype(np.float32, order="C"), strict=True))
    size = np.maximum(chars.lengths, 1).astype(np.float32)
    letters = np.maximum(count["lower"] + count["upper"] + count["uncased"], 1)
    # A script without spaces has no words to count: two of its letters stand for one.
    words = np.maximum(count["space"] + 1, count["uncased"] / 2.5)
    counted = np.stack(
        [
            size,
            words,
            count["comma"],
            count["terminal"],
            count["lines"],
            letters / words,
            count["terminal"] / words,
            count["first_capitals"] / words,
            count["questions"],
            count["exclamations"],
            count["trails_off"],
            count["pauses"],
            count["dated"],
        ],
        axis=1,
    )
    np.log1p(counted[:, :5], out=counted[:, :5])
    log_size, log_words, log_commas, log_terminals, log_lines = range(5)
    return np.concatenate(
        [
            counted[:, [log_size, log_words]],
            np.minimum(counted[:, 5:6], 20) / 10,
            found[:, _SHARED] / size[:, None],
            counted[:, [log_commas, log_terminals, 6, 7, log_lines]],
            counted[:, 8:13] > 0,
            found[:, -2:-1] == _STARTS,
            found[:, -1:] == _ENDS,
        ],
        axis=1,
        dtype=np.float32,
    )


def _sums(mask: NDArray[np.bool_], starts: Ints, lengths: Ints, total: int) -> Ints:
    """How many characters of each paragraph are set in ``mask``."""
    running = np.zeros(total + 1, dtype=np.int64)
    np.cumsum(mask, out=running[1:])
    found: Ints = running[starts + lengths] - running[starts]
    return found
