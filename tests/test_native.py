"""The compiled kernels give what the Python beside them gives, on whatever input."""

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import turbohtml
from hypothesis import given, settings
from hypothesis import strategies as st

from boilerclass import lexicons
from boilerclass.features import ngrams, structure, text, words
from boilerclass.native import kernels
from boilerclass.readers import html

pytestmark = pytest.mark.skipif(kernels is None, reason="the kernels are not built")

TAGS = (
    "p div span a b strong i h1 h2 ul li table tr td pre br hr img svg math mi style script title "
    "template iframe noscript xmp plaintext textarea select option button main nav form body html "
    "head link meta input foreignObject annotation-xml desc font x-tide noframes"
).split()
ATTRIBUTES = (
    "class='lead story'|class=''|id=tide|id=''|role=navigation|role=''|itemprop=x data-testid=y|"
    "hidden|style='color:red; DISPLAY: none'|style=visibility:hidden|href='/a?b&amp;c=\"d\"'|href|"
    "rel='nofollow x'|rel=CANONICAL|type='application/LD+json'|id=__NEXT_DATA__|lang=ro|lang|"
    "property=og:title content='T &amp; t'|name=twitter:title content=N|property=og:url|a\"b='c'|"
    "=x|shadowrootmode=open|class=a\u00a0b"
).split("|")
TEXTS = (
    "tide", " ", "\n  \n", "the bell rang at noon", "&nbsp;", "\u00a0", "&amp;lt;", "&lt;p&gt;",
    "caf\u00e9", "\u6f6e\u4f4d", "\U0001f980", "\u200b", "a\u00adb\u2060\ufeff", "\u3000\u2028",
    "\x1c\x85", "x" * 90, "<!-- c -->", "<!--<script>", "-->", "<?pi x?>", "<![CDATA[raw]]>",
    "</br>", "<", "&", "&#0;", "\x00", "]]>", "\r\n", "<!doctype html>",
)  # fmt: skip


def soup(random: random.Random, size: int) -> str:
    """Markup in any order: tags opened, left open, closed in the wrong place."""
    pieces = []
    for _ in range(size):
        kind, tag = random.random(), random.choice(TAGS)
        if kind < 0.4:
            found = " ".join(random.choices(ATTRIBUTES, k=random.choice((0, 0, 1, 1, 2, 4))))
            pieces.append(f"<{tag} {found}{random.choice(('>', '>', '/>'))}")
        elif kind < 0.6:
            pieces.append(f"</{tag}>")
        else:
            pieces.append(random.choice(TEXTS))
    return "".join(pieces)


@given(st.randoms(use_true_random=False), st.integers(0, 60))
@settings(deadline=None, max_examples=200)
def test_the_walk_is_the_same(random: random.Random, size: int) -> None:
    page = soup(random, size)
    tree = turbohtml.parse(page)
    compiled = html.walk_compiled(tree)
    if compiled is None:  # it was in doubt
        return
    python = html.walk_python(tree)
    assert compiled.paragraphs == python.paragraphs
    assert [list(column) for column in compiled.tree] == [list(column) for column in python.tree]
    assert compiled.elements() == python.elements()
    assert compiled.head == python.head


def both(
    monkeypatch: pytest.MonkeyPatch, module: Any, call: Callable[[], object]
) -> tuple[Any, Any]:
    """What a call gives with the kernels, and what it gives without."""
    compiled = call()
    with monkeypatch.context() as patch:
        patch.setattr(module, "kernels", None)
        return compiled, call()


TEXT = st.text(
    st.one_of(
        st.sampled_from("aZ09 :.?!\n\u00a0\u201c\u2026\u061f\uff01\u00e9\u4f60\U0001f980"),
        st.characters(codec="utf-8"),
    ),
    min_size=1,
    max_size=120,
)


@given(st.lists(TEXT, max_size=8))
@settings(deadline=None)
def test_characters_are_counted_and_hashed_the_same(texts: list[str]) -> None:
    chars = text.characters(texts)
    if texts:
        assert np.array_equal(text.tally(chars), text.tally_python(chars))
    for compiled, python in zip(ngrams.bags(chars), ngrams.bags_python(chars), strict=True):
        assert np.array_equal(compiled.buckets, python.buckets)
        assert np.array_equal(compiled.bounds, python.bounds)


