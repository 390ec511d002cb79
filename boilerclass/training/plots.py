"""Pictures of a report: who is taken for whom, and what a probability of core is worth."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boilerclass.errors import MissingExtra

try:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
except ImportError as error:
    raise MissingExtra(f"pictures need {error.name}: pip install 'boilerclass[plots]'") from error

DPI = 110
INK, SOFT, MARK = "#1f3b57", "#9aa5b1", "#c2452d"
FIRST_THRESHOLD = 0.05
"""Below, a threshold keeps the whole page."""
NAMED_EVERY = 0.25


def draw(report: Mapping[str, Any], name: str, folder: Path) -> list[Path]:
    """The files made of one system's report, ``KIND-confusion.png`` and ``KIND-calibration.png``.

    A kind without typed gold has neither; without probabilities it has the first alone. The same
    report gives the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for kind, own in report.items():
        title = f"{name}, {own['documents']} {kind}"
        if "confusion" in own:
            made.append(
                _save(_confusion(own["confusion"], title), folder / f"{kind}-confusion.png")
            )
        if "curve" in own:
            made.append(_save(_calibration(own, title), folder / f"{kind}-calibration.png"))
    return made


def _confusion(table: Mapping[str, Mapping[str, int]], title: str) -> Figure:
    labels = list(table)
    figure = Figure(figsize=(5.2, 4.4), layout="constrained")
    axes = figure.subplots()
    shares = [[table[g][p] / max(1, sum(table[g].values())) for p in labels] for g in labels]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for y, gold in enumerate(labels):
        for x, given in enumerate(labels):
            text = f"{table[gold][given]:,}\n{shares[y][x]:.0%}"
            color = "white" if shares[y][x] > 0.5 else "black"
            axes.text(x, y, text, ha="center", va="center", color=color, fontsize=8)
    axes.set_xticks(range(len(labels)), labels, rotation=20, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(labels)), labels)
    axes.set_xlabel("label given")
    axes.set_ylabel("gold")
    axes.set_title(f"Blocks: {title}", fontsize=10)
    return figure


def _calibration(own: Mapping[str, Any], title: str) -> Figure:
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    figure.suptitle(f"Probability of core: {title}", fontsize=10)
    left, right = figure.subplots(1, 2)
    _reliability(left, own)
    _threshold(right, own)
    return figure


def _reliability(axes: Axes, own: Mapping[str, Any]) -> None:
    rows = own["reliability"]
    most = max(row["paragraphs"] for row in rows)
    axes.plot([0, 1], [0, 1], color=SOFT, linestyle="--", linewidth=1)
    axes.plot([r["predicted"] for r in rows], [r["observed"] for r in rows], color=INK)
    axes.scatter(
        [r["predicted"] for r in rows],
        [r["observed"] for r in rows],
        s=[12 + 120 * (r["paragraphs"] / most) ** 0.5 for r in rows],
        color=INK,
        zorder=3,
    )
    error = own["figures"]["calibration_error"]["value"]
    axes.set(
        xlim=(-0.03, 1.03),
        ylim=(-0.03, 1.03),
        xlabel="probability said",
        ylabel="share that is core",
    )
    axes.set_title(f"Reliability; expected calibration error {error:.3f}", fontsize=9)
    axes.grid(alpha=0.3)


def _threshold(axes: Axes, own: Mapping[str, Any]) -> None:
    points = [
        p
        for p in own["curve"]
        if p["threshold"] >= FIRST_THRESHOLD and None not in (p["precision"], p["recall"])
    ]
    axes.plot([p["recall"] for p in points], [p["precision"] for p in points], color=INK)
    for point in points:
        if point["threshold"] % NAMED_EVERY == 0:
            axes.plot(point["recall"], point["precision"], "o", color=INK, markersize=4)
            axes.annotate(
                f"{point['threshold']:.2f}",
                (point["recall"], point["precision"]),
                textcoords="offset points",
                xytext=(-30, -13),
                fontsize=8,
                color=INK,
            )
    marks = {n: p for n, p in own["presets"].items() if None not in p.values()}
    for shape, (name, point) in zip("sD^v", marks.items(), strict=False):
        axes.plot(
            point["recall"], point["precision"], shape, color=MARK, label=f"preset {name}", zorder=3
        )
    axes.set(xlabel="recall of core words", ylabel="precision of core words")
    axes.set_title("Along the threshold", fontsize=9)
    axes.legend(loc="lower left", fontsize=8)
    axes.grid(alpha=0.3)


def _save(figure: Figure, path: Path) -> Path:
    figure.savefig(path, dpi=DPI, metadata={"Software": None})
    return path
