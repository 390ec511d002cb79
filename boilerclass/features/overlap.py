"""How much of a paragraph stands in what its page says of itself, by hashed words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from boilerclass.batch import Batch
from boilerclass.features import ngrams, structure, text
from boilerclass.features.ngrams import Bag
from boilerclass.native import kernels

COLUMNS = (
    "in_title",
    "title_in",
    "in_slug",
    "slug_in",
    "in_description",
    "description_in",
)
FEW = 3
"""Words below which an address says nothing."""

Floats = NDArray[np.float32]


def features(batch: Batch, words: Bag) -> Floats:
    """Shape (n, len(COLUMNS)), from the words of each paragraph's head and tail."""
    titles = [next((t for t in d.titles if t), "") for d in batch.documents]
    slugs = [_slug(d.url) for d in batch.documents]
    descriptions = [d.description for d in batch.documents]
    columns = [
        *_shares(batch, words, titles),
        *_shares(batch, words, slugs),
        *_shares(batch, words, descriptions),
    ]
    return np.stack(columns, axis=1, dtype=np.float32)


def _slug(url: str | None) -> str:
    path = structure.url_path(url) or ""
    words = path.rpartition("/")[2].partition(".")[0].replace("_", "-").split("-")
    return " ".join(words) if len(words) > FEW else ""


def _shares(
    batch: Batch, words: Bag, names: Sequence[str]
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Share of each paragraph's words in its document's name, and share of the name in them."""
    n = len(batch)
    if not any(names):
        return np.zeros(n, dtype=np.float32), np.zeros(n, dtype=np.float32)
    chars = text.characters(tuple(name or " " for name in names))
    own = ngrams.words(chars)
    if kernels is not None:
        inside, covered = np.empty((2, n), dtype=np.float32)
        kernels.overlap(
            words.buckets, words.bounds, own.buckets, own.bounds, batch.bounds, inside, covered
        )
        return inside, covered
    size = np.maximum(own.sizes, 1).astype(np.float32)
    rows = words.rows
    known = np.unique(own.rows << ngrams.BITS | own.buckets)
    hits = np.isin(batch.page[rows] << ngrams.BITS | words.buckets, known)
    shared = np.bincount(rows[hits], minlength=n).astype(np.float32)
    many = np.maximum(words.sizes, 1)
    return shared / many, np.minimum(shared / size[batch.page], 1)
