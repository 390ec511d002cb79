"""Labelled documents of the corpus, read by the shipped readers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boilerclass import readers
from boilerclass.document import Document
from boilerclass.labels import ROLES
from boilerclass.training import align

UNSURE = -1
"""Target of a paragraph that must neither teach nor be scored."""
OUTSIDE = -2
"""Target of a paragraph that is not core on a page where only the body is known."""
BODY = ROLES.index("body")
TEXTS = "typed-texts"
SEED = "seed"
"""The text the project is judged by; it never trains."""

ROLE_NUMBER = {str(role): i for i, role in enumerate(ROLES)}


@dataclass(frozen=True, slots=True)
class Example:
    """A document with what is known of its paragraphs."""

    id: str
    source: str
    site: str
    language: str
    document: Document
    targets: NDArray[np.int8]
    """Shape (n,): index into ROLES, or UNSURE, or OUTSIDE."""
    typed: bool
    """Whether every role is known, not only the body."""
    gold: str = ""
    """The body as text, where it is known as such."""
    page_type: str | None = None
    snippets: tuple[tuple[str, ...], tuple[str, ...]] = field(default=((), ()))
    """Strings that must and that must not survive cleaning."""


def licensed(licence: str | None) -> bool:
    """Whether rows under this licence may train a shipped model."""
    return bool(licence) and "no licence" not in str(licence).lower()


def folder(path: Path) -> Iterator[Example]:
    """The documents below a folder that have their gold beside them, paired by stem."""
    for labels in sorted(path.rglob("*.json")):
        source = next((p for s in (".html", ".txt") if (p := labels.with_suffix(s)).exists()), None)
        if source is None:
            continue
        gold = json.loads(labels.read_text(encoding="utf-8"))
        blocks = gold.get("blocks") or gold["lines"]
        document = readers.read(source.read_bytes(), url=gold.get("url"))
        yield Example(
            id=gold["id"],
            source="folder",
            site=gold["id"],
            language=gold["lang"],
            document=document,
            targets=_aligned(blocks, document),
            typed=True,
        )


def typed_pages(path: Path) -> Iterator[Example]:
    """The pages labelled block by block."""
    for row in _rows(path):
        document = readers.read(_decoded(row), kind="html", url=row["url"])
        yield Example(
            id=row["id"],
            source=row["source"],
            site=row["site"],
            language=row["lang"],
            document=document,
            targets=_aligned(row["blocks"], document),
            typed=True,
        )


def _aligned(blocks: Sequence[dict[str, str]], document: Document) -> NDArray[np.int8]:
    """The role of each paragraph by gold blocks that may be cut otherwise."""
    return align.roles(
        [b["text"] for b in blocks],
        [ROLE_NUMBER[b["role"]] for b in blocks],
        [p.text for p in document.paragraphs],
        UNSURE,
    )


def typed_texts(path: Path) -> Iterator[Example]:
    """The plain texts labelled line by line, the seed among them."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            document = readers.read(row["text"], kind="text", url=row["url"])
            roles = [ROLE_NUMBER[x["role"]] for x in row["lines"]]
            if len(roles) != len(document.paragraphs):
                raise ValueError(f"{path}: {row['id']}: {len(roles)} labels for other lines")
            yield Example(
                id=row["id"],
                source=TEXTS,
                site=row["outlet"],
                language=row["lang"],
                document=document,
                targets=np.array(roles, dtype=np.int8),
                typed=True,
            )


def body_pages(path: Path) -> Iterator[Example]:
    """Pages with a gold body, with snippets, or with nothing known."""
    for row in _rows(path):
        if not licensed(row["licence"]):
            continue
        document = readers.read(_decoded(row), kind="html", url=_text(row["url"]))
        paragraphs = [p.text for p in document.paragraphs]
        gold = _text(row["gold"]) or ""
        targets = (
            align.in_body(gold.splitlines(), paragraphs, yes=BODY, no=OUTSIDE, unsure=UNSURE)
            if gold
            else np.full(len(paragraphs), UNSURE, dtype=np.int8)
        )
        yield Example(
            id=row["id"],
            source=row["source"],
            site=row["site"],
            language=row["lang"],
            document=document,
            targets=targets,
            typed=False,
            gold=gold,
            page_type=_text(row["page_type"]),
            snippets=(tuple(row["with"]), tuple(row["without"])),
        )


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as parquet

    for batch in parquet.ParquetFile(path).iter_batches(batch_size=32):
        yield from batch.to_pylist()


def _decoded(row: dict[str, Any]) -> str:
    html: bytes = row["html"]
    return html.decode(row["encoding"] or "utf-8", "replace")


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
