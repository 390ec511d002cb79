"""What the pages of a dump have in common, site by site: counted in one pass, in bounded memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boilerclass import npz
from boilerclass.document import Document
from boilerclass.errors import CorruptSiteMemory
from boilerclass.sites import keys
from boilerclass.sites.tables import Heaviest, Keys, Sample, Table

FORMAT_VERSION = 1
PARAGRAPHS = 1 << 21
"""Distinct paragraphs that are held; 16 bytes each. More pages than fit are counted too low."""
SITES = 1 << 18
TITLES = 1 << 20
"""Distinct sites and titles that are held; of more there is a sample."""
BUFFERED = 1 << 18
"""Paragraphs between two additions to the tables."""
REMEMBERED_PAGES = 1 << 21
"""Places for pages that have been counted: one is forgotten when another takes its place."""

_VERSION = np.array([FORMAT_VERSION])
_OPENING, _NAME_AT = b"digest.npy", 30
"""The name of the archive's first member, and where a ZIP file has it."""
_MAKE = "Make a site memory: boilerclass sites INPUTS -o FILE"
_TABLES = {"paragraphs": Heaviest, "sites": Sample, "titles": Sample}


@dataclass(frozen=True, slots=True, eq=False)
class SiteMemory:
    """On how many pages of a site each paragraph stands, how many pages a site has, and what
    pages are called.

    Paragraphs are known by hashes: a memory holds no text. Numbers of pages are exact until a dump
    holds more than PARAGRAPHS different paragraphs; then they are too low, never too high, by at
    most ``error``, which is itself at most (all paragraphs of all pages) / (PARAGRAPHS + 1): a dump
    of a million pages of 150 paragraphs each counts 71 pages too few at worst. What is too low is
    less evidence, and never takes text from an article. See
    :class:`boilerclass.sites.tables.Heaviest`. Of more than SITES sites or TITLES titles the tables
    are samples, whose counts are exact: a site that is not held has no evidence.
    """

    paragraphs: Heaviest
    """Pages by paragraph of a site."""
    sites: Sample
    """Pages by site."""
    titles: Sample
    """Pages by title."""
    file: str | None = None
    """The file it was read from; processes that it is sent to map that, so as to hold it once."""

    def __reduce__(self) -> tuple[Any, ...]:
        if self.file is not None:
            return _mapped, (self.file, self.pages)
        return SiteMemory, (self.paragraphs, self.sites, self.titles)

    def __repr__(self) -> str:
        return f"SiteMemory({self.pages} pages of {len(self.sites)} sites)"

    @classmethod
    def of(cls, documents: Iterable[Document]) -> SiteMemory:
        """The memory of documents, which are taken one at a time."""
        counter = SiteCounter()
        for document in documents:
            counter.add(document)
        return counter.memory()

    @staticmethod
    def is_in(path: str | Path) -> bool:
        """Whether a file looks like one that :meth:`write` left."""
        try:
            with Path(path).open("rb") as file:
                return file.read(len(_OPENING) + _NAME_AT)[_NAME_AT:] == _OPENING
        except OSError:
            return False

    @classmethod
    def read(cls, path: str | Path) -> SiteMemory:
        """The memory in a file.

        Raises:
            CorruptSiteMemory: it cannot be read, is damaged, or was made by another version.
        """
        try:
            memory = _parsed(npz.unpack(Path(path).read_bytes()))
            return replace(memory, file=str(Path(path).resolve()))
        except OSError as error:
            raise CorruptSiteMemory(f"{path}: {error.strerror}. {_MAKE}") from error
        except ValueError as error:
            raise CorruptSiteMemory(f"{path} is no site memory ({error}). {_MAKE}") from error

    def write(self, path: str | Path) -> None:
        """Leave the memory in a file; the same memory always gives the same bytes."""
        Path(path).write_bytes(self.packed())

    def packed(self) -> bytes:
        """The bytes of the file."""
        arrays = {
            f"{name}_{part}": value
            for name in _TABLES
            for part, value in _columns(getattr(self, name)).items()
        }
        return npz.pack({**arrays, "version": _VERSION, "digest": _digest(arrays)})

    @property
    def pages(self) -> int:
        """Pages that were counted, on the sites that are held."""
        return int(self.sites.counts.sum())

    @property
    def error(self) -> int:
        """By how many pages a paragraph's number may be too low."""
        return self.paragraphs.error

    def plus(self, other: SiteMemory) -> SiteMemory:
        """The memory of both parts of a dump; a page that is in both is counted twice."""
        return SiteMemory(
            self.paragraphs.plus(other.paragraphs),
            self.sites.plus(other.sites),
            self.titles.plus(other.titles),
        )


