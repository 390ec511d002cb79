"""A document's part in every figure, as sums that add up over documents; figures from sums.

Gold blocks are compared with whatever a system took for paragraphs: both sides are words in
document order, and a block is labelled as most of its words are. Words that a system does not
return count as chrome.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from boilerclass import decode
from boilerclass.labels import LABEL_OF, LABELS, ROLES, Label, Role
from boilerclass.options import PRESETS
from boilerclass.training import align, measures
from boilerclass.training.answers import Answer
from boilerclass.training.gold import Gold

Floats = NDArray[np.float64]
Tallies = NDArray[np.void]

STEPS = 200
"""Thresholds at which the curve of precision and recall is drawn."""
EDITORIAL = (Role.TITLE, Role.BODY)
FREE = tuple(Role(name) for name in measures.FREE)
UNKNOWN = -1

TALLY = np.dtype(
    [
        ("confusion", "f8", (len(LABELS), len(LABELS))),
        # words: of titles and bodies; those of them that came out as core; all that came out as
        # core; those of all that may be core
        ("core_words", "f8"),
        ("core_found", "f8"),
        ("all_found", "f8"),
        ("right_found", "f8"),
        # the same three from each probability of core on, by steps, of documents that have them
        ("judged_words", "f8"),
        ("curve", "f8", (STEPS, 3)),
        ("presets", "f8", (len(PRESETS), 3)),
        ("reliability", "f8", (measures.BINS, 3)),
        # pages with a body, and their precision, recall and F1 over words
        ("bodies", "f8"),
        ("body", "f8", (3,)),
        # strings that must survive and do, and that must not and do; pages that have any
        ("wanted", "f8"),
        ("wanted_kept", "f8"),
        ("unwanted", "f8"),
        ("unwanted_kept", "f8"),
        ("snippet_pages", "f8"),
        ("leaking_pages", "f8"),
    ]
)
"""All fields are sums, so that documents, and resamples of them, are added up in one product."""


def of(gold: Gold, answer: Answer, betas: Mapping[str, float]) -> Tallies:
    """The TALLY of one document; shape ()."""
    row = np.zeros((), TALLY)
    if gold.blocks:
        _count_blocks(row, gold, answer, list(betas.values()))
    if gold.body:
        row["bodies"] = 1
        row["body"] = measures.words_f1(gold.body, answer.kept)
    wanted, unwanted = gold.snippets
    if wanted or unwanted:
        kept = answer.kept
        through = measures.survivors(unwanted, kept)
        row["wanted"], row["wanted_kept"] = len(wanted), measures.survivors(wanted, kept)
        row["unwanted"], row["unwanted_kept"] = len(unwanted), through
        row["snippet_pages"], row["leaking_pages"] = 1, bool(through)
    return row


def _count_blocks(row: Tallies, gold: Gold, answer: Answer, betas: list[float]) -> None:
    shares = align.share([b.text for b in gold.blocks], answer.texts)
    found, shared = [], []
    for block, size, by_paragraph in zip(
        gold.blocks, shares.block_sizes, shares.blocks, strict=True
    ):
        if not size:
            continue
        editorial = block.role in EDITORIAL
        votes = Counter[Label]()
        for paragraph, number in by_paragraph.items():
            votes[answer.labels[paragraph]] += number
            found.append(paragraph)
            shared.append((editorial * number, (editorial or block.role in FREE) * number, number))
        votes[Label.CHROME] += size - votes.total()
        if block.role not in FREE:
            got = votes.most_common(1)[0][0]
            row["confusion"][LABELS.index(LABEL_OF[block.role]), LABELS.index(got)] += 1
        row["core_words"] += editorial * size
    if not found:
        return
    paragraphs, words = np.array(found), np.array(shared, dtype=np.float64)
    is_core = np.array([label is Label.CORE for label in answer.labels])
    kept = words[is_core[paragraphs]].sum(axis=0)
    row["core_found"], row["right_found"], row["all_found"] = kept
    if answer.core is None:
        return
    row["judged_words"] = row["core_words"]
    step = np.minimum((answer.core[paragraphs] * STEPS).astype(int), STEPS - 1)
    np.add.at(row["curve"], step, words)
    chars = np.array([len(text) for text in answer.texts], dtype=np.float32)
    probability = answer.core.astype(np.float32)
    for i, beta in enumerate(betas):
        threshold = decode.best_threshold(probability, chars, beta)
        row["presets"][i] = words[(probability >= threshold)[paragraphs]].sum(axis=0)
    roles = align.roles(shares, [ROLES.index(b.role) for b in gold.blocks], UNKNOWN)
    known = ~np.isin(roles, [UNKNOWN, *(ROLES.index(role) for role in FREE)])
    truth = np.isin(roles, [ROLES.index(role) for role in EDITORIAL])
    row["reliability"] = measures.reliability(answer.core[known], truth[known])


def figures(sums: Tallies) -> dict[str, Floats]:
    """Every figure that the sums can tell, each of the shape of ``sums``; NaN where undefined.

    ``leak``: share of teaser, recommendation and ad blocks that come out as core. ``loss``: share
    of the words of titles and bodies that do not. ``kept``: of the words that come out as core,
    the share that may. ``macro_f1_merged``: with teaser and recommendation as one label.
    """
    confusion = sums["confusion"]
    scores = measures.rates(confusion)
    blocks = confusion.sum(axis=(-1, -2))
    out: dict[str, Floats] = {}
    for i, label in enumerate(LABELS):
        given = _where(confusion[..., i, :].sum(axis=-1) + confusion[..., :, i].sum(axis=-1))
        for name, values in zip(("precision", "recall", "f1"), scores, strict=True):
            out[f"{label}.{name}"] = values[..., i] * given
    out["macro_f1"] = measures.mean_present(scores[2], confusion) * _where(blocks)
    merged = _merged(confusion)
    out["macro_f1_merged"] = measures.mean_present(measures.rates(merged)[2], merged)
    out["macro_f1_merged"] = out["macro_f1_merged"] * _where(blocks)
    out["accuracy"] = _share(np.trace(confusion, axis1=-2, axis2=-1), blocks)
    for label in measures.UNWANTED:
        of_label = confusion[..., LABELS.index(label), :]
        out[f"leak.{label}"] = _share(of_label[..., measures.CORE], of_label.sum(axis=-1))
    out["loss"] = 1 - _share(sums["core_found"], sums["core_words"])
    out["kept"] = _share(sums["right_found"], sums["all_found"])
    out["calibration_error"] = measures.expected_error(sums["reliability"]) * _where(
        sums["reliability"][..., 0].sum(axis=-1)
    )
    for i, name in enumerate(("precision", "recall", "f1")):
        out[f"body.{name}"] = _share(sums["body"][..., i], sums["bodies"])
    kept, leaked = sums["wanted_kept"], sums["unwanted_kept"]
    precision, recall = _share(kept, kept + leaked, 0), _share(kept, sums["wanted"], 0)
    out["snippets.f1"] = _share(2 * precision * recall, precision + recall, 0) * _where(
        sums["snippet_pages"]
    )
    out["snippets.leak"] = _share(leaked, sums["unwanted"])
    out["snippets.pages_leaking"] = _share(sums["leaking_pages"], sums["snippet_pages"])
    return out


def curve(sums: Tallies) -> Floats:
    """Threshold, precision and recall of core over words along the threshold; shape (STEPS, 3)."""
    found = sums["curve"][::-1].cumsum(axis=0)[::-1]
    thresholds = np.arange(STEPS) / STEPS
    return np.stack([thresholds, *_kept_and_found(found, sums["judged_words"])], axis=1)


def presets(sums: Tallies) -> Floats:
    """Precision and recall of core over words under each preset; shape (3, 2)."""
    return np.stack(_kept_and_found(sums["presets"], sums["judged_words"]), axis=1)


def _kept_and_found(found: Floats, words: Floats) -> tuple[Floats, Floats]:
    return _share(found[:, 1], found[:, 2]), _share(found[:, 0], words)


def _merged(confusion: Floats) -> Floats:
    """The confusion with the row and the column of recommendation added to those of teaser."""
    join = np.eye(len(LABELS))
    join[LABELS.index(Label.RECOMMENDATION)] = join[LABELS.index(Label.TEASER)]
    return join.T @ confusion @ join


def _share(part: Floats, whole: Floats, empty: float = np.nan) -> Floats:
    part, whole = np.asarray(part), np.asarray(whole)
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1), empty)


def _where(count: Floats) -> Floats:
    """One where something was counted, else NaN."""
    return np.where(count > 0, 1.0, np.nan)
