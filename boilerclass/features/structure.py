"""Where a paragraph stands: markup around it, links, containers, repetition, place on the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from boilerclass.batch import Batch
from boilerclass.document import Document
from boilerclass.features import addresses
from boilerclass.features.addresses import LINK_COLUMNS, URL_COLUMNS
from boilerclass.markup import BIT, FLAGS
from boilerclass.native import kernels

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

LEVELS = 4
"""Containers looked at: the element's own, then each next ancestor that holds more paragraphs."""
PROSE_CHARS = 80
"""Characters from which an unlinked paragraph outside headings counts as prose."""
MAIN_SHARE = 0.6
"""Share of the page's prose that its main container holds at least."""

OWN_COLUMNS = (
    "is_html gap many_gap link_share has_link log_links bold_share same_text repeats_previous "
    "repeats_next in_structured_body"
).split()
PLACE_COLUMNS = (
    "place from_end log_index log_from_end char_place log_page log_page_chars page_prose "
    "page_links log_prose_before log_prose_after"
).split()
CONTAINER_COLUMNS = "log_size link_share prose_share".split()
GROUP_COLUMNS = "log_same_shape shape_run".split()
MAIN_COLUMNS = "main_inside place_in_main main_share main_depth main_before main_after".split()

PAGE_TYPES: dict[str, tuple[str, ...]] = {
    "article": (
        "article",
        "newsarticle",
        "blogposting",
        "reportagenewsarticle",
        "opinionnewsarticle",
    ),
    "product": ("product", "productgroup", "og:product", "product.item", "offer", "aggregateoffer"),
    "forum": ("discussionforumposting", "qapage", "question", "answer"),
    "list": ("itemlist", "collectionpage", "searchresultspage", "offercatalog"),
    "faq": ("faqpage", "howto", "techarticle"),
    "website": ("website", "webpage", "localbusiness", "service", "aboutpage"),
    "media": ("videoobject", "video.other", "podcastepisode", "recipe", "event"),
}
COLUMNS: tuple[str, ...] = (
    *(f"type_{name}" for name in PAGE_TYPES),
    *URL_COLUMNS,
    *(f"in_{name}" for name in FLAGS),
    *OWN_COLUMNS,
    *LINK_COLUMNS,
    *PLACE_COLUMNS,
    *(f"level{k}_{name}" for k in range(LEVELS) for name in CONTAINER_COLUMNS),
    *GROUP_COLUMNS,
    *MAIN_COLUMNS,
)


_PARTS = (
    len(PAGE_TYPES) + len(URL_COLUMNS),
    len(FLAGS),
    len(OWN_COLUMNS),
    len(LINK_COLUMNS),
    len(PLACE_COLUMNS),
    LEVELS * len(CONTAINER_COLUMNS),
    len(GROUP_COLUMNS),
)
_FIRST_COLUMNS = np.cumsum(_PARTS, dtype=np.int64)
"""Of what native/structure.c fills in, part by part; the first part is the page's."""


class Weights(NamedTuple):
    """What is summed over containers; each of shape (n,)."""

    chars: Floats
    link_chars: Floats
    prose: Floats


def fill(batch: Batch, found: Floats) -> None:
    """Fills in the first columns of ``found``, shape (n, len(COLUMNS) or more) and zero so far; the
    markup columns of plain text stay zero."""
    if kernels is None:
        found[:, : len(COLUMNS)] = columns_python(batch)
        return
    kernels.structure(
        batch.arrays,
        batch.texts,
        batch.hrefs,
        BIT["heading"],
        _FIRST_COLUMNS,
        found,
        found.shape[1],
    )
    types, urls = _page_types(batch), _urls(batch)
    first, body = _FIRST_COLUMNS[2], COLUMNS.index("in_structured_body")
    for i, (document, lo, hi) in enumerate(_pages(batch)):
        found[lo:hi, : len(PAGE_TYPES)] = types[i]
        found[lo:hi, len(PAGE_TYPES) : len(PAGE_TYPES) + len(URL_COLUMNS)] = urls[i]
        if document.structured_body:
            found[lo:hi, body] = _structured_body(document, batch.texts[lo:hi])
        if document.kind == "html":
            host = addresses.host_of(document.url)
            addresses.judge(batch.hrefs[lo:hi], host, found, (lo, first))


