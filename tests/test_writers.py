"""What the writers make of a labelled document; documents are built by hand where that is enough.

The Markdown cases are read from HTML, because structure is what they are about.
"""

import csv
import io
import json
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from boilerclass import readers, writers
from boilerclass.cleaner import Cleaned, clean
from boilerclass.document import Document, Paragraph
from boilerclass.errors import MissingExtra
from boilerclass.labelled import LabelledDocument, Settled
from boilerclass.labels import LABELS, Label, Role
from boilerclass.writers import Format, Look, markdown, terminal
from boilerclass.writers.blocks import Table, blocks
from boilerclass.writers.csv import CLEAN_COLUMNS, LABEL_COLUMNS
from boilerclass.writers.html import FORMAT as HTML

ADDRESS = "https://tide.example/news/lamp"
GRID = "<table><tr><th>Day<th>High<tr><td>Mon<td>3 | m<tr><td>Tue<td></table>"
GRID_MARKDOWN = "| Day | High |\n| --- | --- |\n| Mon | 3 \\| m |\n| Tue |  |\n"


def labelled(
    document: Document, labels: Sequence[Label] | None = None, *, title: bool = False
) -> LabelledDocument:
    """``document`` with the labels given, or all core."""
    count = len(document.paragraphs)
    roles = [Role.TITLE if title and i == 0 else Role.BODY for i in range(count)]
    probabilities = [[0.123456, 0.2, 0.3, 0.25, 0.126544]] * count
    detail = Settled(roles, probabilities, ["because"] * count, [0.98765] * count, 0.55555, "ro")
    return LabelledDocument(document, labels or [Label.CORE] * count, detail)


def lines(*texts: str) -> Document:
    return Document("text", [Paragraph(text) for text in texts])


def page(html: str, *, title: bool = False) -> Cleaned:
    return clean(labelled(readers.read(html, kind="html", url=ADDRESS), title=title))


def as_markdown(html: str, *, title: bool = False) -> str:
    return markdown.document("id", page(html, title=title))


def written(form: Format, *pieces: Any, several: bool = False) -> bytes:
    """The file that a format makes of pieces; their ids are "a", "b" and so on."""
    file = io.BytesIO()
    sheet = form.sheet(file, Look(several=several))
    for name, piece in zip("abcdef", pieces, strict=False):
        sheet.write(name, piece)
    sheet.close()
    return file.getvalue()


@pytest.mark.parametrize("row", [*writers.CLEAN.values(), writers.EXPLAIN])
def test_every_format_of_clean_writes_an_empty_document(row: str) -> None:
    form = writers.load(row)
    assert form.suffix.startswith(".")
    written(form, form.document("id", clean(labelled(lines()))))


@pytest.mark.parametrize("row", writers.LABEL.values())
def test_every_format_of_label_writes_an_empty_document(row: str) -> None:
    form = writers.load(row)
    assert form.suffix.startswith(".")
    written(form, form.document("id", labelled(lines())))


def test_text_keeps_the_core_lines_only() -> None:
    document = labelled(lines("One.", "Two.", "Three."), [Label.CORE, Label.AD, Label.CORE])
    form = writers.load(writers.CLEAN["text"])
    assert form.document("id", clean(document)) == "One.\nThree.\n"


def test_jsonl_holds_every_field_and_rounds() -> None:
    document = labelled(lines("Un rând."), [Label.TEASER])
    line = writers.load(writers.LABEL["jsonl"]).document("a/b", document)
    assert line.endswith("}\n") and line.count("\n") == 1
    assert "rând" in line
    assert json.loads(line) == {
        "id": "a/b",
        "status": "no-article",
        "url": None,
        "title": None,
        "author": None,
        "date": None,
        "language": "ro",
        "site": None,
        "description": None,
        "clickbait": None,
        "paragraphs": [
            {
                "text": "Un rând.",
                "label": "teaser",
                "role": "body",
                "probability": 0.2,
                "probabilities": {
                    "core": 0.1235,
                    "teaser": 0.2,
                    "recommendation": 0.3,
                    "ad": 0.25,
                    "chrome": 0.1265,
                },
                "reason": "because",
                "clickbait": 0.9877,
                "xpath": None,
                "start": None,
                "end": None,
            }
        ],
    }


