"""``boilerclass evaluate``: figures on invented gold that were worked out by hand, and floors."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boilerclass.cli import main
from boilerclass.cli.evaluate import PEERS as OFFERED
from boilerclass.errors import UnreadableInput
from boilerclass.training import answers, gold, intervals, peers, tally
from boilerclass.training.evaluate import evaluate
from boilerclass.training.gold import Block, Gold, Role

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "data" / "examples"
FLOORS = ROOT / "data" / "floors.json"
CORPUS = os.environ.get("BOILERCLASS_CORPUS")
BETAS = {kind: {"balanced": 1.0, "precision": 0.5, "recall": 2.0} for kind in ("html", "text")}

LINES = [
    ("Tide rises", "title"),
    ("The tide rose at noon today", "body"),
    ("Read more boats", "teaser"),
    ("Latest bus news", "recommendation"),
    ("Buy salt", "ad"),
    ("Share this", "chrome"),
    ("By Ann", "meta"),
]
FOUND = [
    ("Tide rises the tide rose", "core", 0.9),
    ("at noon today", "chrome", 0.4),
    ("Read more boats", "core", 0.6),
    ("Latest bus news", "recommendation", 0.1),
    ("Share this", "chrome", 0.0),
    ("By Ann", "core", 0.7),
]
PERFECT = [
    ("Tide rises", "core", 1.0),
    ("The tide rose at noon today", "core", 1.0),
    ("Read more boats", "teaser", 0.0),
    ("Latest bus news", "recommendation", 0.0),
    ("Buy salt", "ad", 0.0),
    ("Share this", "chrome", 0.0),
]

Found = Sequence[tuple[str, str, float]]


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def text_row(id_: str, lines: list[tuple[str, str]] = LINES, **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "outlet": more.pop("outlet", id_),
        "lang": more.pop("lang", "en"),
        "text": "\n".join(text for text, _ in lines),
        "lines": [{"text": text, "role": role} for text, role in lines],
        **more,
    }


def prediction(id_: str, found: Found = FOUND, *, probabilities: bool = True) -> dict[str, Any]:
    return {
        "id": id_,
        "paragraphs": [
            {"text": text, "label": label}
            | ({"probabilities": {"core": core}} if probabilities else {})
            for text, label, core in found
        ],
    }


def run(folder: Path, rows: list[dict[str, Any]], found: list[dict[str, Any]]) -> dict[str, Any]:
    """The report on the predictions; its only system."""
    path = write(folder / "gold.jsonl", rows)
    system = answers.looked_up(answers.written(write(folder / "found.jsonl", found)))
    report: dict[str, Any] = evaluate(path, {"found": system}, BETAS)["systems"]["found"]
    return report


def values(report: dict[str, Any]) -> dict[str, float]:
    return {name: figure["value"] for name, figure in report["figures"].items()}


def test_figures_are_those_worked_out_by_hand(tmp_path: Path) -> None:
    figures = values(run(tmp_path, [text_row("a")], [prediction("a")])["texts"])
    expected = {
        "core.precision": 2 / 3,  # both core blocks (a tie goes to what comes first), the teaser
        "core.recall": 1.0,
        "core.f1": 0.8,
        "teaser.f1": 0.0,
        "recommendation.f1": 1.0,
        "ad.f1": 0.0,  # not returned, so chrome
        "chrome.precision": 0.5,
        "chrome.f1": 2 / 3,
        "macro_f1": (0.8 + 0 + 1 + 0 + 2 / 3) / 5,
        "macro_f1_merged": (0.8 + 2 / 3 + 0 + 2 / 3) / 4,
        "accuracy": 4 / 6,
        "leak.teaser": 1.0,
        "leak.recommendation": 0.0,
        "leak.ad": 0.0,
        "loss": 3 / 8,
        "kept": 7 / 10,  # title 2, body 3, byline 2 of these and the teaser's 3
    }
    assert {name: figures[name] for name in expected} == pytest.approx(expected, abs=5e-5)


def test_calibration_compares_what_was_said_with_what_is(tmp_path: Path) -> None:
    report = run(tmp_path, [text_row("a")], [prediction("a")])["texts"]
    # 0.9 and 0.4 are core, 0.6, 0.1 and 0.0 are not; the byline may be either.
    gaps = 0.1 + 0.6 + 0.6 + 0.1 + 0.0
    assert report["figures"]["calibration_error"]["value"] == pytest.approx(gaps / 5, abs=5e-5)
    assert sum(row["paragraphs"] for row in report["reliability"]) == 5


def test_the_curve_runs_from_all_to_the_surest(tmp_path: Path) -> None:
    report = run(tmp_path, [text_row("a")], [prediction("a")])["texts"]
    at = {p["threshold"]: (p["precision"], p["recall"]) for p in report["curve"]}
    assert at[0.0] == (round(10 / 18, 4), 1.0)
    assert at[0.5] == (0.7, 0.625)
    assert at[0.8] == (1.0, 0.625)
    assert at[0.95] == (None, 0.0)
    assert set(report["presets"]) == set(BETAS["html"])


def test_right_labels_under_other_boundaries_are_perfect(tmp_path: Path) -> None:
    whole = [
        ("Tide rises The tide", "core", 1.0),
        ("rose at noon today", "core", 1.0),
        *PERFECT[2:],
    ]
    for found in (PERFECT, whole):
        figures = values(run(tmp_path, [text_row("a")], [prediction("a", found)])["texts"])
        assert figures["macro_f1"] == figures["core.f1"] == figures["kept"] == 1.0
        assert figures["loss"] == 0.0


def test_the_order_of_documents_changes_nothing(tmp_path: Path) -> None:
    rows = [text_row("a"), text_row("b", LINES[:3], lang="ro"), text_row("c", LINES[1:])]
    found = [prediction("a"), prediction("b", PERFECT), prediction("c")]
    there, back = run(tmp_path, rows, found), run(tmp_path, rows[::-1], found[::-1])
    assert there["texts"]["figures"] == back["texts"]["figures"]


def test_a_document_without_prediction_has_lost_all(tmp_path: Path) -> None:
    report = run(tmp_path, [text_row("a"), text_row("b")], [prediction("a", PERFECT)])["texts"]
    assert report["failures"] == {"documents": 1, "first": "no prediction"}
    assert values(report)["loss"] == 0.5
    assert report["worst"][0]["id"] == "b"


def test_labels_alone_are_enough_for_all_but_calibration(tmp_path: Path) -> None:
    found = [prediction("a", probabilities=False)]
    report = run(tmp_path, [text_row("a")], found)["texts"]
    assert values(report)["core.f1"] == 0.8
    assert not {"curve", "reliability", "presets"} & report.keys()
    assert "calibration_error" not in report["figures"]


def test_bodies_and_snippets(tmp_path: Path) -> None:
    page = {"html": "<p>Tide", "site": "a.example", "lang": "en", "page_type": "article"}
    rows = [
        page | {"id": "a", "gold": "The tide rose at noon", "with": ["TIDE rose"]},
        page | {"id": "b", "without": ["Buy  salt", "Share"], "page_type": "forum"},
    ]
    found = [
        prediction("a", [("the tide rose", "core", 1.0), ("at noon", "ad", 0.0)]),
        prediction("b", [("Tide", "core", 1.0), ("buy salt now", "core", 1.0)]),
    ]
    report = run(tmp_path, rows, found)["pages"]
    figures = values(report)
    assert (figures["body.precision"], figures["body.recall"], figures["body.f1"]) == (1, 0.6, 0.75)
    assert figures["snippets.leak"] == 0.5
    assert figures["snippets.pages_leaking"] == 0.5
    assert figures["snippets.f1"] == pytest.approx(2 / 3, abs=5e-5)
    assert set(report["by"]["page_type"]) == {"article", "forum"}
    assert report["sites"] == 1


def sample(size: int, sites: int) -> tuple[tally.Tallies, list[str]]:
    chance = np.random.default_rng(7)
    rows = np.zeros(size, tally.TALLY)
    rows["confusion"] = chance.integers(0, 6, rows["confusion"].shape)
    rows["core_words"], rows["core_found"] = 9, chance.integers(0, 9, size)
    rows["reliability"] = chance.random(rows["reliability"].shape)
    return rows, [f"site{i % sites}" for i in range(size)]


@pytest.mark.parametrize("sites", [2, 5, 40])
def test_intervals_hold_the_figure_and_are_the_same_every_time(sites: int) -> None:
    rows, names = sample(40, sites)
    found = intervals.figures(rows, names)
    assert found == intervals.figures(rows, names)
    assert "macro_f1" in found and "calibration_error" in found
    for figure in found.values():
        assert figure["low"] <= figure["value"] <= figure["high"]


def test_documents_of_one_site_are_one_witness() -> None:
    """The same document ten times a site tells no more than once."""
    rows, names = sample(12, 12)
    once = intervals.figures(rows, names)["loss"]
    often = intervals.figures(np.repeat(rows, 10), [n for n in names for _ in range(10)])["loss"]
    assert often == once
    alone = intervals.figures(rows, ["one"] * 12)["loss"]
    assert alone["low"] is alone["high"] is None


def test_resampled_sums_are_of_whole_sites() -> None:
    rows, names = sample(6, 3)
    drawn = intervals.resampled(rows, names)
    assert drawn.shape == (intervals.RESAMPLES,)
    assert set(drawn["core_words"].tolist()) == {6 * 9}


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Tide", "latin"),
        ("прилив", "cyrillic"),
        ("山の郵便局", "kana"),
        ("潮水上涨", "han"),
        ("المد", "arabic"),
        ("조수", "hangul"),
        ("12 %", "none"),
    ],
)
def test_the_script_is_that_of_most_letters(text: str, script: str) -> None:
    assert gold.script_of(text) == script


PAGE = "<html><body><nav><a href='/'>Home</a></nav><article>{}</article></body></html>".format(
    "".join(
        f"<p>The keeper of the harbour lamp said in the {hour} hour that it had been lit every "
        "night since the spring, and that he had no plan to stop before the winter came, because "
        "there were still boats that went out and would not find the way back without it.</p>"
        for hour in ("first", "second", "third", "fourth")
    )
)


def test_the_peers_offered_are_the_peers_there_are() -> None:
    assert tuple(peers.PEERS) == OFFERED


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", peers.PEERS)
def test_a_peer_answers_for_a_page(name: str) -> None:
    pytest.importorskip(peers.PEERS[name].module)
    answer = peers.load(name)(Gold("a", "", "a", "en", "html", PAGE.encode()))
    assert answer is not None and not answer.failure
    assert "harbour lamp" in answer.kept and "Home" not in answer.kept
    assert answer.seconds is not None


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", peers.PEERS)
def test_a_peer_says_nothing_of_texts_and_breaks_on_no_page(name: str) -> None:
    pytest.importorskip(peers.PEERS[name].module)
    system = peers.load(name)
    assert system(Gold("a", "", "a", "en", "text", "Tide")) is None
    for page in (b"", b"\x00\xff" * 50, b"<p>" * 3000):
        assert system(Gold("a", "", "a", "xx", "html", page)) is not None


def test_a_peer_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "find_spec", lambda name: None)
    with pytest.raises(peers.MissingExtra, match=r"pip install readability-lxml"):
        peers.load("readability")


def test_gold_is_told_from_its_digest(tmp_path: Path) -> None:
    for name, content in (("a.txt", "Tide"), ("a.json", "{}"), ("README.md", "not gold")):
        (tmp_path / name).write_text(content)
    before = gold.digest(tmp_path)
    (tmp_path / "README.md").write_text("still not gold")
    assert gold.digest(tmp_path) == before
    (tmp_path / "a.txt").write_text("Tides")
    assert gold.digest(tmp_path) != before


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"text": "a", "lines": []}, "no 'id'"),
        ({"id": "a", "lines": []}, "no 'text'"),
        (text_row("a", [("Tide", "advert")]), "'advert' is not a valid Role"),
        ({"id": "a", "text": "a", "lines": [3]}, "line 1"),
        ([], "line 1"),
        ({"id": "a", "html": None, "gold": "Tide"}, "'html' holds no text but NoneType"),
        ({"id": "a", "html": "a", "gold": 5}, "'gold' holds no text but int"),
        ({"id": "a", "html": "a", "with": "Tide"}, "'with' holds no list of strings but str"),
        ({"id": "a", "html": "a", "without": [5]}, "'without' holds no text but int"),
    ],
)
def test_bad_gold_is_named(tmp_path: Path, row: Any, said: str) -> None:
    path = write(tmp_path / "gold.jsonl", [row])
    with pytest.raises(UnreadableInput, match=said):
        list(gold.read(path))


def test_bad_gold_beside_a_document_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Tide")
    (tmp_path / "a.json").write_text("[]")
    with pytest.raises(UnreadableInput, match=r"a\.json: it holds no object but list"):
        list(gold.read(tmp_path))


@pytest.mark.parametrize("name", ["rapidfuzz", "pyarrow"])
def test_what_evaluating_needs_is_named(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gold.parquet").touch()
    path = EXAMPLES if name == "rapidfuzz" else tmp_path / "gold.parquet"
    for module in (name, f"{name}.distance"):
        monkeypatch.setitem(sys.modules, module, None)
    assert main(["evaluate", str(path)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and f"{name}: pip install 'boilerclass[" in said


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([prediction("a"), prediction("a")], "line 2: the document has predictions already"),
        ([{"id": "a"}], "line 1: no 'paragraphs'"),
        ([prediction("a", [("Tide", "advert", 0.5)])], "'advert' is not a valid Label"),
        ([prediction("a", [("Tide", "core", 7.0)])], "from 0 to 1"),
        ([prediction("a", [(3, "core", 0.5)])], "no string"),  # type: ignore[list-item]
        ([{"id": ["a"], "paragraphs": []}], "line 1"),
        (["a"], "line 1"),
    ],
)
def test_bad_predictions_are_named(tmp_path: Path, rows: Any, said: str) -> None:
    with pytest.raises(UnreadableInput, match=said):
        answers.written(write(tmp_path / "found.jsonl", rows))


def files(folder: Path, name: str = "a", found: Found = FOUND) -> list[str]:
    """Gold and predictions as arguments of the command."""
    gold_file = write(folder / "gold.jsonl", [text_row(name), text_row(name + "b")])
    both = [prediction(name, found), prediction(name + "b", found)]
    return [str(gold_file), "--predictions", str(write(folder / "found.jsonl", both))]


def test_json_has_every_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", *files(tmp_path), "-f", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["name"], report["by"], report["warnings"]) == ("found.jsonl", "predictions", [])
    assert report["gold"]["documents"] == 2
    assert report["gold"]["files"] == {"gold.jsonl": gold.digest(tmp_path / "gold.jsonl")}
    texts = report["systems"]["boilerclass"]["texts"]
    assert set(texts) == set(
        "documents sites figures confusion reliability curve presets by worst slowest".split()
    )
    assert set(texts["by"]) == {"language", "script", "source"}
    assert all(set(f) == {"value", "low", "high"} for f in texts["figures"].values())
    assert texts["confusion"]["ad"]["chrome"] == 2


def test_a_hostile_id_commands_no_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", *files(tmp_path, "\x1b[31mred\nline")]) == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "␛[31mred line" in shown


def test_scores_on_what_was_learnt_come_with_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = files(tmp_path)
    learnt = (tmp_path / "gold.jsonl").rename(tmp_path / "typed-texts.jsonl")
    assert main(["evaluate", str(learnt)]) == 0
    assert "learnt from" in capsys.readouterr().err
    assert main(["evaluate", str(learnt), *arguments[1:]]) == 0
    assert "learnt from" not in capsys.readouterr().err


def test_pictures_are_drawn_and_drawn_again(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    for name in ("one", "two"):
        assert main(["evaluate", *files(tmp_path), "--plots", str(tmp_path / name)]) == 0
    drawn = sorted(p.name for p in (tmp_path / "one").iterdir())
    assert drawn == ["texts-calibration.png", "texts-confusion.png"]
    for name in drawn:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--raise"], "--floors FILE"),
        (["--against", "boilerpipe"], "not boilerpipe"),
        (["--stored", "--against", "justext"], "nothing can be run"),
        (["--stored", "--annotations", __file__], "nothing can be run"),
        (["--stored", "--threshold", "0.4"], "labels are given"),
        (["--threshold", "4"], "from 0 to 1"),
    ],
)
def test_wrong_usage(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(EXAMPLES), *arguments]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["broken.parquet", "broken.jsonl", "broken.jsonl.gz", "gold.csv", "empty"]
)
def test_broken_gold_is_one_line(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    if name == "empty":
        path.mkdir()
    else:
        path.write_bytes(b"\xff\xfe PAR1 not really")
    assert main(["evaluate", str(path)]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and name in said


def test_floors_are_pinned_held_and_only_lowered_on_demand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pins = tmp_path / "floors.json"
    held = ["--floors", str(pins)]

    def run(found: Found, *more: str) -> tuple[int, str]:
        code = main(["evaluate", *files(tmp_path, found=found), *held, *more])
        return code, capsys.readouterr().err

    code, said = run(FOUND)
    assert code == 2 and "--raise makes such a file" in said
    assert run(FOUND, "--raise")[0] == 0
    first = json.loads(pins.read_text())[0]["floors"]
    assert first["texts/core.f1"] == 0.795 and first["texts/loss"] == 0.38
    assert run(FOUND)[0] == 0
    assert run(PERFECT)[0] == 0
    assert json.loads(pins.read_text())[0]["floors"] == first

    assert run(PERFECT, "--raise")[0] == 0
    code, said = run(FOUND)
    assert code == 1
    assert "texts/core.f1 is 0.8000, below its floor of 0.995" in said
    assert "texts/loss is 0.3750, above its ceiling of 0.005" in said
    code, said = run(FOUND, "--raise")
    assert code == 1 and "--lower" in said
    assert run(PERFECT)[0] == 0
    assert run(FOUND, "--lower")[0] == 0
    assert json.loads(pins.read_text())[0]["floors"] == first


def test_floors_do_not_apply_to_other_gold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held = ["--floors", str(tmp_path / "floors.json")]
    assert main(["evaluate", *files(tmp_path), *held, "--raise"]) == 0
    assert main(["evaluate", *files(tmp_path, "other"), *held]) == 1
    assert "do not apply" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "{}", "[1]", '[{"gold": "a"}]'])
def test_a_file_that_holds_no_floors_is_named(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pins = tmp_path / "floors.json"
    pins.write_text(content)
    assert main(["evaluate", *files(tmp_path), "--floors", str(pins)]) in (1, 2)
    assert "floors" in capsys.readouterr().err


def test_the_examples_hold_their_floors(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["evaluate", str(EXAMPLES), "--floors", str(FLOORS)])
    assert code == 0, capsys.readouterr().err


@pytest.mark.skipif(not CORPUS, reason="BOILERCLASS_CORPUS names no corpus")
def test_the_cross_validated_scores_hold_their_floors(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["evaluate", str(CORPUS), "--stored", "--floors", str(FLOORS)])
    assert code == 0, capsys.readouterr().err


def test_a_block_is_a_text_with_a_role() -> None:
    stored = Gold("a", "", "a", "ja", "html", "", blocks=(Block("山の郵便局", Role.BODY),))
    assert stored.script == "kana"


def test_gold_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_text('{"id": "a"}\n{"id": "b"}\n', encoding="utf-8-sig")
    assert [row["id"] for row in gold.rows(file)] == ["a", "b"]
