"""Dense columns of a headline: its shape, and where words of the curiosity gap stand in it."""

from typing import Any

import numpy as np

from boilerclass.curiosity import CLASSES, Hits, Lexicon, hits
from boilerclass.headlines import DIGIT, LETTER, MARK, SYLLABLE, Text, clauses, firsts

_LENGTHS = (
    "characters", "words", "word_length", "clauses", "last_clause_words", "first_clause_words",
)  # fmt: skip
_ENDS = (
    "question_end", "question", "exclamation_end", "exclamation", "ellipsis", "ellipsis_end",
)  # fmt: skip
_NUMBERS = ("number_first", "numbers", "number_opens_clause")
_MARKS = ("colon", "dash", "comma", "quote", "quote_first", "bracket", "at_or_hash", "symbol")
_QUOTED = ("short_quotes", "long_quotes", "quoted_share")
_CASE = (
    "cased", "capitalised", "all_capitals", "names_inside", "no_name_inside", "title_case",
    "unspaced", "one_clause",
)  # fmt: skip
_PLACES = ("count", "any", "first", "opens", "last_opens", "end")
_LEXICAL = tuple(f"{name}_{place}" for name in CLASSES for place in _PLACES)
COLUMNS = _LENGTHS + _ENDS + _NUMBERS + _MARKS + _QUOTED + _CASE + _LEXICAL

Array = np.ndarray[Any, np.dtype[Any]]
_QUOTES = "\"'„“”«»‘’`「」『』"
_DASHES = "-–—|"
_BRACKETS = "()[]【】"
_QUESTIONS = "?؟;"  # ';' is the Greek one
_ENDING = 3  # words
_SHORT_QUOTE = 3  # words: up to here marks of quotation hint at something, beyond somebody speaks


def columns(text: Text, lexicon: Lexicon) -> Array:
    """One float32 row a headline, columns as `COLUMNS` names them."""
    clause = clauses(text)
    parts = [
        *_lengths(text, clause),
        *_ends(text),
        *_numbers(text, clause),
        *_marks(text),
        *_quoted(text),
        *_case(text, clause),
        *_lexical(text, clause, hits(text, lexicon)),
    ]
    return np.stack(parts, axis=1).astype(np.float32)


def _count(text: Text, words: Array) -> Array:
    """How many such words each headline has."""
    return np.bincount(text.word_row[words], minlength=text.rows)


def _signs(text: Text, which: Array) -> Array:
    """Logarithm of how many such characters each headline has."""
    return np.log1p(np.bincount(text.row[which], minlength=text.rows))


def _is(text: Text, characters: str) -> Array:
    return np.isin(text.codes, [ord(character) for character in characters])


def _lengths(text: Text, clause: Array) -> list[Array]:
    words = np.bincount(text.word_row, minlength=text.rows)
    letters = np.bincount(text.word_row, text.end - text.start, minlength=text.rows)
    last_clause, first_clause = _clause_lengths(text, clause)
    return [
        _signs(text, text.low != 32),
        np.log1p(words),
        letters / np.maximum(words, 1) / 8,
        np.log1p(_count(text, clause)),
        np.log1p(last_clause),
        np.log1p(first_clause),
    ]


def _ends(text: Text) -> list[Array]:
    ending = _ending(text)
    question, exclamation = _is(text, _QUESTIONS), _is(text, "!")
    dot = text.codes == 46
    dots = dot & np.roll(dot, 1)
    return [
        _signs(text, question & ending) > 0,
        _signs(text, question),
        _signs(text, exclamation & ending) > 0,
        _signs(text, exclamation),
        _signs(text, dots),
        _signs(text, dots & ending) > 0,
    ]


def _numbers(text: Text, clause: Array) -> list[Array]:
    number = text.kind[text.start] == DIGIT
    return [
        _count(text, number & firsts(text)),
        np.log1p(_count(text, number)),
        _count(text, number & clause) > 0,
    ]


def _marks(text: Text) -> list[Array]:
    quote = _is(text, _QUOTES)
    symbol = (text.kind == MARK) & (text.codes > 0x2100)
    return [
        _signs(text, _is(text, ":")),
        _signs(text, _is(text, _DASHES)),
        _signs(text, _is(text, ",")),
        _signs(text, quote),
        _starts(text, quote),
        _signs(text, _is(text, _BRACKETS)),
        _signs(text, _is(text, "#@")),
        _signs(text, symbol),
    ]


