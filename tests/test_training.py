"""A tiny training run on the invented examples: whole, deterministic, and honest about folds."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from boilerclass import artifact, features, lexicons
from boilerclass.errors import InvalidOption, UnreadableInput
from boilerclass.features import context
from boilerclass.labels import ROLES
from boilerclass.model_folders import PARAGRAPHS
from boilerclass.options import Options
from boilerclass.pipeline import Classifier
from boilerclass.training import (
    align,
    annotation,
    answers,
    compose,
    corpus,
    paragraphs,
    phrasebook,
    selectors,
    verdicts,
)
from boilerclass.training.evaluate import evaluate

EXAMPLES = Path(__file__).parent.parent / "data" / "examples"
RECIPE = """
kind = "{kind}"
name = "tiny"
seed = 3
folds = 3
[sources]
pages = 1.0
texts = 1.0
thinned = 1.0
composed = 1.0
[linear]
alpha = 1e-5
epochs = 3
[first]
members = 1
hidden = 4
alpha = 1e-2
epochs = 8
batch = 64
[earlier]
members = 1
hidden = 8
alpha = 1e-2
epochs = 8
batch = 64
[second]
members = 2
hidden = 8
alpha = 1e-2
epochs = 8
batch = 64
others = 0.5
"""
FOREST = """
[forest]
trees = 5
leaves = 5
rate = 0.1
alpha = 1.0
least = 5
share = 0.5
"""
PAGES = RECIPE.format(kind="pages") + FOREST
TEXTS = RECIPE.format(kind="texts")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two trainings of pages and one of texts."""
    folder = tmp_path_factory.mktemp("tiny")
    for name, recipe in (("one/pages", PAGES), ("one/texts", TEXTS), ("two/pages", PAGES)):
        (folder / "recipe.toml").write_text(recipe)
        paragraphs.train(folder / "recipe.toml", EXAMPLES, folder / name, folder / "history.csv")
    return folder


def test_same_recipe_same_model(trained: Path) -> None:
    one, two = (artifact.read(trained / name / "pages") for name in ("one", "two"))
    assert one.digest == two.digest


@pytest.mark.parametrize("names", [features.COLUMNS, context.COLUMNS], ids=["own", "around"])
def test_every_column_has_a_name_of_its_own(names: tuple[str, ...]) -> None:
    assert len(set(names)) == len(names)


