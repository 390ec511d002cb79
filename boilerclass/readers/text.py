"""Plain text to Document: a line is a paragraph, and blank lines are counted."""

from __future__ import annotations

from boilerclass.document import Document, Origin, Paragraph, PlainSource


def read(text: str, *, url: str | None = None, encoding: str | None = None) -> Document:
    """The non-empty lines of a text, each with the number of blank lines before it."""
    paragraphs: list[Paragraph] = []
    spans: list[tuple[int, int]] = []
    gap = offset = 0
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        if stripped:
            start = offset + line.index(stripped)
            paragraphs.append(Paragraph(stripped, gap))
            spans.append((start, start + len(stripped)))
            gap = 0
        else:
            gap += 1
        offset += len(line)

    def locate(i: int) -> Origin:
        return Origin(None, *spans[i])

    return Document(
        kind="text",
        paragraphs=paragraphs,
        url=url,
        encoding=encoding,
        locate=locate,
        source=PlainSource(url),
    )
