"""What addresses tell: a page's own, and those that its links lead to."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from boilerclass.native import kernels

Floats = NDArray[np.float32]

URL_COLUMNS = "url_known url_root url_depth url_digits".split()
LINK_COLUMNS = (
    "href_other_host href_deep href_digits href_query href_tracking href_fragment href_author "
    "href_tag href_again"
).split()

_HOST = re.compile(r"(?:https?:)?//(?:www\.|m\.|amp\.)?([^/?#:]*)", re.I)
_DIGITS = re.compile(r"\d{4}")
_TRACKING = ("utm_", "ref=", "aff", "cmp", "cid", "partner", "source=", "campaign", "gclid", "tag=")
_AUTHOR = (
    "/author",
    "/autor",
    "/auteur",
    "/people/",
    "/profile",
    "/by/",
    "/redaktion",
    "/staff",
    "/user/",
    "/member",
)
_TAG = (
    "/tag",
    "/topic",
    "/them",
    "/categor",
    "/rubrik",
    "/section",
    "/dossier",
    "/eticheta",
    "/schlagwort",
)
_SOUGHT = (_TRACKING, _AUTHOR, _TAG)
_PLAIN = (0.0,) * 8
MAX_HREF = 300
"""Characters looked at of a link target; data: addresses can be megabytes."""


def url_path(url: str | None) -> str | None:
    """The path of an absolute address without its slashes at the ends; None if it is not one."""
    target = _HOST.match(url or "")
    if target is None or url is None:
        return None
    return url[target.end() :].split("#")[0].split("?")[0].strip("/")


def shape(url: str | None) -> tuple[float, ...]:
    """What a page's own address tells, in the order of URL_COLUMNS."""
    path = url_path(url)
    if path is None:
        return (0.0,) * len(URL_COLUMNS)
    return 1, not path, min(path.count("/"), 6) / 3, _DIGITS.search(path) is not None


def host_of(url: str | None) -> str:
    """The host of an absolute address, without the names that many hosts have; else nothing."""
    own = _HOST.match(url or "")
    return own.group(1).lower() if own else ""


@functools.lru_cache(maxsize=2_048)
def link_evidence(href: str, host: str) -> tuple[float, ...]:
    """What a link target tells, in the order of LINK_COLUMNS but for the last."""
    href = href.lower()
    if href.startswith("#"):
        return (*_PLAIN[:5], 1.0, *_PLAIN[6:])
    there, path = "", href
    if href.startswith(("http", "//")):
        there, _, path = href.partition("//")[2].partition("/")
        path = "/" + path
    elif href.startswith(("mailto:", "tel:", "javascript:")):
        return _PLAIN
    elsewhere = bool(there and host and not there.endswith(host) and not host.endswith(there))
    bare, _, query = path.partition("?")
    return (
        elsewhere,
        bare.count("/") / 5,
        _DIGITS.search(bare) is not None,
        bool(query),
        bool(query) and any(map(query.__contains__, _TRACKING)),
        False,
        any(map(bare.__contains__, _AUTHOR)),
        any(map(bare.__contains__, _TAG)),
    )


def judge(hrefs: Sequence[str], host: str, found: Floats, corner: tuple[int, int]) -> None:
    """Fills in :func:`link_evidence` of the targets that are not empty, one row each; ``corner``
    are the first row and column."""
    row, column = corner
    left: Sequence[int] = range(len(hrefs))
    if kernels is not None:
        left = kernels.links(hrefs, host, _SOUGHT, found, found.shape[1], row, column)
    for i in left:
        if hrefs[i]:
            told = link_evidence(hrefs[i][:MAX_HREF], host)
            found[row + i, column : column + len(_PLAIN)] = told
