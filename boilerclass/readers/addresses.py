"""Addresses that a page gives, made absolute and safe to follow."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

LONGEST = 2_000
"""Characters of an address; a longer one is data or a trap."""
PAGE_SCHEMES = frozenset(("http", "https"))
LINK_SCHEMES = PAGE_SCHEMES | {"mailto", "tel"}

# Browsers leave these out of an address, so "java\nscript:" is a scheme to them.
_IGNORED = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.I)
_FOREIGN = re.compile(r"[\s\\\"'<>`{}|^]")


def page(href: str | None, base: str | None = None) -> str | None:
    """The absolute http(s) address that ``href`` means on the page at ``base``, or None.

    >>> page("/a?b=1", "https://tide.example/news/")
    'https://tide.example/a?b=1'
    >>> page("java\\nscript:alert(1)") or page("/a") or page("https://")
    """
    address = _absolute(href, base, PAGE_SCHEMES)
    try:
        whole = address is not None and _SCHEME.match(address) and urlsplit(address).hostname
    except ValueError:
        return None
    return address if whole else None


def link(href: str, base: str | None = None) -> str | None:
    """Where a link leads, as it may be written into output; None where it should be plain text.

    An address without a scheme stays as it is where no base is known. A link to a place on the
    same page leads nowhere once the text has left it.

    >>> link("../pier", "https://tide.example/news/"), link("../pier")
    ('https://tide.example/pier', '../pier')
    >>> link("#notes") or link("data:text/html,x")
    """
    return None if href.strip().startswith("#") else _absolute(href, base, LINK_SCHEMES)


def _absolute(href: str | None, base: str | None, schemes: frozenset[str]) -> str | None:
    if not href or len(href) > LONGEST:
        return None
    address = _IGNORED.sub("", href).strip(" ")
    if not _SCHEME.match(address):
        try:
            address = urljoin(base, address) if base else address
        except ValueError:  # such as "//[x"
            return None
    scheme = _SCHEME.match(address)
    if not address or (scheme and scheme[1].lower() not in schemes):
        return None
    return _FOREIGN.sub(lambda match: "".join(f"%{b:02X}" for b in match[0].encode()), address)
