"""Documents with gold beside them, as they are stored: nothing is read into paragraphs yet."""

from __future__ import annotations

import gzip
import hashlib
import json
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from boilerclass.containers.parquet import NO_ARROW
from boilerclass.document import Kind
from boilerclass.encoding import decode
from boilerclass.errors import MissingExtra, UnreadableInput
from boilerclass.labels import Role

FOLDER = "folder"
"""Source of documents that stand in a folder of files."""
TEXTS = "typed-texts.jsonl"
"""The plain texts of the corpus that are labelled line by line."""
PAGES_AT_ONCE = 32
SAMPLE = 4_000
"""Characters looked at to tell the script of a text."""
EAST_ASIAN = {"CJK": "HAN", "HIRAGANA": "KANA", "KATAKANA": "KANA"}
CHUNK = 1 << 20
"""Bytes digested at once."""


class Block(NamedTuple):
    """A run of text that has one role."""

    text: str
    role: Role


@dataclass(frozen=True, slots=True)
class Gold:
    """A page or text with what is known of it; what is not known is empty."""

    id: str
    source: str
    site: str
    language: str
    kind: Kind
    page: str | bytes
    url: str | None = None
    title: str = ""
    """The headline, where it is kept beside the text."""
    blocks: tuple[Block, ...] = ()
    """Every block of the document, in its order."""
    body: str = ""
    """The main text, its paragraphs parted by line feeds."""
    snippets: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Strings that must and that must not survive cleaning."""
    page_type: str | None = None
    licence: str | None = None

    @property
    def source_text(self) -> str:
        """The page, decoded."""
        return self.page if isinstance(self.page, str) else decode(self.page)[0]

    @property
    def script(self) -> str:
        """The Unicode name of the script that most letters of the gold are in, in small letters;
        ``kana`` for Japanese."""
        known = [b.text for b in self.blocks] or [self.body] if self.blocks or self.body else []
        return script_of(" ".join(known) or " ".join(self.snippets[0]))


def script_of(text: str) -> str:
    """The script most letters are in.

    >>> script_of("Tide"), script_of("гавань"), script_of("山の郵便局")
    ('latin', 'cyrillic', 'kana')
    """
    names = (unicodedata.name(c, "").split(" ")[0] for c in text[:SAMPLE] if c.isalpha())
    found = Counter(EAST_ASIAN.get(name, name) for name in names if name)
    if found["KANA"] * 5 > found["HAN"] > 0:  # Japanese mixes both
        found["KANA"] += found.pop("HAN")
    return found.most_common(1)[0][0].lower() if found.total() else "none"


def read(path: Path) -> Iterator[Gold]:
    """The documents of a folder, a Parquet file or a JSON Lines file.

    Raises:
        UnreadableInput: it is none of these, or a document lacks what it must have.
    """
    if path.is_dir():
        return folder(path)
    if path.suffix == ".parquet":
        return parquet(path)
    if path.name.endswith((".jsonl", ".jsonl.gz")):
        return jsonl(path)
    raise UnreadableInput(
        f"{path}: give a folder, a .jsonl (or .jsonl.gz) or a .parquet file with gold labels"
    )


def folder(path: Path) -> Iterator[Gold]:
    """The documents below a folder that have their gold beside them, paired by stem."""
    for labels, source in _pairs(path):
        try:
            row = json.loads(labels.read_text(encoding="utf-8"))
        except ValueError as error:
            raise UnreadableInput(f"{labels}: not JSON in UTF-8 ({error})") from error
        if not isinstance(row, dict):
            raise UnreadableInput(f"{labels}: it holds no object but {_kind(row)}")
        kind = "html" if source.suffix == ".html" else "text"
        yield _gold(row | {kind: source.read_bytes()}, str(labels), FOLDER)


def parquet(path: Path) -> Iterator[Gold]:
    """The pages of a Parquet file, a row each."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtra(NO_ARROW) from error
    number = 0
    try:
        for batch in pyarrow.parquet.ParquetFile(path).iter_batches(batch_size=PAGES_AT_ONCE):
            for row in batch.to_pylist():
                number += 1
                yield _gold(row, f"{path}, row {number}", path.stem)
    except pyarrow.ArrowInvalid as error:
        raise UnreadableInput(f"{path}: not a whole Parquet file ({error})") from error
    except OSError as error:
        raise UnreadableInput(f"cannot read {path}: {error}") from error


