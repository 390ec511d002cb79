"""A model's folder as what labels one kind of document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boilerclass import decode, scorer
from boilerclass.artifact import Artifact
from boilerclass.batch import Batch
from boilerclass.errors import ModelMismatch
from boilerclass.features import Evidence
from boilerclass.scorer import Scorer

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Trained:
    """The model of pages or that of texts."""

    name: str
    scorer: Scorer
    betas: Mapping[str, float]
    """By preset."""
    factors: Floats
    """Shape (labels,); see ``decode.labels``."""

    def roles(self, evidence: Evidence, batch: Batch) -> Floats:
        """Shape (n, roles): the probabilities of the roles of the paragraphs of a batch."""
        return self.scorer.roles(self.scorer.inputs(evidence, batch))


def construct(model: Artifact) -> Trained:
    """What the folder holds.

    Raises:
        ModelMismatch: it was made for another version.
    """
    if model.manifest.get("columns") != list(scorer.COLUMNS):
        raise ModelMismatch(
            f"model {model.name} was trained on other columns than this version of boilerclass "
            "computes: use the version named in its model.json, or train it again"
        )
    try:
        return Trained(
            model.name,
            scorer.from_arrays(model.arrays),
            dict(model.manifest["betas"]),
            decode.row(model.manifest["factors"]),
        )
    except KeyError as error:
        raise ModelMismatch(
            f"model {model.name} lacks {error}, which this version of boilerclass "
            "needs: use the version named in its model.json, or train it again"
        ) from error
