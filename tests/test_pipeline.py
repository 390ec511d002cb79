"""The shipped model over whole documents: verdicts, reasons, order, and what travels with them."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import boilerclass
from boilerclass import artifact, batch, explain, features, readers, scorer
from boilerclass.document import Kind
from boilerclass.errors import InvalidOption, ModelMismatch
from boilerclass.features.context import TO_LABELS
from boilerclass.labelled import EMPTY, NO_ARTICLE, OK
from boilerclass.labels import LABELS, Label
from boilerclass.model_folders import PARAGRAPHS
from boilerclass.options import Options
from boilerclass.pipeline import Classifier, classifier

EXAMPLES = Path(__file__).parent.parent / "data" / "examples"
PAGES = sorted((EXAMPLES / "pages").glob("*.html"))
TEXTS = sorted((EXAMPLES / "texts").glob("*.txt"))


@pytest.fixture(scope="module")
def page() -> bytes:
    return next(p for p in PAGES if p.stem.startswith("ro-")).read_bytes()


def test_every_paragraph_has_a_verdict(page: bytes) -> None:
    document = boilerclass.label(page)
    assert document.status == OK
    for paragraph in document.paragraphs:
        assert paragraph.label in LABELS
        assert sum(paragraph.probabilities.values()) == pytest.approx(1, abs=1e-4)
        assert paragraph.probability == paragraph.probabilities[paragraph.label]
        assert paragraph.reason
    assert 0 <= (document.clickbait or 0) <= 1
    assert document.language == "ro"
    assert document.title


def test_many_is_one_at_a_time_in_order() -> None:
    sources = [p.read_bytes() for p in [*PAGES, *TEXTS]]
    together = list(boilerclass.label_many(iter(sources)))
    for source, document in zip(sources, together, strict=True):
        alone = boilerclass.label(source)
        assert [p.text for p in alone.paragraphs] == [p.text for p in document.paragraphs]
        assert np.allclose(alone.probabilities, document.probabilities, atol=1e-5)


def test_processes_give_the_same(page: bytes) -> None:
    sources = [page, b"", "Titlu\n\nUn paragraf de text, scris pentru proba.\n"] * 12
    one = list(boilerclass.label_many(sources))
    two = list(boilerclass.label_many(sources, jobs=2))
    for a, b in zip(one, two, strict=True):
        assert np.allclose(a.probabilities, b.probabilities, atol=1e-6)
        assert (a.labels, a.title, a.language) == (b.labels, b.title, b.language)
        assert a.document.tree == b.document.tree
    for a, b in zip(one[:3], two, strict=False):  # worked out here, from the page
        assert [p.reason for p in a.paragraphs] == [p.reason for p in b.paragraphs]
        assert [(p.xpath, p.start) for p in a.paragraphs] == [
            (p.xpath, p.start) for p in b.paragraphs
        ]
        assert a.metadata == b.metadata


def test_a_pickled_document_keeps_what_it_knew(page: bytes) -> None:
    document = boilerclass.label(page)
    again = pickle.loads(pickle.dumps(document))
    for a, b in zip(document.paragraphs, again.paragraphs, strict=True):
        assert (a.text, a.label, a.reason, a.xpath, a.start) == (
            b.text,
            b.label,
            b.reason,
            b.xpath,
            b.start,
        )
    assert (document.title, document.language) == (again.title, again.language)
    assert document.clickbait == again.clickbait


@pytest.mark.parametrize("path", [*PAGES[:6], *TEXTS[:6]], ids=lambda p: p.stem)
def test_without_its_reason_a_label_is_less_probable(path: Path) -> None:
    document = readers.read(path.read_bytes())
    layers = classifier().models[document.kind].scorer
    together = batch.collect([document])
    inputs = layers.inputs(features.extract(together), together)
    rows = np.arange(len(together))
    labels = layers.roles(inputs) @ TO_LABELS
    chosen = labels.argmax(axis=1)
    reasons = explain.reasons(layers, inputs, chosen, document, {})
    told = np.array([reason != explain.TOGETHER for reason in reasons])
    assert told.any()
    best, _ = explain.strongest(layers, inputs, chosen, document.kind)
    for k in np.unique(best[told]).tolist():
        lowered = layers.roles(explain.without(layers, inputs, k)) @ TO_LABELS
        own = rows[told & (best == k)]
        assert (lowered[own, chosen[own]] < labels[own, chosen[own]]).all()


@pytest.mark.parametrize(("kind", "paths"), [("html", PAGES), ("text", TEXTS)])
def test_each_layer_is_asked_what_the_one_before_leaves_open(
    kind: Kind, paths: Sequence[Path]
) -> None:
    layers = classifier().models[kind].scorer
    together = batch.collect([readers.read(p.read_bytes()) for p in paths])
    inputs = layers.inputs(features.extract(together), together)
    roles = layers.roles(inputs)
    second = layers.second
    again = second.probabilities(second.sums(inputs.columns), second.hidden_bias)
    chrome, core = (LABELS.index(label) for label in (Label.CHROME, Label.CORE))
    forest, (factor, summand) = layers.forest, layers.line
    asked = set()
    for i, by_first in enumerate((inputs.verdict @ TO_LABELS).tolist()):
        row = slice(i, i + 1)
        if by_first[chrome] >= scorer.SURE:
            by, expected = "first", inputs.verdict[row]
        elif not scorer.UNDECIDED < (again[i] @ TO_LABELS)[core] < 1 - scorer.UNDECIDED:
            by, expected = "second", again[row]
        else:
            odds = scorer.core_odds(again[row]) if forest is None else forest(inputs.columns[row])
            by, expected = "last", scorer.with_core(again[row], factor * odds + summand)
        asked.add(by)
        assert np.allclose(roles[row], expected, atol=1e-5)
    assert asked == {"first", "second", "last"}
    assert (forest is None) == (kind == "text")


def test_a_table_is_not_labelled_by_the_names_of_its_columns() -> None:
    table = pd.DataFrame({"html": ["<p>A page.</p>"]})
    with pytest.raises(TypeError, match=r"table\['html'\]"):
        boilerclass.label_many(table)
    assert len(list(boilerclass.label_many(table["html"]))) == 1


def test_documents_of_both_kinds_keep_their_order() -> None:
    mixed = [path.read_bytes() for pair in zip(PAGES, TEXTS, strict=False) for path in pair]
    alone = [boilerclass.label(page).labels for page in mixed]
    assert [document.labels for document in boilerclass.label_many(mixed)] == alone


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("pages", "columns"),
        ("pages", "first_hidden"),
        ("pages", "forest_leaves"),
        ("texts", "factors"),
        ("texts", "second_output"),
    ],
)
def test_a_model_for_another_version_is_a_mismatch(tmp_path: Path, kind: str, part: str) -> None:
    for each in PARAGRAPHS:
        shipped = artifact.read(artifact.find(each))
        left_out = part if each == kind else None
        arrays = {name: own for name, own in shipped.arrays.items() if name != left_out}
        manifest = {name: fact for name, fact in shipped.manifest.items() if name != left_out}
        artifact.write(tmp_path / each, manifest, arrays, "")
    with pytest.raises(ModelMismatch, match=f"model {kind}.*{part}.*train it again"):
        Classifier.load(tmp_path)


def test_reasons_speak_of_the_page() -> None:
    document = boilerclass.label(next(p for p in TEXTS if p.stem.startswith("ro-")).read_bytes())
    assert len({p.reason for p in document.paragraphs}) > 2


@pytest.mark.parametrize("source", ["", b"", "   \n\n", "<html><body></body></html>"])
def test_nothing_is_said_to_be_nothing(source: str | bytes) -> None:
    document = boilerclass.label(source)
    assert document.status == EMPTY
    assert list(document.paragraphs) == []
    assert boilerclass.clean(source) == ""


def test_chrome_alone_is_no_article() -> None:
    menu = "<nav><ul>" + "<li><a href='/a'>Contact</a></li>" * 20 + "</ul></nav>"
    document = boilerclass.label(f"<html><body>{menu}</body></html>", threshold=0.9)
    assert document.status == NO_ARTICLE
    assert Label.CORE not in document.labels


def test_article_in_data_is_kept_and_says_so() -> None:
    path = next(p for p in PAGES if p.stem.endswith("-jsonld"))
    document = boilerclass.label(path.read_bytes())
    assert any(p.reason.startswith("rule:") and p.label is Label.CORE for p in document.paragraphs)


@pytest.mark.parametrize(
    "options",
    [
        {"preset": "best"},
        {"kind": "pdf"},
        {"threshold": 7},
        {"threshold": "0.5"},
        {"keep": None},
        {"keep": 5},
        {"labels": None},
        {"drop": [1]},
        {"encoding": 5},
        {"url": b"https://a.example/"},
        {"sites": "sites.npz"},
        {"min_core_chars": float("nan")},
        {"speed": 1},
    ],
)
def test_wrong_options_are_named(options: dict[str, object]) -> None:
    with pytest.raises(InvalidOption, match=next(iter(options))):
        boilerclass.clean("text", **options)


@pytest.mark.parametrize("jobs", [0, 1.5, "2", None])
def test_no_number_of_jobs_is_no_option(jobs: Any) -> None:
    with pytest.raises(InvalidOption, match=f"jobs {jobs!r}: give"):
        list(boilerclass.label_many(["text"], jobs=jobs))


@pytest.mark.parametrize("page", ["a page", b"a page"])
def test_one_page_is_not_many(page: Any) -> None:
    for function in (boilerclass.label_many, boilerclass.site_memory):
        with pytest.raises(TypeError, match="put it into a list"):
            function(page)


@pytest.mark.parametrize("jobs", [1, 2])
def test_pages_before_a_failure_of_the_source_are_not_lost(jobs: int) -> None:
    def pages() -> Iterator[str]:
        for i in range(70):
            yield f"Page {i} of the ledger."
        raise OSError("the disk is gone")

    found = boilerclass.label_many(pages(), jobs=jobs)
    for i in range(70):
        assert next(found).document.paragraphs[0].text == f"Page {i} of the ledger."
    with pytest.raises(OSError, match="the disk is gone"):
        next(found)


def test_blank_lines_of_a_text_stay() -> None:
    path = next(p for p in TEXTS if p.stem.startswith("ro-"))
    source = path.read_text(encoding="utf-8")
    kept = boilerclass.clean(source)
    lines = [line for line in kept.splitlines() if line]
    assert all(line in source for line in lines)
    assert "\n\n" in kept


def test_each_page_may_have_options_of_its_own() -> None:
    page = "Łódź ma nowy tramwaj. Kursuje co dziesięć minut od rana do wieczora."
    given = [
        (page.encode("iso-8859-2"), Options(encoding="ISO-8859-2")),
        (page, Options(kind="html", url="https://a.example/x")),
        (page, Options(kind="text")),
    ]
    documents = [labelled.document for labelled in classifier().label_each(given)]
    assert [document.paragraphs[0].text for document in documents] == [page] * 3
    assert [document.kind for document in documents] == ["text", "html", "text"]
    assert documents[1].url == "https://a.example/x"
