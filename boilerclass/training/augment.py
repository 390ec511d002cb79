"""Plain texts made from the labelled documents, as extractors leave them behind.

Bare text keeps none of the markup that tells a page's parts, so the model must learn them from
order, cues and repetition. Few texts are labelled; these stand in for more.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from boilerclass import readers
from boilerclass.labels import ROLES, Role
from boilerclass.training.corpus import BODY, ROLE_NUMBER, Example

KEPT: dict[Role, float] = {
    Role.CHROME: 0.1,
    Role.COMMENT: 0.3,
    Role.RECOMMENDATION: 0.5,
    Role.AD: 0.7,
    Role.PROMO: 0.7,
}
"""Share of a page's paragraphs of a role that an extractor lets through; all of the others."""
CHROME_INSIDE = (0.0, 0.4, 0.8)
"""The same for chrome between headline and last line of the body: players, share bars and counters
come along, more of them from some pages than from others."""
MADE = "composed"
"""``Example.source`` of every text that is made."""
CORE_NUMBERS = (ROLE_NUMBER["title"], BODY)

Line = tuple[str, int]


def thinned(examples: Sequence[Example], seed: int) -> list[Example]:
    """Typed pages as text, most of what is not article dropped at random."""
    chooser = random.Random(seed)
    out = []
    for example in examples:
        blank, inside = chooser.choice((0.0, 0.3, 1.0)), chooser.choice(CHROME_INSIDE)
        lines: list[Line] = []
        targets = example.targets.tolist()
        article = [i for i, target in enumerate(targets) if target in CORE_NUMBERS]
        for i, (paragraph, target) in enumerate(
            zip(example.document.paragraphs, targets, strict=True)
        ):
            share = KEPT.get(ROLES[target], 1.0) if target >= 0 else 0.0
            if target == ROLE_NUMBER["chrome"] and article and article[0] < i < article[-1]:
                share = inside
            if chooser.random() < share:
                lines.append((" ".join(paragraph.text.split()), target))
        out.append(made(example, lines, chooser, blank))
    return [e for e in out if len(e.document.paragraphs)]


def made(base: Example, lines: Sequence[Line], chooser: random.Random, blank: float) -> Example:
    """The lines as a text, with a blank one after a share ``blank`` of them."""
    lines = [(text, target) for text, target in lines if text]
    text = "".join(line + ("\n\n" if chooser.random() < blank else "\n") for line, _ in lines)
    return Example(
        id=base.id,
        source=MADE,
        site=base.site,
        language=base.language,
        document=readers.read(text, kind="text"),
        targets=np.array([target for _, target in lines], dtype=np.int8),
        typed=True,
    )
