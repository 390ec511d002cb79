"""Why a paragraph got its label: the evidence without which its probability falls most.

Each family of columns is in turn set to its average over the training data and the model is asked
again; the family whose absence lowers the probability of the label most is named, in words that
the paragraph's own figures fill.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from boilerclass import features, lexicons
from boilerclass.document import Document, Kind
from boilerclass.features import addresses, context, overlap, structure, text
from boilerclass.markup import FLAGS
from boilerclass.scorer import Inputs, Scorer

Floats = NDArray[np.float32]


LEAST_FALL = 0.01
"""Fall in probability from which one family of evidence can be said to have decided."""
TOGETHER = "all evidence together: the label holds without any one kind of it"


class Family(NamedTuple):
    """Columns of a paragraph that say one thing together, and how to say it."""

    columns: frozenset[str]
    words: Callable[[Document, int], str]
    in_text: bool = True
    """Whether plain text has such evidence at all."""


class Outside(NamedTuple):
    """Evidence that does not come from the document."""

    fall: float
    """By how much the probability of the paragraph's label is lower without it."""
    words: str


def reasons(
    scorer: Scorer,
    inputs: Inputs,
    chosen: NDArray[np.int64],
    document: Document,
    outside: Mapping[int, Outside],
) -> list[str]:
    """For each paragraph of a document the words of its strongest evidence.

    ``chosen`` holds the paragraphs' labels as indices into LABELS, ``outside`` by paragraph what
    else is known of it.
    """
    best, falls = strongest(scorer, inputs, chosen, document.kind)
    words = [*(family.words for family in FAMILIES), _around]
    found = [
        words[k](document, i) if fall >= LEAST_FALL else TOGETHER
        for i, (k, fall) in enumerate(zip(best.tolist(), falls.tolist(), strict=True))
    ]
    for i, other in outside.items():
        if other.fall >= max(float(falls[i]), LEAST_FALL):
            found[i] = other.words
    return found


def strongest(
    scorer: Scorer, inputs: Inputs, chosen: NDArray[np.int64], kind: Kind
) -> tuple[NDArray[np.int64], Floats]:
    """For each paragraph the number of its strongest evidence, and how far the probability of its
    label falls without it."""
    rows = np.arange(len(chosen))

    def probability(changed: Inputs) -> Floats:
        labels: Floats = scorer.roles(changed) @ context.TO_LABELS
        return labels[rows, chosen]

    whole = probability(inputs)
    falls = np.stack(
        [whole - probability(without(scorer, inputs, k)) for k in range(len(FAMILIES) + 1)], axis=1
    )
    if kind == "text":
        falls[:, [k for k, family in enumerate(FAMILIES) if not family.in_text]] = -1
    best = falls.argmax(axis=1)
    return best, falls[rows, best]


def without(scorer: Scorer, inputs: Inputs, k: int) -> Inputs:
    """The inputs without evidence ``k``: a family, or after the last of them the surroundings."""
    if k == len(FAMILIES):
        return scorer.without_around(inputs)
    names = [
        *features.COLUMNS,
        *(f"text_score_{i}" for i in range(scorer.scores)),
        *(f"word_score_{i}" for i in range(scorer.scores)),
    ]
    return scorer.without_own(
        inputs, [i for i, name in enumerate(names) if name in FAMILIES[k].columns]
    )


def _links(document: Document, i: int) -> str:
    p = document.paragraphs[i]
    return f"link share {p.link_chars / len(p.text):.2f}, {p.links} links"


def _cue(document: Document, i: int) -> str:
    (mask,) = features.cues((document.paragraphs[i].text,)).tolist()
    found = [name for i, name in enumerate(lexicons.CLASSES) if mask >> i & 1]
    return f"opens with a cue of kind {' or '.join(found)}" if found else "opens with no known cue"


def _wording(document: Document, i: int) -> str:
    words = document.paragraphs[i].text.split()
    opening = " ".join(words[:4])[:40]
    return f"its wording, opening with {opening!r}"


def _names(document: Document, i: int) -> str:
    tree, at = document.tree, document.paragraphs[i].element
    found: list[str] = []
    while len(found) < 3:
        if tree.words[at]:
            found.append(" ".join(tree.words[at].split()[:2])[:40])
        if tree.parents[at] == at:
            break
        at = tree.parents[at]
    return f"class and id names around it: {', '.join(found)}" if found else "no class names"


def _markup(document: Document, i: int) -> str:
    flags = document.paragraphs[i].flags
    inside = [name for i, name in enumerate(FLAGS) if flags >> i & 1]
    return f"markup: inside {', '.join(inside)}" if inside else "markup: in no element of meaning"


def _form(document: Document, i: int) -> str:
    t = document.paragraphs[i].text
    return f"length and punctuation: {len(t)} characters, {len(t.split())} words"


def _repeated(document: Document, i: int) -> str:
    texts = list(document.texts)
    own = texts[i]
    number = texts.count(own)
    if own in texts[i + 1 : i + 2] + texts[max(i - 1, 0) : i]:
        return "the same line stands twice in a row"
    return f"the same line stands {number} times" if number > 1 else "the line stands once"


def _title(document: Document, i: int) -> str:
    return "words shared with the page's title and address"


def _place(document: Document, i: int) -> str:
    return f"place on the page: paragraph {i + 1} of {len(document.paragraphs)}"


def _containers(document: Document, i: int) -> str:
    return "the blocks that hold it: their size, links and share of the page's prose"


def _around(document: Document, i: int) -> str:
    return "its surroundings: what the paragraphs and blocks around it are"


def _page(document: Document, i: int) -> str:
    return "the kind of page"


_LINK = {"link_share", "has_link", "log_links", *addresses.LINK_COLUMNS}
_REPEAT = {"same_text", "repeats_previous", "repeats_next"}
_TITLE = {*overlap.COLUMNS, "in_structured_body"}
_CONTAINER = {
    *(f"level{k}_{n}" for k in range(structure.LEVELS) for n in structure.CONTAINER_COLUMNS),
    *structure.GROUP_COLUMNS,
    *structure.MAIN_COLUMNS,
}
_SCORES = 32
_PAGE = {*(f"type_{n}" for n in structure.PAGE_TYPES), *addresses.URL_COLUMNS, "is_html"}

FAMILIES: tuple[Family, ...] = (
    Family(frozenset([*_LINK]), _links, in_text=False),
    Family(frozenset(features.CUE_COLUMNS), _cue),
    Family(frozenset([f"text_score_{i}" for i in range(_SCORES)]), _wording),
    Family(frozenset([f"word_score_{i}" for i in range(_SCORES)]), _names, in_text=False),
    Family(
        frozenset([*(f"in_{n}" for n in FLAGS), "bold_share"]),
        _markup,
        in_text=False,
    ),
    Family(frozenset(text.COLUMNS), _form),
    Family(frozenset([*_REPEAT]), _repeated),
    Family(frozenset([*_TITLE]), _title, in_text=False),
    Family(frozenset([*structure.PLACE_COLUMNS, "gap", "many_gap"]), _place),
    Family(frozenset([*_CONTAINER]), _containers, in_text=False),
    Family(frozenset([*_PAGE]), _page, in_text=False),
)
