"""What a page says of itself: where it is read from, and what hostile values become."""

import json

import pytest
from turbohtml.extract import DateExtraction, dates

from boilerclass import readers
from boilerclass.document import Metadata
from boilerclass.readers import addresses
from boilerclass.readers import metadata as metadata_module
from boilerclass.readers.metadata import LONGEST_NAME, LONGEST_TEXT

ADDRESS = "https://tide.example/news/lamp"


def metadata(head: str, url: str | None = ADDRESS) -> Metadata:
    return readers.read(f"<!DOCTYPE html><head>{head}</head><p>Tide.", url=url).source.metadata()


def json_ld(*values: object) -> str:
    return "".join(
        f'<script type="application/ld+json">{json.dumps(value)}</script>' for value in values
    )


ARTICLE = {
    "@type": "NewsArticle",
    "author": {"@type": "Person", "name": "Ines Calder"},
    "datePublished": "2026-03-04T05:06:07.000Z",
    "publisher": {"name": "Saltmarsh Echo"},
    "description": "The lamp stays.",
}


def test_json_ld_says_it_all() -> None:
    assert metadata(json_ld(ARTICLE)) == Metadata(
        ("Ines Calder",),
        "2026-03-04T05:06:07+00:00",
        "Saltmarsh Echo",
        "The lamp stays.",
        ADDRESS,
    )


@pytest.mark.parametrize(
    "script",
    [
        "//<![CDATA[\n{}\n//]]>",
        "/* <![CDATA[ */ {} /* ]]> */",
        "<![CDATA[{}]]>",
        "<!--\n{}\n-->",
        "{};",
        " {} {{}}",
    ],
)
def test_json_ld_may_be_commented_out(script: str) -> None:
    found = metadata(
        json_ld(ARTICLE).replace(json.dumps(ARTICLE), script.format(json.dumps(ARTICLE)))
    )
    assert found.authors == ("Ines Calder",)


def test_meta_elements_and_links_say_it_where_there_is_no_json_ld() -> None:
    assert metadata(
        '<link rel="canonical" href="/news/lamp?a=1">'
        '<meta property="article:published_time" content="2026-03-04T05:06+01:00">'
        '<meta name="Author" content="By Ines Calder">'
        '<meta property="og:site_name" content="Saltmarsh &amp;amp; Echo">'
        '<meta name="description" content=" The lamp\n stays. ">'
    ) == Metadata(
        ("Ines Calder",),
        "2026-03-04T05:06:00+01:00",
        "Saltmarsh & Echo",
        "The lamp stays.",
        "https://tide.example/news/lamp?a=1",
    )


def test_a_text_has_the_address_it_was_given() -> None:
    document = readers.read("Tide.", url=ADDRESS)
    assert document.source.metadata() == Metadata(url=ADDRESS)


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("Ines Calder", ("Ines Calder",)),
        (["Ines Calder", {"name": "Amrit Sele"}], ("Ines Calder", "Amrit Sele")),
        ({"@id": "#ines"}, ("Ines Calder",)),
        ({"name": ["Ines Calder", "Ines Calder"]}, ("Ines Calder",)),
        ("https://tide.example/ines", ()),
        ("ines@tide.example", ()),
        ({"name": {"name": "nested"}}, ()),
        (7, ()),
        (None, ()),
    ],
)
def test_authors_in_every_shape(author: object, names: tuple[str, ...]) -> None:
    person = {"@type": "Person", "@id": "#ines", "name": "Ines Calder"}
    graph = {"@graph": [{**ARTICLE, "author": author}, person]}
    assert metadata(json_ld(graph)).authors == names


def test_of_several_articles_the_one_of_this_address_counts() -> None:
    other = {**ARTICLE, "author": "Somebody Else", "url": "https://tide.example/other"}
    own = {**ARTICLE, "mainEntityOfPage": {"@id": ADDRESS}}
    assert metadata(json_ld([other, own])).authors == ("Ines Calder",)


@pytest.mark.parametrize(
    ("stated", "date"),
    [
        ("2026-03-04", "2026-03-04"),
        ("20260304", "2026-03-04"),
        ("2026-03-04 05:06", "2026-03-04T05:06:00"),
        ("soon", None),
        ("9999999-01-01", None),
        ("0001-01-01T00:00:00", None),
        ("1970-01-01T00:00:00Z", None),
        ("99991231", None),
        ("1853-03-04", "1853-03-04"),
        ("Wed, 04 Mar 2026 05:06:07 GMT", "2026-03-04T05:06:07+00:00"),
        ("Wed, 99 Mar 2026 05:06:07 GMT", None),
    ],
)
def test_dates_are_iso_8601(stated: str, date: str | None) -> None:
    assert metadata(f'<meta name="date" content="{stated}">').date == date


