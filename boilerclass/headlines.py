"""Headlines as numbers: folded characters, words, hashed n-grams, phrases and shape columns.

Everything works on many headlines at once, laid end to end in one array of code points, so the
cost of Python is paid per batch. Nothing here looks across the border of two headlines.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

MAX_CHARACTERS = 400  # A headline is shorter; what follows is an article pasted by mistake.
BUCKETS = 1 << 18
LONGEST_GRAM = 5  # characters
WORD_GRAMS = (1, 2, 3)
FRAMES = (1, 2, 3, 4)  # words
GAINS = (3.0, 2.0, 3.0)  # how much characters, words and frames may weigh before the penalty
LONGEST_PHRASE = 6  # words
MAX_WORD = 512  # characters; from there on the places in a word repeat
LONGEST_STEM = 12  # characters

SPACE, LETTER, DIGIT, SYLLABLE, MARK = range(5)
# Scripts written without spaces: every character counts as a word of its own.
_UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x9FFF),
    (0xF900, 0xFAFF),
)
# Combining accents of Latin, Greek and Cyrillic; Arabic and Hebrew points. Signs of Indic scripts
# are vowels, and stay.
_FOLDED_MARKS = (
    (0x0300, 0x036F),
    (0x0591, 0x05C7),
    (0x064B, 0x0652),
    (0x200B, 0x200F),
    (0xFE00, 0xFE0F),
)
_LETTER_BASE = np.uint64(0x9E3779B97F4A7C15)
_WORD_BASE = np.uint64(0xC2B2AE3D27D4EB4F)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_FRAME_SALT = np.uint64(0x1234567887654321)
_NUMBER, _BLANK = np.uint64(11), np.uint64(7)
_SALT = np.uint64(0xA0761D6478BD642F)

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Text:
    """Many headlines as one array of folded characters, each headline ended by a separator."""

    rows: int
    codes: Array  # accents removed, case kept
    low: Array  # accents and case removed; every space and separator is 32
    kind: Array  # SPACE ... MARK
    row: Array  # the headline each character belongs to
    start: Array  # first character of each word
    end: Array  # one past its last character
    word_row: Array
    word_hash: Array


def read(headlines: Sequence[str]) -> Text:
    """The headlines folded and cut into words; each is cut at `MAX_CHARACTERS`."""
    joined = "\n" + "".join(
        headline[:MAX_CHARACTERS].replace("\n", " ") + "\n" for headline in headlines
    )
    joined = unicodedata.normalize("NFKD", joined)
    raw = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    fold = _Fold(raw)
    raw = raw[fold.kept[raw]]
    low, kind = fold.lower[raw], fold.kind[raw]
    row = np.cumsum(raw == 10) - (raw == 10) - 1
    row[0] = 0
    start, end = _words(kind)
    return Text(
        rows=len(headlines),
        codes=raw,
        low=low,
        kind=kind,
        row=row,
        start=start,
        end=end,
        word_row=row[start],
        word_hash=_word_hashes(low, start, end),
    )


class _Fold:
    """Per-character tables, filled only for the characters that occur."""

    def __init__(self, raw: Array) -> None:
        size = int(raw.max()) + 1
        self.kind = np.zeros(size, dtype=np.uint8)
        self.lower = np.zeros(size, dtype=np.uint32)
        self.kept = np.ones(size, dtype=bool)
        for code in np.flatnonzero(np.bincount(raw, minlength=size)).tolist():
            self.kind[code] = _kind(code)
            self.lower[code] = _lower(code, self.kind[code])
            self.kept[code] = not _within(code, _FOLDED_MARKS)


def _kind(code: int) -> int:
    category = unicodedata.category(chr(code))
    if category[0] in "ZC":
        return SPACE
    if category[0] == "N":
        return DIGIT
    if category[0] in "LM":
        return SYLLABLE if _within(code, _UNSPACED) else LETTER
    return MARK


def _lower(code: int, kind: int) -> int:
    # One digit is as good as another: what counts is that there is a number, and how long it is.
    return {SPACE: 32, DIGIT: 48}.get(kind) or ord(chr(code).lower()[0])


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


def _words(kind: Array) -> tuple[Array, Array]:
    """Starts and ends of the runs of letters and digits; an unspaced syllable is a run alone."""
    inside = (kind == LETTER) | (kind == DIGIT)
    syllable = kind == SYLLABLE
    begins = syllable | (inside & ~np.roll(inside, 1))
    ends = syllable | (inside & ~np.roll(inside, -1))
    return np.flatnonzero(begins), np.flatnonzero(ends) + 1


def _word_hashes(low: Array, start: Array, end: Array) -> Array:
    if not len(start):
        return np.zeros(0, dtype=np.uint64)
    length = end - start
    place = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
    terms = _terms(low[np.repeat(start, length) + place], place)
    return _mixed(np.add.reduceat(terms, np.cumsum(length) - length))


def prefixes(text: Text) -> Array:
    """Hashes of the beginnings of every word, a column a length; zero past the word's end."""
    place = np.arange(LONGEST_STEM)
    at = np.minimum(text.start[:, None] + place, len(text.low) - 1)
    sums = np.cumsum(_terms(text.low[at], place), axis=1, dtype=np.uint64)
    inside: Array = text.start[:, None] + place < text.end[:, None]
    return np.where(inside, _mixed(sums), np.uint64(0))


