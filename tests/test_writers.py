"""What the writers make of a labelled document; documents are built by hand where that is enough.

The Markdown cases are read from HTML, because structure is what they are about.
"""

import csv
import io
import json
from collections.abc import Sequence

import pytest

from boilerclass import readers, writers
from boilerclass.document import Document, LabelledDocument, Paragraph, Settled
from boilerclass.labels import LABELS, Label, Role
from boilerclass.writers import markdown, terminal
from boilerclass.writers.csv import COLUMNS

ALL = [*writers.CLEAN.values(), *writers.LABEL.values()]


def labelled(
    document: Document, labels: Sequence[Label] | None = None, *, title: bool = False
) -> LabelledDocument:
    """``document`` with the labels given, or all core."""
    count = len(document.paragraphs)
    roles = [Role.TITLE if title and i == 0 else Role.BODY for i in range(count)]
    return LabelledDocument(
        document,
        labels or [Label.CORE] * count,
        roles,
        [[0.123456, 0.2, 0.3, 0.25, 0.126544]] * count,
        Settled(["because"] * count, [0.98765] * count, 0.55555, "ro"),
    )


def lines(*texts: str) -> Document:
    return Document("text", [Paragraph(text) for text in texts])


def as_markdown(html: str, *, title: bool = False) -> str:
    return markdown.document("id", labelled(readers.html.read(html), title=title))


@pytest.mark.parametrize("row", ALL)
def test_every_row_loads_and_writes_an_empty_document(row: str) -> None:
    form = writers.load(row)
    assert form.suffix.startswith(".")
    assert isinstance(form.document("id", labelled(lines())), str)


def test_text_keeps_the_core_lines_only() -> None:
    document = labelled(lines("One.", "Two.", "Three."), [Label.CORE, Label.AD, Label.CORE])
    form = writers.load(writers.CLEAN["text"])
    assert form.document("id", document) == "One.\nThree.\n"


def test_jsonl_holds_every_field_and_rounds() -> None:
    document = labelled(lines("Un rând."), [Label.TEASER])
    line = writers.load(writers.LABEL["jsonl"]).document("a/b", document)
    assert line.endswith("}\n") and line.count("\n") == 1
    assert "rând" in line
    assert json.loads(line) == {
        "id": "a/b",
        "status": "no-article",
        "title": None,
        "language": "ro",
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
    content = form.opening + form.document("x,y", labelled(lines(*texts)))
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert [row["text"] for row in rows] == texts
    assert [row["paragraph"] for row in rows] == ["1", "2", "3", "4", "5", "6"]
    assert {row["id"] for row in rows} == {"x,y"}
    assert tuple(rows[0]) == COLUMNS
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
    ],
)
def test_markdown_keeps_structure(html: str, expected: str) -> None:
    assert as_markdown(html) == expected


def test_markdown_title_is_the_first_heading() -> None:
    assert as_markdown("<p>Title</p><p>Text</p>", title=True) == "# Title\n\nText\n"
    document = labelled(lines("Title", "Text", "More"), title=True)
    assert markdown.document("id", document) == "# Title\n\nText\n\nMore\n"


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
        ("~~~", "\\~\\~~"),
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
