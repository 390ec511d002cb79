"""A tree to paragraphs and elements: one walk, compiled or from node to node."""

from __future__ import annotations

import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import NamedTuple

import turbohtml

from boilerclass.document import Paragraph, Paragraphs, Tree
from boilerclass.markup import BIT, BLOCK_TAGS, MEDIA_TAGS, ROLE_FLAGS, SKIPPED_TAGS, TAG_FLAGS
from boilerclass.native import kernels

_BLANKS = r"[ \t\n\f\r]*"
HIDING = re.compile(
    rf"(?:^|;){_BLANKS}(?:display{_BLANKS}:{_BLANKS}none|visibility{_BLANKS}:{_BLANKS}hidden)(?![\w-])",
    re.I | re.A,
)
"""A declaration in the style of an element that is not seen."""
INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
"""Characters that paragraphs are freed of."""
NEVER_HIDDEN = frozenset(("html", "body", "main", "article"))
"""Pages hide these until a script has run; a reader without scripts would see nothing."""
META_PROPERTIES = ("og:title", "og:url", "og:type", "og:description")
META_NAMES = ("twitter:title", "description")
HEAD = ",".join(
    (
        "html[lang],title",
        *(f'meta[property="{name}"]' for name in META_PROPERTIES),
        *(f'meta[name="{name}"]' for name in META_NAMES),
        'link[rel="canonical" i]',
        'script[type^="application/ld+json" i],script#__NEXT_DATA__',
    )
)
WORD_ATTRIBUTES = ("id", "role", "itemprop", "data-testid")
NAMED = ",".join(f"[{name}]" for name in WORD_ATTRIBUTES)
_BREAK = "\x00"  # U+0000 never comes out of the parser, so it can stand for <br> in the parts
_VOID = frozenset(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source "
    "track wbr".split()
)
_RAW = frozenset("iframe noembed noframes script style xmp".split())
_KINDS: tuple[frozenset[str], ...] = (
    BLOCK_TAGS,
    SKIPPED_TAGS,
    MEDIA_TAGS,
    NEVER_HIDDEN,
    _VOID,
    _RAW,
    frozenset(("svg", "math")),
    frozenset(("br",)),
    frozenset(("a",)),
    frozenset(("plaintext",)),  # does not come back from its serialised form
    *(frozenset((name,)) for name in ("html", "title", "meta", "link", "script")),
)
"""What the compiled walk wants to know about a tag, a bit each; as in native/walk.c."""
_TAGS = {
    tag: (TAG_FLAGS.get(tag, 0), sum(1 << i for i, tags in enumerate(_KINDS) if tag in tags))
    for tag in frozenset(TAG_FLAGS).union(*_KINDS)
}
_BITS = (BIT["link"], BIT["hidden"], BIT["preformatted"], BIT["bold"])


class Walked(NamedTuple):
    """What a walk over a tree brings home."""

    paragraphs: Paragraphs
    tree: Tree
    elements: Callable[[turbohtml.Document], Sequence[turbohtml.Element]]
    """Those of the entries of ``tree``, in its order, of the page as it was parsed this time."""
    head: list[tuple[str, str, str]]
    """What the page says of itself: tag, key, value."""


def over(tree: turbohtml.Document) -> Walked:
    """The paragraphs and the elements of a parsed page."""
    return compiled(tree) or python(tree)


def python(tree: turbohtml.Document) -> Walked:
    """The walk from node to node, the same for any tree."""
    walk = _Walk(tree)
    numbers: defaultdict[tuple[str, str], int] = defaultdict(count().__next__)
    name_of = [numbers[name] for name in zip(walk.tags, walk.words, strict=True)]
    columns = Tree(walk.parents, walk.ends, list(numbers), name_of)
    paragraphs = Paragraphs.of(walk.paragraphs)
    return Walked(paragraphs, columns, lambda tree: _Walk(tree).elements, _head_entries(tree))


def compiled(tree: turbohtml.Document) -> Walked | None:
    """The walk by the compiled kernel, over the serialised tree; None where there is no kernel, or
    it is in doubt."""
    if kernels is None or tree.root is None:
        return None
    found = kernels.walk(tree.serialize_iter(), _TAGS, ROLE_FLAGS, _BITS)
    if found is None:
        return None
    (texts, hrefs, numbers, flags), (parents, ends, names, name_of, order), head, size = found

    def elements(tree: turbohtml.Document) -> Sequence[turbohtml.Element]:
        every = tree.select("*")
        return [every[i] for i in array("q", order)] if len(every) == size else _Walk(tree).elements

    return Walked(
        Paragraphs(texts, hrefs, array("q", numbers), array("Q", flags)),
        Tree(array("q", parents), array("q", ends), names, array("q", name_of)),
        elements,
        head,
    )


def _head_entries(tree: turbohtml.Document) -> list[tuple[str, str, str]]:
    entries: list[tuple[str, str, str]] = []
    for node in tree.select(HEAD):
        tag, key, value = node.tag, "", ""
        if tag == "html":
            value = node.attr("lang") or ""
        elif tag == "link":
            value = node.attr("href") or ""
        elif tag == "meta":
            named = node.attr("property") or ""
            key = named if named in META_PROPERTIES else node.attr("name") or ""
            value = node.attr("content") or ""
        else:
            key = "state" if tag == "script" and node.attr("id") == "__NEXT_DATA__" else ""
            value = node.text
        entries.append((tag, key, value))
    return entries