def test_csv_gives_back_any_text() -> None:
    texts = ['say "a, b"', "two\nlines", "=1+1", " spaced ", "日本", "semi;colon"]
    form = writers.load(writers.LABEL["csv"])
    content = written(form, form.document("x,y", labelled(lines(*texts)))).decode()
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert [row["text"] for row in rows] == texts
    assert [row["paragraph"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert {row["id"] for row in rows} == {"x,y"}
    assert tuple(rows[0]) == LABEL_COLUMNS
    assert content.endswith("\r\n")


# Table


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_table_lines_fit_and_align(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    texts = ["short", "long " * 100, "日本語の文章" * 50, "e\u0301" * 300]
    form = writers.load(writers.LABEL["table"])
    rows = form.document("id", labelled(lines(*texts), list(LABELS[:4]))).splitlines()
    assert [row.split()[0] for row in rows] == list(LABELS[:4])
    assert all(terminal.width(row) <= columns for row in rows)
    assert len({terminal.width(row[: row.rindex("because")]) for row in rows}) == 1


def test_table_shows_control_characters_instead_of_obeying_them() -> None:
    document = labelled(lines("a\x1b[2Jb\x07\x9b\u202ec\x00\x7f"))
    row = writers.load(writers.LABEL["table"]).document("id", document)
    assert "a␛[2Jb␇\ufffd\ufffdc␀␡" in row


# Markdown


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<h2>Head</h2><p>Text</p>", "## Head\n\nText\n"),
        ("<h6>Head #</h6>", "###### Head \\#\n"),
        ("<h2>#</h2>", "## \\#\n"),
        ("<h2>C#</h2>", "## C#\n"),
        ("<div role=heading>Head</div>", "## Head\n"),
        ("<p>one<br>two</p>", "one\\\ntwo\n"),
        ("<ul><li>a<li>b</ul><p>c</p>", "- a\n- b\n\nc\n"),
        ("<ol><li>a<li>b</ol>", "1. a\n2. b\n"),
        ("<ul><li><p>a</p><p>more</p><li>b</ul>", "- a\n\n  more\n- b\n"),
        ("<ul><li>a<ol><li>b</ol></ul>", "- a\n  1. b\n"),
        ("<ul><li><ul><li>deep</ul></ul>", "- deep\n"),
        ("<ul><li><h3>Head</h3><li>b</ul>", "- ### Head\n- b\n"),
        ("<blockquote><p>a</p><p>b</p></blockquote><p>c</p>", "> a\n>\n> b\n\nc\n"),
        ("<blockquote>a</blockquote><blockquote>b</blockquote>", "> a\n\n> b\n"),
        ("<blockquote><ul><li>a</ul></blockquote>", "> - a\n"),
        ("<pre>x = 1\n  y = '```'\n</pre>", "````\nx = 1\n  y = '```'\n````\n"),
        ("<ul><li>a<pre>x\ny</pre></ul>", "- a\n\n  ```\n  x\n  y\n  ```\n"),
        ("<pre><div>x</div><div>  y</div></pre>", "```\nx\n  y\n```\n"),
        ("<pre><ol><li>x<li>y</ol></pre><pre>z", "```\nx\ny\n```\n\n```\nz\n```\n"),
        ("<p>a <a href=/x>b</a> c", "a [b](https://tide.example/x) c\n"),
        ("<h2><a href=/x>b</a></h2>", "## [b](https://tide.example/x)\n"),
        ("<p><a href=/x(y>a](b)</a>", "[a\\](b)](https://tide.example/x\\(y)\n"),
        ("<p>wow!<a href=/x>b</a>", "wow\\![b](https://tide.example/x)\n"),
        ("<p><a href=javascript:x>b</a>", "b\n"),
        (GRID, GRID_MARKDOWN),
        (
            "<table><tr><td>a<td>b<tr><td>c<br>d<td><a href=/x>e</a></table>",
            "|  |  |\n| --- | --- |\n| a | b |\n| c d | [e](https://tide.example/x) |\n",
        ),
        (
            "<table><tr><td><th colspan=2>High<th>Low<tr><th>Mon<td>3<td>4<td>1</table>",
            "|  | High |  | Low |\n| --- | --- | --- | --- |\n| Mon | 3 | 4 | 1 |\n",
        ),
        (
            "<table><thead><tr><td>Day<td>High</thead><tr><td>Mon<td>3</table>",
            "| Day | High |\n| --- | --- |\n| Mon | 3 |\n",
        ),
        (
            f"<ul><li>x{GRID}</ul>",
            "- x\n\n  | Day | High |\n  | --- | --- |\n  | Mon | 3 \\| m |\n  | Tue |  |\n",
        ),
        (f"<table><caption>Cap</caption>{GRID[7:]}", f"Cap\n\n{GRID_MARKDOWN}"),
    ],
)
def test_markdown_keeps_structure(html: str, expected: str) -> None:
    assert as_markdown(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td><p>one</table>",
        "<table><tr><td>one<tr><td>two</table>",
        "<table><tr><td>one<td>two</table>",
        "<table><tr><td><h2>one</h2><td>two<tr><td>three<td>four</table>",
        f"<table><tr><td>{GRID}<td>two<tr><td>three<td>four</table>",
        f"<table><tr><td>{'long ' * 300}<td>two<tr><td>three<td>four</table>",
        f"<table>{'<tr>' + '<td>x' * 50}<tr><td>y<td>z</table>",
    ],
)
def test_a_table_for_layout_is_no_table(html: str) -> None:
    tables = [block for block in blocks(page(html)) if isinstance(block, Table)]
    assert all(cell.header for table in tables for cell in table.rows[0])
    assert len(tables) == html.count(GRID)


