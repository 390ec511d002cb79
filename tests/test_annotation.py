"""Labels that are kept apart from the text: found again by digests, and scored."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerclass.cli import main
from boilerclass.errors import UnreadableInput
from boilerclass.labels import ROLES
from boilerclass.training import annotation
from boilerclass.training.annotation import CODES, Annotation
from boilerclass.training.corpus import BODY, UNSURE

LINES = ["Harbour", "The ferry sails at nine.", "The ferry sails at nine.", "Read also: the lock"]
TITLE, CHROME = (ROLES.index(role) for role in ("title", "chrome"))


def stored(folder: Path, *rows: str) -> Mapping[str, Annotation]:
    path = folder / "labels.jsonl.gz"
    with gzip.open(path, "wt") as file:
        file.writelines(row + "\n" for row in rows)
    return annotation.read(path)


def test_every_role_has_a_letter() -> None:
    assert len(CODES) == len(set(CODES)) == len(ROLES)


def test_labels_are_found_again_by_text(tmp_path: Path) -> None:
    labels = stored(tmp_path, annotation.row("a", LINES, "TBN?"))["a"]
    assert labels.roles(LINES, UNSURE).tolist() == [TITLE, BODY, CHROME, UNSURE]
    cut_otherwise = ["Menu", "  The ferry\nsails at nine. ", "Harbour"]
    assert labels.roles(cut_otherwise, UNSURE).tolist() == [UNSURE, BODY, TITLE]


def test_a_text_that_stands_once_more_than_it_was_labelled_is_unknown(tmp_path: Path) -> None:
    labels = stored(tmp_path, annotation.row("a", LINES[:2], "TB"))["a"]
    assert labels.roles([LINES[1], LINES[1]], UNSURE).tolist() == [BODY, UNSURE]


def test_no_text_is_stored(tmp_path: Path) -> None:
    row = annotation.row("a", LINES, "TBBL")
    assert not any(word in row for word in ("Harbour", "ferry", "Read"))


def test_a_code_for_every_paragraph_is_wanted() -> None:
    with pytest.raises(ValueError, match="4 paragraphs"):
        annotation.row("a", LINES, "TBB")
    with pytest.raises(ValueError, match="code of"):
        annotation.row("a", LINES, "TBBX")


@given(st.lists(st.tuples(st.text(), st.sampled_from(CODES)), max_size=30))
def test_what_is_stored_comes_back(lines: list[tuple[str, str]]) -> None:
    texts, codes = [text for text, _ in lines], "".join(code for _, code in lines)
    line = json.loads(annotation.row("a", texts, codes))
    labels = annotation.labels(line["texts"], line["codes"])
    assert [CODES[role] for role in labels.roles(texts, UNSURE)] == list(codes)


@pytest.mark.parametrize("content", [b"not gzip", gzip.compress(b'{"id": "a"}\n')])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "labels.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(UnreadableInput, match=r"labels\.jsonl\.gz"):
        annotation.read(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"none\.jsonl\.gz"):
        annotation.read(tmp_path / "none.jsonl.gz")


def test_annotated_roles_are_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a gzip-compressed file without labels; what nobody could tell counts for nothing."""
    gold = tmp_path / "gold.jsonl.gz"
    gold.write_bytes(gzip.compress(json.dumps({"id": "a", "text": "\n".join(LINES)}).encode()))
    stored(tmp_path, annotation.row("a", LINES, "TB?L"))
    labels = ("core", "chrome", "core", "teaser")
    paragraphs = [{"text": t, "label": x} for t, x in zip(LINES, labels, strict=True)]
    found = tmp_path / "found.jsonl"
    found.write_text(json.dumps({"id": "a", "paragraphs": paragraphs}))
    given = ["--predictions", str(found), "--annotations", str(tmp_path / "labels.jsonl.gz")]
    assert main(["evaluate", str(gold), *given, "-f", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert set(report["gold"]["files"]) == {"gold.jsonl.gz", "labels.jsonl.gz"}
    confusion = report["systems"]["boilerclass"]["texts"]["confusion"]
    assert confusion["core"] | {"core": 1, "chrome": 1} == confusion["core"]
    assert confusion["teaser"]["teaser"] == 1
    assert sum(sum(row.values()) for row in confusion.values()) == 3


def test_annotations_of_other_documents_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps({"id": "a", "text": "\n".join(LINES)}))
    stored(tmp_path, annotation.row("b", LINES, "TBBL"))
    assert main(["evaluate", str(gold), "--annotations", str(tmp_path / "labels.jsonl.gz")]) == 1
    assert "has roles for no document of" in capsys.readouterr().err


def test_the_annotations_of_the_corpus_can_be_read() -> None:
    found = annotation.read(Path(__file__).parent.parent / "data" / "annotations.jsonl.gz")
    assert len(found) > 4000
    codes = "".join(code for known in found.values() for code in known.codes.values())
    assert set(codes) <= {*CODES, annotation.OPEN}
