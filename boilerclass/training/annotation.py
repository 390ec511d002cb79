"""Roles of paragraphs, kept apart from the text, which belongs to its publishers.

A document's paragraphs are known by digests of their texts, so that the labels outlive changes in
where a reader cuts: a paragraph that is cut otherwise is one that nobody labelled.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boilerclass import readers
from boilerclass.errors import UnreadableInput
from boilerclass.labels import ROLES
from boilerclass.training import gold
from boilerclass.training.gold import Block, Gold

CODES = "TBCMLRAPUN"
"""A letter for each of ROLES, in their order."""
OPEN = "?"
"""The letter of a paragraph whose role the annotator could not tell."""
DIGEST_BYTES = 3
"""Of two hundred paragraphs that differ, two are taken for one in one page of 800."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """The labels of one document; the n-th paragraph of a text has the n-th code of its digest."""

    codes: Mapping[str, str]

    def of(self, texts: Iterable[str]) -> Iterator[str]:
        """The code of each text, OPEN where it has none."""
        met: dict[str, int] = defaultdict(int)
        for text in texts:
            key = digest(text)
            yield self.codes.get(key, "")[met[key] : met[key] + 1] or OPEN
            met[key] += 1

    def roles(self, texts: Iterable[str], unsure: int) -> NDArray[np.int8]:
        """Index into ROLES for each text, ``unsure`` where it is not known."""
        codes = self.of(texts)
        return np.array([CODES.index(c) if c in CODES else unsure for c in codes], dtype=np.int8)


def labelled(stored: Gold, known: Annotation) -> Gold:
    """The document with the paragraphs that have a role as its blocks."""
    document = readers.read(stored.page, kind=stored.kind, url=stored.url)
    pairs = zip(document.texts, known.roles(document.texts, unsure=-1).tolist(), strict=True)
    return replace(stored, blocks=tuple(Block(t, ROLES[role]) for t, role in pairs if role >= 0))


def digest(text: str) -> str:
    """What a paragraph is known by, whatever its white space."""
    flat = " ".join(text.split()).encode("utf-8", "replace")
    return hashlib.blake2b(flat, digest_size=DIGEST_BYTES).hexdigest()


def row(identity: str, texts: Sequence[str], codes: str) -> str:
    """A document's line in the file: its id, the digests of its texts, a code for each."""
    if len(texts) != len(codes) or not set(codes) <= {*CODES, OPEN}:
        raise ValueError(f"{identity}: {len(texts)} paragraphs want a code of {CODES}{OPEN} each")
    return json.dumps({"id": identity, "texts": "".join(map(digest, texts)), "codes": codes})


def labels(digests: str, codes: str) -> Annotation:
    """The annotation of a document from the digests of its texts and their codes."""
    size = 2 * DIGEST_BYTES
    if len(digests) != size * len(codes):
        raise ValueError(f"{len(codes)} codes for {len(digests) / size:g} digests")
    of_digest: dict[str, str] = defaultdict(str)
    for i, code in enumerate(codes):
        of_digest[digests[size * i : size * (i + 1)]] += code
    return Annotation(dict(of_digest))


def read(path: Path) -> dict[str, Annotation]:
    """The annotations of a file by document.

    Raises:
        UnreadableInput: the file is missing or broken.
    """
    try:
        return {row["id"]: labels(row["texts"], row["codes"]) for row in gold.rows(path)}
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableInput(f"{path}: its lines are no annotations ({error!r})") from error
