"""HTML to Document: one walk over the WHATWG tree."""

from __future__ import annotations

import functools
import re
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import compress, count
from typing import NamedTuple

import turbohtml

from boilerclass.document import Document, Forced, Origin, Paragraph, Paragraphs, Tree, nowhere
from boilerclass.markup import (
    BIT,
    BLOCK_TAGS,
    MEDIA_TAGS,
    ROLE_FLAGS,
    SKIPPED_TAGS,
    TAG_FLAGS,
)
from boilerclass.native import kernels
from boilerclass.readers import structured
from boilerclass.readers.encoding import without_surrogates
from boilerclass.readers.rules import NO_RULES, Rules
from boilerclass.readers.source import INVISIBLE, HtmlSource

HIDDEN = (
    '[hidden],[style*="display:none" i],[style*="display: none" i],'
    '[style*="visibility:hidden" i],[style*="visibility: hidden" i]'
)
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
        'script[type="application/ld+json" i],script#__NEXT_DATA__',
    )
)
WORD_ATTRIBUTES = ("id", "role", "itemprop", "data-testid")
NAMED = ",".join(f"[{name}]" for name in WORD_ATTRIBUTES)
LITTLE_TEXT = 200
"""Characters of visible text below which the hidden parts of a page are kept."""

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


class _Walked(NamedTuple):
    """What a walk over a tree brings home."""

    paragraphs: Paragraphs
    tree: Tree
    elements: Callable[[turbohtml.Document], Sequence[turbohtml.Element]]
    """Those of the entries of ``tree``, in its order, of the page as it was parsed this time."""
    head: list[tuple[str, str, str]]
    """What the page says of itself: tag, key, value."""


class _Head(NamedTuple):
    """What the page says of itself, sorted."""

    titles: list[str]
    description: str
    url: str | None
    language: str | None
    types: frozenset[str]
    json_ld: list[str]
    state: list[str]


def read(
    page: str, *, url: str | None = None, encoding: str | None = None, rules: Rules = NO_RULES
) -> Document:
    """The paragraphs of an HTML page in document order, whatever the page looks like; U+FFFD stands
    in them for code points that no encoding can write."""
    tree = turbohtml.parse(page, positions=False)
    walked = walk_compiled(tree)
    if walked is None:  # a surrogate is one of the things that the compiled walk doubts
        plain = without_surrogates(page)
        if plain != page:
            page, tree = plain, turbohtml.parse(plain, positions=False)
        walked = walk_python(tree)
    head = _head(walked.head)
    paragraphs, verdicts = _visible(walked.paragraphs, _verdicts(walked, tree, rules))
    hosts = paragraphs.numbers[4::5]
    first_data = None
    prose = sum(map(len, paragraphs.texts)) - sum(paragraphs.numbers[1::5])
    data = structured.find(head.json_ld, head.state, prose)
    if data.paragraphs:
        unseen = structured.unseen(_texts_of(data.paragraphs), paragraphs.texts)
        if sum(map(len, unseen)) > prose:
            first_data = len(paragraphs)
            paragraphs += [Paragraph(text, flags=BIT["p"]) for text in unseen]
    return Document(
        kind="html",
        paragraphs=paragraphs,
        tree=walked.tree,
        titles=[*head.titles, *data.headlines],
        description=head.description,
        url=url or head.url,
        language=head.language,
        encoding=encoding,
        types=head.types,
        structured_body=data.body,
        first_data=first_data,
        locate=_Places(page, walked.elements, hosts).locate,
        source=HtmlSource(page, url or head.url, tree),
        forced=dict(_forced(verdicts)) if any(rules) else {},
    )


def walk_python(tree: turbohtml.Document) -> _Walked:
    """The walk from node to node."""
    walk = _Walk(tree)
    numbers: defaultdict[tuple[str, str], int] = defaultdict(count().__next__)
    name_of = [numbers[name] for name in zip(walk.tags, walk.words, strict=True)]
    columns = Tree(walk.parents, walk.ends, list(numbers), name_of)
    paragraphs = Paragraphs.of(walk.paragraphs)
    return _Walked(paragraphs, columns, lambda tree: _Walk(tree).elements, _head_entries(tree))


def walk_compiled(tree: turbohtml.Document) -> _Walked | None:
    """The same by the compiled kernel; None where there is none, or it is in doubt."""
    if kernels is None or tree.root is None:
        return None
    found = kernels.walk(tree.serialize_iter(), _TAGS, ROLE_FLAGS, _BITS)
    if found is None:
        return None
    (texts, hrefs, numbers, flags), (parents, ends, names, name_of, order), head, size = found

    def elements(tree: turbohtml.Document) -> Sequence[turbohtml.Element]:
        every = tree.select("*")
        return [every[i] for i in array("q", order)] if len(every) == size else _Walk(tree).elements

    return _Walked(
        Paragraphs(texts, hrefs, array("q", numbers), array("Q", flags)),
        Tree(array("q", parents), array("q", ends), names, array("q", name_of)),
        elements,
        head,
    )


def _walk(tree: turbohtml.Document) -> _Walked:
    return walk_compiled(tree) or walk_python(tree)


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


