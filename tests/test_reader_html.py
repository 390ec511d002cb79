"""HTML to paragraphs: boundaries, what is left out, what is counted, where it stood."""

import json

import pytest
import turbohtml

from boilerclass.document import Document, Paragraph
from boilerclass.markup import BIT, FLAGS
from boilerclass.readers import kind_of, read

PROSE = "The ferry leaves at noon and comes back when the tide allows it, as it always has. "


def html(source: str) -> Document:
    return read(source, kind="html")


def texts(source: str) -> list[str]:
    return [p.text for p in html(source).paragraphs]


def only(source: str) -> Paragraph:
    (paragraph,) = html(source).paragraphs
    return paragraph


def flags(paragraph: Paragraph) -> set[str]:
    return {name for i, name in enumerate(FLAGS) if paragraph.flags >> i & 1}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>a<p>b", ["a", "b"]),
        ("<div>a<p>b</p>c</div>", ["a", "b", "c"]),
        ("a <b>b</b>c <i>d</i>", ["a bc d"]),
        ("<p> a \n\t b\u00a0c </p>", ["a b c"]),
        ("<p>so\u00adft hy\u200bphen</p>", ["soft hyphen"]),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", ["a", "b", "c"]),
        ("<table><tr><td>a<td>b<tr><th>c</table>", ["a", "b", "c"]),
        ("<dl><dt>a<dd>b</dl>", ["a", "b"]),
        ("<h1>a</h1>b<hr>c", ["a", "b", "c"]),
        ("<p>a<br>b</p>", ["a\nb"]),
        ("<p>a<br> <br>b</p>", ["a", "b"]),
        ("<p><br>a<br></p>", ["a"]),
        ("<p>a<br>b<br><br>c</p>", ["a\nb", "c"]),
        ("<pre>def f():\n    return 1\n</pre>", ["def f():\n    return 1"]),
        ("<p>a<span>b</span><span>c</span></p>", ["abc"]),
        ("<p><a href=1>a</a><a href=2>b</a></p>", ["a b"]),
        ("<a href=1><div>a</div><div>b</div></a>", ["a", "b"]),
        ("<p>a<!-- b -->c</p>", ["ac"]),
        ("<p>a &amp; b &lt;c&gt; &#x103;</p>", ["a & b <c> ă"]),
        ("<p> </p><div>\u200b</div>", []),
        ("", []),
    ],
)
def test_paragraph_boundaries(source: str, expected: list[str]) -> None:
    assert texts(source) == expected


@pytest.mark.parametrize(
    "part",
    [
        "<script>b()</script>",
        "<style>b {}</style>",
        "<math><semantics><annotation>b</annotation></semantics></math>",
        "<template><p>b</p></template>",
        "<svg><text>b</text></svg>",
        "<textarea>b</textarea>",
        "<select><option>b</select>",
        "<iframe>b</iframe>",
        "<noframes>b</noframes>",
        "<object>b</object>",
        "<img alt=b>",
        "<input value=b>",
    ],
)
def test_what_is_no_text_of_the_page(part: str) -> None:
    assert texts(f"<p>a{part}</p>") == ["a"]
    assert texts(f"<head>{part}</head><p>a</p>") == ["a"]


def test_noscript_is_read_and_flagged() -> None:
    a, b = html("<p>a</p><noscript><p>b</p></noscript>").paragraphs
    assert "noscript" not in flags(a)
    assert "noscript" in flags(b)


@pytest.mark.parametrize(
    "attribute",
    [
        "hidden",
        'style="display:none"',
        'style="color:red; Display: None"',
        'style="visibility :\thidden!important"',
    ],
)
def test_hidden_parts_are_left_out(attribute: str) -> None:
    page = f"<p>{PROSE * 4}</p><div {attribute}><p>secret <b>and</b></p></div>"
    assert texts(page) == [(PROSE * 4).strip()]


@pytest.mark.parametrize(
    "style",
    [
        "-webkit-backface-visibility:hidden;backface-visibility: hidden",
        "--x-display:none",
        "background:url(display:none)",
        "display:nonexistent",
        "display:block;visibility:hidden-ish",
    ],
)
def test_a_style_that_only_looks_like_hiding_hides_nothing(style: str) -> None:
    assert texts(f'<p>{PROSE * 4}</p><div style="{style}">b</div>') == [(PROSE * 4).strip(), "b"]