def columns_python(batch: Batch) -> Floats:
    """Shape (n, len(COLUMNS)): the same without the kernel."""
    n = len(batch)
    if n == 0:
        return np.zeros((0, len(COLUMNS)), dtype=np.float32)
    html = batch.html.astype(np.float32)[batch.page]
    weights = _weights(batch)
    elements = batch.counts[:, 4]
    flags = (batch.flags[:, None] >> np.arange(len(FLAGS), dtype=np.uint64)) & np.uint64(1)
    markup = np.concatenate(
        [
            _links(batch),
            _containers(batch, weights, elements),
            _shapes(batch),
            _main(batch, weights, elements),
        ],
        axis=1,
    )
    markup *= html[:, None]
    link, container, shape, main = np.split(
        markup,
        np.cumsum([len(LINK_COLUMNS), LEVELS * len(CONTAINER_COLUMNS), len(GROUP_COLUMNS)]),
        axis=1,
    )
    return np.concatenate(
        [
            _page_types(batch)[batch.page],
            _urls(batch)[batch.page],
            flags.astype(np.float32),
            _own(batch, weights, html),
            link,
            _places(batch, weights),
            container,
            shape,
            main,
        ],
        axis=1,
        dtype=np.float32,
    )


def _page_types(batch: Batch) -> Floats:
    """Shape (d, len(PAGE_TYPES))."""
    return np.array(
        [
            [bool(d.types.intersection(names)) for names in PAGE_TYPES.values()]
            for d in batch.documents
        ],
        dtype=np.float32,
    )


def _urls(batch: Batch) -> Floats:
    """Shape (d, len(URL_COLUMNS))."""
    return np.array([addresses.shape(d.url) for d in batch.documents], dtype=np.float32)


def _pages(batch: Batch) -> Iterator[tuple[Document, int, int]]:
    bounds = batch.bounds.tolist()
    return zip(batch.documents, bounds[:-1], bounds[1:], strict=True)


def _weights(batch: Batch) -> Weights:
    chars = batch.lengths.astype(np.float32)
    link_chars = batch.counts[:, 1].astype(np.float32)
    heading = (batch.flags & np.uint64(BIT["heading"])) != 0
    prose = chars - link_chars
    prose[(prose < PROSE_CHARS) | heading] = 0
    return Weights(chars, link_chars, prose)


def _own(batch: Batch, weights: Weights, html: Floats) -> Floats:
    gap, _, links, bold, _ = batch.counts.T.astype(np.float32)
    chars = np.maximum(weights.chars, 1)
    link_share = np.minimum(weights.link_chars / chars, 1)
    again, before, after = _repetition(batch)
    return np.stack(
        [
            html,
            np.minimum(gap, 3) / 3,
            np.log1p(gap),
            link_share,
            links > 0,
            np.log1p(links),
            np.minimum(bold / chars, 1),
            np.log1p(again),
            before,
            after,
            _structured_bodies(batch),
        ],
        axis=1,
        dtype=np.float32,
    )


def _repetition(batch: Batch) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """How often a text stands elsewhere on its page, and whether its neighbours repeat it."""
    again = np.zeros(len(batch), dtype=np.float32)
    for _, lo, hi in _pages(batch):
        texts = batch.texts[lo:hi]
        count = Counter(texts)
        again[lo:hi] = [count[t] - 1 for t in texts]
    same = np.array(
        [a == b for a, b in zip(batch.texts, batch.texts[1:], strict=False)], dtype=bool
    ) & (batch.page[1:] == batch.page[:-1])
    return again, np.concatenate(([False], same)), np.concatenate((same, [False]))


def _structured_bodies(batch: Batch) -> Floats:
    found = np.zeros(len(batch), dtype=np.float32)
    for document, lo, hi in _pages(batch):
        if document.structured_body:
            found[lo:hi] = _structured_body(document, batch.texts[lo:hi])
    return found


def _structured_body(document: Document, texts: Sequence[str]) -> list[bool]:
    """Whether each text begins as a part of the document's structured body."""
    return [len(text) > 25 and text[:60] in document.structured_body for text in texts]


def _links(batch: Batch) -> Floats:
    found = np.zeros((len(batch), len(LINK_COLUMNS)), dtype=np.float32)
    again = LINK_COLUMNS.index("href_again")
    for document, lo, hi in _pages(batch):
        hrefs = batch.hrefs[lo:hi]
        addresses.judge(hrefs, addresses.host_of(document.url), found, (lo, 0))
        count = Counter(hrefs)
        count[""] = 0
        found[lo:hi, again] = [count[href] > 1 for href in hrefs]
    return found


def _places(batch: Batch, weights: Weights) -> Floats:
    lo, hi = batch.bounds[batch.page], batch.bounds[batch.page + 1]
    index = np.arange(len(batch))
    size = (hi - lo).astype(np.float32)
    before, total = running(weights.chars, batch)
    prose_before, prose = running(weights.prose, batch)
    _, links = running(weights.link_chars, batch)
    return np.stack(
        [
            (index - lo) / size,
            (hi - 1 - index) / size,
            np.log1p(index - lo),
            np.log1p(hi - 1 - index),
            before / np.maximum(total, 1),
            np.log1p(size),
            np.log1p(total),
            prose / np.maximum(total, 1),
            links / np.maximum(total, 1),
            np.log1p(prose_before),
            np.log1p(np.maximum(prose - prose_before - weights.prose, 0)),
        ],
        axis=1,
        dtype=np.float32,
    )


