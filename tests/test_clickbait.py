"""Headline scores: sense, robustness, and the training that makes them.

Every headline here was written for these tests. None was used to tune the model, except that the
obvious pairs are of the kind its word lists name.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boilerclass import artifact, curiosity
from boilerclass.clickbait import construct, score
from boilerclass.errors import ModelMismatch
from boilerclass.headline_columns import COLUMNS, columns
from boilerclass.headlines import read

ROOT = Path(__file__).parents[1]
CORPUS = Path(os.environ.get("BOILERCLASS_CORPUS", ROOT.parent / "shared" / "corpus"))
needs_corpus = pytest.mark.skipif(
    not (CORPUS / "headlines.jsonl.gz").exists(), reason="the headline corpus is not here"
)

# (clickbait, plain) in the same language.
PAIRS = [
    (
        "Ce a făcut un bărbat când a găsit o geantă plină cu bani în autobuz",
        "Primăria Oradea a deschis un nou pod peste Crișul Repede",
    ),
    (
        "Motivul incredibil pentru care o vedetă a plecat din țară. Ce a urmat",
        "Banca Națională a menținut dobânda de referință la 6,5 la sută",
    ),
    (
        "ce ascunde vila in care s a mutat fostul ministru",
        "curtea de apel cluj a respins contestatia primarului",
    ),
    (
        "You won't believe what this woman found under her kitchen floor",
        "Parliament passes bill to raise the minimum wage by four percent",
    ),
    (
        "7 signs that your phone is lying to you",
        "Two killed in train crash near Lyon, police say",
    ),
    (
        "Esto es lo que nadie te cuenta sobre el agua con limón",
        "El Gobierno aprueba la reforma de la ley de aguas",
    ),
    (
        "Darum sollten Sie diese Taste niemals drücken",
        "Bundesrat stimmt dem Haushalt für das kommende Jahr zu",
    ),
    (
        "Voici pourquoi vous ne devriez jamais jeter ce petit objet",
        "Le Sénat adopte le projet de loi sur l'énergie",
    ),
    (
        "Ecco cosa succede se bevi questo ogni mattina",
        "Il governo approva il decreto sulle pensioni",
    ),
    (
        "Nie uwierzysz, co znalazł w piwnicy. Oto co się stało",
        "Sejm przyjął ustawę o ochronie lasów",
    ),
    (
        "Ini alasan kenapa kamu tidak boleh makan buah ini",
        "Presiden resmikan bendungan baru di Jawa Tengah",
    ),
    (
        "Ünlü oyuncunun bu hali görenleri şoke etti! İşte o fotoğraf",
        "Meclis yeni vergi yasasını kabul etti",
    ),
    (
        "Вот почему никогда не стоит выбрасывать эту вещь",
        "Госдума приняла закон о бюджете на следующий год",
    ),
    (
        "Sự thật bất ngờ về thứ quả này, ai cũng nên biết",
        "Quốc hội thông qua luật đất đai sửa đổi",
    ),
]

# Plain headlines that share words with clickbait.
LOOK_ALIKES = [
    "Court reveals reasons for its ruling in the Harbour Bridge case",
    "Guvernul a publicat lista spitalelor care vor fi modernizate",
    "Secret service agent charged with selling documents to Norway",
    "Motivarea instanței: primarul din Bacău a semnat contracte fără licitație",
]


@pytest.mark.parametrize(("bait", "plain"), PAIRS)
def test_bait_scores_above_plain_news(bait: str, plain: str) -> None:
    high, low = score([bait, plain])
    assert high > 0.5 > low


@pytest.mark.parametrize("headline", LOOK_ALIKES)
def test_look_alikes_stay_below_the_threshold(headline: str) -> None:
    assert score([headline])[0] < 0.5


def test_diacritics_hardly_matter() -> None:
    written, folded = score(["Ce spune șeful poliției", "Ce spune seful politiei"])
    assert written == folded


def test_no_words_score_zero() -> None:
    assert score(["", " ", "\n\n", "?!…", "🎉🎉"]) == [0.0] * 5
    assert score([]) == []


@pytest.mark.parametrize(
    "headline",
    [
        "a" * 10_000,
        "ce " * 10_000,
        "ﷺ" * 5_000,
        "لن تصدق ماذا حدث بعد ذلك",
        "לא תאמינו מה קרה",
        "😱😱 Nu o să crezi 😱",
        "null\x00byte",
        "lone \ud800 surrogate",
        "combining a" + "\u0301" * 500,
        "two\nlines",
        "ก" * 300,
        "\u202eright to left override",
        "İIıi ẞß ŉ",
    ],
)
def test_strange_headlines_get_a_score(headline: str) -> None:
    (value,) = score([headline])
    assert 0 <= value <= 1


@pytest.mark.parametrize("wrong", ["one headline", [None], [b"bytes"], ["fine", 3]])
def test_what_is_no_list_of_strings_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError):
        score(wrong)  # type: ignore[arg-type]


any_text = st.text(st.characters(exclude_categories=()), max_size=60)


@settings(deadline=None)
@given(st.lists(any_text | st.sampled_from([pair[0] for pair in PAIRS]), max_size=8))
def test_a_batch_scores_as_its_headlines_alone(headlines: list[str]) -> None:
    alone = [score([headline])[0] for headline in headlines]
    assert score(headlines) == pytest.approx(alone, abs=1e-9)


@given(any_text)
def test_columns_are_finite(headline: str) -> None:
    dense = columns(read([headline]), curiosity.load())
    assert dense.shape == (1, len(COLUMNS))
    assert np.isfinite(dense).all()


def test_scoring_imports_numpy_and_no_more() -> None:
    code = (
        "import sys; from boilerclass.clickbait import score; score(['Ce a spus el']);"
        "assert not {'sklearn', 'scipy', 'pandas'} & set(sys.modules), sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_a_model_with_other_columns_is_a_mismatch(tmp_path: Path) -> None:
    shipped = artifact.read(artifact.find("clickbait"))
    manifest = {**shipped.manifest, "columns": ["words"]}
    artifact.write(tmp_path / "model", manifest, dict(shipped.arrays), "")
    with pytest.raises(ModelMismatch, match="columns"):
        construct(artifact.read(tmp_path / "model"))
