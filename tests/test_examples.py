"""The invented examples in data/examples: files pair up, gold fits page, languages are covered."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import turbohtml

ROOT = Path(__file__).resolve().parent.parent / "data" / "examples"
PAGES = sorted((ROOT / "pages").glob("*.html"))
TEXTS = sorted((ROOT / "texts").glob("*.txt"))
ROLES = {"title", "body", "caption", "meta", "teaser", "recommendation", "ad", "promo"}
ROLES |= {"comment", "chrome"}
PAGE_TYPES = {"article", "forum", "product", "listing", "documentation", "service"}
PAGE_LANGS = {"ro": 6, "en": 4, "de": 2, "fr": 2, "es": 2, "pl": 2, "ru": 1, "ja": 1, "ar": 1}
TEXT_LANGS = {"ro": 7, "en": 3, "de": 2, "fr": 2, "es": 2, "pl": 2}


def gold(path: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.with_suffix(".json").read_text("utf-8"))
    return data


def squash(text: str) -> str:
    return re.sub(r"\s+", "", text)


def strings(value: Any) -> Iterator[str]:
    """Every string of a JSON value, in order."""
    if isinstance(value, str):
        yield re.sub(r"</?p>", "", value)
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


def page_text(node: Any, data_scripts: bool) -> Iterator[str]:
    """Text of a parsed page in order; JSON scripts count where the article lives in one."""
    for child in node.children:
        if isinstance(child, turbohtml.Text):
            yield child.text
        elif isinstance(child, turbohtml.Element):
            if child.tag == "script":
                if data_scripts and "json" in str(child.attrs.get("type")):
                    yield from strings(json.loads(child.text))
            elif child.tag not in ("style", "template", "noscript", "title"):
                yield from page_text(child, data_scripts)


def decoded(path: Path) -> str:
    encoding = "iso-8859-2" if path.stem.endswith("-iso-8859-2") else "utf-8"
    errors = "replace" if path.stem.endswith("-stray-bytes") else "strict"
    return path.read_bytes().decode(encoding, errors)


@pytest.mark.parametrize(("folder", "suffix"), [("pages", ".html"), ("texts", ".txt")])
def test_files_pair_up(folder: str, suffix: str) -> None:
    files = list((ROOT / folder).iterdir())
    assert {f.suffix for f in files} == {suffix, ".json"}
    assert {f.stem for f in files if f.suffix == suffix} == {
        f.stem for f in files if f.suffix == ".json"
    }


def test_languages_covered() -> None:
    pages = Counter(gold(p)["lang"] for p in PAGES)
    texts = Counter(gold(p)["lang"] for p in TEXTS)
    assert all(pages[lang] >= n for lang, n in PAGE_LANGS.items())
    assert all(texts[lang] >= n for lang, n in TEXT_LANGS.items())
    assert {gold(p)["page_type"] for p in PAGES} == PAGE_TYPES
    assert {b["role"] for p in PAGES for b in gold(p)["blocks"]} == ROLES


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_page(path: Path) -> None:
    data = gold(path)
    assert data["id"] == path.stem
    assert ".example/" in data["url"]
    assert {b["role"] for b in data["blocks"]} & {"title", "body"}
    data_scripts = path.stem.endswith(("-jsonld", "-nextdata"))
    text = squash("".join(page_text(turbohtml.parse(decoded(path)), data_scripts)))
    position = 0
    for block in data["blocks"]:
        assert block["role"] in ROLES
        assert block["text"] == " ".join(block["text"].split())
        words = squash(block["text"])
        found = text.find(words, position)
        assert found >= 0, block["text"]
        position = found + len(words)


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.stem)
def test_text(path: Path) -> None:
    data = gold(path)
    assert data["id"] == path.stem
    lines = [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
    assert [line["text"] for line in data["lines"]] == lines
    roles = {line["role"] for line in data["lines"]}
    assert roles <= ROLES and roles & {"title", "body"}


def test_odd_bytes_are_there() -> None:
    """Checkouts and editors must not "repair" the two pages with awkward bytes."""
    latin2 = next(p for p in PAGES if p.stem.endswith("-iso-8859-2")).read_bytes()
    stray = next(p for p in PAGES if p.stem.endswith("-stray-bytes")).read_bytes()
    assert b"charset=iso-8859-2" in latin2 and "ţ".encode("iso-8859-2") in latin2
    assert b"charset=ISO-8859-1" in stray
    assert stray.decode("utf-8", "replace").count("\ufffd") == 2