class _Run:
    """The paragraph that is being read."""

    __slots__ = (
        "bold_chars",
        "breaks",
        "flags",
        "gap",
        "host",
        "link",
        "link_chars",
        "links",
        "parts",
        "reach",
    )

    def __init__(self, gap: int = 0) -> None:
        self.parts: list[str] = []
        self.gap = gap
        self.breaks = False
        self.host = -1  # the entry that holds all of it
        self.reach = -1  # the entry that would hold it with a text from here on
        self.flags = 0
        self.link_chars = self.bold_chars = self.links = 0
        self.link: turbohtml.Element | None = None

    def text(self) -> str:
        joined = "".join(self.parts)
        if not joined.isascii():
            joined = INVISIBLE.sub("", joined)
        if self.flags & BIT["preformatted"]:
            return joined.replace(_BREAK, "\n").strip("\n").rstrip()
        if self.breaks:
            lines = (" ".join(line.split()) for line in joined.split(_BREAK))
            return "\n".join(line for line in lines if line)
        return " ".join(joined.split())


def _names(node: turbohtml.Element) -> tuple[str, int]:
    """What the attributes beside ``class`` call an element, and the flags of its ARIA role."""
    values = [value for name in WORD_ATTRIBUTES if (value := node.attr(name))]
    return " ".join(values), ROLE_FLAGS.get(node.attr("role") or "", 0)


class _Walk:
    """One pass over the tree that appends to flat lists."""

    def __init__(self, tree: turbohtml.Document) -> None:
        self.paragraphs: list[Paragraph] = []
        self.elements: list[turbohtml.Element] = []
        self.parents: list[int] = [0]
        self.ends: list[int] = [0]
        self.tags: list[str] = ["html"]
        self.words: list[str] = [""]
        root = tree.root
        if root is not None:
            self.words[0] = root.attr("class") or ""
            self.elements.append(root)
            named = {node: _names(node) for node in tree.select(NAMED)}
            hidden = {e for e in tree.select("[style]") if HIDING.search(e.attr("style") or "")}
            self._walk(root, hidden.union(tree.select("[hidden]")), named)

    def _walk(
        self,
        root: turbohtml.Element,
        hidden: set[turbohtml.Element],
        named: dict[turbohtml.Element, tuple[str, int]],
    ) -> None:
        # One loop over local names: this runs once for every node of every page.
        text_type, element_type = turbohtml.Text, turbohtml.Element
        link_bit, hidden_bit, pre_bit = BIT["link"], BIT["hidden"], BIT["preformatted"]
        frames: list[tuple[Iterator[turbohtml.Node], int, int, bool, turbohtml.Element | None]] = []
        children: Iterator[turbohtml.Node] = iter(root.children)
        index, flags, block, link = 0, 0, True, None
        after_link = False
        run = _Run()
        while True:
            for node in children:
                if type(node) is text_type:
                    data = node.data
                    if not data.isspace():
                        self._add(run, data, index, flags, link)
                    elif run.host >= 0:
                        run.parts.append(data if flags & pre_bit else " ")
                    after_link = False
                elif type(node) is element_type:
                    tag = node.tag
                    if tag == "br":
                        if run.host >= 0:
                            run = self._break(run)
                        continue
                    is_block = tag in BLOCK_TAGS
                    if is_block and run.host >= 0:
                        run = self._flush(run)
                    if tag in SKIPPED_TAGS:
                        run.gap += tag in MEDIA_TAGS
                        continue
                    frames.append((children, index, flags, block, link))
                    block = is_block
                    if hidden and node in hidden and tag not in NEVER_HIDDEN:
                        flags |= hidden_bit
                    words = node.attr("class") or ""
                    if node in named:
                        names, bits = named[node]
                        words = f"{words} {names}"
                        flags |= bits
                    if tag in TAG_FLAGS:
                        flags |= TAG_FLAGS[tag]
                    if tag == "a":
                        link = node
                        if after_link and run.host >= 0:
                            run.parts.append(" ")  # links side by side are parted by style
                    if block or words:
                        index = self._enter(node, tag, words, index)
                    children = iter(node.children)
                    break
            else:
                if block and run.host >= 0:
                    run = self._flush(run)
                self.ends[index] = len(self.parents)
                if not frames:
                    return
                after_link = flags & link_bit != 0
                left = index
                children, index, flags, block, link = frames.pop()
                if run.reach == left:
                    run.reach = index

    def _enter(self, node: turbohtml.Element, tag: str, words: str, parent: int) -> int:
        """The index of a new entry for ``node``."""
        self.parents.append(parent)
        self.ends.append(0)
        self.tags.append(tag)
        self.words.append(words)
        self.elements.append(node)
        return len(self.parents) - 1

    def _add(
        self, run: _Run, data: str, index: int, flags: int, link: turbohtml.Element | None
    ) -> None:
        run.parts.append(data)
        if run.host < 0:
            run.host, run.flags = index, flags
        else:
            run.flags &= flags
            run.host = run.reach
        run.reach = run.host
        if link is not None:
            run.link_chars += len(data.strip())
            if link is not run.link:
                run.links += 1
                run.link = link
        if flags & BIT["bold"]:
            run.bold_chars += len(data.strip())

    def _break(self, run: _Run) -> _Run:
        """The run that goes on after a ``<br>``: a new one after the second in a row."""
        for part in reversed(run.parts):
            if part == _BREAK:
                return self._flush(run)
            if not part.isspace():
                break
        run.parts.append(_BREAK)
        run.breaks = True
        return run

    def _flush(self, run: _Run) -> _Run:
        """A new run, the text of this one kept as a paragraph if there is any."""
        text = run.text()
        if not text:
            return _Run(run.gap)
        self.paragraphs.append(
            Paragraph(
                text,
                run.gap,
                run.host,
                run.flags,
                min(run.link_chars, len(text)),
                run.links,
                min(run.bold_chars, len(text)),
                "" if run.link is None else run.link.attr("href") or "",
            )
        )
        return _Run()
