"""Cue phrases by class and language, and a fast matcher for the start of a paragraph.

Each ``<iso639-1>.txt`` beside this file holds one ``class<TAB>phrase`` a line, sorted; lines that
start with ``#`` are comments. A phrase matches at the start of a paragraph, on a word boundary; a
phrase that ends in ``$`` matches the whole paragraph only (digits around it are ignored), one that
ends in ``:`` what stands before the paragraph's first colon or bar only.

``compiled.json`` holds what is matched against, all languages together and folded, since folding
them takes as long as labelling several pages. :mod:`boilerclass.lexicons.compile` makes it.
"""

import json
import re
from array import array
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import compress
from typing import Final, NamedTuple
from unicodedata import normalize

from boilerclass.native import kernels

CLASSES: Final[tuple[str, ...]] = (
    "teaser",
    "recommendation",
    "ad",
    "promo",
    "share",
    "comment",
    "caption",
    "meta",
    "nav",
)

MARKS: Final = (
    "\u0900-\u0963\u0966-\u096f\u0971-\u0df3\u0e00-\u0e3e\u0e40-\u0e4e\u0e50-\u0e59\u0e80-\u0ecd"
    "\u0f71-\u0f84\u0f90-\u0fbc\u1000-\u1049\u1050-\u109d\u1780-\u17d3\u3099\u309a"
)
"""Marks that matter in their script (vowel signs, tone marks, kana voicing): not word breaks."""
_BREAKS = re.compile(f"[^\\w\\s{MARKS}]+")
# Diacritics, Hebrew points, Arabic vowel signs and tatweel, soft hyphen, joiners.
_DROPPED = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u00ad\u200c\u200d\u2060\ufeff]+"
)
_LETTERS = (("ı", "i"), ("ł", "l"), ("đ", "d"), ("ø", "o"))
_ASCII = str.maketrans(
    {chr(code): chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}
)
FIRST_UNSPACED: Final = "\u0e00"
"""No script before it is written without spaces."""
LEAD_CHARS: Final = 32
"""Characters before a colon or a bar up to which they lead a paragraph in."""
_COLON: Final = re.compile("[:|\uff1a\uff5c]")
COMPILED: Final = "compiled.json"


def fold(text: str) -> str:
    """Lower-case words without diacritics, one space between them.

    Only the start of a long paragraph matters to :meth:`Cues.match`, so fold a slice of it.
    """
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    return " ".join(fold_marks(text, _BREAKS).split())


def fold_marks(text: str, breaks: re.Pattern[str]) -> str:
    """Text without case and diacritics, every match of `breaks` turned into a space."""
    bare = text.casefold()
    if not bare.isascii():
        bare = _DROPPED.sub("", normalize("NFKD", text)).casefold()
        for letter, plain in _LETTERS:
            bare = bare.replace(letter, plain)
        bare = normalize("NFC", bare)
    return breaks.sub(" ", bare.replace("_", " "))


_MARK: Final = " \ua66e "
"""Parts texts while they are folded together: one long string costs less than hundreds of short
ones. A letter, as folding drops all else, and one that no page begins a paragraph with."""


_ALONE = (
    (0x00, 0x250),  # Latin
    (0x370, 0x483),  # Greek, Cyrillic
    (0x48A, 0x530),
    (0x5D0, 0x5EB),  # Hebrew
    (0x620, 0x64B),  # Arabic
    (0x660, 0x66A),
    (0x671, 0x6D4),
    (0x2000, 0x2070),  # punctuation, currencies, signs, arrows, shapes
    (0x20A0, 0x20C0),
    (0x2100, 0x2150),
    (0x2190, 0x2200),
    (0x25A0, 0x27C0),
    (0x3000, 0x302A),  # kana
    (0x3041, 0x3097),
    (0x30A1, 0x30FF),
)
"""Ranges of characters that fold to the same whatever stands beside them. Marks, which go with the
character before them, are not among these."""
_THEMSELVES = ((0x4E00, 0x9FF0), (0xAC00, 0xD7A4))
"""Han and Hangul, which fold to themselves as long as only such characters stand beside them."""
_DROP: Final = 1
_COLON_CODE: Final = 0x200020
"""What colons and bars have in the table: two spaces, which fold to the same as one."""


@cache
def _table() -> "array[int]":
    """For each code point of the basic plane what it folds to: a code, and sixteen bits up a second
    one; _DROP for nothing at all; 0 where that depends on what stands beside it."""
    table = array("I", bytes(4 * 0x10000))
    alone = [code for first, last in _ALONE for code in range(first, last)]
    breaks = re.compile(f"[^\\w\\s\0{MARKS}]+")  # NUL parts what is folded together
    folded = fold_marks("\0".join(map(chr, alone[1:])), breaks).split("\0")
    for code, found in zip(alone[1:], folded, strict=True):
        codes = [ord(" " if c.isspace() else c) for c in found] or [_DROP]
        if len(codes) <= 2 and max(codes) < 0x10000:
            table[code] = codes[0] | codes[-1] << 16 if len(codes) == 2 else codes[0]
    table[0] = ord(" ")
    for sign in ":|\uff1a\uff5c":
        table[ord(sign)] = _COLON_CODE
    for first, last in _THEMSELVES:
        table[first:last] = array("I", range(first, last))
    return table


