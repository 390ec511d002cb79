"""The shipped model on the invented examples: articles that are easily missed.

The scores on all examples have their floors in data/floors.json; tests/test_evaluate.py holds them.
"""

import json
from pathlib import Path

import pytest

import boilerclass
from boilerclass.labels import Label

ROOT = Path(__file__).parents[1]


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