def jsonl(path: Path) -> Iterator[Gold]:
    """The documents of a JSON Lines file, a line each."""
    for number, row in enumerate(rows(path), 1):
        yield _gold(row, f"{path}, line {number}", path.stem)


def rows(path: Path) -> Iterator[Any]:
    """What the lines of a JSON Lines file hold; ``.gz`` is undone.

    Raises:
        UnreadableInput: the file is missing, damaged, or no JSON Lines.
    """
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig") as lines:
            yield from map(json.loads, lines)
    except ValueError as error:
        raise UnreadableInput(f"{path}: not JSON Lines in UTF-8 ({error})") from error
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableInput(f"cannot read {path}: {error}") from error


def digest(path: Path) -> str:
    """SHA-256 of a gold file, or of all documents and labels of a folder with their names."""
    found = hashlib.sha256()
    files = [f for pair in _pairs(path) for f in pair] if path.is_dir() else [path]
    for file in files:
        if path.is_dir():
            found.update(f"{file.relative_to(path).as_posix()}\0{file.stat().st_size}\0".encode())
        with file.open("rb") as content:
            while chunk := content.read(CHUNK):
                found.update(chunk)
    return found.hexdigest()


def digests(corpus: Path, names: Iterable[str]) -> dict[str, str]:
    """The digest of each of the named files and folders of a corpus that is there."""
    return {name: digest(corpus / name) for name in sorted(names) if (corpus / name).exists()}


def _pairs(path: Path) -> Iterator[tuple[Path, Path]]:
    for labels in sorted(path.rglob("*.json")):
        for suffix in (".html", ".txt"):
            source = labels.with_suffix(suffix)
            if source.is_file():
                yield labels, source
                break


def _gold(row: Any, place: str, source: str) -> Gold:
    """One stored document, by whichever names its corpus has for things."""
    try:
        kind: Kind = "html" if "html" in row else "text"
        return Gold(
            id=str(row["id"]),
            source=row.get("source") or source,
            site=row.get("site") or row.get("outlet") or str(row["id"]),
            language=row.get("lang") or "unknown",
            kind=kind,
            page=_page(kind, row[kind], row.get("encoding")),
            url=row.get("url"),
            title=row.get("title") or "",
            blocks=tuple(_block(b) for b in row.get("blocks") or row.get("lines") or ()),
            body=_string("gold", row.get("gold") or ""),
            snippets=(_strings("with", row), _strings("without", row)),
            page_type=row.get("page_type"),
            licence=row.get("licence"),
        )
    except KeyError as error:
        raise UnreadableInput(f"{place}: the document has no {error}") from error
    except (AttributeError, TypeError, ValueError, LookupError) as error:
        raise UnreadableInput(f"{place}: {error}") from error


def _page(name: str, content: Any, encoding: str | None) -> str | bytes:
    """The page by the codec that its collector found to be right, if any."""
    if not isinstance(content, bytes):
        return _string(name, content)
    return content.decode(encoding, "replace") if encoding else content


def _strings(name: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    found = row.get(name) or []
    if not isinstance(found, list):
        raise TypeError(f"{name!r} holds no list of strings but {_kind(found)}")
    return tuple(_string(name, each) for each in found)


def _string(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name!r} holds no text but {_kind(value)}")
    return value


def _kind(value: Any) -> str:
    return type(value).__name__


def _block(stored: Mapping[str, str]) -> Block:
    return Block(stored["text"], Role(stored["role"]))
