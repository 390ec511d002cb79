"""The shipped model on the invented examples: scores that may not fall.

Words are counted, document by document. Captions and bylines may be core or chrome.
"""

import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

import boilerclass
from boilerclass.labels import LABEL_OF, LABELS, Label, Role

ROOT = Path(__file__).parents[1]
FOLDERS = {"pages": "*.html", "texts": "*.txt"}
FLOORS = json.loads((ROOT / "data" / "floors.json").read_text("utf-8"))["examples"]
EITHER = (Role.CAPTION, Role.META)

Words = dict[Label, Counter[str]]


def words(text: str) -> list[str]:
    return re.findall(r"\w", text) if re.search("[\u3040-\u9fff]", text) else text.split()


def gold(path: Path) -> tuple[Words, Counter[str]]:
    """The words of each label, and those that may be core or chrome."""
    data = json.loads(path.with_suffix(".json").read_text("utf-8"))
    labelled: Words = defaultdict(Counter)
    either: Counter[str] = Counter()
    for block in data.get("blocks", data.get("lines")):
        role = Role(block["role"])
        target = either if role in EITHER else labelled[LABEL_OF[role]]
        target.update(words(block["text"]))
    return labelled, either


def predicted(path: Path) -> Words:
    labelled: Words = defaultdict(Counter)
    for paragraph in boilerclass.label(path.read_bytes()).paragraphs:
        labelled[paragraph.label].update(words(paragraph.text))
    return labelled


def measure(folder: str) -> dict[str, float]:
    """F1 of core, and the mean of the labels' F1."""
    counts = {label: Counter[str]() for label in LABELS}
    for path in sorted((ROOT / "data" / "examples" / folder).glob(FOLDERS[folder])):
        expected, either = gold(path)
        found = predicted(path)
        for label in LABELS:
            right, given = expected[label], found[label]
            if label in (Label.CORE, Label.CHROME):
                given = given - (either & (given - right))
            hits = (right & given).total()
            counts[label].update(hits=hits, both=right.total() + given.total())
    f1 = {label: 2 * n["hits"] / n["both"] for label, n in counts.items()}
    return {"core_f1": f1[Label.CORE], "macro_f1": sum(f1.values()) / len(f1)}


@pytest.mark.parametrize("folder", FOLDERS)
def test_scores_stay_above_their_floors(folder: str) -> None:
    scores = measure(folder)
    low = {name: round(s, 4) for name, s in scores.items() if s < FLOORS[folder][name]}
    assert not low, f"{folder}: below the floors {FLOORS[folder]}"


@pytest.mark.parametrize("slug", ["de-nachtzug-kantine-jsonld", "fr-ecole-barque-nextdata"])
def test_an_article_that_stands_only_in_data_is_cleaned(slug: str) -> None:
    path = ROOT / "data" / "examples" / "pages" / f"{slug}.html"
    labelled = boilerclass.label(path.read_bytes())
    body = [
        b["text"]
        for b in json.loads(path.with_suffix(".json").read_text("utf-8"))["blocks"]
        if b["role"] == "body"
    ]
    core = [p.text for p in labelled.paragraphs if p.label is Label.CORE]
    assert labelled.status == "ok"
    assert "".join("".join(body).split()) in "".join("".join(core).split())