class SiteCounter:
    """Counts documents one by one into a memory.

    A page that comes again, at the same or at another address, counts once: what it says is its
    own and not the site's. Of more than REMEMBERED_PAGES pages the early ones may be forgotten, so
    that a copy far behind its original counts.
    """

    def __init__(
        self, paragraphs: int = PARAGRAPHS, sites: int = SITES, titles: int = TITLES
    ) -> None:
        nothing = np.zeros(0, dtype=np.uint64)
        self._memory = SiteMemory(
            Heaviest.of(nothing, paragraphs),
            Sample.of(nothing, sites),
            Sample.of(nothing, titles),
        )
        self._seen = np.zeros(REMEMBERED_PAGES, dtype=np.uint64)
        self._paragraphs: list[Keys] = []
        self._sites: list[np.uint64] = []
        self._titles: list[Keys] = []
        self._buffered = 0

    def add(self, document: Document) -> bool:
        """Whether the document was counted: it has text, and was not counted before."""
        if not document.paragraphs:
            return False
        site = keys.of_site(keys.site(document))
        texts = keys.of_texts(document.texts)
        page = keys.of_page(document, texts, site)
        place = int(page % np.uint64(REMEMBERED_PAGES))
        if self._seen[place] == page:
            return False
        self._seen[place] = page
        own = np.unique(keys.of_paragraphs(site, document.paragraphs, texts))
        self._paragraphs.append(own)
        self._sites.append(site)
        self._titles.append(np.unique(keys.of_texts(keys.titles(document))))
        self._buffered += len(own)
        if self._buffered >= BUFFERED:
            self._flush()
        return True

    def include(self, memory: SiteMemory) -> None:
        """Count what a memory of other pages has counted."""
        self._memory = self._memory.plus(memory)

    def memory(self) -> SiteMemory:
        """The memory of all that was added so far."""
        self._flush()
        return self._memory

    def _flush(self) -> None:
        if not self._sites:
            return
        held = self._memory
        self._memory = held.plus(
            SiteMemory(
                Heaviest.of(np.concatenate(self._paragraphs), held.paragraphs.capacity),
                Sample.of(np.array(self._sites), held.sites.capacity),
                Sample.of(np.concatenate(self._titles), held.titles.capacity),
            )
        )
        self._paragraphs, self._sites, self._titles = [], [], []
        self._buffered = 0


def _columns(table: Table) -> dict[str, NDArray[Any]]:
    bounds = np.array([table.capacity, table.error], dtype=np.int64)
    return {"keys": table.keys, "counts": table.counts, "bounds": bounds}


def _parsed(arrays: dict[str, NDArray[Any]]) -> SiteMemory:
    """The memory of the arrays of a file; ValueError where they are not one."""
    version, digest = arrays.pop("version", None), arrays.pop("digest", None)
    if version is None or digest is None:
        raise ValueError("it holds something else")
    if not np.array_equal(version, _VERSION):
        raise ValueError(f"its format is {version}, this boilerclass reads {_VERSION}")
    if not np.array_equal(digest, _digest(arrays)):
        raise ValueError("its digest is another: it was damaged or changed")
    return _tables(arrays)


def _mapped(path: str, pages: int) -> SiteMemory:
    """The memory in a file that another process has read.

    Raises:
        CorruptSiteMemory: the file has changed since then.
    """
    try:
        memory = _tables(npz.mapped(path))
    except (OSError, ValueError) as error:
        raise CorruptSiteMemory(f"{path} has changed while it was in use") from error
    if memory.pages != pages:
        raise CorruptSiteMemory(f"{path} has changed while it was in use")
    return memory


def _tables(arrays: dict[str, NDArray[Any]]) -> SiteMemory:
    return SiteMemory(**{name: _table(kind, name, arrays) for name, kind in _TABLES.items()})


def _table(kind: type[Table], name: str, arrays: dict[str, NDArray[Any]]) -> Any:
    try:
        held, counts, bounds = (arrays[f"{name}_{part}"] for part in ("keys", "counts", "bounds"))
    except KeyError as error:
        raise ValueError(f"{error} is missing") from error
    sound = (
        held.dtype == np.uint64
        and counts.dtype == bounds.dtype == np.int64
        and held.shape == counts.shape == (len(held),)
        and bounds.shape == (2,)
        and (held[1:] > held[:-1]).all()
        and (counts > 0).all()
        and bounds[0] >= len(held)
        and bounds[1] >= 0
    )
    if not sound:
        raise ValueError(f"its table of {name} is none")
    return kind(held, counts, *bounds.tolist())


def _digest(arrays: dict[str, NDArray[Any]]) -> NDArray[np.uint8]:
    """SHA-256 of the arrays with their names and types."""
    digest = hashlib.sha256(npz.pack(arrays))
    return np.frombuffer(digest.digest(), dtype=np.uint8)
