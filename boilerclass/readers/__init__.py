"""Source to Document. What a page is is told by its content, never by its name."""

from __future__ import annotations

import re

from boilerclass.document import Document, Kind
from boilerclass.readers import html, text
from boilerclass.readers.encoding import decode, without_surrogates

_OPENING = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*+<(?:!doctype|[a-z][a-z0-9-]*)[\s/>]", re.I | re.S
)
_CLOSING = re.compile(
    r"</(?:html|head|body|div|p|a|span|table|td|ul|li|article|section|h[1-6])\s*>", re.I
)
SAMPLE = 65_536
"""Characters looked at to tell HTML from text."""


def read(
    page: str | bytes,
    *,
    kind: Kind | None = None,
    url: str | None = None,
    encoding: str | None = None,
) -> Document:
    """The Document of a page or a text; ``kind`` None has it told by content.

    Raises:
        InvalidOption: ``encoding`` names no codec.
        TypeError: ``page`` is neither str nor bytes.
    """
    if isinstance(page, bytes):
        content, encoding = decode(page, encoding)
    elif isinstance(page, str):
        content = page.removeprefix("\ufeff")
    else:
        raise TypeError(f"a page is str or bytes, not {type(page).__name__}")
    content = without_surrogates(content)
    reader = html.read if (kind or kind_of(content)) == "html" else text.read
    return reader(content, url=url, encoding=encoding)


def kind_of(content: str) -> Kind:
    """``html`` where the text opens with a tag or closes at least two, else ``text``."""
    sample = content[:SAMPLE]
    if _OPENING.match(sample):
        return "html"
    closing = _CLOSING.finditer(sample)
    return "html" if next(closing, None) and next(closing, None) else "text"