class Openings(NamedTuple):
    """How paragraphs begin."""

    folded: list[str]
    leads: "array[int]"
    """How much of each stands before a colon or a bar, if that leads it in."""


def fold_openings(texts: Sequence[str], chars: int) -> Openings:
    """The first so many characters of each text, folded."""
    leads = array("q", bytes(8 * len(texts)))
    folded: list[str]
    others: Sequence[int]
    if kernels is not None:
        folded, others = kernels.fold(tuple(texts), chars, _table(), LEAD_CHARS, leads)
    else:
        folded, others = [""] * len(texts), range(len(texts))
    if not others:
        return Openings(folded, leads)
    parts = fold(_MARK.join([texts[i][:chars] for i in others])).split(_MARK.strip())
    if len(parts) != len(others):  # a text that holds the mark itself
        parts = [fold(texts[i][:chars]) for i in others]
    for i, part in zip(others, parts, strict=True):
        folded[i] = part.strip()
        sign = _COLON.search(texts[i], 0, LEAD_CHARS + 1)
        leads[i] = len(fold(texts[i][: sign.start()])) if sign else 0
    return Openings(folded, leads)


class Tables(NamedTuple):
    """Folded phrases of all languages, each with the bit mask of its classes."""

    phrases: Mapping[str, int]
    starts: Mapping[str, Mapping[str, int]]
    """By their first word those that may start a paragraph."""
    runs: Mapping[str, Mapping[str, int]]
    """The same of scripts without spaces, by their first two characters."""
    leads: Mapping[str, int]
    """Those that stand before a colon or a bar."""


class Cues:
    """Phrases of all languages, ready to be matched."""

    __slots__ = ("_leads", "_longest", "_runs", "_sieves", "_starts", "_whole")

    def __init__(self, tables: Tables) -> None:
        self._whole = tables.phrases
        self._starts = {word: (tuple(known), known) for word, known in tables.starts.items()}
        self._runs = tables.runs
        self._leads = tables.leads
        self._longest = max(map(len, tables.phrases), default=0) + 16
        self._sieves = kernels and kernels.sieves(self._whole, self._starts)

    def match(self, folded: str, lead: int = 0) -> int:
        """Bit mask of the classes (bit i is ``CLASSES[i]``) whose phrase starts the paragraph, of
        which the first ``lead`` characters stand before a colon or a bar."""
        if not folded:
            return 0
        mask = self._whole.get(folded, 0)
        if not mask and (folded[-1].isdigit() or folded[0].isdigit()):
            mask = self._match_undated(folded)
        return mask | self._match_start(folded) | self._leads.get(folded[:lead], 0)

    def match_all(self, openings: Openings) -> "array[int]":
        """The same for many paragraphs, as 64-bit integers."""
        folded, leads = openings
        if kernels is None:
            return array("q", map(self.match, folded, leads))
        masks = array("q", bytes(8 * len(folded)))
        tables = (self._whole, self._longest, self._starts, self._runs, self._sieves)
        dated = kernels.match(folded, *tables, FIRST_UNSPACED, masks)
        for i in dated:
            masks[i] |= self._match_undated(folded[i])
        for i in compress(range(len(leads)), leads):
            masks[i] |= self._leads.get(folded[i][: leads[i]], 0)
        return masks

    def _match_undated(self, folded: str) -> int:
        if len(folded) > self._longest:
            return 0
        return self._whole.get(_undated(folded), 0)

    def _match_start(self, folded: str) -> int:
        mask = 0
        size = len(folded)
        found = self._starts.get(folded.partition(" ")[0])
        if found is not None and folded.startswith(found[0]):
            for phrase, bits in found[1].items():
                if folded.startswith(phrase):
                    end = len(phrase)
                    if end == size or folded[end] == " ":
                        mask |= bits
        if folded[0] >= FIRST_UNSPACED:
            for phrase, bits in self._runs.get(folded[:2], {}).items():
                if folded.startswith(phrase):
                    mask |= bits
        return mask


def _undated(folded: str) -> str:
    """Words left when pure numbers at both ends are taken off."""
    words = folded.split(" ")
    start, end = 0, len(words)
    while start < end and words[start].isdigit():
        start += 1
    while end > start and words[end - 1].isdigit():
        end -= 1
    return " ".join(words[start:end])


def languages() -> list[str]:
    """Codes of the languages that have a lexicon, sorted."""
    names = (entry.name for entry in files(__name__).iterdir())
    return sorted(name.removesuffix(".txt") for name in names if name.endswith(".txt"))


def phrases(language: str) -> list[tuple[str, str]]:
    """The (class, phrase) entries of one language as they are written in its file, those that only
    match before a colon with the colon."""
    text = (files(__name__) / f"{language}.txt").read_text(encoding="utf-8")
    lines = (line.partition("\t") for line in text.splitlines() if not line.startswith("#"))
    return [(label, phrase.removesuffix("$")) for label, tab, phrase in lines if tab]


@cache
def load() -> Cues:
    """Phrases of all languages in one matcher, read once."""
    return Cues(Tables(**json.loads((files(__name__) / COMPILED).read_bytes())))
