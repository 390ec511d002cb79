"""The compiled kernels give what the Python beside them gives, on whatever input."""

import itertools
import json
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import turbohtml
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from boilerclass import batch, decode, encoding, forest, lexicons, scorer
from boilerclass.features import addresses, context, ngrams, overlap, structure, text, words
from boilerclass.labels import LABELS, ROLES
from boilerclass.native import kernels
from boilerclass.readers import html, structured, walk
from boilerclass.readers import text as text_reader

pytestmark = pytest.mark.skipif(kernels is None, reason="the kernels are not built")

TAGS = (
    "p div span a b strong i h1 h2 ul li table tr td pre br hr img svg math mi style script title "
    "template iframe noscript xmp plaintext textarea select option button main nav form body html "
    "head link meta input foreignObject annotation-xml desc font x-tide noframes"
).split()
ATTRIBUTES = (
    "class='lead story'|class=''|id=tide|id=''|role=navigation|role=''|itemprop=x data-testid=y|"
    "hidden|style='color:red; DISPLAY: none'|style=visibility:hidden|style='a:&quot;;display:none'|"
    "style='b:&amp;visibility :\thidden'|style='backface-visibility:hidden;display:nones'|"
    "href='/a?b&amp;c=\"d\"'|href|rel='nofollow x'|rel=CANONICAL|"
    "type='application/LD+json'|type='application/ld+json; a=b'|id=__NEXT_DATA__|lang=ro|lang|"
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
@settings(max_examples=100)
def test_the_walk_is_the_same(random: random.Random, size: int) -> None:
    page = soup(random, size)
    tree = turbohtml.parse(page)
    compiled = walk.compiled(tree)
    if compiled is None:  # it was in doubt
        return
    python = walk.python(tree)
    assert compiled.paragraphs == python.paragraphs
    for name in ("parents", "ends", "tags", "words"):
        assert list(getattr(compiled.tree, name)) == list(getattr(python.tree, name))
    assert len(set(compiled.tree.names)) == len(compiled.tree.names)
    assert compiled.elements(tree) == python.elements(tree)
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
def test_characters_are_counted_and_hashed_the_same(texts: list[str]) -> None:
    chars = text.characters(tuple(texts))
    for compiled, python in zip(chars, text.characters_python(texts), strict=True):
        assert np.array_equal(compiled, python)
    found = np.zeros((len(texts), len(text.COLUMNS) + 2), dtype=np.float32)
    text.fill(chars, found, 1)
    assert np.allclose(found[:, 1:-1], text.columns_python(chars), atol=1e-6)
    assert not found[:, [0, -1]].any()
    for compiled, python in zip(ngrams.bags(chars), ngrams.bags_python(chars), strict=True):
        assert np.array_equal(compiled.buckets, python.buckets)
        assert np.array_equal(compiled.bounds, python.bounds)


@given(
    st.lists(st.integers(0, 5), max_size=9),
    st.integers(1, ngrams.IN_ROW + 1),
    st.sampled_from([np.float16, np.float32]),
    st.integers(0, 2**32 - 1),
)
def test_rows_are_added_the_same(sizes: list[int], columns: int, kind: type, seed: int) -> None:
    random = np.random.default_rng(seed)
    bounds = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
    bags = [
        ngrams.Bag(random.integers(0, 30, bounds[-1], dtype=np.int32), bounds) for _ in range(3)
    ]
    table = ngrams.in_rows(random.normal(size=(30, columns)).astype(kind))
    compiled = np.full((len(sizes), columns + 2), 7, dtype=np.float32)
    ngrams.sums(bags, table, compiled, slice(1, columns + 1))
    python = ngrams.sums_python(bags, table, len(sizes))[:, :columns]
    assert np.allclose(compiled[:, 1:-1], python, atol=1e-5)
    assert (compiled[:, [0, -1]] == 7).all()


NAME = st.text(st.sampled_from("aabBCz-_ 0\u00e9\x00"), max_size=450)


@given(st.lists(st.tuples(NAME, NAME), max_size=5))
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
def test_link_targets_are_judged_the_same(hrefs: list[str], host: str) -> None:
    def judged() -> object:
        found = np.zeros((len(hrefs) + 1, len(addresses.LINK_COLUMNS) + 2), dtype=np.float32)
        addresses.judge(tuple(hrefs), host, found, (1, 2))
        return found

    with pytest.MonkeyPatch.context() as patch:
        compiled, python = both(patch, addresses, judged)
    assert np.array_equal(compiled, python)


@given(st.lists(st.text(st.characters(codec="utf-8") | st.characters(max_codepoint=0x3100))))
def test_openings_are_folded_the_same(texts: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        compiled, python = both(patch, lexicons, lambda: lexicons.fold_openings(texts, 80))
    assert compiled == python
    assert compiled.folded == [lexicons.fold(text[:80]) for text in texts]


OPENING = st.lists(
    st.sampled_from(
        "read also Share THIS 12 3 more \u5173\u6ce8\u6211\u4eec Cite\u0219te \u0219i : ! _ "
        "\u0663 advertisement photo: \ua66e \u0e2d\u0e48\u0e32\u0e19 related: Watch | "
        "\u7eed\uff1a".split()
    ),
    max_size=7,
).map(" ".join)


@given(st.lists(OPENING, max_size=6))
def test_cues_are_found_the_same(texts: list[str]) -> None:
    def masks() -> object:
        return lexicons.load().match_all(lexicons.fold_openings(texts, 80))

    with pytest.MonkeyPatch.context() as patch:
        compiled, python = both(patch, lexicons, masks)
    assert compiled == python
    known = lexicons.load()
    assert list(python) == list(map(known.match, *lexicons.fold_openings(texts, 80)))


def shares(together: batch.Batch, known: ngrams.Bag) -> NDArray[np.float32]:
    """The columns of ``overlap``, between two others that stay as they are."""
    found = np.full((len(together), len(overlap.COLUMNS) + 2), 7, dtype=np.float32)
    overlap.fill(together, known, found, 1)
    assert (found[:, [0, -1]] == 7).all()
    return found


@given(st.lists(st.randoms(use_true_random=False), max_size=3), st.booleans())
@settings(max_examples=60)
def test_places_and_surroundings_are_described_the_same(
    randoms: list[random.Random], in_text: bool
) -> None:
    documents = [html.read(soup(r, 80), url="https://tide.example/a-b-c-d") for r in randoms]
    if in_text:
        documents.insert(len(documents) // 2, text_reader.read("The bell\n\nThe bell\nrang."))
    together = batch.collect(documents)
    found = np.zeros((len(together), len(structure.COLUMNS) + 1), dtype=np.float32)
    structure.fill(together, found)
    assert np.allclose(found[:, :-1], structure.columns_python(together), atol=1e-6)
    chars = text.characters(together.texts)
    known, around = ngrams.bags(chars)[ngrams.WORDS], words.collect(together)
    table = np.random.default_rng(0).normal(size=(words.BUCKETS, 8)).astype(np.float32)
    table, sums = ngrams.in_rows(table), np.full((len(together), 10), 7, dtype=np.float32)
    words.sums(around, table, sums, slice(1, 9))
    assert np.allclose(sums[:, 1:-1], words.sums_python(around, table)[:, :8], atol=1e-4)
    assert (sums[:, [0, -1]] == 7).all()
    with pytest.MonkeyPatch.context() as patch:
        compiled, python = both(patch, overlap, lambda: shares(together, known))
        assert np.allclose(compiled, python, atol=1e-6)
        compiled, python = both(patch, words, lambda: words.collect(together).chains)
        assert np.array_equal(compiled, python)
    roles = np.random.default_rng(len(together)).random((len(together), len(ROLES)))
    roles = (roles / roles.sum(axis=1, keepdims=True)).astype(np.float32) ** 3
    cues = (np.random.default_rng(1).random((len(together), 9)) > 0.8).astype(np.float32)
    found = context.features(together, roles, cues)
    assert np.allclose(found, context.columns_python(together, roles, cues), atol=1e-5)


@given(st.lists(st.integers(0, 4), max_size=5), st.integers(0, 2**32 - 1))
def test_rows_are_moved_the_same(sizes: list[int], seed: int) -> None:
    random = np.random.default_rng(seed)
    documents = [text_reader.read("tide\n" * size) for size in sizes]
    together = batch.collect(documents)
    rows = random.normal(scale=9, size=(len(together), 7)).astype(np.float32)
    mean, scale = random.random((2, 7)).astype(np.float32) + 1
    sums = random.normal(size=(len(together), 21)).astype(np.float32)

    def moved() -> tuple[object, object]:
        columns = np.zeros((len(together), 9), dtype=np.float32)
        scorer.Standard(mean, scale).move(rows, columns, 1)
        return columns, scorer.neighbours(sums, mean, together)

    with pytest.MonkeyPatch.context() as patch:
        compiled, python = both(patch, scorer, moved)
    assert np.allclose(compiled[0], python[0])
    assert np.allclose(compiled[1], python[1])


@given(st.integers(0, 9), st.booleans(), st.integers(0, 2**32 - 1))
def test_networks_give_the_same(n: int, each: bool, seed: int) -> None:
    random = np.random.default_rng(seed)
    shapes = ((6, 5), (5,), (5, 3), (3,), (n, 6), (n, 5) if each else (5,))
    parts = [random.normal(scale=9, size=shape).astype(np.float32) for shape in shapes]
    network = scorer.Network(*parts[:4])

    def told() -> object:
        return network.probabilities(network.sums(parts[4]), parts[5])

    with pytest.MonkeyPatch.context() as patch:
        compiled, python = both(patch, scorer, told)
    assert np.allclose(compiled, python, atol=1e-6)


def tree(random: np.random.Generator, nodes: int) -> list[tuple[int, int]]:
    """The children of nodes and leaves, each numbered through as one meets them going left."""
    children, leaves = [(0, 0)] * nodes, itertools.count(nodes)

    def grow(at: int, many: int) -> int:
        if many == 0:
            return next(leaves)
        left = int(random.integers(many))  # nodes on the left
        children[at] = grow(at + 1, left), grow(at + 1 + left, many - 1 - left)
        return at

    grow(0, nodes)
    return children


@given(st.integers(0, 40), st.integers(1, 9), st.integers(0, forest.MOST_NODES), st.integers(0))
def test_trees_are_walked_the_same(n: int, trees: int, nodes: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    columns = 5
    children = [tree(random, int(random.integers(nodes + 1))) for _ in range(trees)]
    grown = forest.Forest(
        random.integers(0, columns, (trees, nodes)).astype(np.int16),
        random.integers(-1, 2, (trees, nodes)).astype(np.float32),
        np.full((trees, nodes, 2), nodes, dtype=np.int16),
        random.standard_normal((trees, nodes + 1)).astype(np.float32),
    )
    for own, known in zip(grown.children, children, strict=True):
        few = len(known)
        for k, pair in enumerate(known):
            own[k] = [c if c < few else c - few + nodes for c in pair]
    rows = random.integers(-1, 2, (n, columns)).astype(np.float32)  # often at a threshold
    with pytest.MonkeyPatch.context() as patch:
        compiled, python = both(patch, forest, lambda: grown(rows))
    assert np.array_equal(compiled, python)


@given(
    st.integers(0, 30), st.none() | st.floats(0, 1), st.sampled_from([0.5, 1, 2]), st.integers(0)
)
def test_labels_are_decided_the_same(
    n: int, threshold: float | None, beta: float, seed: int
) -> None:
    random = np.random.default_rng(seed)
    roles = random.random((n, len(ROLES))).astype(np.float32) ** 4
    roles[n // 2 :] = roles[: n - n // 2].copy()  # some that are equal
    roles /= roles.sum(axis=1, keepdims=True)
    chars = random.integers(1, 500, n).astype(np.float32)
    factors = random.integers(1, 4, len(LABELS)).astype(np.float32)
    compiled = decode.labels(roles, chars, threshold=threshold, beta=beta, factors=factors)
    python = decode.labels_python(roles, chars, threshold, beta, factors)
    assert np.allclose(compiled[1], python[1], atol=1e-6)
    assert np.array_equal(compiled[0], python[0])


JSON = st.recursive(
    st.none()
    | st.integers()
    | st.text(st.sampled_from('tide "\\{}[]:,\u00e9\U0001f980'), max_size=60),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["body", "text", "b\u00f6dy", "x"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(JSON, st.booleans())
def test_no_prose_of_a_script_is_overlooked(value: object, ascii_only: bool) -> None:
    script = json.dumps(value, ensure_ascii=ascii_only)
    prose = structured._largest_prose(value)
    assert structured.most_prose(script) >= sum(map(len, prose))


@given(st.text(st.sampled_from("a\u00e9\u4f60\ud7ff\ud800\udfff\ue000\U0001f980"), max_size=5))
def test_surrogates_are_found_the_same(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        compiled, python = both(patch, encoding, lambda: encoding.without_surrogates(text))
    assert compiled == python


def columns(**other: list[int]) -> tuple[NDArray[np.generic], ...]:
    """The columns of one paragraph in one element of one page, some of them others."""
    own = {"lengths": [1], "bounds": [0, 1], "parents": [0], "ends": [1], "page": [0], "name": [0]}
    numbers = np.array(other.get("numbers", [0] * 5), dtype=np.int64)
    rest = [np.array(column, dtype=np.int64) for column in ({**own, **other}).values()]
    return numbers, rest[0], np.zeros(1, np.uint64), *rest[1:6], np.ones(1, np.uint8)


BATCH = columns()
ONE = b"\1" + bytes(7)
TWO = b"\2" + bytes(7)
PAGE = bytes(8) + ONE, bytes(8)
ROW = np.zeros(140, dtype=np.float32)
SHIFTS = (1, -1), (0,)
FOUR, FIVE = bytes(16), bytes(20)
LIMITS = -1.0, 1.0, 0.1, 0.6
OUTSIDE = np.full(7, 140, dtype=np.int64)
MISFITS = [
    columns(numbers=[0, 0, 0, 0, 1]),
    columns(numbers=[0, 0, 0, 0, -1]),
    columns(lengths=[-1]),
    columns(bounds=[0, 2]),
    columns(bounds=[1, 1]),
    columns(bounds=[0, 2, 1]),
    columns(parents=[1]),
    columns(ends=[0]),
    columns(ends=[2]),
    columns(page=[1]),
    columns(name=[-1]),
    columns(name=[]),
]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("form", ((b"ab", ONE, ONE), bytes(65_536), ROW, 140, 0)),
        ("form", ((bytes(8), ONE, ONE), bytes(9), ROW, 140, 0)),
        ("form", ((bytes(8), ONE, ONE), bytes(65_536), ROW, 141, 0)),
        ("form", ((bytes(8), ONE, ONE), bytes(65_536), ROW, 140, 100)),
        ("form", ((bytes(8), ONE, b"\xff" * 8), bytes(65_536), ROW, 140, 0)),
        ("overlap", (bytes(4), b"\2" + bytes(15), b"", bytes(8), bytes(8), 1, ROW, 2, 0)),
        ("overlap", (b"", bytes(8), b"", bytes(8), ONE, 1, ROW, 2, 0)),
        ("overlap", (b"", bytes(16), b"", bytes(8) + ONE, bytes(16), 1, ROW, 2, 0)),
        ("overlap", (b"", bytes(16), b"", bytes(16), bytes(8) + ONE, 2, ROW, 4, 0)),
        ("overlap", (b"", bytes(16), b"", bytes(16), bytes(8) + ONE, 1, bytearray(), 2, 0)),
        ("overlap", (b"", bytes(16), b"", bytes(16), bytes(8) + ONE, 1, ROW, 2, 1)),
        ("overlap", (b"", bytes(16), b"", bytes(16), bytes(8) + ONE, 1, ROW, 1, 0)),
        ("overlap", (b"", bytes(16), b"", bytes(8), bytes(8) + ONE, 0, ROW, 2, 0)),
        ("decide", (bytes(7), (0, 1), bytes(4), *LIMITS, 0, FIVE, bytearray(8), bytearray(20))),
        ("decide", (bytes(8), (0, 5), bytes(4), *LIMITS, 0, FIVE, bytearray(8), bytearray(20))),
        ("decide", (bytes(8), (0, -1), bytes(4), *LIMITS, 0, FIVE, bytearray(8), bytearray(20))),
        ("decide", (bytes(8), (0, 1), bytes(4), *LIMITS, 5, FIVE, bytearray(8), bytearray(20))),
        ("decide", (bytes(8), (0, 1), bytes(4), *LIMITS, 0, FIVE, bytearray(7), bytearray(20))),
        ("decide", (bytes(8), (0, 1), bytes(4), *LIMITS, 0, FIVE, bytearray(8), bytearray(19))),
        ("decide", (bytes(8), (0, 1), bytes(4), *LIMITS, 0, FOUR, bytearray(8), bytearray(20))),
        ("fold", (("a",), 9, bytes(4 << 16), 3, bytearray(7))),
        ("fold", (("a",), 9, bytes(3 << 16), 3, bytearray(8))),
        ("match", ([], {}, 0, {}, {}, bytes(9), "a", bytearray())),
        ("chains", (BATCH, 9, np.zeros(8, dtype=np.int64), 9)),
        ("chains", (BATCH, 9, np.zeros(9, dtype=np.int64), 8)),
        ("name_sums", (ONE, bytes(8), bytes(4), bytes(8) + ONE, ROW, ROW, 4, 0, 4)),
        ("name_sums", (bytes(8), ONE, b"\1\0\0\0", bytes(8) + ONE, bytes(64), ROW, 4, 0, 4)),
        ("name_sums", (bytes(8), bytes(8), bytes(4), bytes(8) + TWO, ROW, ROW, 4, 0, 4)),
        ("name_sums", (bytes(8), bytes(8), bytes(4), bytes(8) + ONE, ROW, bytearray(12), 4, 0, 4)),
        ("name_sums", (bytes(8), bytes(8), bytes(4), bytes(8) + ONE, ROW, ROW, 4, 1, 4)),
        ("name_sums", (bytes(8), bytes(8), bytes(4), bytes(8) + ONE, ROW, ROW, 140, 0, 17)),
        ("hash", ((bytes(8), bytes(8), b"\1" + bytes(7)), bytes(131_072))),
        ("prose_in", ("{}", frozenset(("",)), 40)),
        ("prose_in", ("{}", frozenset(("k" * 33,)), 40)),
        ("prose_in", ("{}", frozenset((1,)), 40)),
        ("sums", (((b"\1\0\0\0", bytes(8) + ONE),), bytes(64), 4, bytearray(16), 4, 0, 4)),
        ("sums", (((b"\xff" * 4, bytes(8) + ONE),), bytes(64), 4, bytearray(16), 4, 0, 4)),
        ("sums", (((bytes(4), bytes(8) + TWO),), bytes(64), 4, bytearray(16), 4, 0, 4)),
        ("sums", (((bytes(4), ONE + bytes(8)),), bytes(64), 4, bytearray(16), 4, 0, 4)),
        ("sums", (((bytes(4), bytes(8)),), bytes(64), 4, bytearray(16), 4, 0, 4)),
        ("sums", (((bytes(4), bytes(16)),) * 9, bytes(64), 4, bytearray(16), 4, 0, 4)),
        ("sums", (((bytes(4), bytes(8) + ONE),), bytes(64), 3, bytearray(16), 4, 0, 4)),
        ("sums", (((bytes(4), bytes(8) + ONE),), bytes(64), 4, bytearray(16), 4, 1, 4)),
        ("sums", (((bytes(4), bytes(8) + ONE),), bytes(64), 4, bytearray(68), 17, 0, 17)),
        ("links", (("/",), "", ((),) * 3, bytearray(4), 18, 0, 0)),
        ("links", (("/",), "", ((),) * 3, bytearray(80), 18, 0, 11)),
        ("standardise", (bytes(8), bytes(8), bytes(4), 5.0, bytearray(8), 2, 0)),
        ("standardise", (bytes(8), bytes(8), bytes(8), 5.0, bytearray(8), 1, 0)),
        ("standardise", (bytes(8), bytes(8), bytes(8), 5.0, bytearray(8), 2, 1)),
        ("standardise", (bytes(8), bytes(8), bytes(8), 5.0, bytearray(8), 2, -1)),
        ("standardise", (bytes(16), bytes(8), bytes(8), 5.0, bytearray(8), 2, 0)),
        ("rectify", (bytearray(24), bytes(16), 2)),
        ("rectify", (bytearray(24), bytes(4), 2)),
        ("rectify", (bytearray(24), bytes(24), 0)),
        ("softmax", (bytearray(24), b"")),
        ("softmax", (bytearray(24), bytes(260))),
        ("forest", (bytes(8), 2, b"\2\0", bytes(4), bytes(4), 1, bytes(8), bytearray(4))),
        ("forest", (bytes(8), 2, b"\xff\xff", bytes(4), bytes(4), 1, bytes(8), bytearray(4))),
        ("forest", (bytes(8), 2, b"", bytes(4), bytes(4), 1, bytes(8), bytearray(4))),
        ("forest", (bytes(8), 2, bytes(2), b"", bytes(4), 1, bytes(8), bytearray(4))),
        ("forest", (bytes(8), 2, bytes(2), bytes(4), b"\1\0", 1, bytes(8), bytearray(4))),
        ("forest", (bytes(8), 0, bytes(2), bytes(4), bytes(4), 1, bytes(8), bytearray(4))),
        ("forest", (bytes(8), 2, bytes(2), bytes(4), bytes(4), -1, bytes(8), bytearray(4))),
        ("forest", (bytes(8), 2, bytes(64), bytes(128), bytes(128), 32, bytes(132), bytearray(4))),
        ("forest", (bytes(8), 2, bytes(2), bytes(4), bytes(4), 1, bytes(8), bytearray(8))),
        ("beside", (bytes(24), bytes(4), bytes(8) + b"\3" + bytes(7), bytearray(8))),
        ("beside", (bytes(20), bytes(4), bytes(8) + b"\2" + bytes(7), bytearray(8))),
        ("structure", (BATCH, ("a",), (), 1, bytes(56), ROW, 140)),
        ("structure", (BATCH, ("a",), ("",), 1, bytes(48), ROW, 140)),
        ("structure", (BATCH, ("a",), ("",), 1, OUTSIDE, ROW, 140)),
        ("structure", (BATCH, ("a",), ("",), 1, bytes(56), bytearray(), 140)),
        ("context", (BATCH, bytes(39), (0,) * 10, (), (), 0, 1, 0.75, 4, 1, b"", 0, ROW, 140)),
        ("context", (BATCH, bytes(40), (0,) * 10, (), (), 0, 10, 0.75, 4, 1, b"", 0, ROW, 140)),
        ("context", (BATCH, bytes(40), (5,) * 10, (), (), 0, 1, 0.75, 4, 1, b"", 0, ROW, 140)),
        ("context", (BATCH, bytes(40), (0,) * 10, (), (), 0, 1, 0.75, -1, 1, b"", 0, ROW, 140)),
        ("context", (BATCH, bytes(40), (0,) * 10, (), (), 0, 1, 0.75, 4, 1, b"", 0, ROW, 49)),
        ("context", (BATCH, bytes(40), (0,) * 10, (), (), 0, 1, 0.75, 4, 1, b"", 1, ROW, 140)),
        ("context", (BATCH, bytes(40), (0,) * 10, (), (), 0, 1, 0.75, 4, 1, b"", -1, ROW, 140)),
        ("context", (BATCH, bytes(40), (0,) * 10, (), (), 0, 1, 0.75, 4, 1, b"", 33, ROW, 140)),
        *(
            ("context", (batch, bytes(40), (0,) * 10, (), (), 0, 1, 0.75, 4, 1, b"", 0, ROW, 140))
            for batch in MISFITS
        ),
    ],
)
def test_what_does_not_fit_is_an_error(name: str, arguments: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        getattr(kernels, name)(*arguments)
