"""What the first pass's probabilities around a paragraph say about it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boilerclass import lexicons
from boilerclass.batch import Batch
from boilerclass.features import structure
from boilerclass.features.shifts import shifted
from boilerclass.labels import LABEL_OF, LABELS, ROLES
from boilerclass.markup import BIT
from boilerclass.native import kernels

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

SHIFTS = (-3, -2, -1, 1, 2, 3)
WINDOWS = (4, 12)
"""Paragraphs looked at on either side."""
BODY_SHARE = 0.75
"""Share of the page's core characters that the element of the article's body holds at least."""
BESIDE = 4
"""Paragraphs looked at before and after a block."""
HEADING = BIT["heading"]
"""Flag of a paragraph that heads those after it, up to the next such."""

TO_LABELS = np.array(
    [[float(LABEL_OF[role] == label) for label in LABELS] for role in ROLES], dtype=np.float32
)
"""Shape (10, 5): sums the probabilities of roles to those of labels."""
LABEL_OF_ROLES = tuple(LABELS.index(LABEL_OF[role]) for role in ROLES)
"""The same as the number of each role's label."""

BLOCK_COLUMNS = (
    "in_body",
    "log_body_depth",
    *(f"block_{place}{label}" for place in ("before_", "after_", "") for label in LABELS),
    "log_block",
    "block_core_share",
    "log_block_chars",
    "body_core_share",
)
COLUMNS: tuple[str, ...] = (
    *(f"own_{role}" for role in ROLES),
    *(f"at{k:+d}_{label}" for k in SHIFTS for label in LABELS),
    *(f"{side}{w}_{label}" for w in WINDOWS for side in ("before", "after") for label in LABELS),
    *(f"shape_{label}" for label in LABELS),
    *(f"page_{label}" for label in LABELS),
    "core_before",
    "core_after",
    "log_core_before",
    "log_core_after",
    "log_page_core",
    "since_core",
    "until_core",
    "since_title",
    "until_comment",
    *(f"heading_{label}" for label in LABELS),
    "since_heading",
    *(f"since_cue_{name}" for name in lexicons.CLASSES),
    *BLOCK_COLUMNS,
)


def features(batch: Batch, roles: Floats, cues: Floats) -> Floats:
    """Shape (n, len(COLUMNS)), from the probabilities of the roles of each paragraph, shape
    (n, 10), and whether it opens with a cue phrase of each class, shape (n, 9)."""
    if kernels is None:
        return columns_python(batch, roles, cues)
    found = np.zeros((len(batch), len(COLUMNS)), dtype=np.float32)
    kernels.context(
        batch.arrays,
        np.ascontiguousarray(roles),
        LABEL_OF_ROLES,
        SHIFTS,
        WINDOWS,
        ROLES.index("comment"),
        ROLES.index("title"),
        BODY_SHARE,
        BESIDE,
        HEADING,
        np.ascontiguousarray(cues),
        cues.shape[1],
        found,
        found.shape[1],
    )
    return found


def columns_python(batch: Batch, roles: Floats, cues: Floats) -> Floats:
    """Shape (n, len(COLUMNS)): the same without the kernel."""
    labels = roles @ TO_LABELS
    return np.concatenate(
        [
            roles,
            *(shifted(labels, k, batch.page) for k in SHIFTS),
            *_windows(labels, batch),
            *_groups(labels, batch),
            _distances(roles, labels, batch),
            _headings(labels, cues, batch),
            _blocks(labels, batch),
        ],
        axis=1,
        dtype=np.float32,
    )


def _windows(labels: Floats, batch: Batch) -> list[NDArray[np.floating]]:
    """Means over the paragraphs before and after, as many as there are."""
    index = np.arange(len(batch))
    first, last = batch.bounds[batch.page], batch.bounds[batch.page + 1]
    running = _running(labels)
    out: list[NDArray[np.floating]] = []
    for width in WINDOWS:
        for lo, hi in (
            (np.maximum(index - width, first), index),
            (index + 1, np.minimum(index + 1 + width, last)),
        ):
            out.append(_means(running, lo, hi))
    return out