@pytest.mark.parametrize("tag", ["body", "div"])
def test_a_page_that_hides_its_text_until_a_script_runs_is_kept(tag: str) -> None:
    page = f'<{tag} style="visibility:hidden"><p>{PROSE}</p><p>b</p></{tag}>'
    assert texts(page) == [PROSE.strip(), "b"]


def test_links_are_counted() -> None:
    page = '<p>See <a href="/one" rel="nofollow">one</a> and <a href="/two">two<b>!</b></a></p>'
    p = only(page)
    assert p.text == "See one and two!"
    assert (p.links, p.link_chars, p.bold_chars) == (2, 7, 1)
    assert p.href == "/two"
    assert "link" not in flags(p)


def test_a_link_around_a_block_counts_as_its_link() -> None:
    p = only('<a href="/x" rel="sponsored"><h3>Kettle</h3></a>')
    assert (p.links, p.link_chars, p.href) == (1, 6, "/x")
    assert {"link", "h3", "heading"} <= flags(p)


def test_images_before_a_paragraph_are_its_gap() -> None:
    assert [p.gap for p in html("<p>a</p><img><video></video><p>b</p><p>c</p>").paragraphs] == [
        0,
        2,
        0,
    ]


def test_the_element_is_the_deepest_that_holds_all_the_text() -> None:
    page = '<div class=box><p>a <em class=x>b</em></p><p><em class="y z" id=i>c</em></p></div>'
    document = html(page)
    first, second = document.paragraphs
    tree = document.tree
    assert (tree.tags[first.element], tree.words[first.element]) == ("p", "")
    assert (tree.tags[second.element], tree.words[second.element]) == ("em", "y z i")
    assert tree.words[tree.parents[first.element]] == "box"


def test_the_tree_is_in_document_order_and_nested() -> None:
    document = html("<div><ul><li>a<li>b</ul></div><p>c</p>")
    tree = document.tree
    for i, (parent, end) in enumerate(zip(tree.parents, tree.ends, strict=True)):
        assert parent <= i < end <= len(tree.parents)
        assert end <= tree.ends[parent]


def test_flags_hold_for_all_of_the_text() -> None:
    page = (
        "<nav><ul><li><a href=x>n</a></ul></nav><main><article><p>a <b>b</b></p>"
        "<figure><figcaption>c</figcaption></figure></article></main>"
        "<div role=contentinfo>f</div>"
    )
    by_text = {p.text: flags(p) for p in html(page).paragraphs}
    assert by_text["n"] == {"nav", "list", "item", "link"}
    assert by_text["a b"] == {"main", "article", "p"}
    assert by_text["c"] == {"main", "article", "figure", "figcaption"}
    assert by_text["f"] == {"footer"}


def test_flags_fit_into_64_bits() -> None:
    assert max(BIT.values()) < 1 << 64


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_xpath_and_offsets_lead_back_to_the_element(newline: str) -> None:
    page = newline.join(
        [
            "<!DOCTYPE html><html><body>",
            "<div class=a>",
            "<p id=one>first</p>",
            "",
            "<ul><li>x<li>y <b>z</b></ul>",
            "<table><tr><td>cell</table>",
            "</div>",
            "<p>last one",
        ]
    )
    document = html(page)
    tree = turbohtml.parse(page)
    slices = []
    for i, paragraph in enumerate(document.paragraphs):
        origin = document.locate(i)
        assert origin.xpath is not None
        (element,) = tree.xpath(origin.xpath)
        assert isinstance(element, turbohtml.Element)
        assert " ".join(element.text.split()) == paragraph.text
        slices.append(page[origin.start : origin.end].strip())
    assert slices == [
        "<p id=one>first</p>",
        "<li>x",
        "<li>y <b>z</b>",
        "<td>cell",
        "<p>last one",
    ]


def test_text_in_an_element_that_the_source_does_not_write_has_no_offsets() -> None:
    origin = html("just text").locate(0)
    assert origin.xpath == "/html/body"
    assert origin.start is origin.end is None


def test_what_the_page_says_of_itself() -> None:
    document = html(
        '<html lang="ro-RO"><head><title>Gara | Ziarul</title>'
        '<meta property="og:title" content="Gara  veche">'
        '<meta property="og:type" content="Article">'
        '<link rel="canonical" href="https://gara.example/1">'
        '<script type="application/ld+json">{"@type": "NewsArticle"}</script></head><p>a'
    )
    assert document.titles == ["Gara veche", "Gara | Ziarul"]
    assert document.url == "https://gara.example/1"
    assert document.language == "ro-RO"
    assert document.types == {"article", "newsarticle"}
    assert read("<p>a</p><p>b</p>", url="https://x.example/").url == "https://x.example/"