def test_history_gains_a_row_each_time(trained: Path) -> None:
    with (trained / "history.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["model"] for row in rows] == ["tiny"] * 3
    assert [row["typed_texts_macro_f1"] != "" for row in rows] == [False, True, False]


def test_the_model_beats_the_majority(trained: Path) -> None:
    tiny = answers.model(Classifier.load(trained / "one"), Options())
    report = evaluate(EXAMPLES, {"tiny": tiny}, verdicts.BETAS)
    for kind in PARAGRAPHS:
        assert report["systems"]["tiny"][kind]["figures"]["core.f1"]["value"] > 0.8


@pytest.mark.parametrize("kind", PARAGRAPHS)
def test_card_names_what_was_measured(trained: Path, kind: str) -> None:
    card = (trained / "one" / kind / "CARD.md").read_text()
    scores = artifact.read(trained / "one" / kind).manifest["scores"]
    assert str(scores[f"typed_{kind}"]["macro_f1"]) in card
    assert "AI annotators" in card
    assert ("boosted trees" in card) == (kind == "pages")


def test_annotations_teach_beside_their_documents(tmp_path: Path) -> None:
    body = "The ferry to Gull Point will leave an hour later from Monday, the harbour office said."
    html = f"<p>{body}</p><p>Read also: the lock is shut</p><p>Boots, half price</p><p>Menu</p>"
    row = {"id": "x/1", "source": "x", "site": "x.example", "lang": "en", "licence": "MIT"}
    row |= {"html": html.encode(), "gold": body, "url": None, "page_type": None}
    pd.DataFrame([row]).to_parquet(tmp_path / "pages-x.parquet")
    labels = annotation.row("x/1", ["Read also: the lock is shut", "Menu"], "LN")
    (tmp_path / "roles.jsonl").write_text(labels)
    own = {"file": "roles.jsonl", "html": 3.0, "text": 0.5}
    found = paragraphs.read_annotations(tmp_path / "recipe.toml", {"annotations": own})
    sources = {"pages-x.parquet": 1.0, "thinned": 1.0}
    (page, text), weights = paragraphs.load(sources, tmp_path, 2, 0, found)
    teaser, chrome = ROLES.index("teaser"), ROLES.index("chrome")
    assert page.targets.tolist() == [corpus.BODY, teaser, corpus.UNSURE, chrome]
    assert page.typed and page.annotated
    assert not text.annotated
    assert weights == [3.0, 1.0]


def test_documents_of_the_other_kind_teach_as_much_as_the_recipe_says(
    trained: Path, tmp_path: Path
) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(PAGES.replace("others = 0.5", "others = 0.0"))
    paragraphs.train(recipe, EXAMPLES, tmp_path / "alone", tmp_path / "history.csv")
    folders = (trained / "one" / "pages", tmp_path / "alone")
    with_, without = (artifact.read(folder).arrays for folder in folders)
    changed = {name for name in with_ if not np.array_equal(with_[name], without[name])}
    assert "second_hidden" in changed
    assert not {"text_table", "word_table", "first_hidden", "context_mean"} & changed


def test_a_model_of_texts_has_neither_names_nor_trees(trained: Path) -> None:
    arrays = artifact.read(trained / "one" / "texts").arrays
    assert not [name for name in arrays if name == "word_table" or name.startswith("forest")]


def test_annotations_without_a_weight_are_named(tmp_path: Path) -> None:
    settings = {"annotations": {"file": "roles.jsonl", "html": 1.0}}
    with pytest.raises(InvalidOption, match=r"'text' of annotations"):
        paragraphs.read_annotations(tmp_path / "recipe.toml", settings)


def test_missing_source_is_named(tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(PAGES)
    with pytest.raises(UnreadableInput, match="pages is missing"):
        paragraphs.train(recipe, tmp_path, tmp_path / "out", tmp_path / "history.csv")


def test_recipe_without_an_entry_is_named(tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(PAGES.replace("hidden = 8", ""))
    with pytest.raises(InvalidOption, match="hidden"):
        paragraphs.train(recipe, EXAMPLES, tmp_path / "out", tmp_path / "history.csv")


def test_trees_that_are_too_large_are_refused(tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(PAGES.replace("leaves = 5", "leaves = 33"))
    with pytest.raises(InvalidOption, match="at most 32 leaves"):
        paragraphs.train(recipe, EXAMPLES, tmp_path / "out", tmp_path / "history.csv")


def test_a_site_has_one_fold() -> None:
    assert paragraphs.fold_of("stiri.example", 5) == paragraphs.fold_of("stiri.example", 5)
    assert {paragraphs.fold_of(f"site{i}.example", 5) for i in range(50)} == set(range(5))


def test_unlicensed_rows_do_not_train() -> None:
    assert not corpus.licensed("no licence stated")
    assert not corpus.licensed(None)
    assert corpus.licensed("MIT")


def test_a_headline_that_the_body_lacks_teaches_nothing(tmp_path: Path) -> None:
    body = "The ferry to Gull Point will leave an hour later from Monday, the harbour office said."
    html = (
        "<title>Ferry leaves later</title><nav>Timetables</nav><h1>Ferry leaves later</h1>"
        f"<p>{body}</p><h2>Other ports of call</h2>"
    )
    row = {"id": "x/1", "source": "x", "site": "x.example", "lang": "en", "licence": "MIT"}
    row |= {"html": html.encode(), "gold": body, "url": None, "page_type": None}
    path = tmp_path / "pages-x.parquet"
    pd.DataFrame([row]).to_parquet(path)
    [example] = corpus.body_pages(path)
    assert example.targets.tolist() == [
        corpus.OUTSIDE,
        corpus.UNSURE,
        corpus.BODY,
        corpus.OUTSIDE,
    ]


def test_a_selector_names_what_is_no_body(tmp_path: Path) -> None:
    body = "The ferry to Gull Point will leave an hour later from Monday, the harbour office said."
    html = (
        f"<div class='box ad-slot'><p>Boots for every weather</p><p>{body}</p></div>"
        "<form id=letter><p>Sign up for the tide tables</p><p class=ad-slot>Oilskins</p></form>"
        "<p class=crossing>From our own port</p>"
    )
    row = {"id": "x/1", "source": "x", "site": "x.example", "lang": "en", "licence": "MIT"}
    row |= {"html": html.encode(), "gold": body, "url": None, "page_type": None}
    path = tmp_path / "pages-x.parquet"
    pd.DataFrame([row]).to_parquet(path)
    names = {".ad-slot": "ad", "#letter": "newsletter", ".crossing": "annoyance", "p.box": "ad"}
    (tmp_path / selectors.FILE).parent.mkdir()
    with gzip.open(tmp_path / selectors.FILE, "wt") as file:
        file.writelines(json.dumps({"selector": k, "type": v}) + "\n" for k, v in names.items())
    [example] = corpus.body_pages(path)
    ad, promo = ROLES.index("ad"), ROLES.index("promo")
    assert example.targets.tolist() == [ad, corpus.BODY, promo, ad, corpus.OUTSIDE]


def test_lines_of_the_phrasebook_are_told_by_role() -> None:
    for file in phrasebook.FOLDER.iterdir():
        known = phrasebook.of(file.name.removesuffix(".tsv"))
        assert known
        for role, lines in known.items():
            assert role == "core" or role in ROLES
            assert len(set(lines)) == len(lines)
            assert all(line == " ".join(line.split()) for line in lines)


def test_composed_texts_stay_in_their_fold() -> None:
    examples = list(corpus.folder(EXAMPLES))
    folds = [paragraphs.fold_of(e.site, 2) for e in examples]
    made = compose.composed(examples, folds, seed=0)
    assert made
    of_fold: dict[int, set[str]] = {0: set(), 1: set()}
    for example, fold in zip(examples, folds, strict=True):
        of_fold[fold] |= {" ".join(p.text.split()) for p in example.document.paragraphs}
    for example in made:
        fold = paragraphs.fold_of(example.site, 2)
        body = {
            p.text
            for p, t in zip(example.document.paragraphs, example.targets, strict=True)
            if t == corpus.BODY
        }
        # A subhead is made of the words of a paragraph, some in capitals; lines of the phrasebook
        # are nobody's.
        body -= set(phrasebook.of(example.language).get("core", ()))
        assert all(any(line in t or line in t.upper() for t in of_fold[fold]) for line in body)
        assert len(example.targets) == len(example.document.paragraphs)


def test_teasers_are_dressed_as_sites_dress_them() -> None:
    examples = list(corpus.folder(EXAMPLES))
    made = compose.composed(examples, [0] * len(examples), seed=0)
    teasers = {
        paragraph.text
        for example in made
        for paragraph, target in zip(example.document.paragraphs, example.targets, strict=True)
        if target == ROLES.index("teaser")
    }
    assert any(line.isupper() for line in teasers)
    assert any(line.startswith("[") and line.endswith("]") for line in teasers)
    known = [phrase for code in lexicons.languages() for _, phrase in lexicons.phrases(code)]
    leads = tuple(f"{phrase} " for phrase in known if phrase.endswith(":"))
    assert any(line.lower().startswith(leads) for line in teasers)


def test_interviews_are_core_and_placeholders_stand_several_times() -> None:
    examples = list(corpus.folder(EXAMPLES))
    made = compose.composed(examples, [0] * len(examples), seed=0)
    chrome = ROLES.index("chrome")
    asked, again = 0, 0
    for example in made:
        known = phrasebook.of(example.language)
        lines = list(zip(example.document.texts, example.targets.tolist(), strict=True))
        questions = {q for q in known.get("core", ()) if q.endswith("?")}
        roles = [role for text, role in lines if text in questions]
        assert set(roles) <= {corpus.BODY}
        asked += len(roles) > 2
        placeholders = [text for text, role in lines if role == chrome and text in known["chrome"]]
        again += len(placeholders) > len(set(placeholders))
    assert 0 < asked < len(made) / 2
    assert 0 < again < len(made) / 2


def test_roles_follow_words_over_other_boundaries() -> None:
    body, chrome = ROLES.index("body"), ROLES.index("chrome")
    shares = align.share(
        ["One two three four five six", "Share this"],
        ["One two three", "four five six", "Share this", "Nothing of the kind"],
    )
    got = align.roles(shares, [body, chrome], none=-1)
    assert got.tolist() == [body, body, chrome, -1]


def test_short_lines_are_in_a_body_only_as_lines() -> None:
    lines = ["The share of the vote rose in the north of the country", "Results"]
    got = align.in_body(lines, ["Share", *lines, "Share"], yes=1, no=0, unsure=-1)
    assert got.tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize("encoding", ["html", "text"])
def test_targets_match_paragraphs(encoding: str) -> None:
    for example in corpus.folder(EXAMPLES):
        if example.document.kind == encoding:
            assert len(example.targets) == len(example.document.paragraphs)
            assert np.isin(example.targets, [corpus.UNSURE, *range(len(ROLES))]).all()
