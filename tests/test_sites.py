"""Site memory: what is counted, what it says of a page, and what it must leave alone."""

from __future__ import annotations

import json
import pickle
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import boilerclass
from boilerclass import npz, readers
from boilerclass.cli import main
from boilerclass.document import Document
from boilerclass.errors import CorruptSiteMemory
from boilerclass.features.context import TO_LABELS
from boilerclass.labelled import LabelledDocument
from boilerclass.labels import LABEL_OF, Label, Role
from boilerclass.sites import evidence, keys
from boilerclass.sites.memory import SiteCounter, SiteMemory
from boilerclass.sites.tables import Heaviest, Sample

sys.path.insert(0, str(Path(__file__).parent))
import invented_site

LINE = "Members of the reading circle get the almanac a week before it is sold in the shops."


def article(i: int, *extra: str, host: str = "news.example") -> Document:
    lines = [f"<title>Piece number {chr(97 + i)} of the morning paper</title>"]
    lines += [f"<p>{chr(97 + i) * 3} stood at the gate and would not say what it had come for.</p>"]
    lines += [f"<p>{text}</p>" for text in extra]
    return readers.read("".join(lines), kind="html", url=f"https://www.{host}/{i}")


def stands(memory: SiteMemory, document: Document, index: int = -1) -> int:
    """The pages of its site on which a paragraph stands."""
    paragraph = document.paragraphs[index]
    site = keys.of_site(keys.site(document))
    key = keys.of_paragraphs(site, [paragraph], keys.of_texts([paragraph.text]))
    return int(memory.paragraphs.get(key)[0])


def pages_of(memory: SiteMemory, document: Document) -> int:
    return int(memory.sites.get(np.array([keys.of_site(keys.site(document))]))[0])


# Tables


KEYS = st.lists(st.integers(0, 40), max_size=60).map(lambda x: np.array(x, dtype=np.uint64))


@given(st.lists(KEYS, min_size=1, max_size=6), st.integers(1, 12), st.randoms())
def test_a_full_table_counts_too_low_by_its_error_at_most(
    parts: list[np.ndarray], capacity: int, random: object
) -> None:
    truth = Counter(k for part in parts for k in part.tolist())
    tables = [Heaviest.of(part, capacity) for part in parts]
    random.shuffle(tables)  # type: ignore[attr-defined]
    while len(tables) > 1:  # in any order and grouping
        tables.insert(0, tables.pop().plus(tables.pop(random.randrange(len(tables)))))  # type: ignore[attr-defined]
    total = tables[0]
    assert len(total) <= capacity
    assert total.error <= truth.total() / (capacity + 1)
    every = np.arange(41, dtype=np.uint64)
    for key, count in zip(every.tolist(), total.get(every).tolist(), strict=True):
        assert truth[key] - total.error <= count <= truth[key]


@given(KEYS, KEYS, KEYS, st.integers(1, 12))
def test_a_sample_is_the_same_in_any_order(
    a: np.ndarray, b: np.ndarray, c: np.ndarray, capacity: int
) -> None:
    x, y, z = (Sample.of(part, capacity) for part in (a, b, c))
    whole = Sample.of(np.concatenate((a, b, c)), capacity)
    for total in (x.plus(y).plus(z), z.plus(x.plus(y))):
        assert np.array_equal(total.keys, whole.keys)
        assert np.array_equal(total.counts, whole.counts)


# Counting


def test_paragraphs_are_counted_by_pages_of_a_site() -> None:
    documents = [article(i, LINE, LINE) for i in range(6)]
    documents += [article(i, LINE, host="other.example") for i in range(3)]
    memory = SiteMemory.of(documents)
    assert (memory.pages, len(memory.sites), memory.error) == (9, 2, 0)
    assert stands(memory, documents[0]) == 6
    assert stands(memory, documents[-1]) == 3


def test_case_white_space_and_figures_do_not_part_lines() -> None:
    same = keys.of_texts(["Read by 12,000 people.", "READ  BY 98,765\npeople."])
    assert same[0] == same[1]
    others = keys.of_texts(["Read by 12,000 people.", "Read by 120,000 people."])
    assert others[0] != others[1]
    assert len(set(keys.of_texts(["ٱلصفحة ٣ من ٩", "ٱلصفحة ٥ من ٧"]).tolist())) == 1


