"""What of a document is remembered: its site, its paragraphs and its titles, as 64-bit hashes."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from hashlib import blake2b
from urllib.parse import urlsplit

import numpy as np

from boilerclass.document import Document, Paragraph
from boilerclass.sites.tables import Keys

LINKED = np.uint64(0x9E3779B97F4A7C15)
"""Mixed into the key of a text that is mostly link, so that a headline in a list of links says
nothing of the same headline above its article."""
TITLE_WIDTH = range(20, 200)
"""Columns of a line that can be told to be the title of a piece; "Background" cannot. Ideographs
take two."""
OPENING = 256
"""Characters by which a text is known: what is repeated is repeated from its first word on."""
LONGEST = 2
"""Paragraphs by which a page is told from others of its title."""

_DIGIT = re.compile(r"\d")
_FOLD_ASCII = bytes.maketrans(b"123456789", b"000000000")
_SITE_NAME = re.compile(r"\s+[|\-–—·»:]+\s+")
_WIDE = re.compile("[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]")


def site(document: Document) -> str:
    """The host of the document's address, without "www."; empty where it has none."""
    try:
        host = urlsplit(document.url or "").hostname or ""
    except ValueError:  # an address such as "http://[page"
        return ""
    return host.removeprefix("www.")


def of_texts(texts: Iterable[str]) -> Keys:
    """The key of each text, the same whatever its case, its white space and its figures are."""
    digests = b"".join([blake2b(_normalised(text), digest_size=8).digest() for text in texts])
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


@functools.lru_cache(maxsize=1 << 12)
def of_site(name: str) -> np.uint64:
    """The key of a site by its host."""
    return np.uint64(of_texts([f"site\n{name}"])[0])


def of_paragraphs(site_key: np.uint64, paragraphs: Iterable[Paragraph], texts: Keys) -> Keys:
    """The key of each paragraph on a site; ``texts`` are the keys of their texts."""
    linked = np.array([2 * p.link_chars > len(p.text) for p in paragraphs], dtype=bool)
    return texts ^ site_key ^ np.where(linked, LINKED, np.uint64(0))


def titles(document: Document) -> set[str]:
    """What other pages may call this one: each title, and its longest part without site names.

    A plain text without a title has its first line, if that looks like one.
    """
    named = list(document.titles)
    if not named and document.paragraphs and not document.paragraphs[0].text.endswith("."):
        named = [document.paragraphs[0].text]
    parts = {part for title in named for part in (title, max(_SITE_NAME.split(title), key=len))}
    return {part for part in parts if is_title(part)}


def is_title(text: str) -> bool:
    """Whether a text has the length of a title."""
    return width(text) in TITLE_WIDTH


def width(text: str) -> int:
    """Columns of a text; exact for those of its first TITLE_WIDTH characters."""
    return len(text) + (0 if text.isascii() else len(_WIDE.findall(text[: TITLE_WIDTH.stop])))


def of_page(document: Document, texts: Keys, site_key: np.uint64) -> np.uint64:
    """The key of what a page says, the same when it stands under two addresses.

    Made of its title and its longest paragraphs that are no links: the title alone may be the
    site's name, and the longest paragraph alone its small print. The document must not be empty.
    """
    prose = [len(p.text) - 2 * p.link_chars for p in document.paragraphs]
    longest = sorted(range(len(prose)), key=prose.__getitem__)[-LONGEST:]
    title = of_texts(document.titles[:1] or [document.paragraphs[0].text])[0]
    # Factors, since the title may be one of the paragraphs.
    mixed = 3 * int(site_key) + 5 * int(title) + 7 * sum(texts[longest].tolist())
    return np.uint64(mixed % (1 << 64))


def _normalised(text: str) -> bytes:
    folded = " ".join(text[:OPENING].casefold().split())
    if not folded.isascii():
        folded = _DIGIT.sub("0", folded)
    return folded.encode("utf-8", "surrogatepass").translate(_FOLD_ASCII)
