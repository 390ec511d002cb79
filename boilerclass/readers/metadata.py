"""What a page says of itself as a publication: JSON-LD first, then its ``<meta>`` and links."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

import turbohtml
from turbohtml.extract import DateExtraction, dates

from boilerclass.document import Metadata
from boilerclass.encoding import without_surrogates
from boilerclass.readers import addresses, structured

LONGEST_NAME, LONGEST_TEXT = 200, 1_000
"""Characters of an author or a site, and of a description; what is longer is cut."""
LONGEST_DATE = 40
MOST_AUTHORS = 10

_SOURCES = (
    'meta[content],link[rel~="canonical" i][href],base[href],script[type^="application/ld+json" i]'
)
_ARTICLE_TYPES = re.compile(r"article|posting|report$|review$|recipe$|blog$", re.I)
_DATES = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "dcterms.created",
    "dcterms.issued",
    "dc.date.issued",
    "dc.date",
    "date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
)
_AUTHORS = (
    "author",
    "article:author",
    "og:article:author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "parsely-author",
    "sailthru.author",
)
_DESCRIPTIONS = ("og:description", "description", "twitter:description", "dc.description")
_SITES = ("og:site_name", "application-name", "dc.publisher")

_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]"
)
_BY = re.compile(r"^by\s+", re.I)
_ADDRESS = re.compile(r"^(?:https?:|www\.|/|@|#)|\.(?:com|html?|php)\b|@", re.I)
_EARLIEST = 1995
"""No page of the web is older: what :class:`turbohtml.extract.DateExtraction` assumes."""
_ORIGINAL = 1
"""How turbohtml is asked for the day of publication, not of the last change."""
_FIRST_NEWSPAPER = 1605
"""Year from which what a page states is a date: archives go far back."""
_EPOCH = date(1970, 1, 1)
"""When the clocks of computers begin; no date is written so as well."""


Node = dict[str, Any]


def read(tree: turbohtml.Document, page: str, url: str | None) -> Metadata:
    """The metadata of a parsed page; ``page`` is its source, ``url`` its address if known."""
    metas: dict[str, list[str]] = {}
    scripts: list[str] = []
    base, canonical = url, None
    for node in tree.select(_SOURCES):
        match node.tag:
            case "script":
                scripts.append(node.text)
            case "link":
                canonical = canonical or node.attr("href")
            case "base":
                base = addresses.page(node.attr("href"), url) or base
            case _:
                for name in {node.attr(n) for n in ("property", "name", "itemprop")} - {None, ""}:
                    metas.setdefault(str(name).lower(), []).append(node.attr("content") or "")
    stated = (addresses.page(one, base) for one in (canonical, _first(metas, ("og:url",)), url))
    own = next(filter(None, stated), None)
    article, nodes = _article(scripts, own)
    return Metadata(
        authors=_authors(article, nodes, metas),
        date=_date(article, metas) or day_on_page(tree, page),
        site=_site(article, nodes, metas),
        description=_text(
            _first(metas, _DESCRIPTIONS) or _string(article.get("description")), LONGEST_TEXT
        ),
        url=own,
    )


def _article(scripts: Sequence[str], url: str | None) -> tuple[Node, dict[str, Node]]:
    """The JSON-LD object of the page's article, empty if there is none; and all objects by id.

    Of several the one whose address is the page's, else the first.
    """
    nodes: dict[str, Node] = {}
    articles: list[Node] = []
    for node in (n for blob in structured.parsed(scripts) for n in structured.objects(blob)):
        name = node.get("@id")
        if isinstance(name, str) and len(node) > len(nodes.get(name, ())):
            nodes[name] = node
        if any(_ARTICLE_TYPES.search(t) for t in _strings(node.get("@type"))):
            articles.append(node)
    own = (n for n in articles if url and url in _addresses_of(n))
    return next(own, articles[0] if articles else {}), nodes


def _addresses_of(node: Node) -> Iterator[str]:
    whole = node.get("mainEntityOfPage")
    yield from _strings(node.get("url"))
    yield from _strings(whole.get("@id") if isinstance(whole, dict) else whole)


def _authors(article: Node, nodes: dict[str, Node], metas: dict[str, list[str]]) -> tuple[str, ...]:
    named = _names(article.get("author") or article.get("creator"), nodes)
    for source in (named, *(metas.get(name, ()) for name in _AUTHORS)):
        found = (_text(_BY.sub("", name.strip()), LONGEST_NAME) for name in source)
        # Where a name is due, many pages put an address, of a profile or a mailbox.
        good = dict.fromkeys(name for name in found if name and not _ADDRESS.search(name))
        if good:
            return tuple(good)[:MOST_AUTHORS]
    return ()


def _site(article: Node, nodes: dict[str, Node], metas: dict[str, list[str]]) -> str | None:
    stated = _first(metas, _SITES)
    publisher = next(_names(article.get("publisher"), nodes), None)
    return _text(stated or publisher, LONGEST_NAME)


def _date(article: Node, metas: dict[str, list[str]]) -> str | None:
    """The time of publication in ISO 8601, as exact as the page states it."""
    stated = (value for name in _DATES for value in metas.get(name, ()))
    dated = map(_iso, (*_strings(article.get("datePublished")), *stated))
    return next(filter(None, dated), None)


def day_on_page(tree: turbohtml.Document, page: str) -> str | None:
    """The day of publication by the address, the elements and the classes of a parsed page.

    :func:`turbohtml.extract.dates` parses its page, which costs more than all the other metadata;
    what it asks then can be asked of the tree that is there. That is no public name: a version
    that has it otherwise is given the page.
    """
    last = datetime.now(UTC).date()
    bounds = (_EARLIEST, 1, 1, last.year, last.month, last.day)
    try:
        day = tree._dates(_ORIGINAL, last.year, *bounds, False)  # noqa: SLF001
    except (AttributeError, TypeError):
        public = dates(page, DateExtraction(original=True, extensive_search=False))
        return public.date if public else None
    return date(*day[:3]).isoformat() if day else None


def _iso(value: str) -> str | None:
    """``value`` in the extended form of ISO 8601, None where it is no date.

    >>> _iso("2026-03-04T05:06:07.000Z"), _iso("20260304"), _iso("4th of March")
    ('2026-03-04T05:06:07+00:00', '2026-03-04', None)
    """
    stated = value.strip()
    if len(stated) > LONGEST_DATE:
        return None
    try:
        moment = datetime.fromisoformat(stated)
    except ValueError:
        return _as_in_mail(stated)
    first, last = _FIRST_NEWSPAPER, datetime.now(UTC).year + 1
    if not first <= moment.year <= last or moment.date() == _EPOCH:
        return None  # what programs write for none, such as 0001-01-01
    if len(stated) <= len("2026-03-04"):
        return moment.date().isoformat()
    return moment.isoformat(timespec="seconds")


def _as_in_mail(value: str) -> str | None:
    """A date of RFC 2822, which HTTP has as well, in ISO 8601."""
    from email.utils import parsedate_to_datetime  # here: it takes time, and few pages need it

    try:
        return _iso(parsedate_to_datetime(value).isoformat())
    except ValueError:
        return None


def _names(value: Any, nodes: dict[str, Node]) -> Iterator[str]:
    """The names of people or organisations in any of the shapes that JSON-LD allows."""
    for item in (value if isinstance(value, list) else [value])[:MOST_AUTHORS]:
        if isinstance(item, dict):
            known = nodes.get(str(item.get("@id")), {})
            yield from _strings(item.get("name") or known.get("name"))
        else:
            yield from _strings(item)


def _strings(value: Any) -> Iterator[str]:
    """The strings among a value or a list of values."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str) and item.strip():
            yield item


def _string(value: Any) -> str | None:
    return next(_strings(value), None)


def _first(metas: dict[str, list[str]], names: Iterable[str]) -> str | None:
    return next((v for name in names for v in metas.get(name, ()) if v.strip()), None)


def _text(value: str | None, longest: int) -> str | None:
    """``value`` on one line without unseen characters, cut; None where nothing is left."""
    if not value:
        return None
    # Entities twice encoded are common, and JSON-LD knows none of its own.
    decoded = without_surrogates(html.unescape(value[: 4 * longest]))
    plain = " ".join(_UNSEEN.sub("", decoded).split())
    return (plain if len(plain) <= longest else plain[: longest - 1] + "…") or None
