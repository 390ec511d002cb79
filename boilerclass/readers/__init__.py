"""Source to Document. What a page is is told by its content, never by its name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from boilerclass.document import Document, Kind
from boilerclass.encoding import decode, without_surrogates
from boilerclass.markup import BLOCK_TAGS, SKIPPED_TAGS
from boilerclass.readers import html, text
from boilerclass.readers.rules import Rules

_WRITTEN = re.compile(r"\S")
_OPENING = re.compile(
    r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*+<(!doctype|[a-z][a-z0-9-]*)[\s/>]", re.I | re.S
)
_ALONE = BLOCK_TAGS | SKIPPED_TAGS | {"!doctype", "br"}
"""Tags that make HTML of what they open. Others have to be closed: many a chat log puts names
between angle brackets."""
_CLOSING = re.compile(
    r"</(?:html|head|body|div|p|a|span|table|td|ul|li|article|section|h[1-6])\s*>", re.I
)
SAMPLE = 65_536
"""Characters looked at to tell HTML from text, from the first that is written."""


def read(
    page: str | bytes,
    *,
    kind: Kind | None = None,
    url: str | None = None,
    encoding: str | None = None,
    keep: Sequence[str] = (),
    drop: Sequence[str] = (),
) -> Document:
    """The Document of a page or a text; ``kind`` None has it told by content.

    ``keep`` and ``drop`` are CSS selectors, see :class:`boilerclass.readers.rules.Rules`.

    Raises:
        InvalidOption: ``encoding`` names no codec, or a selector cannot be read.
        TypeError: ``page`` is neither str nor bytes.
    """
    rules = Rules(keep, drop)
    rules.check()
    if isinstance(page, bytes):
        content, encoding = decode(page, encoding)
    elif isinstance(page, str):
        content = page.removeprefix("\ufeff")
    else:
        raise TypeError(f"a page is str or bytes, not {type(page).__name__}")
    if (kind or kind_of(content)) == "html":
        return html.read(content, url=url, encoding=encoding, rules=rules)
    return text.read(without_surrogates(content), url=url, encoding=encoding)


def kind_of(content: str) -> Kind:
    """``html`` where the text opens with a tag or closes at least two, else ``text``."""
    written = _WRITTEN.search(content)
    start = written.start() if written else 0
    end = start + SAMPLE
    opening = _OPENING.match(content, start, end)
    if opening:
        tag = opening[1].lower()
        if tag in _ALONE or f"</{tag}" in content[start:end].lower():
            return "html"
    closing = _CLOSING.finditer(content, start, end)
    return "html" if next(closing, None) and next(closing, None) else "text"