def _head(entries: Sequence[tuple[str, str, str]]) -> _Head:
    titles: list[str] = []
    description = ""
    json_ld: list[str] = []
    state: list[str] = []
    types: set[str] = set()
    url: str | None = None
    language: str | None = None
    for entry in entries:
        match entry:
            case "html", _, declared:
                language = declared
            case "title", _, title:
                titles.append(title)
            case "link", _, canonical:
                url = canonical or url
            case "script", key, script:
                (state if key == "state" else json_ld).append(script)
            case "meta", "og:url", stated:
                url = url or stated
            case "meta", "og:type", kind:
                types.add(kind.lower())
            case "meta", "og:description" | "description", said:
                description = max(description, said, key=len)
            case "meta", _, title:
                titles.insert(0, title)
    types.update(structured.types(json_ld))
    titles = [" ".join(t.split()) for t in titles]
    return _Head(titles, description, url, language, frozenset(types), json_ld, state)


def _verdicts(walked: _Walked, tree: turbohtml.Document, rules: Rules) -> Sequence[Forced | None]:
    if not any(rules):
        return [None] * len(walked.paragraphs)
    elements = walked.elements(tree)
    return rules.verdicts(tree, [elements[i] for i in walked.paragraphs.numbers[4::5]])


def _forced(verdicts: Sequence[Forced | None]) -> Iterator[tuple[int, Forced]]:
    return ((i, verdict) for i, verdict in enumerate(verdicts) if verdict is not None)


def _visible(
    paragraphs: Paragraphs, verdicts: Sequence[Forced | None]
) -> tuple[Paragraphs, Sequence[Forced | None]]:
    """The paragraphs that a browser shows or a rule keeps, with their verdicts.

    All of them where most of the text is hidden: such a page is shown by its scripts.
    """
    bit = BIT["hidden"]
    mask = array("Q", [bit]) * len(paragraphs)
    if not int.from_bytes(mask, "big") & int.from_bytes(paragraphs.flags, "big"):
        return paragraphs, verdicts  # most are: to look at all at once costs next to nothing
    covered = list(map(bit.__and__, paragraphs.flags))
    hidden = sum(map(len, compress(paragraphs.texts, covered)))
    if sum(map(len, paragraphs.texts)) - hidden < max(hidden, LITTLE_TEXT):
        return paragraphs, verdicts
    keep = [
        not below or (verdict is not None and verdict.keep)
        for below, verdict in zip(covered, verdicts, strict=True)
    ]
    return paragraphs.where(keep), list(compress(verdicts, keep))


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
            self._walk(root, set(tree.select(HIDDEN)), named)

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


def _texts_of(parts: Sequence[str]) -> Iterator[str]:
    """The paragraphs of strings that may themselves be HTML."""
    for part in parts:
        if "<" in part:
            tree = turbohtml.parse(part)
            yield from _walk(tree).paragraphs.texts
        else:
            yield from (" ".join(line.split()) for line in part.splitlines())


class _Places:
    """Finds the origins of paragraphs when asked; most callers never ask.

    ``hosts`` are the paragraphs' elements, as numbers in ``elements(tree)``.
    """

    def __init__(
        self,
        page: str,
        elements: Callable[[turbohtml.Document], Sequence[turbohtml.Element]],
        hosts: Sequence[int],
    ) -> None:
        self._page = page
        self._elements = elements
        self._hosts = hosts
        self._known: dict[int, Origin] = {}  # thousands of lines may stand in one element

    @functools.cached_property
    def _nodes(self) -> Sequence[turbohtml.Element]:
        # Parsed again: to keep the places of all elements at hand costs every reader time.
        return self._elements(turbohtml.parse(self._page, source_locations=True))

    @functools.cached_property
    def _counted_once(self) -> list[int]:
        # The parser counts a CRLF once: the i-th CRLF stands i code points further in the page.
        return [match.start() - i for i, match in enumerate(re.finditer("\r\n", self._page))]

    def _offset(self, normalised: int) -> int:
        return normalised + bisect_left(self._counted_once, normalised)

    def _place(self, host: turbohtml.Element) -> Origin:
        location = host.source_location
        xpath = host.xpath_path()
        if location is None:  # an element the standard implies but the source does not write
            return Origin(xpath, None, None)
        start, end = location.start_tag.start_offset, _end(host, location.start_tag.end_offset)
        last = len(self._page) if end is None else self._offset(end)
        return Origin(xpath, self._offset(start), last)

    def locate(self, i: int) -> Origin:
        if i >= len(self._hosts):
            return nowhere(i)
        number = self._hosts[i]
        if number not in self._known:
            self._known[number] = self._place(self._nodes[number])
        return self._known[number]


def _end(element: turbohtml.Element, start: int) -> int | None:
    """Where an element ends that begins before ``start``; None for the end of the page.

    HTML lets many end tags be left out: the element then ends where what follows it begins.
    """
    while True:
        location = element.source_location
        if location is not None and location.end_tag and location.end_tag.end_offset >= start:
            return location.end_tag.end_offset
        for sibling in element.next_siblings:
            if isinstance(sibling, turbohtml.Element) and sibling.source_location is not None:
                beginning = sibling.source_location.start_tag.start_offset
                if beginning >= start:
                    return beginning
        parent = element.parent
        if not isinstance(parent, turbohtml.Element):
            return None
        outer = parent.source_location
        if outer is not None and outer.end_tag and outer.end_tag.start_offset >= start:
            return outer.end_tag.start_offset
        element = parent
