"""A report of ``boilerclass evaluate`` as lines to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from boilerclass.labels import LABELS
from boilerclass.writers.terminal import fit, visible_line, width

BESIDE = (
    "core.precision core.recall core.f1 leak.teaser leak.recommendation leak.ad loss kept "
    "body.precision body.recall body.f1 snippets.f1 snippets.leak snippets.pages_leaking"
).split()
"""Figures that systems are compared by: those that need no other label than core."""
WHOLE = (
    "macro_f1 macro_f1_merged accuracy leak.teaser leak.recommendation leak.ad loss kept "
    "calibration_error body.precision body.recall body.f1 snippets.f1 snippets.leak "
    "snippets.pages_leaking"
).split()
GROUPED = ("core.f1", "macro_f1", "loss", "body.f1", "snippets.f1")
"""Figures of each language, script and so on."""
NAME, FIGURE = 24, 21
"""Columns of a name and of a figure with its bounds."""

Figures = Mapping[str, Mapping[str, float | None]]


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """The whole report: each system in full for the first, then all of them side by side."""
    gold, systems = report["gold"], report["systems"]
    if report["by"] == "stored":
        yield f"{visible_line(gold['name'])}: cross-validated scores, as stored with the model"
    else:
        yield f"{visible_line(gold['name'])}: {gold['documents']} documents"
        yield "in brackets: 95 % interval, by resampling sites"
    first = next(iter(systems))
    for kind, own in systems[first].items():
        yield ""
        yield f"{visible_line(report['name'])}, {kind}{_size(own)}"
        yield from _whole(own)
    if len(systems) > 1:
        for kind in systems[first]:
            yield from _beside(kind, systems)


def _whole(own: Mapping[str, Any]) -> Iterator[str]:
    figures: Figures = own["figures"]
    if any(f"{label}.f1" in figures for label in LABELS):
        yield _row("label", ["precision", "recall", "F1"])
        for label in LABELS:
            if f"{label}.f1" in figures:
                three = [_figure(figures, f"{label}.{n}") for n in ("precision", "recall", "f1")]
                yield _row(label, three)
    shown = [name for name in WHOLE if name in figures]
    others = [n for n in figures if n not in WHOLE and n.partition(".")[0] not in list(LABELS)]
    for name in shown + others:
        yield _row(name, [_figure(figures, name)])
    if "confusion" in own:
        yield from _confusion(own["confusion"])
    if "curve" in own:
        yield from _probabilities(own)
    for group, rows in own.get("by", {}).items():
        if len(rows) > 1:
            yield from _group(group, rows)
    yield from _documents("worst documents", own.get("worst", []))
    yield from _documents("slowest documents", own.get("slowest", []))


def _beside(kind: str, systems: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    own = {name: system[kind] for name, system in systems.items() if kind in system}
    yield ""
    yield f"side by side, {kind}"
    yield _row("", [visible_line(name) for name in own])
    for figure in BESIDE:
        if any(figure in one["figures"] for one in own.values()):
            yield _row(figure, [_figure(one["figures"], figure) for one in own.values()])
    yield _row("milliseconds a page", [str(one.get("milliseconds", "")) for one in own.values()])
    failed = [one.get("failures", {"documents": 0})["documents"] for one in own.values()]
    if any(failed):
        yield _row("pages it failed on", [str(n) for n in failed])


def _confusion(table: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    yield ""
    yield _row("blocks: gold \\ given", list(table), 16)
    for label, row in table.items():
        yield _row(label, [str(n) for n in row.values()], 16)


def _probabilities(own: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield _row("probability of core", ["said", "is core", "paragraphs"], 16)
    for row in own["reliability"]:
        numbers = [f"{row['predicted']:.3f}", f"{row['observed']:.3f}", str(row["paragraphs"])]
        yield _row("", numbers, 16)
    yield ""
    yield _row("core words", ["precision", "recall"], 16)
    for name, point in own["presets"].items():
        yield _row(f"preset {name}", [_number(point[n]) for n in ("precision", "recall")], 16)
    for point in own["curve"][2::2]:
        yield _row(
            f"threshold {point['threshold']:g}",
            [_number(point[n]) for n in ("precision", "recall")],
            16,
        )


def _group(group: str, rows: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    shown = [f for f in GROUPED if any(f in row["figures"] for row in rows.values())]
    yield ""
    yield _row(f"by {group.replace('_', ' ')}", ["documents", *shown])
    for name, row in rows.items():
        yield _row(name, [str(row["documents"]), *(_figure(row["figures"], f) for f in shown)])


def _documents(heading: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if rows:
        yield ""
        yield heading
    for row in rows:
        facts = "  ".join(f"{name} {value:,}" for name, value in row.items() if name != "id")
        yield f"  {visible_line(row['id'])}  {facts}"


def _row(name: str, cells: Sequence[str], columns: int = FIGURE) -> str:
    name = visible_line(name)
    start = fit(name, NAME) if width(name) <= NAME else fit(name, NAME - 1) + " "
    return (start + " ".join(cell.ljust(columns) for cell in cells)).rstrip()


def _figure(figures: Figures, name: str) -> str:
    figure = figures.get(name)
    if figure is None:
        return ""
    if figure["low"] is None:
        return _number(figure["value"])
    return f"{_number(figure['value'])} ({_number(figure['low'])}-{_number(figure['high'])})"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _size(own: Mapping[str, Any]) -> str:
    if "documents" not in own:
        return ""
    size = f": {own['documents']} documents of {own['sites']} sites"
    return size + (f", {own['milliseconds']:g} ms each" if "milliseconds" in own else "")
