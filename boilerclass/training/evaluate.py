"""Systems side by side on the same gold: figures with their intervals, and where they fail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from boilerclass.errors import UnreadableInput
from boilerclass.labels import LABELS
from boilerclass.training import annotation, intervals, tally
from boilerclass.training import gold as golds
from boilerclass.training.answers import Answer, System
from boilerclass.training.gold import Gold

Betas = Mapping[str, Mapping[str, float]]
KINDS = {"html": "pages", "text": "texts"}
SHOWN = 5
"""Documents named among the worst and among the slowest."""
CURVE_STEP = tally.STEPS // 20
"""The curve is drawn finely; its table has every so manieth row."""

GROUPS: dict[str, Callable[[Document], str | None]] = {
    "language": lambda d: d.language,
    "script": lambda d: d.script,
    "page_type": lambda d: d.page_type,
    "source": lambda d: d.source,
}


class Document(NamedTuple):
    """What remains of a document once a system has answered for it."""

    id: str
    source: str
    site: str
    language: str
    script: str
    page_type: str | None
    kind: str
    characters: int
    tally: tally.Tallies
    seconds: float | None
    failure: str


def evaluate(
    path: Path,
    systems: Mapping[str, System],
    betas: Betas,
    annotations: Path | None = None,
) -> dict[str, Any]:
    """The report on every system by name, on the same documents in one run.

    The file ``annotations`` holds roles of documents of the gold; they count where it has them.

    ``betas`` are those of the presets by kind of document, which are marked on the curve of a
    system that gives probabilities.

    Raises:
        UnreadableInput: the gold or the annotations cannot be read, or have no document.
    """
    path = path.resolve()
    annotated = annotation.read(annotations) if annotations else {}
    found: dict[str, list[Document]] = {name: [] for name in systems}
    documents = of_annotations = 0
    # One thread: what waits for work counts as CPU time, and would be charged to small documents.
    with threadpool_limits(limits=1):
        for document in golds.read(path):
            known = annotated.get(document.id)
            stored = annotation.labelled(document, known) if known else document
            of_annotations += known is not None
            if not (stored.blocks or stored.body or any(stored.snippets)):
                continue
            documents += 1
            for name, system in systems.items():
                answer = system(stored)
                if answer is not None:
                    found[name].append(_document(stored, answer, betas))
    if annotations and not of_annotations:
        raise UnreadableInput(f"{annotations} has roles for no document of {path}")
    if not documents:
        raise UnreadableInput(f"{path} holds no document with gold")
    files = golds.digests(path.parent, [path.name])
    if annotations:
        files |= golds.digests(annotations.parent, [annotations.name])
    reports = {name: report(own, betas) for name, own in found.items()}
    return {
        "gold": {"name": path.name, "documents": documents, "files": files},
        "warnings": [w for name, own in reports.items() for w in _failures(name, own)],
        "systems": reports,
    }


def stored(path: Path, manifests: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The report on models as their manifests have it from their cross-validation on a corpus.

    Raises:
        UnreadableInput: the folder holds no file that the models were made of, or other ones.
    """
    name = ", ".join(manifest["name"] for manifest in manifests)
    corpus = {file: d for manifest in manifests for file, d in manifest["corpus"].items()}
    files = golds.digests(path, corpus)
    if not files:
        raise UnreadableInput(f"{path} holds nothing that {name} was made of")
    groups: dict[str, dict[str, Any]] = defaultdict(dict)
    for manifest in manifests:
        if any(files.get(file) != digest for file, digest in manifest["corpus"].items()):
            raise UnreadableInput(f"{path} is not the corpus that {manifest['name']} was made of")
        for group, content in manifest["scores"].items():
            if not isinstance(content, dict):
                groups["all"][group] = content
                continue
            for figure, value in content.items():
                parts = value if isinstance(value, dict) else {}
                if isinstance(value, list):
                    parts = dict(zip(("precision", "recall", "f1"), value, strict=True))
                groups[group] |= {f"{figure}.{p}": v for p, v in parts.items()} or {figure: value}
    systems = {
        group: {"figures": {n: {"value": v, "low": None, "high": None} for n, v in figures.items()}}
        for group, figures in groups.items()
    }
    return {
        "name": name,
        "by": "stored",
        "gold": {"name": "corpus", "documents": None, "files": files},
        "warnings": [],
        "systems": {"boilerclass": systems},
    }


def trained_on(path: Path, manifest: Mapping[str, Any]) -> bool:
    """Whether the model learnt from this gold, by what its manifest says."""
    sources = manifest.get("recipe", {}).get("sources", {})
    taught = {name for name, weight in sources.items() if weight > 0}
    digests = {d for name, d in manifest.get("corpus", {}).items() if name in taught}
    if path.is_dir():
        return any((path / name).exists() for name in taught) or golds.digest(path) in digests
    return path.name in taught or golds.digest(path) in digests