def _terms(codes: Array, place: Array) -> Array:
    """What each character adds to the hash of its word, by its place there."""
    powers = np.cumprod(np.full(MAX_WORD, _LETTER_BASE, dtype=np.uint64))
    terms: Array = (codes.astype(np.uint64) + _SALT) * powers[place % MAX_WORD]
    return terms


def _mixed(hashes: Array) -> Array:
    """The hashes with every bit depending on every bit."""
    high: Array = (hashes ^ (hashes >> np.uint64(32))) * _MIX
    mixed: Array = high ^ (high >> np.uint64(29))
    return mixed


def grams(text: Text, known: Array) -> tuple[Array, Array, Array]:
    """Headline, bucket and value of every n-gram; each family has buckets of its own.

    `known` holds the hashes, in ascending order, of the words that frames keep. The values of a
    headline's n-grams of one family have the family's gain as Euclidean length, were they all
    different.
    """
    rows, buckets, values = [], [], []
    families = (_character_grams(text), _word_grams(text), _frames(text, known))
    for family, ((row, bucket), gain) in enumerate(zip(families, GAINS, strict=True)):
        rows.append(row)
        buckets.append(bucket + family * BUCKETS)
        values.append(gain / _lengths(row, text.rows))
    return _joined(rows), _joined(buckets), _joined(values)


def _lengths(row: Array, rows: int) -> Array:
    return np.sqrt(np.bincount(row, minlength=rows))[row]


def _character_grams(text: Text) -> tuple[Array, Array]:
    """Headline and bucket of every character n-gram that has spaces at its borders only."""
    space = text.low == 32
    spaces = np.cumsum(space)
    code = text.low.astype(np.uint64) + _SALT
    rolling, rows, buckets = code, [], []
    for size in range(2, LONGEST_GRAM + 1):
        if size > len(code):
            break
        rolling = rolling[:-1] * _LETTER_BASE + code[size - 1 :]
        if size == 2:
            broken = space[:-1] & space[1:]
        else:
            broken = spaces[size - 2 : -1] > spaces[: len(rolling)]
        whole = np.flatnonzero(~broken)
        rows.append(text.row[whole + 1])
        buckets.append(_bucket(rolling[whole]))
    return _joined(rows), _joined(buckets)


def _word_grams(text: Text) -> tuple[Array, Array]:
    rows, buckets = [], []
    for size in WORD_GRAMS:
        first, hashes = phrases(text, size)
        rows.append(text.word_row[first])
        buckets.append(_bucket(hashes + _SALT))
    return _joined(rows), _joined(buckets)


def _frames(text: Text, known: Array) -> tuple[Array, Array]:
    """Word n-grams with every rare word blanked; those that open a clause count once more.

    A frame such as "ce a facut _ la _" is the same whomever the news is about.
    """
    if not len(known):
        return _joined([]), _joined([])
    place = np.minimum(np.searchsorted(known, text.word_hash), len(known) - 1)
    kept = known[place] == text.word_hash
    number = text.kind[text.start] == DIGIT
    framed = np.where(number, _NUMBER, np.where(kept, text.word_hash, _BLANK))
    opens, empty = clauses(text), np.cumsum(~kept)
    rows, buckets = [], []
    for size in FRAMES:
        first, hashes = _runs(text, framed, size)
        blanks = empty[first + size - 1] - empty[first] + ~kept[first]
        full = blanks < size
        first, hashes = first[full], hashes[full]
        opening = opens[first]
        rows += [text.word_row[first], text.word_row[first[opening]]]
        buckets += [_bucket(hashes ^ _FRAME_SALT), _bucket(hashes[opening] + _FRAME_SALT)]
    return _joined(rows), _joined(buckets)


def clauses(text: Text) -> Array:
    """Whether each word opens a clause: it stands first, or after a mark and a space."""
    marks, spaces = np.cumsum(text.kind == MARK), np.cumsum(text.low == 32)
    before = np.concatenate(([0], text.end[:-1]))[: len(text.start)]
    marked = marks[text.start - 1] > marks[before - 1]
    syllable = text.kind[text.start] == SYLLABLE
    spaced = (spaces[text.start - 1] > spaces[before - 1]) | syllable
    opens: Array = firsts(text) | (marked & spaced)
    return opens


def firsts(text: Text) -> Array:
    """Whether each word is the first of its headline."""
    first: Array = np.diff(text.word_row, prepend=-1) > 0
    return first


def _joined(parts: list[Array]) -> Array:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def phrases(text: Text, size: int) -> tuple[Array, Array]:
    """First word and hash of every run of `size` words inside one headline."""
    return _runs(text, text.word_hash, size)


def _runs(text: Text, words: Array, size: int) -> tuple[Array, Array]:
    last = max(len(words) - size + 1, 0)
    hashes = np.full(last, size, dtype=np.uint64)
    for offset in range(size):
        hashes = hashes * _WORD_BASE + words[offset : last + offset]
    first = np.flatnonzero(text.word_row[:last] == text.word_row[size - 1 :][:last])
    return first, hashes[first]


def _bucket(hashes: Array) -> Array:
    return (_mixed(hashes) % np.uint64(BUCKETS)).astype(np.int64)