def running(values: Floats, batch: Batch) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each paragraph the sum of the values before it on its page, and of the whole page."""
    sums = np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))
    first, last = batch.bounds[batch.page], batch.bounds[batch.page + 1]
    return sums[:-1] - sums[first], sums[last] - sums[first]


class Subtrees:
    """Sums over everything below an element, by one cumulative sum over document order."""

    def __init__(self, batch: Batch, elements: Ints) -> None:
        self._elements = elements
        self._ends = batch.ends
        self._size = len(batch.parents)

    def __call__(self, values: NDArray[np.floating] | None = None) -> NDArray[np.float64]:
        own = np.bincount(self._elements, weights=values, minlength=self._size)
        running = np.concatenate(([0.0], np.cumsum(own)))
        return running[self._ends] - running[:-1]


def deepest(batch: Batch, held: NDArray[np.float64], least: NDArray[np.floating]) -> Ints:
    """Shape (d,): for each document the deepest element that holds anything and at least so much,
    -1 where there is none; such elements stand in each other if that is more than half of all."""
    found = np.full(len(batch.documents), -1, dtype=np.int64)
    at = np.flatnonzero((held >= least[batch.element_page]) & (held > 0))
    found[batch.element_page[at]] = at  # the last of them
    return found


def wider(parents: Ints, size: NDArray[np.float64]) -> Ints:
    """For each element the nearest ancestor that holds more paragraphs; the root for the rest."""
    up = parents.copy()
    while True:
        same = (size[up] == size[np.arange(len(up))]) & (up != parents[up])
        if not same.any():
            return up
        up = np.where(same, up[up], up)


def _containers(batch: Batch, weights: Weights, elements: Ints) -> Floats:
    below = Subtrees(batch, elements)
    size, prose = below(), below(weights.prose)
    chars, links = below(weights.chars), below(weights.link_chars)
    up = wider(batch.parents, size)
    _, page_prose = running(weights.prose, batch)
    at = elements
    columns = []
    for _ in range(LEVELS):
        columns += [
            np.log1p(np.maximum(size[at], 1)),
            links[at] / np.maximum(chars[at], 1),
            prose[at] / np.maximum(page_prose, 1),
        ]
        at = up[at]
    return np.stack(columns, axis=1, dtype=np.float32)


def shape_groups(batch: Batch) -> Ints:
    """A number for each paragraph, the same for those of a page whose element, its parent and its
    grandparent have the same tags and classes."""
    own = batch.element_name.astype(np.uint64)
    elements, up = batch.counts[:, 4], batch.parents
    shape = (own[elements] * np.uint64(1_000_003) + own[up[elements]]) * np.uint64(1_000_003)
    shape = (shape + own[up[up[elements]]]) * np.uint64(1_000_003) + batch.page.astype(np.uint64)
    groups: Ints = np.unique(shape, return_inverse=True)[1]
    return groups


def _shapes(batch: Batch) -> Floats:
    """How much there is on the page of the paragraph's own shape."""
    group = shape_groups(batch)
    many = np.bincount(group).astype(np.float32)
    same = np.concatenate(([False], group[1:] == group[:-1], [False]))
    return np.stack(
        [
            np.log1p(many[group]),
            (same[:-1].astype(np.float32) + same[1:]) / 2,
        ],
        axis=1,
        dtype=np.float32,
    )


def _main(batch: Batch, weights: Weights, elements: Ints) -> Floats:
    """Place in relation to the deepest element that holds most of the page's prose."""
    below = Subtrees(batch, elements)
    prose = below(weights.prose)
    _, page_prose = running(weights.prose, batch)
    total = np.bincount(batch.page, weights=weights.prose, minlength=len(batch.documents))
    main = deepest(batch, prose, MAIN_SHARE * total)[batch.page]
    known = main >= 0
    main = np.maximum(main, 0)
    end = batch.ends[main]
    inside = known & (elements >= main) & (elements < end)
    count = np.bincount(batch.page[inside], minlength=len(batch.documents))[batch.page]
    index = np.cumsum(inside) - 1
    start = np.searchsorted(np.flatnonzero(inside), batch.bounds[batch.page])
    return np.stack(
        [
            inside,
            np.where(inside, (index - start) / np.maximum(count, 1), 0),
            np.where(known, prose[main], 0) / np.maximum(page_prose, 1),
            np.log1p(count),
            known & (elements < main),
            known & (elements >= end),
        ],
        axis=1,
        dtype=np.float32,
    )
