"""Roles for paragraphs outside a known body, from the selectors of public filter lists.

Filter lists name the classes and ids of advertisements, newsletter forms, cookie banners and share
bars. On pages labelled by role nine in ten of the paragraphs that they name have the role below.
They label pages for training only: the lists stay in the corpus.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boilerclass.document import Document, Tree
from boilerclass.labels import ROLES, Role
from boilerclass.training import gold

FILE = "weak/cosmetic.jsonl.gz"
"""Place beside the pages of a corpus: a line for each selector, with its type."""
ROLE_OF: Mapping[str, Role] = {
    "ad": Role.AD,
    "newsletter": Role.PROMO,
    "cookie": Role.CHROME,
    "social": Role.CHROME,
}
"""Types that name one role."""
NOTHING = -1

_SIMPLE = re.compile(r"[#.]([-\w]+)")


def read(path: Path) -> dict[str, int]:
    """The role, as an index into ROLES, that each class or id stands for; none without the file."""
    found: dict[str, int] = {}
    if not path.exists():
        return found
    for row in gold.rows(path):
        name = _SIMPLE.fullmatch(row["selector"])
        if name and row["type"] in ROLE_OF:
            found.setdefault(name[1], ROLES.index(ROLE_OF[row["type"]]))
    return found


def roles(document: Document, known: Mapping[str, int]) -> NDArray[np.int8]:
    """Shape (n,): the role that the nearest element with a known name gives a paragraph, or
    NOTHING."""
    of_element = _of_elements(document.tree, known)
    return np.array([of_element[p.element] for p in document.paragraphs], dtype=np.int8)


def _of_elements(tree: Tree, known: Mapping[str, int]) -> list[int]:
    of_name = [
        next((known[word] for word in words.split() if word in known), NOTHING)
        for _, words in tree.names
    ]
    found: list[int] = []
    for i, (parent, name) in enumerate(zip(tree.parents, tree.name_of, strict=True)):
        own = of_name[name]
        found.append(found[parent] if own == NOTHING and parent < i else own)
    return found