def report(documents: Sequence[Document], betas: Betas) -> dict[str, Any]:
    """The figures of one system by kind of document, ``pages`` and ``texts``."""
    kinds = ((name, [d for d in documents if d.kind == kind]) for kind, name in KINDS.items())
    return {name: _of_kind(own, betas[own[0].kind]) for name, own in kinds if own}


def _failures(name: str, own: Mapping[str, Any]) -> Iterator[str]:
    for kind, one in own.items():
        if failed := one.get("failures"):
            yield (
                f"{name} has nothing for {failed['documents']} of {one['documents']} {kind}; "
                f"the first: {failed['first']}"
            )


def _document(stored: Gold, answer: Answer, betas: Betas) -> Document:
    return Document(
        stored.id,
        stored.source,
        stored.site,
        stored.language,
        stored.script,
        stored.page_type,
        stored.kind,
        len(stored.page),
        tally.of(stored, answer, betas[stored.kind]),
        answer.seconds,
        answer.failure,
    )


def _of_kind(documents: Sequence[Document], betas: Mapping[str, float]) -> dict[str, Any]:
    sums = intervals.total(_tallies(documents))
    failures = [d.failure for d in documents if d.failure]
    out: dict[str, Any] = {
        "documents": len(documents),
        "sites": len({d.site for d in documents}),
        "figures": _figures(documents),
    }
    if times := [d.seconds for d in documents if d.seconds is not None]:
        out["milliseconds"] = round(1000 * sum(times) / len(times), 2)
    if failures:
        out["failures"] = {"documents": len(failures), "first": failures[0]}
    if sums["confusion"].any():
        out["confusion"] = {
            str(right): dict(zip(map(str, LABELS), map(int, row), strict=True))
            for right, row in zip(LABELS, sums["confusion"], strict=True)
        }
    if sums["judged_words"]:
        out["reliability"] = _reliability(sums)
        points = tally.curve(sums)[::CURVE_STEP]
        out["curve"] = [_point(("threshold", "precision", "recall"), row) for row in points]
        out["presets"] = {
            name: _point(("precision", "recall"), row)
            for name, row in zip(betas, tally.presets(sums), strict=True)
        }
    out["by"] = {name: by for name, key in GROUPS.items() if (by := _by(documents, key))}
    out["worst"] = _worst(documents)
    out["slowest"] = _slowest(documents)
    return out


def _figures(documents: Sequence[Document]) -> dict[str, dict[str, float | None]]:
    return intervals.figures(_tallies(documents), [d.site for d in documents])


def _by(
    documents: Iterable[Document], key: Callable[[Document], str | None]
) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        name = key(document)
        if name is not None:
            groups[name].append(document)
    return {
        name: {"documents": len(own), "figures": _figures(own)}
        for name, own in sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    }


def _reliability(sums: tally.Tallies) -> list[dict[str, float]]:
    return [
        {
            "predicted": round(predicted / number, 4),
            "observed": round(true / number, 4),
            "paragraphs": int(number),
        }
        for number, predicted, true in sums["reliability"].tolist()
        if number
    ]


def _point(names: Sequence[str], row: tally.Floats) -> dict[str, float | None]:
    values = (None if np.isnan(x) else round(x, 4) for x in row.tolist())
    return dict(zip(names, values, strict=True))


def _worst(documents: Sequence[Document]) -> list[dict[str, Any]]:
    """The documents with the lowest F1 of core: over words, else over the strings known."""
    figures = tally.figures(_tallies(documents))
    found, kept = 1 - figures["loss"], np.nan_to_num(figures["kept"])
    words = 2 * found * kept / np.where(found + kept > 0, found + kept, 1)
    score = np.where(np.isnan(words), figures["body.f1"], words)
    score = np.where(np.isnan(score), figures["snippets.f1"], score)
    order = np.argsort(score, kind="stable")[:SHOWN].tolist()
    shown = ("loss", "kept", "body.precision", "body.recall", "snippets.leak")
    return [
        {"id": documents[i].id, "f1": round(float(score[i]), 4)}
        | {n: round(float(figures[n][i]), 4) for n in shown if not np.isnan(figures[n][i])}
        for i in order
        if score[i] < 1
    ]


def _slowest(documents: Sequence[Document]) -> list[dict[str, Any]]:
    timed = [(d.seconds, d) for d in documents if d.seconds is not None]
    timed.sort(key=lambda pair: -pair[0])
    return [
        {"id": d.id, "milliseconds": round(s * 1000, 1), "size": d.characters}
        for s, d in timed[:SHOWN]
    ]


def _tallies(documents: Sequence[Document]) -> tally.Tallies:
    return np.stack([d.tally for d in documents])
