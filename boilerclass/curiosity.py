"""Words of the curiosity gap: a lexicon file a language, with classes shared by all languages.

A line of `lexicons_clickbait/<language>.txt` is `class<TAB>phrase`; a one-word phrase that ends in
`*` stands for every word that begins so. The classes:

ask      question words                         reveal   an utterance announced, its content kept
best     superlatives, all and only             secret   hidden, strange, unexpected
click    calls to look, pictures, lists         shock    emotion in place of the fact
label    names of formats: live, interview      someone  a person or place without a name
list     what listicles count                   this     pointing at what is not said
never    nobody, nothing, perhaps               turn     before, after, suddenly: a story's bend
plain    words of plain news                    why      reason and explanation
quiz     tests and horoscopes                   you      the reader addressed
"""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np

from boilerclass.headlines import LONGEST_PHRASE, LONGEST_STEM, Text, phrases, prefixes, read

CLASSES = (
    "ask", "best", "click", "label", "list", "never", "plain", "quiz",
    "reveal", "secret", "shock", "someone", "this", "turn", "why", "you",
)  # fmt: skip
FOLDER = "lexicons_clickbait"

Array = np.ndarray[Any, np.dtype[Any]]
_STEM = np.uint64(0x51ED270B27B4F3CF)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Hashed phrases in ascending order; bits for the classes of each, a column a language."""

    hashes: Array
    classes: Array


@dataclass(frozen=True, slots=True)
class Hits:
    """Where phrases stand: the first word of each, and bits for its classes."""

    word: Array
    classes: Array


def load() -> Lexicon:
    """The shipped lexicons in one table."""
    folder = resources.files("boilerclass") / FOLDER
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".txt")), key=lambda f: f.name)
    return compile_lexicon(file.read_text("utf-8").splitlines() for file in files)


def compile_lexicon(languages: Iterable[Iterable[str]]) -> Lexicon:
    """The table of the given lexicons, one iterable of lines a language."""
    table: dict[int, dict[int, int]] = {}
    count = 0
    for count, lines in enumerate(languages, start=1):
        names, entries = zip(*(line.split("\t") for line in lines), strict=True)
        for name, key in zip(names, _hashes(entries), strict=True):
            meanings = table.setdefault(key, {})
            meanings[count - 1] = meanings.get(count - 1, 0) | 1 << CLASSES.index(name)
    keys = sorted(table)
    classes = np.zeros((len(keys), count), dtype=np.uint16)
    for entry, key in enumerate(keys):
        for language, bits in table[key].items():
            classes[entry, language] = bits
    return Lexicon(np.array(keys, dtype=np.uint64), classes)


def _hashes(entries: tuple[str, ...]) -> list[int]:
    text = read(entries)
    sizes = np.bincount(text.word_row, minlength=len(entries))
    first = np.cumsum(sizes) - sizes
    found = np.zeros(len(entries), dtype=np.uint64)
    for size in range(1, LONGEST_PHRASE + 1):
        start, hashes = phrases(text, size)
        at = dict(zip(start.tolist(), hashes.tolist(), strict=True))
        for entry in np.flatnonzero(sizes == size).tolist():
            found[entry] = at[int(first[entry])]
    stems = prefixes(text) ^ _STEM
    for number, phrase in enumerate(entries):
        if phrase.endswith("*"):
            word = int(first[number])
            length = min(int(text.end[word] - text.start[word]), LONGEST_STEM)
            found[number] = stems[word, length - 1]
    return found.tolist()


def hits(text: Text, lexicon: Lexicon) -> Hits:
    """The phrases of the language that explains most of each headline's words.

    Short words mean different things in different languages, so a headline is read with one
    lexicon; languages that explain it equally well count together.
    """
    word, entry, weight = _all_hits(text, lexicon)
    row, meanings = text.word_row[word], lexicon.classes[entry]
    spoken = _spoken(row, meanings, weight, text.rows)
    classes = np.bitwise_or.reduce(meanings * spoken[row], axis=1)
    kept = np.flatnonzero(classes)
    return Hits(word[kept], classes[kept])


def _all_hits(text: Text, lexicon: Lexicon) -> tuple[Array, Array, Array]:
    """First word, lexicon entry and number of words of every phrase that stands in the text."""
    words, entries, weights = [], [], []
    for size in range(1, LONGEST_PHRASE + 1):
        first, hashes = phrases(text, size)
        place, entry = _found(hashes, lexicon)
        words.append(first[place])
        entries.append(entry)
        weights.append(np.full(len(place), size))
    stems = prefixes(text) ^ _STEM
    place, entry = _found(stems.ravel(), lexicon)
    words.append(place // stems.shape[1])
    entries.append(entry)
    weights.append(np.ones(len(place), dtype=np.int64))
    return np.concatenate(words), np.concatenate(entries), np.concatenate(weights)


def _found(hashes: Array, lexicon: Lexicon) -> tuple[Array, Array]:
    """Places of the hashes that the lexicon holds, and their entries."""
    entry = np.searchsorted(lexicon.hashes, hashes)
    entry[entry == len(lexicon.hashes)] = 0
    place = np.flatnonzero(lexicon.hashes[entry] == hashes)
    return place, entry[place]


def _spoken(row: Array, meanings: Array, weight: Array, rows: int) -> Array:
    """Whether each language explains most words of each headline, a column a language."""
    votes = [
        np.bincount(row, weight * (meaning > 0), minlength=rows)
        for meaning in np.transpose(meanings)
    ]
    return np.transpose(votes == np.max(votes, axis=0))