def test_a_date_outside_the_head_is_found() -> None:
    page = "<!DOCTYPE html><p><time datetime=2026-03-04 pubdate>4 March</time>Tide."
    assert readers.read(page).source.metadata().date == "2026-03-04"


@pytest.mark.parametrize(
    "body",
    [
        "<time datetime=2026-03-04>4 March</time>",
        "<p class=byline>Ines Calder, 4 March 2026",
        "<span class=date>04.03.2026</span>",
        '<link rel=canonical href="https://tide.example/2026/03/04/lamp">',
        '<meta property="article:modified_time" content="2026-03-04T05:06:07Z">',
        json_ld({"@type": "WebPage", "datePublished": "2026-03-04"}),
        "<time datetime=1871-03-04>",
        "<p>On 4 March 2026 it rained.",
    ],
)
def test_a_date_is_what_the_parser_library_finds(
    body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = f"<!DOCTYPE html><body>{body}"
    found = dates(page, DateExtraction(original=True, extensive_search=False))
    read = readers.read(page).source.metadata().date
    assert read == (found.date if found else None)

    class Other:
        """A tree of a version that has no such question."""

    assert metadata_module.day_on_page(Other(), page) == read  # type: ignore[arg-type]


def test_hostile_values_are_bounded_and_harmless() -> None:
    found = metadata(
        json_ld(
            {
                "@type": "Article",
                "author": ["x" * 100_000, "\x1b[31mRed\u202e Pen\x00", "\ud800"] * 20,
                "description": "long " * 100_000,
                "datePublished": "1" * 100_000,
            }
        )
        + '<link rel="canonical" href="javascript:alert(1)">'
        + '<meta property="og:url" content="data:text/html,x">'
    )
    assert len(found.authors) <= 10
    assert all(len(name) <= LONGEST_NAME for name in found.authors)
    assert "[31mRed Pen" in found.authors
    assert found.description is not None and len(found.description) <= LONGEST_TEXT
    assert found.date is None
    assert found.url == ADDRESS
    "".join([*found.authors, found.description]).encode()


@pytest.mark.parametrize("blob", ["{", "[" * 100_000, '{"@graph": 7}', "null", '{"@type": [7]}'])
def test_broken_json_ld_says_nothing(blob: str) -> None:
    found = metadata(f'<script type="application/ld+json">{blob}</script>')
    assert found == Metadata(url=ADDRESS)


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        " java\nscript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "\x01javascript:alert(1)",
        "\u202ejavascript:alert(1)",
        "vbscript:x",
        "data:text/html,<script>",
        "file:///etc/passwd",
        "//[x",
        "#notes",
        "",
        "https://tide.example/" + "a" * 3000,
    ],
)
def test_links_that_become_plain_text(href: str) -> None:
    assert addresses.link(href, ADDRESS) is None


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("/pier", "https://tide.example/pier"),
        ("../pier?a=1&b=2#c", "https://tide.example/pier?a=1&b=2#c"),
        ("//other.example/x", "https://other.example/x"),
        ("mailto:desk@tide.example", "mailto:desk@tide.example"),
        (" /my report.pdf ", "https://tide.example/my%20report.pdf"),
        ("/a\xa0b\u2003c", "https://tide.example/a%C2%A0b%E2%80%83c"),
        ('/a"b<c>d\\e', "https://tide.example/a%22b%3Cc%3Ed%5Ce"),
    ],
)
def test_links_that_stay(href: str, address: str) -> None:
    assert addresses.link(href, ADDRESS) == address


def test_links_of_paragraphs() -> None:
    document = readers.read(
        "<!DOCTYPE html><p>The <a href=/pier>old <b>pier</b></a> and <a href='#x'>more</a></p>"
        "<a href=/all><h2>All</h2><p>of it</p></a><p><a href=/img><img></a>none</p>"
        "<p>soft\u00adened <a href=/y>a\u200bb</a>",
        url=ADDRESS,
    )
    texts = [paragraph.text for paragraph in document.paragraphs]
    found = document.source.links(texts, range(len(texts)))
    shown = [
        [
            (text[link.start : link.end], link.href.removeprefix("https://tide.example"))
            for link in links
        ]
        for text, links in zip(texts, found, strict=True)
    ]
    assert shown == [
        [("old pier", "/pier")],
        [("All", "/all")],
        [("of it", "/all")],
        [],
        [("ab", "/y")],
    ]


def test_a_page_without_an_address_has_none_that_lacks_a_scheme() -> None:
    assert metadata('<link rel="canonical" href="//tide.example/a">', url=None).url is None
    given = metadata('<link rel="canonical" href="//tide.example/a">')
    assert given.url == "https://tide.example/a"


def test_no_date_hides_the_one_that_is_stated_elsewhere() -> None:
    none = json_ld({**ARTICLE, "datePublished": "0001-01-01T00:00:00"})
    assert metadata(none + '<meta name="date" content="2026-03-04">').date == "2026-03-04"
