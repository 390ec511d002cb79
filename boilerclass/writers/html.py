"""The kept text as plain semantic HTML: a document a page, or articles in one document.

Everything that comes from the page is escaped; links have been checked by the reader. There is no
script, style, class or picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import BinaryIO, NamedTuple

from boilerclass.cleaner import Cleaned
from boilerclass.writers import Format, Look
from boilerclass.writers.blocks import Block, Cell, Container, Line, Run, Table, blocks
from boilerclass.writers.sheets import encode
from boilerclass.writers.terminal import visible_line

_HEAD = '<!DOCTYPE html>\n<html{lang}>\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
_BODY, _END = "</head>\n<body>\n", "</body>\n</html>\n"
SEVERAL = "Cleaned pages"
"""Title of a document that holds many."""

# The standard allows no other controls than these in a document: tab, line feed, form feed, return.
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", re.I)


class Page(NamedTuple):
    """The piece of one document."""

    title: str
    url: str | None
    language: str | None
    content: str


def document(name: str, cleaned: Cleaned) -> Page:
    """The kept paragraphs as elements of HTML."""
    labelled = cleaned.labelled
    content = "".join(_content(blocks(cleaned)))
    url = labelled.metadata.url
    return Page(labelled.title or name, url, labelled.language, content)


class _Sheet:
    """One document, that of the page or one that holds an article for each page."""

    def __init__(self, file: BinaryIO, look: Look) -> None:
        self._file = file
        self._several = look.several
        if self._several and not look.begun:
            self._put(_HEAD.format(lang="", title=SEVERAL) + _BODY)

    def write(self, name: str, piece: Page) -> None:
        lang = _lang(piece.language)
        if self._several:
            source = _text(visible_line(name))
            article = f'<article{lang} dir="auto" title="{source}">\n{piece.content}</article>\n'
            self._put(article)
            return
        link = f'<link rel="canonical" href="{_text(piece.url)}">\n' if piece.url else ""
        head = _HEAD.format(lang=lang, title=_text(visible_line(piece.title)))
        article = f'<article dir="auto">\n{piece.content}</article>\n'
        self._put(head + link + _BODY + article + _END)

    def close(self) -> None:
        if self._several:
            self._put(_END)

    def _put(self, text: str) -> None:
        self._file.write(encode(text))


def _content(items: Iterable[Block | Table]) -> Iterator[str]:
    """The elements of the blocks, and those that open and close around them."""
    around: Sequence[Container] = ()
    for item in items:
        yield from _between(around, item.containers)
        around = item.containers
        yield _table(item) if isinstance(item, Table) else _block(item)
    yield from _between(around, ())


def _between(before: Sequence[Container], after: Sequence[Container]) -> Iterator[str]:
    """The tags that lead from the inside of some containers to the inside of others."""
    shared = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        shared += 1
    for left in reversed(before[shared + 1 :]):
        yield _close(left)
    if shared < len(before):
        old = before[shared]
        new = after[shared] if shared < len(after) else None
        if new is not None and _in_one_list(old, new):
            yield "</li>\n" + _item(new, before=old)
            shared += 1
        else:
            yield _close(old)
    for entered in after[shared:]:
        yield _open(entered)


def _in_one_list(one: Container, other: Container) -> bool:
    return one.kind == other.kind == "item" and one.parent == other.parent


def _open(container: Container) -> str:
    if container.kind == "quote":
        return "<blockquote>\n"
    if container.number is None:
        return "<ul>\n<li>\n"
    start = f' start="{container.number}"' if container.number != 1 else ""
    return f"<ol{start}>\n<li>\n"


def _item(item: Container, before: Container) -> str:
    counted = item.number is None or before.number is None or item.number == before.number + 1
    return "<li>\n" if counted else f'<li value="{item.number}">\n'


def _close(container: Container) -> str:
    if container.kind == "quote":
        return "</blockquote>\n"
    return "</li>\n</ul>\n" if container.number is None else "</li>\n</ol>\n"


def _block(block: Block) -> str:
    if block.kind == "code":
        text = "\n".join(_text("".join(run.text for run in line)) for line in block.lines)
        return f"<pre><code>{text}</code></pre>\n"
    tag = f"h{block.level}" if block.kind == "heading" else "p"
    return f"<{tag}>{_inline(block.lines)}</{tag}>\n"


def _table(table: Table) -> str:
    rows = ("".join(map(_cell, row)) for row in table.rows)
    return "<table>\n" + "".join(f"<tr>{row}</tr>\n" for row in rows) + "</table>\n"


def _cell(cell: Cell) -> str:
    tag = "th" if cell.header else "td"
    return f"<{tag}>{_inline(cell.lines)}</{tag}>"


def _inline(lines: Iterable[Line]) -> str:
    return "<br>\n".join("".join(map(_run, line)) for line in lines)


def _run(run: Run) -> str:
    text = _text(run.text)
    return text if run.href is None else f'<a href="{_text(run.href)}">{text}</a>'


def _lang(language: str | None) -> str:
    return f' lang="{language}"' if language and _LANGUAGE.fullmatch(language) else ""


def _text(text: str) -> str:
    return escape(_CONTROL.sub("\ufffd", text))


FORMAT = Format(".html", document, _Sheet, silent=True)
