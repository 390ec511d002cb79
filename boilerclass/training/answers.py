"""What a system says of a document: the model in force, or predictions that were written down."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boilerclass import cleaner
from boilerclass.errors import UnreadableInput
from boilerclass.labels import LABELS, Label
from boilerclass.options import Options
from boilerclass.pipeline import Classifier
from boilerclass.training.gold import Gold

CORE = LABELS.index(Label.CORE)


@dataclass(frozen=True, slots=True)
class Answer:
    """A document's text as a system cuts it, with its labels."""

    texts: Sequence[str]
    labels: Sequence[Label]
    core: NDArray[np.float64] | None = None
    """Probability of core of each text, where the system gives one."""
    seconds: float | None = None
    """CPU time, where the system was run."""
    failure: str = ""
    """What the system raised, if it did."""
    cleaned: str | None = None
    """What it makes of the document, where that is not all text that is core."""

    @property
    def kept(self) -> str:
        """The text that is left of the document."""
        if self.cleaned is not None:
            return self.cleaned
        pairs = zip(self.texts, self.labels, strict=True)
        return "\n".join(text for text, label in pairs if label is Label.CORE)


NOTHING = Answer((), (), failure="no prediction")

System = Callable[[Gold], Answer | None]
"""Answers for a document; None where it has nothing to say on documents of this kind."""


def model(classifier: Classifier, options: Options) -> System:
    """The model, run on one document after the other."""
    classifier.label("")  # so that no document pays for what is loaded once

    def answer(gold: Gold) -> Answer:
        start = time.process_time()
        found = classifier.label(gold.page, replace(options, kind=gold.kind, url=gold.url))
        seconds = time.process_time() - start
        return Answer(
            [p.text for p in found.document.paragraphs],
            list(found.labels),
            np.array([p[CORE] for p in found.probabilities], dtype=np.float64),
            seconds,
            cleaned=cleaner.clean(found).text,
        )

    return answer


def written(path: Path) -> dict[str, Answer]:
    """The predictions of a JSON Lines file by document.

    Raises:
        UnreadableInput: a line is no prediction, or a document has two.
    """
    found: dict[str, Answer] = {}
    with path.open(encoding="utf-8") as lines:
        try:
            for line in lines:
                row = json.loads(line)
                if row["id"] in found:
                    raise ValueError("the document has predictions already")
                found[row["id"]] = _answer(row["paragraphs"], row.get("text"))
        except KeyError as error:
            raise UnreadableInput(f"{path}, line {len(found) + 1}: no {error}") from error
        except (AttributeError, TypeError, ValueError, RecursionError) as error:
            raise UnreadableInput(f"{path}, line {len(found) + 1}: {error}") from error
    return found


def looked_up(predictions: Mapping[str, Answer]) -> System:
    """The system that wrote the predictions; a document that it left out has no text at all."""
    return lambda gold: predictions.get(gold.id, NOTHING)


def _answer(paragraphs: Sequence[Mapping[str, Any]], cleaned: str | None) -> Answer:
    if not isinstance(cleaned, str | None):
        raise TypeError("a text that is no string")
    texts, labels, core = [], [], []
    for paragraph in paragraphs:
        if not isinstance(paragraph["text"], str):
            raise TypeError("a text that is no string")
        texts.append(paragraph["text"])
        labels.append(Label(paragraph["label"]))
        if "probabilities" in paragraph:
            core.append(float(paragraph["probabilities"][Label.CORE]))
    if not core:
        return Answer(texts, labels, cleaned=cleaned)
    if len(core) != len(texts) or not all(0 <= p <= 1 for p in core):
        raise ValueError("probabilities of core must be from 0 to 1, for all paragraphs or none")
    return Answer(texts, labels, np.array(core), cleaned=cleaned)
