"""CPU time a page, ours beside the peers that are installed, on the same pages in the same run.

    OMP_NUM_THREADS=1 python benchmarks/speed.py [--corpus DIR] [--pages 200]

Without a corpus the invented pages of data/examples are used, which are far smaller than pages
found in the wild; the ratios are then of little worth.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import turbohtml

import boilerclass
from boilerclass import cleaner

ROUNDS = 3
EXAMPLES = Path(__file__).parent.parent / "data" / "examples" / "pages"

Task = Callable[[Sequence[str]], object]


def pages(corpus: str | None, number: int) -> list[str]:
    """The first pages of the corpus, else the invented ones."""
    if corpus:
        import pandas as pd

        rows = pd.read_parquet(Path(corpus) / "pages-wcxb.parquet", columns=["html"])
        return [html.decode("utf-8", "replace") for html in rows["html"][:number]]
    return [p.read_text("utf-8", "replace") for p in sorted(EXAMPLES.glob("*.html"))]


def tasks() -> dict[str, Task]:
    """What is timed, by name."""
    found: dict[str, Task] = {
        "bare parse (turbohtml)": lambda htmls: [turbohtml.parse(h) for h in htmls],
        "boilerclass clean": lambda htmls: [boilerclass.clean(h) for h in htmls],
        "boilerclass label_many": lambda htmls: [
            cleaner.text(d) for d in boilerclass.label_many(htmls)
        ],
    }
    if find_spec("resiliparse"):
        from resiliparse.extract.html2text import extract_plain_text

        found["resiliparse main content"] = lambda htmls: [
            extract_plain_text(h, main_content=True) for h in htmls
        ]
    if find_spec("trafilatura"):
        import trafilatura

        found["trafilatura"] = lambda htmls: [trafilatura.extract(h) for h in htmls]
    return found


def seconds(task: Task, htmls: Sequence[str]) -> float:
    """The least CPU seconds of a few rounds: noise only ever adds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        task(htmls)
        best = min(best, time.process_time() - start)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", default=os.environ.get("BOILERCLASS_CORPUS"))
    parser.add_argument("--pages", type=int, default=200)
    chosen = parser.parse_args()
    htmls = pages(chosen.corpus, chosen.pages)
    boilerclass.clean(htmls[0])  # loads the model
    size = sum(map(len, htmls)) / len(htmls)
    print(f"{len(htmls)} pages, {size / 1000:.0f} thousand characters on average")
    figures = {name: seconds(task, htmls) / len(htmls) * 1000 for name, task in tasks().items()}
    peer = figures.get("resiliparse main content")
    for name, milliseconds in figures.items():
        ratio = f"{milliseconds / peer:6.2f} x resiliparse" if peer else ""
        print(f"{name:26} {milliseconds:8.2f} ms {ratio}")


if __name__ == "__main__":
    main()
