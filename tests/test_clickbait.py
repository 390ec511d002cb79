"""Headline scores: sense, robustness, and the training that makes them.

Every headline here was written for these tests. None was used to tune the model, except that the
obvious pairs are of the kind its word lists name.
"""

import csv
import gzip
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from boilerclass import artifact, curiosity
from boilerclass.errors import (
    BoilerclassError,
    InvalidOption,
    ModelMismatch,
    UnreadableInput,
)
from boilerclass.headline_columns import COLUMNS, columns
from boilerclass.headline_scorer import construct, score
from boilerclass.headlines import read
from boilerclass.training import annotation, clickbait_model, clickbait_rows, gold, recipes
from boilerclass.training import clickbait as training

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
    "Guvernul a publicat lista spitalelor care vor fi modernizate",
    "Secret service agent charged with selling documents to Norway",
    "Motivarea instanței: primarul din Bacău a semnat contracte fără licitație",
]


# Headlines the model gets wrong today: service pieces that open with a question word, documents
# that are named after what is in them, and facts held back in plain words. One that starts to pass
# belongs with the others.
KNOWN_FAILURES = [
    ("Court reveals reasons for its ruling in the Harbour Bridge case", False),
    ("What are the differences between the two ferry tickets?", False),
    ("Cum se depune declarația unică: ghid pas cu pas", False),
    ("A fost rapus de boală un mare actor al generației de aur", True),
]


@pytest.mark.parametrize(("bait", "plain"), PAIRS)
def test_bait_scores_above_plain_news(bait: str, plain: str) -> None:
    high, low = score([bait, plain])
    assert high > 0.5 > low


@pytest.mark.parametrize("headline", LOOK_ALIKES)
def test_look_alikes_stay_below_the_threshold(headline: str) -> None:
    assert score([headline])[0] < 0.5


@pytest.mark.xfail(strict=True)
@pytest.mark.parametrize(("headline", "clickbait"), KNOWN_FAILURES)
def test_known_failures(headline: str, clickbait: bool) -> None:
    assert (score([headline])[0] > 0.5) is clickbait


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
    with pytest.raises(TypeError, match="headline"):
        score(wrong)  # type: ignore[arg-type]


def test_headlines_come_from_any_iterable() -> None:
    headlines = ["Council closes pier", "You will not believe it"]
    expected = score(headlines)
    assert score(iter(headlines)) == score(dict.fromkeys(headlines)) == expected
    assert score(pd.Series(headlines, index=[7.5, 2.5])) == expected


any_text = st.text(st.characters(exclude_categories=()), max_size=60)


@given(st.lists(any_text | st.sampled_from([pair[0] for pair in PAIRS]), max_size=8))
def test_a_batch_scores_as_its_headlines_alone(headlines: list[str]) -> None:
    alone = [score([headline])[0] for headline in headlines]
    assert score(headlines) == pytest.approx(alone, abs=1e-9)


LEXICON = curiosity.load()


@given(any_text)
def test_columns_are_finite(headline: str) -> None:
    dense = columns(read([headline]), LEXICON)
    assert dense.shape == (1, len(COLUMNS))
    assert np.isfinite(dense).all()


