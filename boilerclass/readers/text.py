"""Plain text to Document: a line is a paragraph, and blank lines are counted."""

from __future__ import annotations

import functools

from boilerclass.document import Document, Origin, Paragraph, PlainSource


def read(text: str, *, url: str | None = None, encoding: str | None = None) -> Document:
    """The non-empty lines of a text, each with the number of blank lines before it."""
    lines = list(map(str.strip, text.splitlines()))
    filled = [i for i, line in enumerate(lines) if line]
    gaps = (here - before - 1 for before, here in zip([-1, *filled], filled, strict=False))
    return Document(
        kind="text",
        paragraphs=list(map(Paragraph, filter(None, lines), gaps)),
        url=url,
        encoding=encoding,
        locate=_Lines(text).locate,
        source=PlainSource(url),
    )


class _Lines:
    """Finds a paragraph's place when asked: few ask."""

    def __init__(self, text: str) -> None:
        self._text = text

    @functools.cached_property
    def _spans(self) -> list[tuple[int, int]]:
        spans: list[tuple[int, int]] = []
        offset = 0
        for line in self._text.splitlines(keepends=True):
            stripped = line.strip()
            if stripped:
                start = offset + line.index(stripped)
                spans.append((start, start + len(stripped)))
            offset += len(line)
        return spans

    def locate(self, index: int) -> Origin:
        return Origin(None, *self._spans[index])
