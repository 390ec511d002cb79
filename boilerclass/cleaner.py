"""Labelled document to the text worth keeping."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress, count
from operator import or_
from typing import NamedTuple

from boilerclass.document import Document
from boilerclass.labelled import OK, LabelledDocument
from boilerclass.labels import Label, Role
from boilerclass.options import Selection

SHORT, CLICKBAIT, NOTHING = "short", "clickbait", "nothing-selected"
"""``Cleaned.status`` beside those of a labelled document: left out for its length or its headline;
an article was found, and nothing in it has the labels that were asked for."""
LONG = 40
"""Characters from which a paragraph of a page that comes again word for word is a second copy."""
CORE_TEXT = Selection()
"""What cleaning keeps when nothing else is asked for."""


class Cleaned(NamedTuple):
    """A labelled document and what is kept of it."""

    labelled: LabelledDocument
    kept: Sequence[int]
    """Indices of the paragraphs, in their order."""
    status: str
    """``ok``, or why nothing is kept."""
    copies: frozenset[int] = frozenset()
    """Indices of paragraphs that would be kept, had an earlier one not the same text: pages carry
    parts of an article twice, for narrow screens and wide ones."""

    @property
    def titles(self) -> frozenset[int]:
        """Indices of the paragraphs that are the document's own title."""
        roles = self.labelled.roles
        return frozenset(i for i in self.kept if roles[i] is Role.TITLE)

    @property
    def text(self) -> str:
        """The kept paragraphs; empty where there are none.

        Paragraphs of a page are parted by a blank line. Lines of a plain text stand verbatim but
        for the white space at their ends, with a blank line wherever the text had one or more
        between them.
        """
        document, kept = self.labelled.document, frozenset(self.kept)
        if document.kind == "html":
            texts = document.texts
            return "\n\n".join([texts[i] for i in self.kept]) + "\n" if kept else ""
        pieces: list[str] = []
        gap = False
        for i, paragraph in enumerate(document.paragraphs):
            gap = gap or paragraph.gap > 0
            if i in kept:
                if pieces:
                    pieces.append("\n\n" if gap else "\n")
                pieces.append(paragraph.text)
                gap = False
        return "".join(pieces) + "\n" if pieces else ""


def clean(labelled: LabelledDocument, selection: Selection = CORE_TEXT) -> Cleaned:
    """What the selection keeps of a document."""
    reason = _left_out(labelled, selection)
    if reason:
        return Cleaned(labelled, (), reason)
    taken = map(selection.labels.__contains__, labelled.labels)
    if selection.with_roles:
        taken = map(or_, taken, map(selection.with_roles.__contains__, labelled.roles))
    kept = list(compress(count(), taken))
    if kept:
        repeated = _repeated(labelled.document, kept)
        return Cleaned(labelled, [i for i in kept if i not in repeated], OK, repeated)
    return Cleaned(labelled, (), NOTHING if labelled.status == OK else labelled.status)


def copies(texts: Sequence[str], kept: Sequence[int]) -> frozenset[int]:
    """Those of the kept paragraphs of a page that say what an earlier one has said; short ones may
    be meant, as in tables."""
    seen: set[str] = set()
    found = []
    for i in kept:
        if len(texts[i]) >= LONG:
            if texts[i] in seen:
                found.append(i)
            seen.add(texts[i])
    return frozenset(found)


def _repeated(document: Document, kept: Sequence[int]) -> frozenset[int]:
    """The copies, but for what the user's rules keep. All lines of a text may be meant."""
    if document.kind != "html":
        return frozenset()
    return copies(document.texts, kept).difference(document.forced)


def _left_out(labelled: LabelledDocument, selection: Selection) -> str | None:
    """The status of a document that is left out as a whole."""
    if selection.min_core_chars and _core_chars(labelled) < selection.min_core_chars:
        return SHORT if labelled.status == OK else labelled.status
    if selection.max_clickbait is not None:
        score = labelled.clickbait
        if score is not None and score > selection.max_clickbait:
            return CLICKBAIT
    return None


def _core_chars(labelled: LabelledDocument) -> int:
    rows = zip(labelled.document.texts, labelled.labels, strict=True)
    return sum(len(text) for text, label in rows if label is Label.CORE)
