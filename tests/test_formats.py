"""What holds for every format and any page: the same text, the same labels, nothing harmful."""

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import turbohtml
from hypothesis import example, given, settings
from hypothesis import strategies as st

import boilerclass
from boilerclass import readers, writers
from boilerclass.cleaner import Cleaned, clean
from boilerclass.document import Document
from boilerclass.labelled import LabelledDocument, Settled
from boilerclass.labels import Label, Role
from boilerclass.options import Selection
from boilerclass.writers import Format, Look
from boilerclass.writers.blocks import MOST_COLUMNS

ROOT = Path(__file__).parents[1] / "data" / "examples"
PAGES = [path.read_bytes() for path in sorted(ROOT.glob("pages/*.html"))]
TEXTS = [path.read_bytes() for path in sorted(ROOT.glob("texts/*.txt"))]

markdown_it = pytest.importorskip("markdown_it")
MARKDOWN = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"])

BITS = (
    "tide ferry <p> </p> <br> <ul> <li> </ul> <ol> <blockquote> </blockquote> <h2> </h2> <table> "
    "<tr> <td> <th> </table> <pre> </pre> <script>alert(1)</script> &lt;script&gt; "
    "&lt;img &amp;lt; <img/src=x/onerror=alert(1)> <a/href=javascript:alert(1)> "
    "<a/href=&#9;java&#10;script:x> <a/href=//tide.example/x> </a> "
    "&quot;onload=x <b/onclick=x()> <svg/onload=x> "
    "# ## - + 1. 1) > | || --- === *** ** * _ __ ` ``` ~~ ~~~ [ ] ( ) ](x) ![ ! \\ \\\\ &amp;amp; "
    "[a](javascript:x) &lt;javascript:x&gt; <!--x--> --&gt; &#0; &#1; &#x202e; ]: <iframe/src=x>"
).split()
soup = st.lists(st.sampled_from(BITS), max_size=30).map(
    lambda bits: "<!DOCTYPE html>" + " ".join(bits)
)
each = settings(max_examples=150)


def everything(page: str, title: bool = False) -> Cleaned:
    """The page with all its paragraphs kept: a format must bear any of them."""
    document = readers.read(page, kind="html", url="https://tide.example/")
    return clean(labelled(document, title=title))


def labelled(document: Document, *, title: bool) -> LabelledDocument:
    count = len(document.paragraphs)
    roles = [Role.TITLE if title and i == 0 else Role.BODY for i in range(count)]
    detail = Settled(roles, [[0.2] * 5] * count, [""] * count, [None] * count, 0.0, None)
    return LabelledDocument(document, [Label.CORE] * count, detail)


def output(name: str, cleaned: Cleaned) -> bytes:
    form: Format = writers.load(writers.CLEAN[name])
    file = io.BytesIO()
    sheet = form.sheet(file, Look())
    sheet.write("id", form.document("id", cleaned))
    sheet.close()
    return file.getvalue()


def bare(text: str) -> str:
    """The text without what formats may change: white space, and controls that HTML forbids."""
    return re.sub(r"[\s\ufffd]|[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]", "", text)


def elements(node: Any) -> Iterator[turbohtml.Element]:
    for child in node.descendants:
        if isinstance(child, turbohtml.Element):
            yield child


def article(content: str) -> turbohtml.Element:
    found = turbohtml.parse(content).select_one("article")
    assert found is not None
    return found


def rendered(content: str) -> turbohtml.Element:
    return article(f"<!DOCTYPE html><article>{MARKDOWN.render(content)}</article>")


ALLOWED = frozenset(
    "p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code table thead tbody tr td th a br hr".split()
)


def check_harmless(tree: turbohtml.Element) -> None:
    for element in elements(tree):
        assert element.tag in ALLOWED
        names = set(element.attrs)
        assert names <= ({"href"} if element.tag == "a" else {"start", "style"} & names)
        if element.tag == "a":
            assert re.match(r"(?:https?|mailto|tel):", element.attr("href") or "")


@each
@given(soup, st.booleans())
@example("<!DOCTYPE html><p>a</p> <a href=javascript:x> <table><tr><td>b", False)
def test_html_holds_the_text_and_nothing_harmful(page: str, title: bool) -> None:
    cleaned = everything(page, title)
    tree = article(output("html", cleaned).decode())
    check_harmless(tree)
    assert bare(tree.text) == bare(cleaned.text)
    # What the parser builds is what was written: no element was moved or closed for us.
    inner = re.sub(r"</?tbody>|\n", "", tree.inner_html)
    written = output("html", cleaned).decode()
    start, end = written.index('dir="auto">'), written.rindex("</article>")
    assert bare(html.unescape(inner)) == bare(html.unescape(written[start + 11 : end]))


@each
@given(soup, st.booleans())
def test_markdown_renders_to_the_text_and_nothing_harmful(page: str, title: bool) -> None:
    cleaned = everything(page, title)
    tree = rendered(output("markdown", cleaned).decode())
    check_harmless(tree)
    assert bare(tree.text) == bare(cleaned.text)


