"""Plain text to paragraphs: lines, blank lines, offsets."""

import pytest

from boilerclass.document import Origin
from boilerclass.readers import kind_of, read


def test_a_line_is_a_paragraph_and_blank_lines_are_counted() -> None:
    document = read("Title\n\n \t\nFirst line.\nSecond line.\n", kind="text")
    assert document.kind == "text"
    assert [(p.text, p.gap) for p in document.paragraphs] == [
        ("Title", 0),
        ("First line.", 2),
        ("Second line.", 0),
    ]


def test_lines_keep_their_inner_spaces_and_lose_the_outer() -> None:
    assert read("\ufeff  a   b\u00a0 \n").paragraphs[0].text == "a   b"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
def test_offsets_slice_the_source(end: str) -> None:
    source = f"  one {end}{end}two{end} three"
    document = read(source)
    assert [p.text for p in document.paragraphs] == ["one", "two", "three"]
    for i, paragraph in enumerate(document.paragraphs):
        origin = document.locate(i)
        assert origin.xpath is None
        assert source[origin.start : origin.end] == paragraph.text


@pytest.mark.parametrize("source", ["", "\n\n", " \t \r\n", b"", b"\xef\xbb\xbf"])
def test_nothing_gives_no_paragraphs(source: str | bytes) -> None:
    assert read(source).paragraphs == []


def test_what_the_caller_knows_is_kept() -> None:
    document = read(b"Caf\xe9\n", url="https://quay.example/x", encoding="latin-1")
    assert (document.url, document.encoding) == ("https://quay.example/x", "latin-1")
    assert document.paragraphs[0].text == "Café"
    assert document.locate(0) == Origin(None, 0, 4)


@pytest.mark.parametrize(
    "source",
    [
        "A plain sentence.",
        "if a < b and c > d: print(a)",
        "Use the <b> tag for bold.",
        "He wrote </p> once, by mistake.",
        "<3 from all of us",
        "<alice> The ferry is late.\n<bob> It always is.",
        "",
    ],
)
def test_text_is_told_by_content(source: str) -> None:
    assert kind_of(source) == "text"


@pytest.mark.parametrize("page", [None, 3, ["text"], bytearray(b"text")])
def test_anything_else_is_a_type_error(page: object) -> None:
    with pytest.raises(TypeError, match="str or bytes"):
        read(page)  # type: ignore[arg-type]