def _quoted(text: Text) -> list[Array]:
    """Quotations of few words, of many, and the share of the words that stand in any.

    A mark opens after what is no part of a word and closes before it: the apostrophe of a word
    does neither. Scripts without spaces have marks of their own for both.
    """
    quote = np.flatnonzero(_is(text, _QUOTES))
    word = (text.kind == LETTER) | (text.kind == DIGIT) | (text.kind == SYLLABLE)
    opens, closes = _is(text, "「『")[quote], _is(text, "」』")[quote]
    opening = quote[opens | ~(closes | word[quote - 1])]
    closing = quote[closes | ~(opens | word[np.minimum(quote + 1, len(word) - 1)])]
    after = np.searchsorted(closing, opening, side="right")
    opening, after = opening[after < len(closing)], after[after < len(closing)]
    # Of marks that open in a row without one that closes, the last begins the quotation.
    last = np.flatnonzero(np.diff(after, append=-1) != 0)
    first, end = opening[last], closing[after[last]]
    inside = text.row[first] == text.row[end]
    first, end = first[inside], end[inside]
    words = np.searchsorted(text.start, end) - np.searchsorted(text.start, first)
    row, short = text.row[first], words <= _SHORT_QUOTE
    total = np.maximum(np.bincount(text.word_row, minlength=text.rows), 1)
    return [
        np.log1p(np.bincount(row, short & (words > 0), minlength=text.rows)),
        np.log1p(np.bincount(row, ~short, minlength=text.rows)),
        np.bincount(row, words, minlength=text.rows) / total,
    ]


def _case(text: Text, clause: Array) -> list[Array]:
    """Capitals, which name things; scripts that have none are told apart by `cased`."""
    words = np.bincount(text.word_row, minlength=text.rows)
    some = np.maximum(words, 1)
    upper = (text.low != text.codes) & (text.kind == LETTER)
    capital = upper[text.start]
    uppers = np.concatenate(([0], np.cumsum(upper)))
    inside_word = uppers[text.end] - uppers[text.start]
    shouted = (inside_word == text.end - text.start) & (inside_word > 1)
    names = _count(text, capital & ~clause)
    capitalised = _count(text, capital) / some
    return [
        _count(text, text.kind[text.start] == LETTER) / some,
        capitalised,
        _count(text, shouted) / some,
        np.log1p(names),
        (names == 0) & (words > 0),
        (capitalised > 0.75) & (words > 3),
        _count(text, text.kind[text.start] == SYLLABLE) / some,
        _count(text, clause) <= 1,
    ]


def _clause_lengths(text: Text, clause: Array) -> tuple[Array, Array]:
    """Words in the last and in the first clause of each headline."""
    last, first = np.zeros(text.rows), np.zeros(text.rows)
    if len(text.start):
        opens = np.flatnonzero(clause)
        length, row = np.diff(opens, append=len(text.start)), text.word_row[opens]
        last[row] = length
        first[row[::-1]] = length[::-1]
    return last, first


def _ending(text: Text) -> Array:
    """Characters after the last word of their headline."""
    last = np.zeros(text.rows, dtype=np.int64)
    last[text.word_row] = text.end
    after: Array = (np.arange(len(text.row)) >= last[text.row]) & (text.kind == MARK)
    return after


def _starts(text: Text, which: Array) -> Array:
    """Whether such a character is the first of its headline that is not a space."""
    solid = np.flatnonzero(text.low != 32)
    first = solid[np.diff(text.row[solid], prepend=-1) > 0]
    return np.bincount(text.row[first], which[first], minlength=text.rows)


def _lexical(text: Text, clause: Array, found: Hits) -> list[Array]:
    row = text.word_row[found.word]
    words = np.maximum(np.bincount(text.word_row, minlength=text.rows), 1)
    opens, first = clause[found.word], firsts(text)[found.word]
    last = opens & (_clauses_left(text, clause)[found.word] == 0)
    ending = _words_left(text)[found.word] < _ENDING
    columns = []
    for bit in range(len(CLASSES)):
        which = (found.classes >> np.uint16(bit)) & np.uint16(1) > 0
        count = np.bincount(row[which], minlength=text.rows)
        columns += [3 * count / (words + 2), count > 0]
        columns += [
            np.bincount(row[which & place], minlength=text.rows) > 0
            for place in (first, opens & ~first, last, ending)
        ]
    return columns


def _words_left(text: Text) -> Array:
    """Words that follow each word in its headline."""
    total = np.cumsum(np.bincount(text.word_row, minlength=text.rows))
    return total[text.word_row] - np.arange(len(text.word_row)) - 1


def _clauses_left(text: Text, clause: Array) -> Array:
    """Clauses that begin after each word in its headline."""
    total = np.cumsum(np.bincount(text.word_row, clause, minlength=text.rows))
    left: Array = total[text.word_row] - np.cumsum(clause)
    return left
