"""Headlines as numbers: folding, words, n-grams, phrases, clauses and the word lists."""

from importlib import resources
from importlib.resources.abc import Traversable

import numpy as np
import pytest

from boilerclass import curiosity
from boilerclass.curiosity import CLASSES, Hits, Lexicon, compile_lexicon, hits
from boilerclass.headline_columns import COLUMNS, columns
from boilerclass.headlines import BUCKETS, GAINS, Text, clauses, grams, read

NO_WORDS = np.zeros(0, dtype=np.uint64)
ROMANIAN = ["ask\tce", "ask\tce a spus", "secret\tascuns*", "this\tiată"]
FRENCH = ["this\tce", "someone\tune femme"]
TOY = compile_lexicon([ROMANIAN, FRENCH])


def words(text: Text) -> list[str]:
    return ["".join(map(chr, text.low[s:e])) for s, e in zip(text.start, text.end, strict=True)]


def named(found: Hits) -> list[tuple[int, str]]:
    return sorted(
        (int(word), name)
        for word, bits in zip(found.word, found.classes, strict=True)
        for bit, name in enumerate(CLASSES)
        if bits >> bit & 1
    )


def column(headline: str, name: str, lexicon: Lexicon = TOY) -> float:
    return float(columns(read([headline]), lexicon)[0, COLUMNS.index(name)])


def test_accents_case_and_digits_are_folded() -> None:
    assert words(read(["Șapte ÎNTREBĂRI în 2024"])) == ["sapte", "intrebari", "in", "0000"]


def test_unspaced_scripts_give_a_word_a_character() -> None:
    assert words(read(["为什么 iPhone?"])) == ["为", "什", "么", "iphone"]


def test_indic_vowel_signs_stay_in_their_word() -> None:
    assert len(words(read(["हिन्दी समाचार"]))) == 2


def test_words_know_their_headline() -> None:
    assert read(["a b", "", "c\nd"]).word_row.tolist() == [0, 0, 2, 2]


def test_grams_stay_inside_their_headline() -> None:
    text, alone = read(["ab cd", "", "ef"]), read(["ef"])
    row, bucket, value = grams(text, NO_WORDS)
    row_alone, bucket_alone, value_alone = grams(alone, NO_WORDS)
    assert 1 not in row
    assert bucket[row == 2].tolist() == bucket_alone.tolist()
    assert value[row == 2].tolist() == value_alone.tolist()
    assert row_alone.max() == 0
    assert 0 <= bucket.min() <= bucket.max() < len(GAINS) * BUCKETS


def test_frames_forget_rare_words() -> None:
    known = np.unique(read(["ce a facut in"]).word_hash)

    def frames(headline: str) -> list[int]:
        _, bucket, _ = grams(read([headline]), known)
        return sorted(bucket[bucket >= 2 * BUCKETS].tolist())

    assert frames("Ce a făcut Maria în Cluj") == frames("Ce a făcut Ion în Iași")
    assert frames("Ce a făcut Maria în Cluj") != frames("Maria a făcut ce în Cluj")
    assert frames("Maria Popescu") == []


def test_clauses_open_after_a_mark_and_a_space() -> None:
    text = read(["Un om s-a mutat. De ce: 20.000 de lei"])
    opening = [word for word, opens in zip(words(text), clauses(text), strict=True) if opens]
    assert opening == ["un", "de", "00"]


def test_phrases_and_stems_are_found() -> None:
    assert named(hits(read(["Ce a spus. Planul ascunsilor"]), TOY)) == [
        (0, "ask"),
        (0, "ask"),
        (4, "secret"),
    ]


def test_a_headline_is_read_in_the_language_that_explains_most_of_it() -> None:
    assert named(hits(read(["ce soir, une femme"]), TOY)) == [(0, "this"), (2, "someone")]
    assert named(hits(read(["iata ce face"]), TOY)) == [(0, "this"), (1, "ask")]


@pytest.mark.parametrize(
    ("headline", "name", "value"),
    [
        ("Iată ce face", "this_first", 1),
        ("Ion pleacă. Iată unde", "this_first", 0),
        ("Ion pleacă. Iată unde", "this_opens", 1),
        ("Ion pleacă. Iată unde", "this_last_opens", 1),
        ("Iată unde pleacă Ion de azi", "this_end", 0),
        ("7 zile", "number_first", 1),
        ("Pleacă Ion?", "question_end", 1),
        ("Pleacă? Da", "question_end", 0),
        ("Pleacă Ion...", "ellipsis_end", 1),
        ("„Plec”, spune Ion", "quote_first", 1),
        ("Azi pleacă el", "no_name_inside", 1),
        ("Azi pleacă Ion", "no_name_inside", 0),
        ("Here Is How We Did It", "title_case", 1),
        ("El „dispare” azi", "quoted_share", 1 / 3),
        ("„Plec”, spune", "quoted_share", 1 / 2),
        ("It's Ion's", "quoted_share", 0),
        ('Dangling "open', "quoted_share", 0),
        ("'Yes' and 'no'", "short_quotes", np.log1p(2)),
        ("'Yes' and 'no'", "long_quotes", 0),
        ("'I don't know what it's for'", "long_quotes", np.log1p(1)),
        ("彼は「行く」と", "short_quotes", np.log1p(1)),
    ],
)
def test_columns_say_what_they_name(headline: str, name: str, value: float) -> None:
    assert column(headline, name) == pytest.approx(value)


def test_a_quotation_does_not_cross_the_border_of_a_headline() -> None:
    dense = columns(read(['open "here', 'ends" here']), TOY)
    assert not dense[:, COLUMNS.index("quoted_share")].any()


@pytest.mark.parametrize(
    "file",
    list((resources.files("boilerclass") / curiosity.FOLDER).iterdir()),
    ids=lambda file: file.name,
)
def test_word_lists_are_sorted_and_know_their_classes(file: Traversable) -> None:
    lines = file.read_text("utf-8").splitlines()
    assert lines == sorted(set(lines))
    for line in lines:
        name, phrase = line.split("\t")
        assert name in CLASSES
        assert phrase == phrase.strip().lower() != ""
        assert "*" not in phrase[:-1]