def test_a_page_under_two_addresses_counts_once() -> None:
    counter = SiteCounter()
    page = "<title>Tide at the gate</title><p>It came in at noon and stayed for a week.</p>"
    page += "<p>Nobody who lives behind the wall had seen so much water in the street.</p>"
    first = readers.read(page, url="https://a.example/tide")
    again = readers.read(page + "<p>Print</p>", url="https://a.example/tide?print=1")
    assert counter.add(first)
    assert not counter.add(again)
    assert stands(counter.memory(), first, 0) == 1


def test_a_shared_title_or_small_print_does_not_make_pages_one() -> None:
    small_print = "All that is printed here belongs to those who wrote it, in all lands, " * 3
    counter = SiteCounter()
    for i in range(8):
        text = f"<p>{chr(97 + i) * 40} came by.</p><p>{small_print}</p>"
        counter.add(readers.read(f"<title>The Paper</title>{text}", url="https://a.example/"))
    assert counter.memory().pages == 8


def test_documents_without_an_address_are_one_site() -> None:
    texts = [f"{chr(97 + i) * 9} was here.\n{LINE}\n" for i in range(5)]
    memory = SiteMemory.of(readers.read(text) for text in texts)
    assert pages_of(memory, readers.read(texts[0])) == 5
    elsewhere = readers.read(texts[0], url="https://a.example/")
    assert pages_of(memory, elsewhere) == 0


def test_nothing_is_counted_of_an_empty_page() -> None:
    counter = SiteCounter()
    assert not counter.add(readers.read(""))
    assert counter.memory().pages == 0


def test_parts_add_up_to_the_whole() -> None:
    documents = [article(i, LINE) for i in range(9)]
    whole = SiteMemory.of(documents)
    a, b, c = (SiteMemory.of(documents[i : i + 3]) for i in (0, 3, 6))
    assert a.plus(b).plus(c).packed() == c.plus(a.plus(b)).packed() == whole.packed()


def test_a_hundred_thousand_paragraphs_stay_within_bounds() -> None:
    counter = SiteCounter(paragraphs=5_000, sites=10, titles=100)
    for i in range(500):
        lines = [f"{LINE}", *(f"{chr(0x4E00 + i)}{k * 'x'}" for k in range(200))]
        counter.add(readers.read("\n".join(lines), kind="text"))
    memory = counter.memory()
    assert len(memory.paragraphs) <= 5_000
    assert len(memory.titles) <= 100
    assert memory.error <= 500 * 201 / 5_001
    document = readers.read(LINE, kind="text")
    assert 500 - memory.error <= stands(memory, document) <= 500


# Files


def test_a_memory_comes_back_from_its_file(tmp_path: Path) -> None:
    memory = SiteMemory.of(article(i, LINE) for i in range(6))
    memory.write(tmp_path / "sites.npz")
    again = SiteMemory.read(tmp_path / "sites.npz")
    assert again.packed() == memory.packed() == (tmp_path / "sites.npz").read_bytes()
    assert SiteMemory.is_in(tmp_path / "sites.npz")
    assert not SiteMemory.is_in(__file__)


def forged(memory: SiteMemory, **changed: np.ndarray) -> bytes:
    return npz.pack({**npz.unpack(memory.packed()), **changed})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"version": np.array([99])}, "format"),
        ({"paragraphs_counts": np.ones(3, dtype=np.int64)}, "digest"),
        ({"digest": np.zeros(32, dtype=np.uint8)}, "digest"),
        ({"extra": np.ones(1)}, "digest"),
    ],
)
def test_an_altered_file_is_refused(
    tmp_path: Path, changed: dict[str, np.ndarray], words: str
) -> None:
    path = tmp_path / "sites.npz"
    path.write_bytes(forged(SiteMemory.of([article(1, LINE)]), **changed))
    with pytest.raises(CorruptSiteMemory, match=words):
        SiteMemory.read(path)


@given(st.binary(max_size=300), st.integers(0, 2000))
def test_any_damage_is_an_error_of_ours(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, at: int
) -> None:
    whole = SiteMemory.of([article(1, LINE)]).packed()
    path = tmp_path_factory.mktemp("damaged") / "sites.npz"
    for damaged in (content, whole[:at], whole[:at] + content + whole[at + len(content) :]):
        path.write_bytes(damaged)
        try:
            found = SiteMemory.read(path)
        except CorruptSiteMemory:
            continue
        assert found.packed() == whole  # the archive has bytes on which nothing depends


# Evidence