def test_a_table_keeps_the_rows_that_are_kept() -> None:
    document = readers.read(GRID, kind="html")
    some = [Label.CORE, Label.CORE, Label.CORE, Label.AD, Label.AD]
    assert markdown.document("id", clean(labelled(document, some))) == (
        "| Day | High |\n| --- | --- |\n| Mon |  |\n"
    )


def test_markdown_title_is_the_first_heading() -> None:
    assert as_markdown("<p>Title</p><p>Text</p>", title=True) == "# Title\n\nText\n"
    document = labelled(lines("Title", "Text", "More"), title=True)
    assert markdown.document("id", clean(document)) == "# Title\n\nText\n\nMore\n"


@pytest.mark.parametrize(
    ("line", "escaped"),
    [
        ("# no heading", "\\# no heading"),
        ("#hashtag", "#hashtag"),
        ("> no quote", "\\> no quote"),
        ("- no item", "\\- no item"),
        ("+ no item", "\\+ no item"),
        ("* no item", "\\* no item"),
        ("-5 degrees", "-5 degrees"),
        ("12. no item", "12\\. no item"),
        ("1) no item", "1\\) no item"),
        ("1.5 million", "1.5 million"),
        ("---", "\\---"),
        ("***", "\\*\\*\\*"),
        ("===", "\\==="),
        ("| a | b |", "\\| a | b |"),
        ("~~~", "\\~\\~\\~"),
        ("3~5 and 7~9", "3\\~5 and 7\\~9"),
        ("-: | :-", "\\-: | :-"),
        (":-: | -", "\\:-: | -"),
        ("```", "\\`\\`\\`"),
        ("[a](javascript:x)", "\\[a\\](javascript:x)"),
        ("![a](b)", "!\\[a\\](b)"),
        ("<script>", "\\<script>"),
        ("a < b & c", "a \\< b & c"),
        ("&lt; stays", "\\&lt; stays"),
        ("snake_case _emphasis_", "snake_case \\_emphasis\\_"),
        ("back\\slash", "back\\\\slash"),
        ("Plain words, (brackets) and 100%!", "Plain words, (brackets) and 100%!"),
    ],
)
def test_markdown_text_cannot_become_structure(line: str, escaped: str) -> None:
    assert markdown.escape(line) == escaped


def test_markdown_heading_cannot_be_left() -> None:
    name = "a --> <script> --\n# b"
    comment = markdown.heading(name)
    assert comment.startswith("<!-- ") and comment.endswith(" -->\n\n")
    assert "-->" not in comment[:-5] and comment.count("\n") == 2


# HTML


def as_html(html: str, *, title: bool = False) -> str:
    return written(HTML, HTML.document("a", page(html, title=title))).decode()


def article(html: str) -> str:
    content = as_html(html)
    start, end = content.index('<article dir="auto">'), content.index("</article>")
    return content[start:end].partition(">")[2].replace("\n", "")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<h2>Head</h2><p>Text<br>more</p>", "<h2>Head</h2><p>Text<br>more</p>"),
        ("<ul><li>a<li>b</ul><p>c", "<ul><li><p>a</p></li><li><p>b</p></li></ul><p>c</p>"),
        ("<ol><li>a<ul><li>b</ol>", "<ol><li><p>a</p><ul><li><p>b</p></li></ul></li></ol>"),
        ("<ul><li>a</ul><ul><li>b</ul>", "<ul><li><p>a</p></li></ul><ul><li><p>b</p></li></ul>"),
        ("<blockquote><p>a<p>b</blockquote>", "<blockquote><p>a</p><p>b</p></blockquote>"),
        ("<pre>\n\nx &lt; y</pre>", "<pre><code>x &lt; y</code></pre>"),
        (
            "<p>a <a href='/x?a=1&b=2' onclick=x()>b</a>",
            '<p>a <a href="https://tide.example/x?a=1&amp;b=2">b</a></p>',
        ),
        ("<p>&lt;script&gt;\x01", "<p>&lt;script&gt;\ufffd</p>"),
        (
            "<table><tr><th>a<th>b<tr><td>c<td>d | e</table>",
            "<table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td>d | e</td></tr></table>",
        ),
    ],
)
def test_html_keeps_structure(html: str, expected: str) -> None:
    assert article(html) == expected


