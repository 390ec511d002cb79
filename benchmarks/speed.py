"""CPU time, memory and start-up, ours beside the peers that are installed (`pip install .[bench]`).

    OMP_NUM_THREADS=1 python benchmarks/speed.py [--corpus DIR] [--only PART] [--write]

Without a corpus the pages are invented ones of realistic shape. Every figure that compares two
tools comes from the same pages in the same run, the tools taking turns. ``--write`` renews
benchmarks/RESULTS.md and its picture; it takes some minutes.
"""

from __future__ import annotations

import argparse
import functools
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

import turbohtml

import boilerclass
from boilerclass import cleaner, pipeline
from boilerclass.native import PURE, kernels

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
import invented_pages  # noqa: E402  # found by the line above
import processor  # noqa: E402

ROUNDS = 3
PEER = "resiliparse main content"
SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000, 50_000_000)
NUMBERS = (1, 10, 100, 1_000, 10_000, 100_000)
SMALL, USUAL, OF_THE_WILD = 2_000, 60_000, 250_000
"""Characters of a page where many are needed, where some are, and where one is to be typical."""
JOB_PAGES = 10_000
KNOWN = 500
"""Different pages among those of a long run."""
TWO_JOBS = ("", "times one by the clock", "CPU ms a page, one", "two", "times one")
SEPARATOR = "  "
"""Between the columns of a row that is printed."""
STARTS = 10
TEXT_LINES = (10, 40, 4_000)
"""Lines of a plain text: one of 3, of 12 and of 1,250 thousand bytes."""
STREAM, SETTLED = 10_000, 500
"""Pages of the stream whose memory is watched, and after how many growth counts."""

Task = Callable[[Sequence[str]], object]
Row = tuple[str, ...]


def pages(corpus: str | None, number: int) -> list[str]:
    """The first pages of the corpus, else invented ones."""
    if corpus:
        import pandas as pd

        rows = pd.read_parquet(Path(corpus) / "pages-wcxb.parquet", columns=["html"])
        return [html.decode("utf-8", "replace") for html in rows["html"][:number]]
    return [invented_pages.page(seed, OF_THE_WILD) for seed in range(number)]


def tasks() -> dict[str, Task]:
    """What is timed, by name; peers that are not installed are named and left out."""
    found: dict[str, Task] = {
        "bare parse (turbohtml)": lambda htmls: [turbohtml.parse(h) and None for h in htmls],
        "boilerclass, many pages": lambda htmls: [
            cleaner.clean(d).text for d in boilerclass.label_many(htmls)
        ],
        "boilerclass clean, page by page": lambda htmls: [boilerclass.clean(h) for h in htmls],
    }
    try:
        from resiliparse.extract.html2text import extract_plain_text

        found[PEER] = lambda htmls: [extract_plain_text(h, main_content=True) for h in htmls]
    except ImportError as error:
        print(f"resiliparse is left out: {error}", file=sys.stderr)
    try:
        import trafilatura

        found["trafilatura"] = lambda htmls: [trafilatura.extract(h) for h in htmls]
    except ImportError as error:
        print(f"trafilatura is left out: {error}", file=sys.stderr)
    try:
        import readability

        found["readability-lxml"] = lambda htmls: [readability.Document(h).summary() for h in htmls]
    except ImportError as error:
        print(f"readability-lxml is left out: {error}", file=sys.stderr)
    return found


def seconds(task: Callable[[], object]) -> float:
    start = time.process_time()
    task()
    return time.process_time() - start


def each(tool: Callable[[str], object], htmls: Sequence[str]) -> None:
    for html in htmls:
        tool(html)


def compared(htmls: Sequence[str]) -> list[Row]:
    """Milliseconds of CPU a page, and how many times resiliparse's."""
    todo = tasks()
    best = dict.fromkeys(todo, float("inf"))
    for _ in range(ROUNDS):  # noise only ever adds
        for name, task in todo.items():
            best[name] = min(best[name], seconds(functools.partial(task, htmls)))
    peer = best.get(PEER)
    return [
        (name, f"{s / len(htmls) * 1000:.2f}", f"{s / peer:.2f}" if peer else "")
        for name, s in best.items()
    ]


def text_rates() -> Iterator[Row]:
    """Size of a plain text in lines, and megabytes of such texts a second."""
    lines = [invented_pages.prose(seed) for seed in range(4_000)]
    for number in TEXT_LINES:
        texts = ["\n\n".join(lines[i : i + number]) for i in range(0, len(lines), number)]
        size = sum(len(t.encode()) for t in texts)
        task = functools.partial(labelled, texts, kind="text")
        spent = min(seconds(task) for _ in range(ROUNDS))
        yield f"{size / len(texts) / 1000:,.0f}", f"{size / spent / 1e6:.1f}"


def labelled(pages: Sequence[str], **options: Any) -> None:
    for _ in boilerclass.label_many(pages, **options):
        pass