def roles_of(core: float, n: int) -> np.ndarray:
    """Probabilities of n paragraphs that are body or chrome."""
    rows = np.zeros((n, len(evidence.ROLES)), dtype=np.float32)
    rows[:, evidence.ROLES.index(evidence.Role.BODY)] = core
    rows[:, evidence.ROLES.index(evidence.Role.CHROME)] = 1 - core
    return rows


def test_a_line_on_every_page_is_less_probably_core() -> None:
    documents = [article(i, LINE) for i in range(20)]
    memory = SiteMemory.of(documents)
    before = roles_of(0.9, 2)
    after, found = evidence.weigh(documents[0], before, memory)
    assert [f.index for f in found] == [1]
    assert found[0].words == "stands on 20 of 20 pages of news.example"
    assert np.allclose(after.sum(axis=1), 1)
    assert np.array_equal(after[0], before[0])
    assert after[1].argmax() != evidence.ROLES.index(evidence.Role.BODY)


@pytest.mark.parametrize(
    ("pages", "on", "line"),
    [
        pytest.param(4, 4, LINE, id="too few pages to tell"),
        pytest.param(20, 2, LINE, id="an article and its correction"),
        pytest.param(20, 15, LINE, id="what some articles have in common"),
        pytest.param(20, 20, "What happened then", id="a short line"),
        pytest.param(20, 20, f"</p><h2>{LINE}</h2><p>", id="a heading"),
    ],
)
def test_what_articles_may_share_is_left_alone(pages: int, on: int, line: str) -> None:
    documents = [article(i, *([line] if i < on else [])) for i in range(pages)]
    memory = SiteMemory.of(documents)
    before = roles_of(0.6, len(documents[0].paragraphs))
    after, found = evidence.weigh(documents[0], before, memory)
    assert found == []
    assert np.array_equal(before, after)


def test_a_longer_line_and_a_larger_share_say_more() -> None:
    for kind in ("html", "text"):
        for band in (0, 1):
            by_share = [evidence.factor(kind, band, hits, 99) for hits in range(2, 100)]
            assert by_share == sorted(by_share)
        assert evidence.factor(kind, 0, 99, 99) < evidence.factor(kind, 1, 99, 99)


def test_the_title_of_another_page_points_to_it() -> None:
    other = "Piece number b of the morning paper"
    documents = [article(i, other) for i in range(3)]
    memory = SiteMemory.of(documents)
    before = roles_of(0.5, 2)
    pointer = evidence.ROLES.index(evidence.Role.TEASER)
    before[:, pointer] = 0.1
    after, found = evidence.weigh(documents[0], before, memory)
    assert [(f.index, f.words) for f in found] == [(1, "is the title of another page")]
    assert after[1].argmax() == pointer
    _, own = evidence.weigh(documents[1], before, memory)
    assert own == []


def test_lines_that_differ_in_figures_on_one_page_are_left_alone() -> None:
    lines = [f"{n} readers of this almanac found it of use." for n in (14, 51)]
    documents = [article(i, *lines, LINE) for i in range(20)]
    _, found = evidence.weigh(documents[0], roles_of(0.6, 4), SiteMemory.of(documents))
    assert [f.index for f in found] == [3]


def repeated(**probabilities: float) -> dict[Label, float]:
    """What becomes of a paragraph's probabilities when it stands on all pages of its site."""
    documents = [article(i, LINE) for i in range(20)]
    before = roles_of(1, 2)
    before[1] = [probabilities.get(role, 0) for role in evidence.ROLES]
    after, _ = evidence.weigh(documents[0], before, SiteMemory.of(documents))
    return dict(zip(Label, (after[1] @ TO_LABELS).tolist(), strict=True))


def test_what_never_was_core_keeps_what_the_model_made_of_it() -> None:
    for role in (Role.TEASER, Role.RECOMMENDATION, Role.AD, Role.CHROME):
        rest = {"comment": 0.15, "recommendation": 0.05} | {role: 0.5}
        after = repeated(body=1 - sum(rest.values()), **rest)
        assert after[Label.CORE] < 0.01
        assert max(after, key=after.__getitem__) is LABEL_OF[role]
        assert after[Label.RECOMMENDATION] / (1 - after[Label.CORE]) == pytest.approx(
            rest["recommendation"] / sum(rest.values()), rel=1e-5
        )


def test_what_looks_like_the_article_is_the_house_speaking_of_itself() -> None:
    after = repeated(body=0.98, caption=0.015, chrome=0.005)
    assert after[Label.AD] > 0.9
    assert after[Label.CHROME] == pytest.approx(0.02, rel=1e-5)
    assert repeated(body=1.0)[Label.CORE] == 1