def test_scoring_imports_numpy_and_no_more() -> None:
    code = (
        "import sys; from boilerclass.headline_scorer import score; score(['Ce a spus el']);"
        "assert not {'sklearn', 'scipy', 'pandas'} & set(sys.modules), sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_a_model_with_other_columns_is_a_mismatch(tmp_path: Path) -> None:
    shipped = artifact.read(artifact.find("clickbait"))
    manifest = {**shipped.manifest, "columns": ["words"]}
    artifact.write(tmp_path / "model", manifest, dict(shipped.arrays), "")
    with pytest.raises(ModelMismatch, match="columns"):
        construct(artifact.read(tmp_path / "model"))


@pytest.mark.parametrize("part", ["ngrams", "hidden", "phrases", "mean"])
def test_a_model_whose_arrays_do_not_fit_is_a_mismatch(tmp_path: Path, part: str) -> None:
    shipped = artifact.read(artifact.find("clickbait"))
    arrays = {**shipped.arrays, part: shipped.arrays[part][:-1]}
    artifact.write(tmp_path / "model", shipped.manifest, arrays, "")
    with pytest.raises(ModelMismatch, match=part):
        construct(artifact.read(tmp_path / "model"))
    del arrays[part]
    artifact.write(tmp_path / "model", shipped.manifest, arrays, "")
    with pytest.raises(ModelMismatch, match=f"lacks {part}"):
        construct(artifact.read(tmp_path / "model"))


@pytest.fixture
def small_corpus(tmp_path: Path) -> Path:
    """A corpus of the pairs above, own rows and rows whose licence forbids training."""
    rows = [
        {
            "headline": f"{headline} {number}",
            "label": label,
            "lang": "ro",
            "source": source,
            "licence": licence,
            "split": "train",
        }
        for source, licence in (("own", "own labels"), ("elsewhere", "CC BY-NC 4.0"))
        for number in range(2)
        for pair in PAIRS
        for headline, label in zip(pair, (1, 0), strict=True)
    ]
    with gzip.open(tmp_path / "headlines.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return tmp_path


RECIPE = """
kind = "clickbait"
name = "tiny"
seed = 3
[weights]
clickbait = {own = 2.0}
every = 5
unknown = 0.02
guided = {own = 1.0, annotated = 0.5, examples = 1.0}
others = {chakraborty16 = 0.02}
"""


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clickbait_model, "NETWORKS", 1)
    monkeypatch.setattr(clickbait_model, "EPOCHS", 40)
    monkeypatch.setattr(clickbait_model, "INNER_FOLDS", 2)
    monkeypatch.setattr(training, "OUTER_FOLDS", 2)


@pytest.mark.usefixtures("quick")
def test_training_leaves_a_model_that_scores_and_its_history(small_corpus: Path) -> None:
    out, history = small_corpus / "model", small_corpus / "history.csv"
    recipe = small_corpus / "recipe.toml"
    recipe.write_text(RECIPE)
    training.train(recipe, small_corpus, out, history)
    model = artifact.read(out)
    high, low = score(list(PAIRS[0]), model)
    assert high > low
    assert {line["what"] for line in model.manifest["scores"]} >= {"own", "elsewhere"}
    card = (out / "CARD.md").read_text("utf-8")
    assert "| own | own labels |" in card.partition("only measure")[0]
    assert "elsewhere" not in card.partition("only measure")[0]
    (row,) = csv.DictReader(history.read_text("utf-8").splitlines())
    assert row["digest"] == model.digest[:12]
    assert row["seed"] == "3"
    assert 0 <= float(row["own_auc"]) <= 1
    assert row["ta1c_f1"] == ""

    training.train(recipe, small_corpus, small_corpus / "again", history)
    assert artifact.read(small_corpus / "again").digest == model.digest
    assert len(history.read_text("utf-8").splitlines()) == 3


def test_a_recipe_without_a_weight_is_named(small_corpus: Path) -> None:
    recipe = small_corpus / "recipe.toml"
    recipe.write_text(RECIPE.replace("unknown = 0.02", ""))
    with pytest.raises(InvalidOption, match="'unknown'"):
        training.train(recipe, small_corpus, small_corpus / "model", small_corpus / "history.csv")


def test_documents_that_the_corpus_lacks_are_named(small_corpus: Path) -> None:
    labels = small_corpus / "labels.jsonl"
    labels.write_text("")
    with pytest.raises(UnreadableInput, match=r"cannot read .*typed-pages\.parquet"):
        clickbait_rows.load(small_corpus, labels)


def test_headlines_of_documents_are_found_by_their_digests(
    small_corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clickbait_rows, "DOCUMENTS", (gold.TEXTS,))
    stored = {"id": "a", "lang": "en", "title": "Pier shut", "text": "Pier shut\nWhat he saw\nMore"}
    (small_corpus / gold.TEXTS).write_text(f"{json.dumps(stored)}\n" * 2)
    lines = ["Pier shut", "What he saw", "More", "Not there"]
    digests = "".join(map(annotation.digest, lines))
    labels = small_corpus / "labels.jsonl"
    labels.write_text(json.dumps({"id": "a", "texts": digests, "codes": "01?1"}))
    rows = clickbait_rows.load(small_corpus, labels)
    found = np.flatnonzero(rows.source == "annotated")
    assert [rows.headlines[i] for i in found] == ["Pier shut", "What he saw"]
    assert rows.label[found].tolist() == [0, 1]
    assert rows.trainable[found].all()


def test_an_export_that_differs_from_scikit_learn_fails() -> None:
    headlines = [headline for pair in PAIRS for headline in pair]
    place = artifact.find("clickbait")
    expected = np.array(score(headlines))
    training.check(Path(str(place)), headlines, expected + 9e-6)
    with pytest.raises(BoilerclassError, match="do not ship"):
        training.check(Path(str(place)), headlines, expected + 2e-5)


def test_shipped_model_was_trained_on_allowed_rows_only() -> None:
    card = Path(str(artifact.find("clickbait"))).joinpath("CARD.md").read_text("utf-8")
    trained = card.partition("## Trained on")[2].partition("only measure")[0]
    licences = {line.split("|")[2].strip() for line in trained.splitlines() if "|" in line}
    assert licences - {"licence", "---"} <= clickbait_rows.TRAINABLE


def test_no_test_headline_is_a_training_example() -> None:
    tested = {headline for pair in PAIRS for headline in pair} | set(LOOK_ALIKES)
    examples = Path(clickbait_rows.__file__).with_name("clickbait_examples.tsv")
    written = {line.split("\t")[2] for line in examples.read_text("utf-8").splitlines()}
    assert not tested & written


def test_examples_are_one_labelled_headline_a_line() -> None:
    examples = Path(clickbait_rows.__file__).with_name("clickbait_examples.tsv")
    rows = [line.split("\t") for line in examples.read_text("utf-8").splitlines()]
    headlines = [headline for _, _, headline in rows]
    assert {label for _, label, _ in rows} == {"0", "1"}
    assert len(set(headlines)) == len(headlines)
    assert all(headline == " ".join(headline.split()) for headline in headlines)


def test_only_sources_that_the_recipe_names_count_clickbait_more() -> None:
    names = ["own", "own", "examples", "examples"]
    rows = clickbait_rows.Rows(
        headlines=list("abcd"),
        label=np.array([0, 1, 0, 1]),
        language=np.array(["ro"] * 4),
        source=np.array(names),
        licence=np.array(["own labels"] * 4),
        held_out=np.zeros(4, dtype=bool),
    )
    counted = recipes.section(training.Weights, tomllib.loads(RECIPE)["weights"])
    plain, rare, written, bait = training.weights(rows, counted)
    assert rare > plain
    assert written == bait


@needs_corpus
def test_held_out_spanish_teasers_keep_their_quality() -> None:
    rows = clickbait_rows.load(CORPUS)
    held = np.flatnonzero((rows.source == "ta1c") & rows.held_out)
    said = np.array(score([rows.headlines[row] for row in held])) > 0.5
    assert f1_score(rows.label[held], said) > 0.68