def _running(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """The sums of the values up to each paragraph, one more than there are."""
    zero = np.zeros((1, *values.shape[1:]))
    return np.concatenate((zero, np.cumsum(values, axis=0, dtype=np.float64)))


def _means(running: NDArray[np.float64], lo: Ints, hi: Ints) -> NDArray[np.float64]:
    """The means over the paragraphs from one up to another, 0 where there are none."""
    found: NDArray[np.float64] = (running[hi] - running[lo]) / np.maximum(hi - lo, 1)[:, None]
    return found


def _groups(labels: Floats, batch: Batch) -> list[NDArray[np.floating]]:
    """Means over the paragraphs of the same shape, and over the page."""
    out: list[NDArray[np.floating]] = []
    for group in (structure.shape_groups(batch), batch.page):
        many = np.maximum(np.bincount(group), 1)
        out.append(
            np.stack([(np.bincount(group, weights=c) / many)[group] for c in labels.T], axis=1)
        )
    return out


def _distances(roles: Floats, labels: Floats, batch: Batch) -> Floats:
    chars = batch.lengths.astype(np.float32)
    core = labels[:, 0] * chars
    before, total = structure.running(core, batch)
    after = np.maximum(total - before - core, 0)
    safe = np.maximum(total, 1)
    comment = roles[:, ROLES.index("comment")]
    title = roles[:, ROLES.index("title")]
    return np.stack(
        [
            before / safe,
            after / safe,
            np.log1p(before),
            np.log1p(after),
            np.log1p(total),
            _since(labels[:, 0] > 0.5, batch),
            _until(labels[:, 0] > 0.5, batch),
            _since(title > 0.5, batch),
            _until(comment > 0.5, batch),
        ],
        axis=1,
        dtype=np.float32,
    )


def _headings(labels: Floats, cues: Floats, batch: Batch) -> Floats:
    """What is said of the heading that a paragraph stands under, and how far back it is; then how
    far back the last cue phrase of each class is: a long list is under "Most read" to its end."""
    marked = (batch.flags & np.uint64(HEADING)) != 0
    last = _last(marked, batch)
    above = np.where(last[:, None] >= 0, labels[last], 0)
    since = [_since(mark, batch) for mark in (marked, *(cues > 0).T)]
    return np.column_stack([above, *since])


def _blocks(labels: Floats, batch: Batch) -> NDArray[np.floating]:
    """Shape (n, 21): where a paragraph stands in the body of the article, the deepest element that
    holds most of the core of a page; what is said of what is before and after its block there, and
    of the block.

    A block is a child of the body with all below it: a table, a list, a box, or one paragraph. The
    cells of a table resemble each other, so that what stands around all of them tells more than
    what is next to one. Outside the body a paragraph is its own block; plain text has zeros.
    """
    elements = batch.counts[:, 4]
    chars = batch.lengths.astype(np.float64)
    core = labels[:, 0].astype(np.float64) * chars
    held = structure.Subtrees(batch, elements)(core)
    total = np.bincount(batch.page, weights=core, minlength=len(batch.documents))
    body = structure.deepest(batch, held, BODY_SHARE * total)
    at = body[batch.page]
    inside = (at >= 0) & (elements >= at) & (elements < batch.ends[at])
    above = body[batch.element_page[batch.parents]]
    children = np.flatnonzero((batch.parents == above) & (np.arange(len(above)) != above))
    child = np.searchsorted(children, elements, side="right") - 1
    block = np.where(inside & (elements != at), child, -1)
    begins = np.ones(len(batch), dtype=bool)
    begins[1:] = (block[1:] != block[:-1]) | (block[1:] < 0)
    starts = np.append(np.flatnonzero(begins), len(batch))
    run = np.cumsum(begins) - 1
    first, last = starts[run], starts[run + 1]
    lo = np.maximum(first - BESIDE, batch.bounds[batch.page])
    hi = np.minimum(last + BESIDE, batch.bounds[batch.page + 1])

    running, all_chars, all_core = _running(labels), _running(chars), _running(core)
    size, depth = all_chars[last] - all_chars[first], _depths(batch.parents)
    rest = [
        np.log1p(last - first),
        (all_core[last] - all_core[first]) / np.maximum(size, 1),
        np.log1p(size),
        np.where(at >= 0, held[at], 0) / np.maximum(total[batch.page], 1),
    ]
    depths = np.log1p(np.where(inside, depth[elements] - depth[at], 0))
    spans = ((lo, first), (last, hi), (first, last))
    means = [_means(running, *span) for span in spans]
    columns = np.column_stack([inside, depths, *means, *rest])
    return columns * batch.html[batch.page, None]


def _depths(parents: Ints) -> Ints:
    """How many elements each element stands in."""
    depth: Ints = (parents != np.arange(len(parents))).astype(np.int64)
    up = parents
    while (up[up] != up).any():  # twice as far up each time
        depth = depth + depth[up]
        up = up[up]
    return depth


FAR = 50
"""Paragraphs beyond which distances are not told apart."""


def _since(marked: NDArray[np.bool_], batch: Batch) -> Floats:
    """Log distance back to the last marked paragraph before this one on the page."""
    last = _last(marked, batch)
    distance = np.where(last >= 0, np.arange(len(batch)) - last, FAR)
    return np.log1p(np.minimum(distance, FAR)).astype(np.float32)


def _last(marked: NDArray[np.bool_], batch: Batch) -> Ints:
    """The last marked paragraph before each on its page, -1 where there is none."""
    last = np.maximum.accumulate(np.where(marked, np.arange(len(batch)), -1))
    last = np.concatenate(([-1], last[:-1])) if len(last) else last
    found: Ints = np.where(last >= batch.bounds[batch.page], last, -1)
    return found


def _until(marked: NDArray[np.bool_], batch: Batch) -> Floats:
    """Log distance on to the next marked paragraph after this one on the page."""
    index = np.arange(len(batch))
    coming = np.minimum.accumulate(np.where(marked, index, len(batch))[::-1])[::-1]
    coming = np.concatenate((coming[1:], [len(batch)])) if len(coming) else coming
    distance = np.where(coming < batch.bounds[batch.page + 1], coming - index, FAR)
    return np.log1p(np.minimum(distance, FAR)).astype(np.float32)
