"""How much of a paragraph stands in what its page says of itself, by hashed words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boilerclass.batch import Batch
from boilerclass.document import Document
from boilerclass.features import addresses, ngrams, text
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
NAMES = len(COLUMNS) // 2
"""What a page says of itself: title, address, description."""
FEW = 3
"""Words below which an address says nothing."""

Floats = NDArray[np.float32]


def fill(batch: Batch, words: Bag, found: Floats, first: int) -> None:
    """Fills in the columns of ``found``, n rows, from ``first`` on, from the words of each
    paragraph's head and tail."""
    names = [name or " " for document in batch.documents for name in _names(document)]
    own = ngrams.words(text.characters(tuple(names)))
    if kernels is None:
        found[:, first : first + len(COLUMNS)] = columns_python(batch, words, own)
        return
    bags = *words, *own
    kernels.overlap(*bags, batch.bounds, NAMES, found, found.shape[1], first)


def _names(document: Document) -> tuple[str, ...]:
    title = next((t for t in document.titles if t), "")
    return title, _slug(document.url), document.description


def _slug(url: str | None) -> str:
    path = addresses.url_path(url) or ""
    words = path.rpartition("/")[2].partition(".")[0].replace("_", "-").split("-")
    return " ".join(words) if len(words) > FEW else ""


def columns_python(batch: Batch, words: Bag, names: Bag) -> Floats:
    """Shape (n, len(COLUMNS)), without the kernel: of the words of the documents' names, the share
    of each paragraph's words in a name, and the share of the name in them."""
    n, rows = len(batch), words.rows
    many, size = np.maximum(words.sizes, 1), np.maximum(names.sizes, 1)
    known = np.unique(names.rows << ngrams.BITS | names.buckets)
    columns = []
    for k in range(NAMES):
        name = batch.page * NAMES + k
        hits = np.isin(name[rows] << ngrams.BITS | words.buckets, known)
        shared = np.bincount(rows[hits], minlength=n).astype(np.float32)
        columns += [shared / many, np.minimum(shared / size[name], 1)]
    return np.stack(columns, axis=1, dtype=np.float32)