def by_size() -> list[tuple[int, float, float]]:
    """Size of a page, milliseconds a megabyte to clean it, and to parse it."""
    found = []
    for size in SIZES:
        number = max(1, min(200, 2_000_000 // size))
        htmls = [invented_pages.page(seed, size) for seed in range(number)]
        total = sum(map(len, htmls)) / 1e6
        clean, parse = (
            min(seconds(functools.partial(each, tool, htmls)) for _ in range(ROUNDS))
            for tool in (boilerclass.clean, turbohtml.parse)
        )
        found.append((size, clean / total * 1000, parse / total * 1000))
    return found


def by_number() -> list[tuple[int, float]]:
    """Number of small pages, and milliseconds a page."""
    known = [invented_pages.page(seed, SMALL) for seed in range(KNOWN)]
    found = []
    for number in NUMBERS:
        stream = [known[i % KNOWN] for i in range(number)]
        spent = seconds(functools.partial(labelled, stream))
        found.append((number, spent / number * 1000))
    return found


def resident() -> float:
    """Megabytes that this process holds."""
    held = int(Path("/proc/self/statm").read_text().split()[1])
    return held * resource.getpagesize() / 1e6


def stream() -> None:
    """Cleans a stream of pages and prints megabytes: after SETTLED of them, at the end, at most."""
    source = (invented_pages.page(seed, USUAL) for seed in range(STREAM))
    settled = 0.0
    for i, _ in enumerate(boilerclass.label_many(source), start=1):
        if i == SETTLED:
            settled = resident()
    # Not ru_maxrss, which keeps what the process held that started this one.
    status = Path("/proc/self/status").read_text()
    most = int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6
    print(settled, resident(), most)


def memory() -> tuple[float, ...]:
    """What :func:`stream` prints, of a process of its own."""
    code = "import speed; speed.stream()"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=HERE, check=True, capture_output=True, text=True
    )
    return tuple(map(float, done.stdout.split()))


def two_jobs() -> Iterator[Row]:
    """How many times faster two processes are than one, by the clock, and how much more of the
    processor they take, which other work on the machine changes little; and how idle that was,
    since processors that were busy say nothing of the clock."""
    known = [invented_pages.page(seed, USUAL) for seed in range(KNOWN)]
    # Few are held: what a process that is copied holds is copied as it goes on.
    pages = [known[i % KNOWN] for i in range(JOB_PAGES)]
    processor.adopt()
    with tempfile.TemporaryDirectory() as folder:
        for seed, page in enumerate(pages):
            (Path(folder) / f"{seed}.html").write_text(page, "utf-8")
        command = [sys.executable, "-m", "boilerclass", "clean", folder, "--output", os.devnull]

        def shell(jobs: int) -> None:
            subprocess.run([*command, "--jobs", str(jobs)], check=True, capture_output=True)
            processor.wait()

        def library(jobs: int) -> None:
            labelled(pages, jobs=jobs)

        def threaded(jobs: int) -> None:  # last, since joblib's processes stay for a while
            done = threading.Event()
            other = threading.Thread(target=done.wait)
            other.start()
            labelled(pages, jobs=jobs)
            done.set()
            other.join()

        ways: dict[str, Callable[[int], None]] = {
            "clean --jobs": shell,
            "label_many": library,
            "label_many beside another thread": threaded,
        }
        for name, way in ways.items():
            runs = [(cost(way, 1), cost(way, 2)) for _ in range(ROUNDS)]
            one, two = (
                Cost(*map(min, zip(*some, strict=True))) for some in zip(*runs, strict=True)
            )
            each = [f"{1e3 * of.processor / JOB_PAGES:.2f}" for of in (one, two)]
            yield (
                name,
                f"{one.seconds / two.seconds:.2f}",
                *each,
                f"{two.processor / one.processor:.2f}",
            )
    yield "load of the machine over the last minute", f"{os.getloadavg()[0]:.1f}", "", "", ""


class Cost(NamedTuple):
    """Seconds by the clock, and of all processors."""

    seconds: float
    processor: float


def two_jobs_apart() -> list[Row]:
    """What :func:`two_jobs` gives in a process of its own, since this one may have threads."""
    command = [sys.executable, str(HERE / "speed.py"), "--only", "jobs"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [tuple(line.split(SEPARATOR)) for line in done.stdout.splitlines()]


def cost(way: Callable[[int], None], jobs: int) -> Cost:
    start, spent = time.perf_counter(), processor.own() + processor.children()
    way(jobs)
    now = processor.own() + processor.children()
    return Cost(time.perf_counter() - start, now - spent)


def start_up() -> Iterator[Row]:
    """CPU seconds of commands over those of Python alone, user and system."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(invented_pages.page(1, USUAL), "utf-8")
        text = Path(folder) / "text.txt"
        text.write_text("\n\n".join(map(invented_pages.prose, range(10))), "utf-8")
        # Byte code stands beside the modules of an installed package; a checkout may have none.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(Path(folder) / "compiled")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)

        def cost(*command: str) -> float:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(
                [sys.executable, *command], check=True, capture_output=True, env=environment
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

        commands: dict[str, tuple[str, ...]] = {
            "Python alone": ("-c", "pass"),
            "--help": ("-m", "boilerclass", "--help"),
            "clean of one page": ("-m", "boilerclass", "clean", str(page)),
            "clean of one text": ("-m", "boilerclass", "clean", str(text)),
        }
        spent: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(STARTS):  # in turns, so that a busy minute meets all of them
            for name, command in commands.items():
                spent[name].append(cost(*command))
        bare, *others = spent
        for name in others:
            least = min(spent[name]) - min(spent[bare])
            median = statistics.median(spent[name]) - statistics.median(spent[bare])
            yield name, f"{least:.3f}", f"{median:.3f}"


def table(head: Row, rows: Sequence[Row]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def circumstances() -> str:
    """Versions and the type of machine; no names of machines."""
    names = ("boilerclass", "turbohtml", "numpy", "resiliparse", "trafilatura", "readability-lxml")
    found = []
    for name in names:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    cpu = platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [x for x in info.read_text().splitlines() if x.startswith("model name")]
        cpu = models[0].partition(": ")[2] if models else cpu
    how = "in Python alone" if kernels is None else "compiled"
    model = pipeline.classifier().name
    return (
        f"Model {model}, kernels {how}; Python {platform.python_version()}, {', '.join(found)}; "
        f"{os.cpu_count()} x {cpu}, one thread unless said otherwise."
    )


def report(corpus: str | None, number: int) -> str:
    htmls = pages(corpus, number)
    mean = sum(map(len, htmls)) / len(htmls) / 1000
    which = "of the training corpus" if corpus else "invented"
    settled, at_end, peak = memory()
    sizes, numbers = by_size(), by_number()
    draw(sizes, numbers)
    usual = next(cost for size, cost, _ in sizes if size == 100_000)
    return f"""# Speed

Made by `OMP_NUM_THREADS=1 python benchmarks/speed.py --write`: CPU time, the least of {ROUNDS}
rounds. {circumstances()}

## Pages

{len(htmls)} pages ({which}), {mean:.0f} thousand characters each.

{table(("", "ms a page", "times resiliparse"), compared(htmls))}

## Plain text

{table(("thousand bytes a text", "MB a second"), list(text_rates()))}

## Two processes

{JOB_PAGES:,} pages of {USUAL:,} characters, start included.

{table(TWO_JOBS, two_jobs_apart())}

## Cost against size and number

![](cost.png)

{
        table(
            ("characters", "ms a MB", "times that of 100,000", "bare parse, ms a MB"),
            [(f"{s:,}", f"{c:.1f}", f"{c / usual:.2f}", f"{p:.1f}") for s, c, p in sizes],
        )
    }

{
        table(
            ("pages of 2,000 characters", "ms a page"),
            [(f"{n:,}", f"{cost:.2f}") for n, cost in numbers],
        )
    }

## Memory

A stream of {STREAM:,} pages of {USUAL:,} characters: {settled:.0f} MB after {SETTLED},
{at_end:.0f} MB at the end, {peak:.0f} MB at most.

## Start-up

CPU seconds over those of Python alone, user and system, of {STARTS} runs with byte code.

{table(("", "least", "median"), list(start_up()))}
"""


def draw(sizes: list[tuple[int, float, float]], numbers: list[tuple[int, float]]) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    left.loglog([s for s, _, _ in sizes], [c for _, c, _ in sizes], "o-", label="boilerclass clean")
    left.loglog([s for s, _, _ in sizes], [p for _, _, p in sizes], "s--", label="bare parse")
    left.set(xlabel="characters of the page", ylabel="CPU ms a million characters")
    left.legend()
    right.semilogx([n for n, _ in numbers], [c for _, c in numbers], "o-")
    right.set(xlabel="pages of 2,000 characters", ylabel="CPU ms a page", ylim=(0, None))
    figure.savefig(HERE / "cost.png", dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", default=os.environ.get("BOILERCLASS_CORPUS"))
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument(
        "--only",
        choices=("text", "jobs", "start"),
        help="measure plain texts, two processes or start-up, and nothing else",
    )
    parser.add_argument("--write", action="store_true", help="renew RESULTS.md and its picture")
    chosen = parser.parse_args()
    boilerclass.clean(invented_pages.page(0, SMALL))  # loads the model
    if chosen.write:
        (HERE / "RESULTS.md").write_text(report(chosen.corpus, chosen.pages), "utf-8")
        return
    if chosen.only:
        for found in {"text": text_rates, "jobs": two_jobs, "start": start_up}[chosen.only]():
            print(*found, sep=SEPARATOR)
        return
    print(circumstances(), f"{PURE} leaves the kernels unused.", sep="\n")
    for row in compared(pages(chosen.corpus, chosen.pages)):
        print(f"{row[0]:34} {row[1]:>8} ms {row[2]:>7} x resiliparse")


if __name__ == "__main__":
    main()