def test_html_of_one_page_is_a_document() -> None:
    content = as_html("<html lang=ro><h1>A &amp; B</h1><p>Text", title=True)
    assert content.startswith('<!DOCTYPE html>\n<html lang="ro">\n<head>\n<meta charset="utf-8">\n')
    assert "<title>A &amp; B</title>" in content
    assert f'<link rel="canonical" href="{ADDRESS}">' in content
    assert content.endswith("</article>\n</body>\n</html>\n")


def test_html_of_several_pages_is_one_document_of_articles() -> None:
    pieces = [HTML.document(name, page("<p>Text")) for name in "ab"]
    content = written(HTML, *pieces, several=True).decode()
    assert content.count("<!DOCTYPE html>") == content.count("</html>") == 1
    assert content.count('<article lang="ro" dir="auto" title="') == 2


# CSV and Parquet of cleaned documents


def test_csv_has_a_row_a_document() -> None:
    form = writers.load(writers.CLEAN["csv"])
    texts = ['say "a, b"\n', "two\nlines\n"]
    pieces = [
        form.document(name, clean(labelled(lines(t.strip()))))
        for name, t in zip("ab", texts, strict=True)
    ]
    rows = list(csv.DictReader(io.StringIO(written(form, *pieces).decode(), newline="")))
    assert [(row["id"], row["status"], row["text"]) for row in rows] == [
        ("a", "ok", texts[0]),
        ("b", "ok", texts[1]),
    ]
    assert tuple(rows[0]) == CLEAN_COLUMNS


def parquet_of(form: Format, *pieces: Any) -> Any:
    parquet = pytest.importorskip("pyarrow.parquet")
    return parquet.ParquetFile(io.BytesIO(written(form, *pieces)))


def test_parquet_has_a_row_a_document() -> None:
    form = writers.load(writers.CLEAN["parquet"])
    pieces = [
        form.document("a\udcff", clean(labelled(lines("One.")))),
        form.document("b", clean(labelled(lines()))),
    ]
    table = parquet_of(form, *pieces).read()
    assert table.schema.names == list(CLEAN_COLUMNS)
    rows = table.to_pylist()
    assert [(row["id"], row["status"], row["text"]) for row in rows] == [
        ("a\\udcff", "ok", "One.\n"),
        ("b", "empty", ""),
    ]
    assert not table.schema.field("text").nullable and table.schema.field("title").nullable


def test_parquet_has_a_row_a_paragraph_with_the_columns_of_csv() -> None:
    form = writers.load(writers.LABEL["parquet"])
    piece = form.document("a", labelled(lines("One.", "Two."), [Label.AD, Label.CORE]))
    table = parquet_of(form, piece).read()
    assert table.schema.names == list(LABEL_COLUMNS)
    first, second = table.to_pylist()
    assert (first["id"], first["paragraph"], first["label"]) == ("a", 1, "ad")
    assert (second["text"], second["start"]) == ("Two.", None)
    assert second["probability_core"] == pytest.approx(0.1235)


def test_parquet_is_written_in_row_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    form = writers.load(writers.CLEAN["parquet"])
    monkeypatch.setattr("boilerclass.writers.parquet.ROWS", 2)
    piece = form.document("a", clean(labelled(lines("One."))))
    assert parquet_of(form, *[piece] * 5).metadata.num_row_groups == 3


def test_parquet_without_pyarrow_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra, match=r"boilerclass\[arrow\]"):
        writers.load(writers.CLEAN["parquet"]).sheet(io.BytesIO(), Look())


# Explain


@pytest.mark.parametrize("columns", [60, 120])
def test_explain_shows_kept_and_dropped_side_by_side(
    monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    document = labelled(lines("Kept " * 50, "日本語" * 50, "\x1b[2J"), [Label.CORE, *LABELS[1:3]])
    *rows, status = writers.load(writers.EXPLAIN).document("a", clean(document)).splitlines()
    assert status == "(ok: 1 kept, 2 dropped)"
    assert all(terminal.width(row) <= columns for row in rows)
    left, right = zip(*(f"{row} ".split(" │ ") for row in rows if "│" in row), strict=True)
    assert [cell.split()[:3] for cell in left[1:3]] == [["core", "0.12", "Kept"], ["because"]]
    assert [cell.split()[0] for cell in right if cell] == [
        "DROPPED",
        "teaser",
        "because",
        "recommendation",
        "because",
    ]
    assert "\x1b" not in "".join(rows)
