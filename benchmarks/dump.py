"""What ``boilerclass clean`` does with a large and damaged crawl.

    python benchmarks/dump.py [--bytes 1G] [--keep DIR] [--write]

Makes a WARC of invented pages with broken records, wrong lengths, cut gzip members and mixed
charsets, and takes down what became of each record. Cleans it with one process and with two, and
once more with three kills on the way, each followed by ``--resume``. Fails when the output does not
account for every record that was made, or when the outputs are not the same bytes, or when too much
memory is taken. Prints what was measured; ``--write`` leaves it in ``DUMP.md``.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))
import invented_pages  # found by the line above
import processor

import boilerclass
from boilerclass import cleaner, containers
from boilerclass.cli.options import Size
from boilerclass.cli.workers import one_thread
from boilerclass.containers.record import Reading
from boilerclass.containers.stream import opened
from boilerclass.options import Selection
from boilerclass.writers import records

SIZES = (4_000, 20_000, 60_000, 250_000)
"""Characters of the pages, in turn."""
CHARSETS = ("utf-8", "iso-8859-2", "windows-1252", "utf-16", "utf-8")
KILLS = 3
LOOK = 0.2
"""Seconds between two looks at memory."""
MEMORY = 300
"""MB that a run with two processes is allowed."""
SAMPLE = 600
"""Pages on which the library is timed by itself."""
COMMAND = [sys.executable, "-m", "boilerclass", "clean", "-f", "jsonl"]
DUMP = Path(__file__).with_name("DUMP.md")

WRITTEN, SKIPPED, FAILED = "written", "skipped", "failed"
SOUND = "sound"
FATES = {
    SOUND: (WRITTEN,),
    "request": (SKIPPED,),
    "not found": (SKIPPED,),
    "image": (SKIPPED,),
    "length too small": (FAILED,),
    "length too large by 80": (FAILED,),
    "length of 10^15": (FAILED,),
    "cut member": (FAILED,),
    "damaged member": (FAILED,),
}
"""What may become of a record of each kind."""
LOSSES = frozenset(("cut member", "damaged member"))
"""Kinds whose headers may be lost, so that their failure has no address."""


class Made(NamedTuple):
    """A record of the dump."""

    number: int
    kind: str
    title: str | None = None
    """Of a page, as its charset has it."""


class Event(NamedTuple):
    """A line of the output or of the errors."""

    ordinal: int
    fate: str
    number: int | None
    """Of the page, when the line tells."""
    request: bool
    title: str | None


class Measured(NamedTuple):
    """A run: its time in seconds, that of the processor, and its memory in MB."""

    seconds: float
    processor: float
    memory: float
    finished: bool


def record(number: int, kind: str, block: bytes, length: int | None = None) -> bytes:
    """A record whose header may lie about its length."""
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://tidewater.example/{number}\r\n"
        f"WARC-Record-ID: <urn:uuid:{kind}-{number}>\r\nContent-Type: application/http\r\n"
        f"Content-Length: {len(block) if length is None else length}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def members(number: int) -> Iterator[tuple[Made, bytes, bytes]]:
    """A page's records, and their plain and compressed bytes; every so often they are broken."""
    charset = CHARSETS[number % len(CHARSETS)]
    text = invented_pages.page(number, SIZES[number % len(SIZES)])
    page = text.encode(charset, "replace")
    title = text.partition("<title>")[2].partition(" | ")[0]
    title = title.encode(charset, "replace").decode(charset)
    kind, status, media = SOUND, "200 OK", f"text/html; charset={charset}"
    if number % 31 == 3:
        kind, status = "not found", "404 Not Found"
    if number % 29 == 4:
        kind, page, media = "image", random.Random(number).randbytes(5000), "image/png"
    block = f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\n\r\n".encode() + page
    request = record(number, "request", b"GET / HTTP/1.1\r\n\r\n")
    yield Made(number, "request"), request, gzip.compress(request, 1)
    wrong = {
        5: ("length too large by 80", len(block) + 80),
        6: ("length too small", len(block) // 2),
        7: ("length of 10^15", 10**15),
    }
    length = None
    if number % 97 in wrong:
        kind, length = wrong[number % 97]
    response = record(number, "response", block, length)
    packed = gzip.compress(response, 1)
    if number % 89 == 8:
        kind, packed = "cut member", packed[: len(packed) * 2 // 3]
    if number % 89 == 9:
        kind, packed = "damaged member", packed[:200] + b"\0" * 50 + packed[250:]
    yield Made(number, kind, title), response, packed


def make(path: Path, size: int) -> list[Made]:
    """The records of a new dump of so many bytes before compression."""
    made: list[Made] = []
    written = number = 0
    with path.open("wb") as file:
        while written < size:
            for one, plain, packed in members(number):
                made.append(one)
                file.write(packed)
                written += len(plain)
            number += 1
    return made


def measure(args: Sequence[object], growing: Path | None = None, doom: float = 0) -> Measured:
    """A run of the command, killed when the file it writes has grown to ``doom`` bytes."""
    began = time.monotonic()
    before = processor.children()
    most, killed = 0.0, False
    with subprocess.Popen([*COMMAND, *map(str, args)], stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not killed:
            if growing is not None and growing.exists() and growing.stat().st_size >= doom:
                process.kill()
                killed = True
            most = max(most, sum(map(memory, family(process.pid))))
            time.sleep(LOOK)
    if not killed and process.returncode not in (0, 1):
        sys.exit(f"{args}: exit code {process.returncode}")
    elapsed = time.monotonic() - began
    if not killed:
        processor.wait()
    spent = processor.children() - before
    return Measured(elapsed, spent, most, not killed)


def family(root: int) -> list[int]:
    """A process and all below it."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def memory(pid: int) -> float:
    """MB that a process holds; what it shares is counted in parts."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def events(out: Path, errors: Path) -> list[Event]:
    """All that the run says about records, in their order."""
    found: list[Event] = []
    with out.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            # Of a page that is damaged the address may be missing: its own says the number.
            url = row["url"] or "/"
            number = url.removeprefix("https://").split("/")[1]
            ordinal = int(row["id"].rpartition("#")[2])
            known = int(number) if number.isdigit() else None
            found.append(Event(ordinal, WRITTEN, known, False, row["title"]))
    with errors.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if not row["error"]:
                sys.exit(f"no reason is given: {row}")
            known = int(row["url"].rpartition("/")[2]) if row["url"] else None
            request = row["error"] == "a request record"
            found.append(Event(row["ordinal"], row["kind"], known, request, None))
    return sorted(found)


def account(made: Sequence[Made], told: Sequence[Event]) -> Counter[tuple[str, str]]:
    """How many records of each kind had each fate; ends the program where what is told is not what
    was made, record by record."""
    fates: Counter[tuple[str, str]] = Counter()
    if len({event.ordinal for event in told}) != len(told):
        sys.exit("a record is told twice")
    left = iter(made)
    for event in told:
        one = next(left, None)
        if one is None or (event.number is None and one.kind not in LOSSES):
            sys.exit(f"{one} is not what is told: {event}")
        if event.number not in (None, one.number) or event.request != (one.kind == "request"):
            sys.exit(f"{one} is not what is told: {event}")
        if event.fate not in FATES[one.kind]:
            sys.exit(f"{one} was {event.fate}")
        if one.kind == SOUND and event.title != one.title:
            sys.exit(f"{one} has the title {event.title}")
        fates[one.kind, event.fate] += 1
    for one in left:
        sys.exit(f"{one} is not told of")
    return fates


def library(dump: Path) -> dict[str, float]:
    """Seconds of the processor for a page of what a run consists of, each by itself."""
    pages: list[str] = []
    number, began = 0, processor.own()
    with dump.open("rb") as file:
        for one in containers.records(opened(file), Reading()):
            if one.error is not None or one.skipped is not None:
                continue
            number += 1
            if len(pages) < SAMPLE:
                held = one.content
                text = held if isinstance(held, str) else held.decode(str(one.encoding), "replace")
                pages.append(text)
    spent = {"reading and unpacking by itself": (processor.own() - began) / number}
    began = processor.own()
    for document in boilerclass.label_many(pages):
        cleaner.clean(document, Selection())
    spent["the library by itself"] = (processor.own() - began) / len(pages)
    began = processor.own()
    for document in boilerclass.label_many(pages):
        records.cleaned("", cleaner.clean(document, Selection()))
    spent["the library, with the fields of a line"] = (processor.own() - began) / len(pages)
    return spent


def same(one: Path, other: Path) -> None:
    """Nothing; ends the program when the files differ."""
    if one.read_bytes() != other.read_bytes():
        sys.exit(f"{one} and {other} differ")


def run(folder: Path, size: int) -> Iterator[str]:
    """Make the dump, clean it in all ways; lines of Markdown that say what was measured."""
    dump = folder / "dump.warc.gz"
    made = make(dump, size)
    pages = len(made) // 2
    yield f"{len(made):,} records of {pages:,} pages, {size:,} bytes, "
    yield f"{dump.stat().st_size:,} compressed.\n"
    yield "| run | seconds | pages/s | MB/s | memory, MB | pages a second of processor |"
    yield "| --- | --- | --- | --- | --- | --- |"
    fates: Counter[tuple[str, str]] = Counter()
    library(dump)  # loads all there is
    by_itself = [library(dump)]
    for jobs in (1, 2):
        args = [dump, "-o", folder / f"{jobs}.jsonl", "--errors", folder / f"{jobs}.errors"]
        seconds, spent, most, _ = measure([*args, "--jobs", jobs])
        fates = account(made, events(folder / f"{jobs}.jsonl", folder / f"{jobs}.errors"))
        written = sum(count for (_, fate), count in fates.items() if fate == WRITTEN)
        yield (
            f"| `--jobs {jobs}` | {seconds:,.0f} | {written / seconds:,.0f} "
            f"| {size / seconds / 1e6:.1f} | {most:,.0f} | {written / spent:,.0f} |"
        )
        if jobs == 2 and most > MEMORY:
            sys.exit(f"more than {MEMORY} MB")
        by_itself.append(library(dump))
    for name in by_itself[0]:
        rate = len(by_itself) / sum(spent[name] for spent in by_itself)
        yield f"| {name} | | | | | {rate:,.0f} |"
    yield ""
    yield "Memory is the most that the run and its workers held together (proportional set size)."
    yield "The library was timed before, between and after the runs, in case of other work.\n"
    chance = random.Random(0)
    args = [dump, "-o", folder / "3.jsonl", "--errors", folder / "3.errors", "--jobs", 2]
    part, whole = folder / ".3.jsonl.boilerclass-part", (folder / "1.jsonl").stat().st_size
    for kill in range(KILLS):
        again = ("--resume",) if kill else ()
        doom = chance.uniform(kill + 0.2, kill + 0.8) / (KILLS + 1) * whole
        if measure([*args, *again], part, doom).finished:
            sys.exit("a run that was to be killed came to its end")
    measure([*args, "--resume"])
    for other in "23":
        same(folder / "1.jsonl", folder / f"{other}.jsonl")
        same(folder / "1.errors", folder / f"{other}.errors")
    yield f"One process, two, and two with {KILLS} kills and `--resume`: the same bytes.\n"
    yield "| records made | written | skipped | failed |"
    yield "| --- | --- | --- | --- |"
    for kind in FATES:
        counts = [fates[kind, fate] for fate in (WRITTEN, SKIPPED, FAILED)]
        yield f"| {sum(counts):,} {kind} | " + " | ".join(f"{count:,}" for count in counts) + " |"


def main() -> None:
    """Run at the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--bytes", default="1G", help="of the records, before compression")
    parser.add_argument("--keep", type=Path, help="leave all files in this folder")
    parser.add_argument("--write", action="store_true", help=f"leave what is told in {DUMP.name}")
    chosen = parser.parse_args()
    one_thread()
    processor.adopt()
    size = Size().convert(chosen.bytes, None, None)
    lines = ["# A damaged crawl\n", f"Made by `python benchmarks/dump.py --bytes {chosen.bytes} "]
    lines[-1] += "--write`.\n"
    with tempfile.TemporaryDirectory() as folder:
        kept = chosen.keep or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        for line in run(kept, size):
            print(line, flush=True)
            lines.append(line)
    if chosen.write:
        DUMP.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