@pytest.mark.parametrize("page", [*PAGES, *TEXTS])
def test_every_format_carries_the_same_text(page: bytes) -> None:
    cleaned = clean(boilerclass.label(page))
    text = cleaned.text
    assert text == boilerclass.clean(page)
    assert output("text", cleaned).decode() == text
    assert bare(rendered(output("markdown", cleaned).decode()).text) == bare(text)
    assert bare(article(output("html", cleaned).decode()).text) == bare(text)
    record = json.loads(output("jsonl", cleaned))
    (row,) = csv.DictReader(io.StringIO(output("csv", cleaned).decode(), newline=""))
    assert record["text"] == row["text"] == text
    parquet = pytest.importorskip("pyarrow.parquet")
    (row,) = parquet.read_table(io.BytesIO(output("parquet", cleaned))).to_pylist()
    assert row == record


@pytest.mark.parametrize("page", [PAGES[0], TEXTS[0]], ids=["page", "text"])
def test_no_format_and_no_selection_changes_a_label(page: bytes) -> None:
    document = boilerclass.label(page)
    before = [(p.label, p.role, p.probability, p.reason) for p in document.paragraphs]
    for selection in (Selection(), Selection(labels="ad", with_roles="meta", max_clickbait=0.5)):
        for name in writers.CLEAN:
            output(name, clean(document, selection))
    for row in writers.LABEL.values():
        writers.load(row).document("id", document)
    assert [(p.label, p.role, p.probability, p.reason) for p in document.paragraphs] == before


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (
            "<tr><th>P<th>Y<tr><td rowspan=2>N<td>1<td>4<tr><td>2<td>5<tr><td colspan=2>S<td>3",
            ["P|Y", "N|1|4", "|2|5", "S||3"],
        ),
        (
            "<tr><td rowspan=3 colspan=2>a<td>b<tr><td rowspan=2>c<tr><tr><td>d<td>e<td>f",
            ["a||b", "||c", "||", "d|e|f"],
        ),
        ("<tr><td>a<td>b<tr><td><td>c", ["a|b", "|c"]),
        ("<tr><td colspan=x>a<td>b<tr><td rowspan=-2>c<td colspan=0>d", ["a|b", "c|d"]),
        ("<tr><td>a<td>b<tr><td colspan=999999999>c", ["a|b", "c"]),
        ("<tr><td>a<td>b<tr><td colspan=100%>c<tr><td>d<td rowspan=9>e", ["a|b", "c", "d|e"]),
        ("<thead><tr><th rowspan=3>a<th>b<tbody><tr><td>c<td>d", ["a|b", "c|d"]),
    ],
)
def test_cells_stand_under_their_headings(rows: str, columns: list[str]) -> None:
    cleaned = everything(f"<!DOCTYPE html><p>Before<table>{rows}</table>")
    shown = [
        [" ".join(cell.text.split()) for cell in row.select("td,th")]
        for row in article(output("html", cleaned).decode()).select("tr")
    ]
    kept = [row for row in columns if row.strip("|")]
    assert ["|".join(row) for row in shown] == kept
    width = max(row.count("|") for row in kept) + 1
    lines = [line for line in output("markdown", cleaned).decode().splitlines() if "|" in line]
    assert {len(line.split("|")) - 2 for line in lines} == {width}


def test_cells_that_all_reach_down_do_not_widen_a_table_without_end() -> None:
    rows = "".join(f"<tr><td rowspan=65534>{i}<td>x" for i in range(200))
    cleaned = everything(f"<!DOCTYPE html><table>{rows}</table>")
    shown = article(output("html", cleaned).decode()).select("tr")
    assert len(shown) == 200
    assert max(len(row.select("td")) for row in shown) <= MOST_COLUMNS + 2


@pytest.mark.parametrize(
    ("page", "markdown", "tags"),
    [
        ("<ol start=4><li>a<li>b</ol>", "4. a 5. b", '<ol start="4"> <li> <li>'),
        ("<ol start=-1><li>a<li>b<li>c</ol>", "0. a 0. b 1. c", '<ol start="-1"> <li> <li> <li>'),
        ("<ol><li>a<li><img><li>c</ol>", "1. a 3. c", '<ol> <li> <li value="3">'),
        ("<ol><li>a<li value=7>b<li>c</ol>", "1. a 7. b 8. c", '<ol> <li> <li value="7"> <li>'),
        ("<ol reversed><li>a<li>b</ol>", "2. a 1. b", '<ol start="2"> <li> <li value="1">'),
        ("<ol start=x><div><li>a</div><li>b</ol>", "1. a 2. b", "<ol> <li> <li>"),
        ("<ol><li>a</ol><ol><li>b</ol>", "1. a 1) b", "<ol> <li> <ol> <li>"),
        ("<ul><li>a</ul><ul><li>b</ul><ul><li>c</ul>", "- a * b - c", "<ul> <li> " * 3),
        ("<li>a<li>b", "- a - b", "<ul> <li> <li>"),
    ],
)
def test_items_have_the_numbers_that_a_browser_shows(page: str, markdown: str, tags: str) -> None:
    cleaned = everything(f"<!DOCTYPE html><p>Before{page}<p>After")
    assert output("markdown", cleaned).decode().split()[1:-1] == markdown.split()
    opened = re.findall(r"<(?:ul|ol|li)\b[^>]*>", output("html", cleaned).decode())
    assert " ".join(opened) == tags.strip()
