"""What holds for any input: no exception, sound paragraphs, nothing invented, stable labels."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import boilerclass
from boilerclass import LabelledDocument, readers
from boilerclass.document import Document
from boilerclass.labelled import EMPTY
from boilerclass.labels import LABELS, Label

ROOT = Path(__file__).parents[1] / "data" / "examples"
PAGES = [path.read_bytes() for path in sorted(ROOT.glob("pages/*.html"))]
TEXTS = [path.read_bytes() for path in sorted(ROOT.glob("texts/*.txt"))]

WORDS = "tide ferry noon gară podul 桥 мост subscribe related © 12.11.2026".split()
TAGS = (
    "p div b a ul li table tr td h1 h2 pre br hr span nav article aside footer figure svg math "
    "template script style title form button select option noscript blockquote dl dt"
).split()
words = st.lists(st.sampled_from(WORDS), max_size=8).map(lambda w: f" {' '.join(w)} ")
tags = st.sampled_from(
    [f"<{t}>" for t in TAGS]
    + [f"</{t}>" for t in TAGS]
    + ["<a href='/x'>", "<div class='related ad'>", "<p hidden>", "<!-- c -->", "<!--", "<", "\0"]
)
soup = st.lists(words | tags, max_size=40).map(lambda parts: "<html>" + "".join(parts))
lines = st.lists(words | st.just(""), max_size=30).map("\n".join)
anything = st.binary(max_size=400) | st.text(max_size=400) | soup | lines
each = settings(max_examples=60)


def check(document: Document) -> None:
    tree = document.tree
    for i, paragraph in enumerate(document.paragraphs):
        assert paragraph.text.strip()
        assert paragraph.text.isprintable() or document.kind == "text" or "\0" not in paragraph.text
        assert 0 <= paragraph.element < len(tree.parents)
        assert 0 <= paragraph.link_chars <= len(paragraph.text)
        assert 0 <= paragraph.bold_chars <= len(paragraph.text)
        origin = document.locate(i)
        assert origin.start is None or 0 <= origin.start < (origin.end or 0)


def same(one: LabelledDocument, other: LabelledDocument) -> None:
    assert one.labels == other.labels
    assert one.roles == other.roles
    for left, right in zip(one.probabilities, other.probabilities, strict=True):
        # The same sums in another order, in single precision.
        assert left == pytest.approx(right, abs=1e-3)


@settings(each, max_examples=300)
@given(anything)
def test_anything_gives_a_document(page: str | bytes) -> None:
    check(readers.read(page))


@each
@given(anything, st.sampled_from(["html", "text"]))
def test_anything_is_labelled(page: str | bytes, kind: str) -> None:
    labelled = boilerclass.label(page, kind=kind)
    assert len(labelled.labels) == len(labelled.document.paragraphs)
    assert (labelled.status == EMPTY) == (not labelled.labels)
    for paragraph in labelled.paragraphs:
        assert sum(paragraph.probabilities.values()) == pytest.approx(1, abs=1e-3)
        assert paragraph.reason
    assert boilerclass.clean(page, kind=kind).strip() or Label.CORE not in labelled.labels


@each
@given(st.lists(anything, max_size=6))
@example(["0" * 80, "<b>:"])
def test_a_batch_is_labelled_as_its_pages_one_by_one(pages: list[str | bytes]) -> None:
    for page, labelled in zip(pages, boilerclass.label_many(pages), strict=True):
        same(boilerclass.label(page), labelled)


def test_processes_change_nothing_but_the_time() -> None:
    alone = list(boilerclass.label_many([*PAGES, *TEXTS]))
    shared = list(boilerclass.label_many([*PAGES, *TEXTS], jobs=2))
    for one, other in zip(alone, shared, strict=True):
        same(one, other)
        assert [p.xpath for p in one.paragraphs] == [p.xpath for p in other.paragraphs]
        assert one.metadata == other.metadata
        texts = [p.text for p in one.paragraphs]
        every = range(len(texts))
        assert one.document.source.links(texts, every) == other.document.source.links(texts, every)


@each
@given(soup)
@example("<html><math>\0")
def test_cleaning_a_page_invents_no_word(page: str) -> None:
    # The standard drops U+0000, but in svg and math makes it U+FFFD.
    blank = {0: "", 0xFFFD: "", ord("<"): " ", ord(">"): " "}

    def words(text: str) -> Counter[str]:
        return Counter(text.translate(blank).split())

    cleaned = boilerclass.clean(page)
    assert words(cleaned) <= words(page)
    assert cleaned.count("\ufffd") <= page.count("\0") + page.count("\ufffd")


@each
@given(lines)
def test_cleaning_a_text_keeps_lines_verbatim_and_in_order(text: str) -> None:
    kept = [line for line in boilerclass.clean(text, kind="text").split("\n") if line]
    remaining = iter(line.strip() for line in text.split("\n"))
    assert all(line in remaining for line in kept)


@pytest.mark.parametrize("page", [PAGES[0], TEXTS[0]], ids=["page", "text"])
def test_only_threshold_and_preset_move_labels(page: bytes) -> None:
    labelled = boilerclass.label(page)
    document = labelled.document
    assert document.encoding
    same(labelled, boilerclass.label(page, kind=document.kind, encoding=document.encoding))
    kept = {}
    for preset in ("precision", "balanced", "recall"):
        chosen = boilerclass.label(page, preset=preset)
        assert chosen.probabilities == labelled.probabilities
        kept[preset] = {i for i, label in enumerate(chosen.labels) if label is Label.CORE}
    assert kept["precision"] <= kept["balanced"] <= kept["recall"]


@pytest.mark.parametrize("page", [PAGES[0], TEXTS[0]], ids=["page", "text"])
def test_the_threshold_is_the_probability_from_which_a_paragraph_is_core(page: bytes) -> None:
    for threshold in (0.0, 0.2, 0.5, 0.9, 1.0):
        labelled = boilerclass.label(page, threshold=threshold)
        for label, chances in zip(labelled.labels, labelled.probabilities, strict=True):
            core = chances[LABELS.index(Label.CORE)]
            assert (label is Label.CORE) == (core >= threshold)


HOSTILE = {
    "nothing": b"",
    "blanks": " \n\t\u200b\ufeff ",
    "NULs": b"\0" * 1000,
    "NULs in a page": "<p>ti\0de</p>" * 50,
    "all bytes": bytes(range(256)) * 20,
    "half a UTF-16 page": "<p>tide</p>".encode("utf-16") * 3 + b"\0",
    "lone surrogates": "<p class='\ud800'>ti\udc80de</p>",
    "5,000 blocks deep": "<div>" * 5000 + "tide",
    "5,000 inlines deep": "<b>" * 5000 + "tide",
    "tables in tables": "<table><tr><td>" * 1000 + "tide",
    "misnested": "<b><i><p><a href=x>tide</b></p>" * 500,
    "text in tables": "<table>" + "tide<tr>ferry<td>noon" * 500,
    "unclosed comment": "<p>tide</p><!-- " + "x" * 10_000,
    "unclosed attribute": "<p title='tide>" * 500,
    "many comments": "<!-- c -->" * 5000 + "tide",
    "many attributes": "<p " + " ".join(f"a{i}" for i in range(5000)) + ">tide",
    "many classes": "<p class='" + " ".join(f"c{i}" for i in range(5000)) + "'>tide",
    "line breaks": "<p>tide" + "<br>" * 10_000 + "noon",
    "one long word": "<p>" + "x" * 300_000,
    "marks without end": "<p>a" + "\u0301" * 20_000,
    "direction marks": "<p>" + "\u202e\u2066" * 2000 + "tide",
    "broken entities": "<p>&#x110000;&#xD800;&#0;&notanentity;&amp" + "&amp;" * 5000,
    "frames": "<frameset><frame src=x><noframes>tide</noframes></frameset>",
    "broken addresses": "<a href='http://[::1'>tide</a><a href='//[x'>noon</a>",
    "endless JSON": '<script type="application/ld+json">' + '{"articleBody":' * 5000,
    "one line again and again": "Related articles\n\n" * 3000,
}


@pytest.mark.parametrize("page", HOSTILE.values(), ids=HOSTILE)
def test_hostile_input_is_labelled(page: str | bytes) -> None:
    labelled = boilerclass.label(page)
    check(labelled.document)
    boilerclass.clean(page).encode()
    assert labelled.status
    assert [p.xpath for p in labelled.paragraphs] or not labelled.labels


@pytest.mark.parametrize("cut", range(20))
@pytest.mark.parametrize("page", [PAGES[3], PAGES[-4]], ids=["one", "other"])
def test_half_a_page_is_labelled(page: bytes, cut: int) -> None:
    check(boilerclass.label(page[: len(page) * cut // 20]).document)
    check(boilerclass.label(page[len(page) * cut // 20 :]).document)
