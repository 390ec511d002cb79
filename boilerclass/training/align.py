"""Gold labels carried over to a reader's paragraphs by aligning words.

Both sides are the text of one page in document order, so a longest common subsequence over words
pairs them whatever each side takes for a paragraph.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from boilerclass.errors import MissingExtra

NO_RAPIDFUZZ = "gold labels need rapidfuzz: pip install 'boilerclass[training]'"
WORD = re.compile(r"[^\W_]+")
FIRST_UNSPACED = 0x2E80
"""Scripts from here on (CJK and on) write no spaces: their characters are compared one by one."""
LONG_RUN = 4
"""Words in a row from which a match in a body cannot be chance."""


def words(text: str) -> list[str]:
    """The lower-case words of a text; the characters of a run in a script without spaces."""
    found: list[str] = []
    for word in WORD.findall(text.lower()):
        if len(word) > 1 and ord(max(word)) > FIRST_UNSPACED:
            found.extend(word)
        else:
            found.append(word)
    return found


def flat(text: str) -> str:
    """A text on one line in small letters, as strings are looked for in it."""
    return " ".join(text.split()).lower()


def _numbered(texts: Sequence[str], ids: dict[str, int]) -> tuple[list[int], list[int]]:
    tokens, owners = [], []
    for i, text in enumerate(texts):
        own = words(text)
        tokens += [ids.setdefault(w, len(ids)) for w in own]
        owners += [i] * len(own)
    return tokens, owners


def matching_runs(gold: Sequence[int], found: Sequence[int]) -> list[tuple[int, int, int]]:
    """Runs (start in gold, start in found, length) of a longest common subsequence.

    Raises:
        MissingExtra: what finds it is not installed.
    """
    try:
        from rapidfuzz.distance import LCSseq
    except ImportError as error:
        raise MissingExtra(NO_RAPIDFUZZ) from error
    if not gold or not found:
        return []
    return [
        (op.src_start, op.dest_start, op.src_end - op.src_start)
        for op in LCSseq.opcodes(gold, found)
        if op.tag == "equal"
    ]


class Shares(NamedTuple):
    """Words that blocks and paragraphs of one page have in common, in order."""

    blocks: list[Counter[int]]
    """For each block the paragraphs that hold its words, and how many each."""
    block_sizes: list[int]
    """Words of each block."""
    paragraph_sizes: list[int]


def share(blocks: Sequence[str], paragraphs: Sequence[str]) -> Shares:
    """Which words of which block stand in which paragraph."""
    ids: dict[str, int] = {}
    gold, gold_owner = _numbered(blocks, ids)
    found, owner = _numbered(paragraphs, ids)
    shared = [Counter[int]() for _ in blocks]
    for g, f, length in matching_runs(gold, found):
        for k in range(length):
            shared[gold_owner[g + k]][owner[f + k]] += 1
    sizes, found_sizes = Counter(gold_owner), Counter(owner)
    return Shares(
        shared,
        [sizes[i] for i in range(len(blocks))],
        [found_sizes[j] for j in range(len(paragraphs))],
    )


def roles(shares: Shares, block_roles: Sequence[int], none: int) -> NDArray[np.int8]:
    """Role of each paragraph: that of the blocks most of its words come from.

    ``none`` for a paragraph that shares less than half of its words with the blocks.
    """
    votes = [Counter[int]() for _ in shares.paragraph_sizes]
    for role, shared in zip(block_roles, shares.blocks, strict=True):
        for paragraph, number in shared.items():
            votes[paragraph][role] += number
    out = np.full(len(votes), none, dtype=np.int8)
    for i, vote in enumerate(votes):
        if vote and 2 * vote.total() >= shares.paragraph_sizes[i]:
            out[i] = vote.most_common(1)[0][0]
    return out


def in_body(
    body: Sequence[str], paragraphs: Sequence[str], *, yes: int, no: int, unsure: int
) -> NDArray[np.int8]:
    """Whether each paragraph stands in a gold body, given as its lines.

    Short paragraphs meet words of a long body by chance; they count only in a run of LONG_RUN
    words or as a whole line.
    """
    ids: dict[str, int] = {}
    gold, _ = _numbered(body, ids)
    found, owner = _numbered(paragraphs, ids)
    matched = Counter[int]()
    in_run = Counter[int]()
    size = Counter(owner)
    for _, f, length in matching_runs(gold, found):
        for k in range(f, f + length):
            matched[owner[k]] += 1
            if length >= LONG_RUN:
                in_run[owner[k]] += 1
    lines = {" ".join(words(line)) for line in body}
    out = np.full(len(paragraphs), unsure, dtype=np.int8)
    for i, text in enumerate(paragraphs):
        if not size[i]:
            continue
        share, sure = matched[i] / size[i], in_run[i] / size[i]
        if sure >= 0.7 or (share == 1 and " ".join(words(text)) in lines):
            out[i] = yes
        elif share <= 0.4 or (sure == 0 and size[i] <= LONG_RUN and share < 1):
            out[i] = no
    return out