@given(st.lists(st.integers(0, 5), max_size=9), st.integers(0, 2**32 - 1))
def test_rows_are_added_the_same(sizes: list[int], seed: int) -> None:
    random = np.random.default_rng(seed)
    bounds = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
    bag = ngrams.Bag(random.integers(0, 30, bounds[-1], dtype=np.int32), bounds)
    table = random.normal(size=(30, 12)).astype(np.float32)
    compiled, python = np.zeros((2, len(sizes), 12), dtype=np.float32)
    ngrams.add(compiled, bag, table)
    ngrams.add_python(python, bag, table)
    assert np.allclose(compiled, python, atol=1e-5)


NAME = st.text(st.sampled_from("aabBCz-_ 0\u00e9\x00"), max_size=450)


@given(st.lists(st.tuples(NAME, NAME), max_size=5))
@settings(deadline=None)
def test_names_are_hashed_the_same(names: list[tuple[str, str]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        compiled, python = both(patch, words, lambda: words.buckets_of(names))
    assert np.array_equal(compiled.buckets, python.buckets)
    assert np.array_equal(compiled.bounds, python.bounds)


HREF = st.lists(
    st.sampled_from(
        "http:// https:// // / ? # mailto: tel: javascript: HTTP a.example www. x.com Facebook. "
        "/tag /Author/ utm_ ref= 2024 12345 amazon. %20 \u00e9 h s : path & = . /ads/".split()
    ),
    max_size=9,
).map("".join)


@given(st.lists(HREF, max_size=6), st.sampled_from(["", "a.example", "x.com", "\u00e9.example"]))
@settings(deadline=None)
def test_link_targets_are_judged_the_same(hrefs: list[str], host: str) -> None:
    def judged() -> object:
        found = np.zeros((len(hrefs), len(structure.LINK_COLUMNS)), dtype=np.float32)
        structure.judge_targets(tuple(hrefs), host, found)
        return found

    with pytest.MonkeyPatch.context() as patch:
        compiled, python = both(patch, structure, judged)
    assert np.array_equal(compiled, python)


OPENING = st.lists(
    st.sampled_from(
        "read also Share THIS 12 3 more \u5173\u6ce8\u6211\u4eec Cite\u0219te \u0219i : ! _ "
        "\u0663 advertisement photo: \ua66e \u0e2d\u0e48\u0e32\u0e19".split()
    ),
    max_size=7,
).map(" ".join)


@given(st.lists(OPENING, max_size=6))
@settings(deadline=None)
def test_cues_are_found_the_same(texts: list[str]) -> None:
    def masks() -> list[int]:
        return lexicons.load().match_all(lexicons.fold_openings(texts, 80))

    with pytest.MonkeyPatch.context() as patch:
        compiled, python = both(patch, lexicons, masks)
    assert compiled == python == [lexicons.load().match(lexicons.fold(t[:80])) for t in texts]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("count", ((b"ab", b"\1" + bytes(7), b"\1" + bytes(7)), bytes(65_536), bytearray(96))),
        ("count", ((bytes(8), b"\1" + bytes(7), b"\1" + bytes(7)), bytes(9), bytearray(96))),
        ("count", ((bytes(8), b"\1" + bytes(7), b"\1" + bytes(7)), bytes(65_536), bytearray(9))),
        ("count", ((bytes(8), b"\1" + bytes(7), b"\xff" * 8), bytes(65_536), bytearray(96))),
        ("hash", ((bytes(8), bytes(8), b"\1" + bytes(7)), bytes(131_072))),
        ("sums", (b"\2\0\0\0", bytes(8) + b"\1" + bytes(7), bytes(32), 4, bytearray(16))),
        ("sums", (bytes(4), bytes(8) + b"\2" + bytes(7), bytes(32), 4, bytearray(16))),
        ("sums", (bytes(4), bytes(8) + b"\1" + bytes(7), bytes(32), 3, bytearray(16))),
        ("sums", (bytes(4), bytes(16), bytes(32), 4, bytearray(12))),
        ("links", (("/",), "", ((),) * 5, bytearray(4), 18)),
    ],
)
def test_what_does_not_fit_is_an_error(name: str, arguments: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        getattr(kernels, name)(*arguments)