def test_what_is_most_probably_the_title_is_left_alone() -> None:
    documents = [article(i, LINE) for i in range(20)]
    memory = SiteMemory.of(documents)
    title = np.zeros((2, len(evidence.ROLES)), dtype=np.float32)
    title[:, evidence.ROLES.index(evidence.Role.TITLE)] = 1
    assert evidence.weigh(documents[0], title, memory)[1] == []


# The whole, on a site whose answer is known


Verdicts = list[tuple[invented_site.Page, LabelledDocument]]


@pytest.fixture(scope="module")
def site() -> list[invented_site.Page]:
    return invented_site.pages(200)


@pytest.fixture(scope="module")
def verdicts(site: list[invented_site.Page]) -> tuple[Verdicts, Verdicts]:
    """Without and with the memory of the whole site, for some of its pages."""
    memory = boilerclass.site_memory((page.html for page in site), urls=(p.url for p in site))
    some = site[:: len(site) // 40]
    html = [page.html for page in some]
    alone = list(boilerclass.label_many(html))
    helped = list(boilerclass.label_many(html, sites=memory))
    return list(zip(some, alone, strict=True)), list(zip(some, helped, strict=True))


def pairs(found: Verdicts) -> Counter[tuple[Label, Label]]:
    """How often a label was taken for another."""
    counted: Counter[tuple[Label, Label]] = Counter()
    for page, document in found:
        gold = {block.text: LABEL_OF[block.role] for block in page.blocks}
        counted.update((gold[p.text], p.label) for p in document.paragraphs)
    return counted


def f1(counted: Counter[tuple[Label, Label]], label: Label) -> float:
    right = counted[label, label]
    wrong = sum(n for (a, b), n in counted.items() if (a is label) != (b is label))
    return 2 * right / (2 * right + wrong)


def leak(counted: Counter[tuple[Label, Label]], of: Sequence[Label]) -> float:
    through = sum(counted[label, Label.CORE] for label in of)
    return through / sum(n for (right, _), n in counted.items() if right in of)


def test_house_lines_and_teasers_leak_less(verdicts: tuple[Verdicts, Verdicts]) -> None:
    alone, helped = map(pairs, verdicts)
    pointers = [Label.TEASER, Label.AD]
    assert leak(alone, pointers) > 0.9
    assert leak(helped, pointers) < 0.4
    assert f1(helped, Label.CORE) > f1(alone, Label.CORE) + 0.05


def test_no_label_pays_for_what_core_gains(verdicts: tuple[Verdicts, Verdicts]) -> None:
    alone, helped = map(pairs, verdicts)
    for label in Label:
        assert f1(helped, label) >= f1(alone, label), label
    assert f1(helped, Label.AD) > 0.9


def test_what_the_site_shares_by_right_stays(verdicts: tuple[Verdicts, Verdicts]) -> None:
    for (_, alone), (_, helped) in zip(*verdicts, strict=True):
        for before, after in zip(alone.paragraphs, helped.paragraphs, strict=True):
            if before.text in invented_site.by_right() and before.label is Label.CORE:
                assert after.label is Label.CORE, after.reason


def test_no_article_loses_text_of_its_own(verdicts: tuple[Verdicts, Verdicts]) -> None:
    alone, helped = map(pairs, verdicts)
    assert helped[Label.CORE, Label.CORE] >= alone[Label.CORE, Label.CORE]


def test_only_what_the_memory_speaks_of_changes(verdicts: tuple[Verdicts, Verdicts]) -> None:
    untold = 0
    for (_, alone), (_, helped) in zip(*verdicts, strict=True):
        for before, after in zip(alone.paragraphs, helped.paragraphs, strict=True):
            if before.probabilities == after.probabilities:
                untold += 1
                assert before.label is after.label
    assert untold > 500


def test_the_reason_says_so(verdicts: tuple[Verdicts, Verdicts]) -> None:
    reasons = {p.text: p.reason for p in verdicts[1][0][1].paragraphs}
    for line in invented_site.HOUSE_LINES:
        assert reasons[line] == "stands on 200 of 200 pages of tidewater.example"


def test_several_processes_say_the_same(site: list[invented_site.Page]) -> None:
    memory = SiteMemory.of(readers.read(page.html) for page in site)
    html = [page.html for page in site[:20]]
    one = list(boilerclass.label_many(html, sites=memory))
    two = list(boilerclass.label_many(html, jobs=2, sites=memory))
    assert [d.labels for d in one] == [d.labels for d in two]


# At the shell


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    folder = tmp_path / "dump"
    folder.mkdir()
    for i, page in enumerate(invented_site.pages(12)):
        (folder / f"{i:03}.html").write_text(page.html, encoding="utf-8")
    return folder


def test_a_memory_made_at_the_shell_serves_label(
    dump: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    memory, one, first, second = (str(tmp_path / name) for name in ("sites.npz", "o", "a", "b"))
    assert main(["sites", str(dump), "-o", memory]) == 0
    assert "pages: 12, sites: 1; copies and empty ones: 1" in capsys.readouterr().err
    assert main(["clean", str(dump), "--sites", memory, "-o", first]) == 0
    assert main(["clean", str(dump), "--site-memory", "-o", second]) == 0
    assert Path(first).read_bytes() == Path(second).read_bytes()
    page = str(dump / "000.html")
    assert main(["label", page, "-f", "jsonl", "--sites", memory, "-o", one]) == 0
    document = json.loads(Path(one).read_text(encoding="utf-8"))
    told = {p["text"] for p in document["paragraphs"] if p["reason"][:18] == "stands on 12 of 12"}
    assert told >= set(invented_site.HOUSE_LINES)
    assert told.isdisjoint(b.text for b in invented_site.pages(12)[0].blocks if b.role == Role.BODY)


def test_memories_of_parts_are_added_at_the_shell(dump: Path, tmp_path: Path) -> None:
    a, b, both, whole = (str(tmp_path / f"{name}.npz") for name in ("a", "b", "both", "whole"))
    files = sorted(map(str, dump.iterdir()))
    assert main(["sites", *files[:5], "-o", a]) == 0
    assert main(["sites", *files[5:], "-o", b]) == 0
    assert main(["sites", a, b, "-o", both]) == 0
    assert main(["sites", str(dump), "-o", whole]) == 0
    assert Path(both).read_bytes() == Path(whole).read_bytes()


def test_a_bad_input_is_named_and_the_rest_counted(
    dump: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    memory = str(tmp_path / "sites.npz")
    assert main(["sites", str(dump), str(tmp_path / "nowhere"), "-o", memory]) == 1
    said = capsys.readouterr().err
    assert "nowhere" in said
    assert SiteMemory.read(memory).pages == 12


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["sites", "README.md"], 2, "--output"),
        (["clean", "README.md", "--sites", "nowhere.npz"], 1, "boilerclass sites INPUTS -o FILE"),
        (["clean", "README.md", "--sites", "README.md"], 1, "is no site memory"),
        (["clean", "README.md", "--sites", "a", "--site-memory"], 2, "choose one"),
        (["clean", "-", "--site-memory"], 2, "read only once"),
    ],
)
def test_wrong_use_says_what_to_do(
    arguments: list[str],
    code: int,
    words: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(Path(__file__).parent.parent)
    assert main(arguments) == code
    assert words in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_memory_that_cannot_be_written_names_its_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "page.html").write_text("<p>The tide came in at noon.")
    for goal, why in (
        ("/dev/full", "No space left on device"),
        (f"{tmp_path}/nowhere/s.npz", "there is no such directory; make it first"),
    ):
        assert main(["sites", str(tmp_path / "page.html"), "-o", goal]) == 1
        assert f"cannot write {goal}: {why}" in capsys.readouterr().err


def test_other_processes_map_the_file_of_a_memory(tmp_path: Path) -> None:
    memory = SiteMemory.of(article(i, LINE) for i in range(3))
    memory.write(tmp_path / "sites.npz")
    held = SiteMemory.read(tmp_path / "sites.npz")
    sent = pickle.dumps(held)
    assert len(sent) < 500
    assert pickle.loads(sent).packed() == memory.packed()
    assert pickle.loads(pickle.dumps(memory)).packed() == memory.packed()
    nothing = SiteMemory.of([])
    nothing.write(tmp_path / "nothing.npz")
    read = SiteMemory.read(tmp_path / "nothing.npz")
    assert pickle.loads(pickle.dumps(read)).packed() == nothing.packed()
    (tmp_path / "sites.npz").write_bytes(nothing.packed())
    with pytest.raises(CorruptSiteMemory, match="has changed"):
        pickle.loads(sent)