@pytest.mark.parametrize("attributes", ["", ' id="schema"'])
def test_an_article_that_stands_only_in_json_ld(attributes: str) -> None:
    body = f"{PROSE}\n\n{PROSE}Then \ud83d it rains."
    data = json.dumps({"@graph": [{"@type": "Article", "headline": "Tide", "articleBody": body}]})
    document = html(
        f'<script type="application/ld+json"{attributes}>{data}</script><div>Loading</div>'
    )
    assert [p.text for p in document.paragraphs] == [
        "Loading",
        PROSE.strip(),
        f"{PROSE}Then \ufffd it rains.",
    ]
    assert document.first_data == 1
    assert document.titles == ["Tide"]
    assert document.structured_body
    assert document.locate(1) == (None, None, None)


def test_an_article_that_stands_only_in_next_data() -> None:
    data = {
        "props": {"post": {"content": [{"text": PROSE}, {"text": f"<p>{PROSE}</p><p>End.</p>"}]}}
    }
    document = html(f'<div>Loading</div><script id="__NEXT_DATA__">{json.dumps(data)}</script>')
    assert [p.text for p in document.paragraphs[1:]] == [PROSE.strip(), PROSE.strip(), "End."]
    assert document.first_data == 1


@pytest.mark.parametrize("line", ["5 < 6 &amp; &#8220;up&#8221;.", "5 &lt; 6 <i>&amp;</i> “up”."])
def test_lines_of_data_are_paragraphs_with_their_entities_read(line: str) -> None:
    data = json.dumps({"articleBody": f"{PROSE}\n\n{line}\r\n{PROSE}"})
    document = html(f'<div>Loading</div><script type="application/ld+json">{data}</script>')
    assert [p.text for p in document.paragraphs[1:]] == [
        PROSE.strip(),
        "5 < 6 & “up”.",
        PROSE.strip(),
    ]


@pytest.mark.parametrize(
    "wrap", ["{}", "<p class='a long name to outweigh the page'>{}</p>", "{}  "]
)
def test_data_that_repeats_the_page_adds_no_paragraph(wrap: str) -> None:
    data = json.dumps({"articleBody": wrap.format(PROSE * 3)})
    document = html(f'<script type="application/ld+json">{data}</script><p>{PROSE * 3}</p>')
    assert len(document.paragraphs) == 1
    assert document.first_data is None
    assert document.structured_body


def test_only_what_the_page_does_not_show_is_taken_from_data() -> None:
    rest = "Nobody asked the ferryman, who has kept a list of every crossing since the war. " * 3
    data = json.dumps({"articleBody": f"{PROSE}\n{rest}"})
    document = html(f'<script type="application/ld+json">{data}</script><p>{PROSE}</p>')
    assert [p.text for p in document.paragraphs] == [PROSE.strip(), rest.strip()]
    assert document.first_data == 1


@pytest.mark.parametrize(
    "data",
    ["{", "[" * 100_000, "nul", '{"articleBody": 3}', '{"articleBody": {"a": []}}', "1" * 5000],
)
def test_broken_data_leaves_the_page(data: str) -> None:
    page = f'<script type="application/ld+json">{data}"articleBody"</script><p>a</p>'
    assert texts(page) == ["a"]


def test_data_with_a_comma_too_many_is_read() -> None:
    data = json.dumps({"@type": "Article", "articleBody": PROSE * 3})[:-1]
    page = f'<div>Loading</div><script type="application/ld+json">[{data},\n}} , ]</script>'
    assert html(page).structured_body.strip() == (PROSE * 3).strip()


@pytest.mark.parametrize(
    "source",
    [
        "<!DOCTYPE html><p>a",
        "  \n<html>",
        "<!-- c --><!-- d -->\n<div>a</div>",
        '<?xml version="1.0"?><html>',
        "<p>fragment",
        "Intro without a tag <p>one</p><p>two</p>",
        "\n" * 70_000 + "<div>a</div>",
        "<card-list>a</CARD-LIST>",
    ],
)
def test_html_is_told_by_content(source: str) -> None:
    assert kind_of(source) == "html"
    assert read(source).kind == "html"


def test_many_comments_are_looked_through_once() -> None:
    assert kind_of("<!--a-->" * 5_000 + "text") == "text"


def test_the_kind_can_be_given() -> None:
    assert read("<p>a</p><p>b</p>", kind="text").paragraphs[0].text == "<p>a</p><p>b</p>"
