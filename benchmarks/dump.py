"""What ``boilerclass clean`` does with a large and damaged crawl.

    python benchmarks/dump.py [--bytes 1G] [--keep DIR]

Makes a WARC of invented pages with broken records, wrong lengths, cut gzip members and mixed
charsets. Cleans it with one process and with two, and once more with three kills on the way, each
followed by ``--resume``. Prints pages a second and the most memory that all processes held; fails
when a record is not accounted for, or when the three outputs are not the same bytes.
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
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))
import invented_pages  # found by the line above

from boilerclass.cli.options import Size

SIZES = (4_000, 20_000, 60_000, 250_000)
"""Characters of the pages, in turn."""
CHARSETS = ("utf-8", "iso-8859-2", "windows-1252", "utf-16", "utf-8")
KILLS = 3
LOOK = 0.2
"""Seconds between two looks at memory."""
MEMORY = 300
"""MB that a run with two processes is allowed."""
COMMAND = [sys.executable, "-m", "boilerclass", "clean", "-f", "jsonl"]


class Measured(NamedTuple):
    """A run: its time in seconds, and its memory in MB."""

    seconds: float
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


def members(number: int) -> Iterator[tuple[bytes, bytes]]:
    """The plain and the compressed bytes of a page's records; every so often they are broken."""
    charset = CHARSETS[number % len(CHARSETS)]
    page = invented_pages.page(number, SIZES[number % len(SIZES)]).encode(charset, "replace")
    status, media = "200 OK", f"text/html; charset={charset}"
    if number % 31 == 3:
        status = "404 Not Found"
    if number % 29 == 4:
        page, media = random.Random(number).randbytes(5000), "image/png"
    block = f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\n\r\n".encode() + page
    request = record(number, "request", b"GET / HTTP/1.1\r\n\r\n")
    yield request, gzip.compress(request, 1)
    wrong = {5: len(block) + 80, 6: len(block) // 2, 7: 10**15}.get(number % 97)
    response = record(number, "response", block, wrong)
    packed = gzip.compress(response, 1)
    if number % 89 == 8:
        packed = packed[: len(packed) * 2 // 3]
    if number % 89 == 9:
        packed = packed[:200] + b"\0" * 50 + packed[250:]
    yield response, packed


def make(path: Path, size: int) -> int:
    """The number of pages in a new dump of so many bytes before compression."""
    number = written = 0
    with path.open("wb") as file:
        while written < size:
            for plain, packed in members(number):
                file.write(packed)
                written += len(plain)
            number += 1
    return number


def measure(args: Sequence[object], kill_after: float | None = None) -> Measured:
    """A run of the command, which may be killed."""
    began = time.monotonic()
    most = 0.0
    with subprocess.Popen([*COMMAND, *map(str, args)], stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            if kill_after is not None and time.monotonic() - began > kill_after:
                process.kill()
                process.wait()
                return Measured(time.monotonic() - began, most, finished=False)
            most = max(most, sum(map(memory, family(process.pid))))
            time.sleep(LOOK)
    if process.returncode not in (0, 1):
        sys.exit(f"{args}: exit code {process.returncode}")
    return Measured(time.monotonic() - began, most, finished=True)


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


def account(out: Path, errors: Path) -> str:
    """The account of all records; ends the program when one is missing or doubled."""
    seen: list[int] = []
    failed: set[int] = set()
    kinds = {"written": 0, "skipped": 0, "failed": 0}
    with out.open(encoding="utf-8") as lines:
        for line in lines:
            seen.append(int(json.loads(line)["id"].rpartition("#")[2]))
            kinds["written"] += 1
    with errors.open(encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line)
            if not told["error"]:
                sys.exit(f"no reason is given: {line}")
            kinds[told["kind"]] += 1
            if told["kind"] == "failed":
                failed.add(told["ordinal"])
            seen.append(told["ordinal"])
    numbers = set(seen)
    # A damage that a record has told of already has a number of its own, but no second line.
    missing = [n for n in range(max(seen)) if n not in numbers and n - 1 not in failed]
    if len(numbers) != len(seen) or missing:
        sys.exit(f"{len(seen) - len(numbers)} records are doubled; missing: {missing[:20]}")
    return ", ".join(f"{count:,} {kind}" for kind, count in kinds.items())


def same(one: Path, other: Path) -> None:
    """Nothing; ends the program when the files differ."""
    if one.read_bytes() != other.read_bytes():
        sys.exit(f"{one} and {other} differ")


def run(folder: Path, size: int) -> None:
    """Make the dump, clean it in all ways, print what was measured."""
    dump = folder / "dump.warc.gz"
    pages = make(dump, size)
    print(f"{pages:,} pages, {size:,} bytes, {dump.stat().st_size:,} compressed", flush=True)
    seconds = 0.0
    for jobs in (1, 2):
        args = [dump, "-o", folder / f"{jobs}.jsonl", "--errors", folder / f"{jobs}.errors"]
        seconds, most, _ = measure([*args, "--jobs", jobs])
        speed = f"{pages / seconds:,.0f} pages/s, {size / seconds / 1e6:.1f} MB/s"
        print(f"--jobs {jobs}: {seconds:.1f} s, {speed}, {most:,.0f} MB", flush=True)
        if jobs == 2 and most > MEMORY:
            sys.exit(f"more than {MEMORY} MB")
    print(account(folder / "1.jsonl", folder / "1.errors"))
    chance = random.Random(0)
    args = [dump, "-o", folder / "3.jsonl", "--errors", folder / "3.errors", "--jobs", 2]
    kills = sum(
        not measure([*args, "--resume"], chance.uniform(0.15, 0.3) * seconds).finished
        for _ in range(KILLS)
    )
    measure([*args, "--resume"])
    for other in "23":
        same(folder / "1.jsonl", folder / f"{other}.jsonl")
        same(folder / "1.errors", folder / f"{other}.errors")
    print(f"one process, two, and two with {kills} kills: the same bytes")


def main() -> None:
    """Run at the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--bytes", default="1G", help="of the records, before compression")
    parser.add_argument("--keep", type=Path, help="leave all files in this folder")
    chosen = parser.parse_args()
    size = Size().convert(chosen.bytes, None, None)
    if chosen.keep is not None:
        chosen.keep.mkdir(parents=True, exist_ok=True)
        run(chosen.keep, size)
        return
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), size)


if __name__ == "__main__":
    main()
