"""Long runs: workers that die, runs that are killed and resumed, disks that are full."""

import gzip
import json
import os
import pty
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from boilerclass import forks
from boilerclass.cli import journal, lock, main, workers
from boilerclass.cli.batches import BYTES_AT_ONCE, PAGES_AT_ONCE, Batch, batches, placed
from boilerclass.cli.inputs import Entry, Source
from boilerclass.cli.resume import Position
from boilerclass.cli.work import Outcome, Work
from boilerclass.containers.record import Reading
from boilerclass.errors import InvalidOption
from boilerclass.options import Options

COMMAND = [sys.executable, "-m", "boilerclass"]
KILLS = 3
DOOMED = """
import os, signal, sys, threading
from boilerclass.cli import journal, main, tally

journal.EVERY = 0.02
left, delay, doom = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
add = tally.Tally.add


def counted(self, *args, **options):
    global left
    left -= 1
    if left == 0:
        threading.Timer(delay, os.kill, (os.getpid(), doom)).start()
    return add(self, *args, **options)


tally.Tally.add = counted
sys.exit(main(sys.argv[4:]))
"""
"""The command, sent a signal some moments after it has come to a number of documents, and recording
what is done so often that short runs have something to go on with."""
PAGES = 400
"""Documents of a run that is killed."""


def page(number: int) -> bytes:
    paragraphs = "".join(
        f"<p>Keeper {number} counted {number * 7 + i} boats past the breakwater on a clear day, "
        "and wrote each of them down with its name, its port and the state of its paint.</p>"
        for i in range(12)
    )
    return (
        f"<!DOCTYPE html><html lang=en><title>Boats of day {number}</title><nav><a href=/>Home</a>"
        f"</nav><h1>Boats of day {number}</h1>{paragraphs}<p>Read more: the lamp room</p>"
        f"<footer>&copy; Harbour Courier {number}</footer></html>"
    ).encode()


def warc(path: Path, pages: int) -> None:
    """A request and a response for each page, the requests being passed by; one is cut off."""
    with path.open("wb") as file:
        for i in range(pages):
            answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page(i)
            for kind, block in (("request", b"GET / HTTP/1.1\r\n\r\n"), ("response", answer)):
                head = (
                    f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://boats.example/{i}\r\n"
                    f"WARC-Record-ID: <urn:uuid:{kind}-{i}>\r\n"
                    f"Content-Type: application/http\r\nContent-Length: {len(block)}\r\n\r\n"
                )
                member = gzip.compress(head.encode() + block + b"\r\n\r\n", 1)
                file.write(member[:-40] if i == pages // 2 and kind == "response" else member)


def json_lines(path: Path, pages: int) -> None:
    with path.open("wb") as file:
        for i in range(pages):
            row = {"id": f"day-{i}", "html": page(i).decode()}
            file.write(b"no JSON\n" if i % 50 == 7 else json.dumps(row).encode() + b"\n")


def folder(path: Path, pages: int) -> None:
    for i in range(pages):
        target = path / f"week{i // 7:03d}" / f"day{i}.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"\x89PNG\r\n\x1a\n" if i % 50 == 7 else page(i))


def content(path: Path) -> dict[str, bytes]:
    """Every file below a path, or the file itself, but for records of runs."""
    paths = path.rglob("*") if path.is_dir() else [path]
    return {
        str(p.relative_to(path)): p.read_bytes()
        for p in paths
        if p.is_file() and not p.name.endswith("-state.json")
    }


def run(
    *args: object, cwd: Path | None = None, command: Sequence[str] = COMMAND
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*command, *map(str, args)], capture_output=True, text=True, check=False, cwd=cwd
    )


def doomed(documents: int, delay: float, by: signal.Signals) -> list[str]:
    """The command that is sent a signal, seconds after so many documents: 0 for never."""
    return [sys.executable, "-c", DOOMED, str(documents), str(delay), str(int(by))]


# Killed and resumed


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("make", "source", "command", "goal"),
    [
        (folder, "pages", ("clean",), "--output-dir"),
        (warc, "crawl.warc.gz", ("label", "-f", "jsonl"), "-o"),
        (json_lines, "rows.jsonl", ("clean", "-f", "jsonl"), "-o"),
        (warc, "crawl.warc.gz", ("clean", "-f", "html"), "-o"),
    ],
    ids=["folder", "warc", "jsonl", "html"],
)
def test_a_run_that_is_killed_is_resumed_without_a_trace(
    make: Callable[[Path, int], None],
    source: str,
    command: Sequence[str],
    goal: str,
    jobs: int,
    tmp_path: Path,
) -> None:
    make(tmp_path / source, PAGES)
    calm, killed = tmp_path / "calm", tmp_path / "killed"
    for place in (calm, killed):
        place.mkdir()
    args = [*command, str(tmp_path / source), goal, "out", "--errors", "errors.jsonl"]
    before = run(*args, cwd=calm)
    chance = random.Random(f"{source} {jobs}")
    for last in (*[False] * KILLS, True):
        # A kill falls anywhere: between two documents, within one, before or after a record.
        when = (0, 0) if last else (chance.randrange(1, PAGES // 5), chance.uniform(0, 0.01))
        command_now = doomed(*when, signal.SIGKILL)
        done = run(*args, "--jobs", jobs, "--resume", cwd=killed, command=command_now)
        assert done.returncode == (before.returncode if last else -signal.SIGKILL)
    assert before.returncode == 1
    assert content(killed / "out") == content(calm / "out")
    assert content(killed / "errors.jsonl") == content(calm / "errors.jsonl")
    assert done.stderr.splitlines()[-1] == before.stderr.splitlines()[-1]
    finished = run(*args, "--resume", cwd=killed)
    assert (finished.returncode, finished.stdout) == (1, "")
    assert finished.stderr == "boilerclass: out: is complete already: nothing to resume\n"


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The arguments of a run that has been resumed once and is complete."""
    monkeypatch.chdir(tmp_path)
    json_lines(tmp_path / "rows.jsonl", 5)
    (tmp_path / "sites.npz").write_bytes(b"")
    args = ["clean", "rows.jsonl", "-f", "jsonl", "-o", "out.jsonl", "--resume"]
    assert main(args) == 0
    return args


def test_what_differs_is_named(begun: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    def refused(*more: str) -> str:
        assert main([*begun, *more]) == 2
        return capsys.readouterr().err

    capsys.readouterr()
    assert "--preset was balanced, now it is recall" in refused("--preset", "recall")
    assert "--drop was not given, now it is .promo" in refused("--drop", ".promo")
    assert "--format was jsonl:CLEAN, now it is csv:CLEAN" in refused("-f", "csv")
    assert "missing.html is new" in refused("missing.html")
    assert main([*begun, "--jobs", "2", "-v"]) == 0
    with Path("rows.jsonl").open("ab") as file:
        file.write(b"{}\n")
    assert "rows.jsonl has changed" in refused()


def test_another_model_is_refused(
    begun: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    import shutil

    import boilerclass

    shutil.copytree(Path(boilerclass.__file__).parent / "models", tmp_path / "models")
    manifest = tmp_path / "models" / "texts" / "model.json"
    manifest.write_text(manifest.read_text().replace('"name": "', '"name": "other-', 1))
    monkeypatch.setenv("BOILERCLASS_MODEL", str(tmp_path / "models"))
    assert main(begun) == 2
    assert "the model of texts is another one" in capsys.readouterr().err


def test_a_damaged_record_is_refused(begun: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    Path(".out.jsonl.boilerclass-state.json").write_text("{")
    assert main(begun) == 2
    assert "is damaged" in capsys.readouterr().err
    assert main(begun[:-1]) == 0


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["rows.jsonl"], "--resume needs -o FILE or --output-dir"),
        (["rows.jsonl", "-f", "parquet", "-o", "out.parquet"], "Parquet or compressed"),
        (["rows.jsonl", "-o", "out.txt.gz"], "Parquet or compressed"),
        (["rows.jsonl", "-o", os.devnull], "needs a file"),
        (["-", "-o", "out.txt"], "can be read only once"),
    ],
)
def test_what_cannot_be_resumed_says_why(
    begun: list[str], capsys: pytest.CaptureFixture[str], args: list[str], words: str
) -> None:
    assert main(["clean", "--resume", *args]) == 2
    assert words in capsys.readouterr().err


def test_a_short_run_leaves_nothing_but_its_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(journal, "EVERY", 1000)  # however slow this machine is
    json_lines(tmp_path / "rows.jsonl", 5)
    assert main(["clean", "rows.jsonl", "-o", "out.txt"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.txt", "rows.jsonl"]


def test_ctrl_c_keeps_what_is_done(tmp_path: Path) -> None:
    warc(tmp_path / "crawl.warc.gz", PAGES)
    args = ["clean", "crawl.warc.gz", "-f", "jsonl", "-o"]
    assert run(*args, "calm", cwd=tmp_path).returncode == 1
    # Later than the first batch: what is not recorded yet is not kept.
    stopped = doomed(PAGES // 2, 0, signal.SIGINT)
    done = run(*args, "out", "--jobs", "2", cwd=tmp_path, command=stopped)
    assert done.returncode == 130
    assert "documents and records are done, the same command with --resume goes on" in done.stderr
    assert not (tmp_path / "out").exists()
    assert run(*args, "out", "--resume", cwd=tmp_path).returncode == 1
    assert (tmp_path / "out").read_bytes() == (tmp_path / "calm").read_bytes()


# Two at once


@pytest.mark.parametrize("goal", ["-o", "--output-dir"])
def test_a_second_run_leaves_the_output_to_the_first(goal: str, tmp_path: Path) -> None:
    json_lines(tmp_path / "rows.jsonl", 3)
    os.mkfifo(tmp_path / "slow")
    args = ["clean", "rows.jsonl", goal, "out", "--errors", "errors.jsonl"]
    mark = tmp_path / (".out.boilerclass-lock" if goal == "-o" else "out/.out.boilerclass-lock")
    mark.parent.mkdir(exist_ok=True)
    mark.touch()  # as one leaves it that was killed
    with (
        subprocess.Popen([*COMMAND, *args, "slow"], cwd=tmp_path) as first,
        (tmp_path / "slow").open("wb") as slow,  # once the first has come to read it
    ):
        before = content(tmp_path)
        for more in ((), ("--resume",)):
            second = run(*args, *more, cwd=tmp_path)
            assert second.returncode == 1
            assert "another run is writing to " in second.stderr
            assert "choose another output" in second.stderr
        assert content(tmp_path) == before
        slow.write(page(1))
    assert first.returncode == 0
    assert not mark.exists()
    assert run(*args, cwd=tmp_path).returncode == 0


def test_a_run_that_is_killed_frees_the_output(tmp_path: Path) -> None:
    json_lines(tmp_path / "rows.jsonl", 3)
    os.mkfifo(tmp_path / "slow")
    args = ["clean", "rows.jsonl", "-o", "out"]
    mark = tmp_path / ".out.boilerclass-lock"
    with subprocess.Popen([*COMMAND, *args, "slow"], cwd=tmp_path) as first:
        while not mark.exists():
            time.sleep(0.01)
        first.kill()
    assert mark.exists()
    assert run(*args, cwd=tmp_path).returncode == 0
    assert not mark.exists()


def test_one_file_of_errors_is_not_for_two_runs(tmp_path: Path) -> None:
    json_lines(tmp_path / "rows.jsonl", 3)
    with lock.held([tmp_path / "errors.jsonl"]):
        args = ["clean", "rows.jsonl", "-o", "out", "--errors", "errors.jsonl"]
        assert "another run is writing to" in run(*args, cwd=tmp_path).stderr
    assert run(*args, cwd=tmp_path).returncode == 0


# Disks


def test_a_full_disk_keeps_what_is_done(tmp_path: Path) -> None:
    json_lines(tmp_path / "rows.jsonl", 100)
    args = ["label", "rows.jsonl", "-f", "jsonl", "-o"]
    assert run(*args, "calm", cwd=tmp_path).returncode == 1
    code = (
        "import resource, signal, sys\n"
        "from boilerclass.cli import main\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, *args, "out", "--resume"]
    full = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert full.returncode == 1
    assert "boilerclass: cannot write out: File too large; what was done before" in full.stderr
    assert not (tmp_path / "out").exists()
    assert run(*args, "out", "--resume", cwd=tmp_path).returncode == 1
    assert (tmp_path / "out").read_bytes() == (tmp_path / "calm").read_bytes()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_errors_that_cannot_be_written_end_the_run(tmp_path: Path) -> None:
    json_lines(tmp_path / "rows.jsonl", 10)
    done = run("clean", "rows.jsonl", "-o", "out", "--errors", "/dev/full", cwd=tmp_path)
    assert done.returncode == 1
    assert "cannot write /dev/full: No space left on device" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["rows.jsonl"]


# Accounts


def test_every_failure_and_every_skip_has_a_line(tmp_path: Path) -> None:
    warc(tmp_path / "crawl.warc.gz", 5)
    args = ["clean", "crawl.warc.gz", "missing.html", "-f", "jsonl", "--errors", "errors.jsonl"]
    done = run(*args, cwd=tmp_path)
    lines = (tmp_path / "errors.jsonl").read_text().splitlines()
    errors = [json.loads(line) for line in lines]
    assert [(e["kind"], e["container"], e["ordinal"]) for e in errors] == [
        *(("skipped", "crawl.warc.gz", i) for i in (0, 2, 4)),
        ("failed", "crawl.warc.gz", 5),
        *(("skipped", "crawl.warc.gz", i) for i in (6, 8)),
        ("failed", None, None),
    ]
    assert errors[0]["error"] == "a request record"
    assert errors[-1]["id"] == "missing.html"
    assert done.stderr.splitlines()[-1] == "boilerclass: 11 read: 4 written, 2 failed, 5 passed by"


def test_progress_is_drawn_on_a_terminal_only(tmp_path: Path) -> None:
    folder(tmp_path / "pages", 300)
    code = (
        "import sys\n"
        "from boilerclass.cli import main, progress\n"
        "progress.EVERY = 0\n"  # however fast this machine is
        "sys.exit(main(sys.argv[1:]))"
    )
    args = [sys.executable, "-c", code, "clean", "-f", "jsonl", "pages", "-o", "out"]
    for more, drawn in ((), True), (("--no-progress",), False):
        leader, follower = pty.openpty()
        with subprocess.Popen([*args, *more], cwd=tmp_path, stderr=follower) as process:
            os.close(follower)
            shown = b""
            try:
                while piece := os.read(leader, 1 << 16):
                    shown += piece
            except OSError:  # how a terminal ends on Linux
                pass
        os.close(leader)
        assert process.returncode == 1
        assert (b" documents  " in shown and b" left" in shown and b" failed" in shown) == drawn
    assert " documents  " not in run(*args[3:], cwd=tmp_path).stderr


# Workers


BRITTLE = """
import os, signal, time
from boilerclass.writers import Format
from boilerclass.writers.sheets import Text

def document(name, labelled):
    words = labelled.paragraphs[0].text.split()
    if words[0] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if words[0] == "exit":
        os._exit(3)
    if words[0] == "stick":
        time.sleep(1000)
    if words[0] == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    if words[0] == "fail":
        raise ZeroDivisionError("nothing to share")
    return f"{name} {os.getpid()}"

FORMAT = Format(".txt", document, Text())
"""
"""A format that does to its process what the page says."""


@pytest.fixture
def brittle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    (tmp_path / "brittle.py").write_text(BRITTLE)
    monkeypatch.syspath_prepend(tmp_path)
    return Work("brittle:FORMAT", Options())


def sources(*pages: str) -> list[Source]:
    return [Source(Entry(str(i), str(i)), content) for i, content in enumerate(pages)]


def told(outcomes: Sequence[Outcome]) -> list[str]:
    """The piece of each outcome without the process's number, or its error."""
    return [str(o.error) if o.error else o.piece.split()[0] for o in outcomes]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_page_that_breaks_its_process_fails_alone(brittle: Work, jobs: int) -> None:
    pages = sources("calm", "kill it", "calm", "exit now", "stick here", "fail", "calm", "stop")
    both = list(workers.outcomes([pages, pages[:1], pages[1:2]], brittle, jobs, timeout=5))
    crashed = "the process that worked on it ended ({}); it may need too much memory"
    assert told(both[0]) == [
        "0",
        crashed.format("SIGKILL"),
        "2",
        crashed.format("exit code 3"),
        "took longer than --timeout 5",
        "could not be processed (ZeroDivisionError: nothing to share); -v shows where",
        "6",
        "took longer than --timeout 5",
    ]
    assert told(both[1]) == ["0"]
    assert told(both[2]) == [crashed.format("SIGKILL")]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here")
@pytest.mark.parametrize("size", [10, 60_000], ids=["letter", "book"])
def test_processes_that_are_stopped_cost_no_page(brittle: Work, size: int) -> None:
    pages = sources(*["calm " * size] * 2)
    done = workers.outcomes((pages for _ in range(8)), brittle, 2, timeout=5)
    assert told(next(done)) == ["0", "1"]
    for pid in worker_pids(os.getpid()):  # some have nothing to do, others have
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    assert [told(outcomes) for outcomes in done] == [["0", "1"]] * 7


@pytest.mark.skipif(sys.platform != "linux", reason="needs copies of this process")
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_batches_wait_for_a_busy_process_where_they_fit(
    brittle: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forks, "possible", lambda: True)
    monkeypatch.setattr(forks, "MEMORY", 100_000)
    small, large = sources(*["calm"] * 3), sources("calm " * 100_000, "calm")
    deadly = sources("calm", "kill it")
    batches = [small, large, small, small, deadly, small, large, large, deadly, small] * 3
    found = [told(outcomes) for outcomes in workers.outcomes(batches, brittle, 2)]
    killed = "the process that worked on it ended (SIGKILL); it may need too much memory"
    known = {id(small): ["0", "1", "2"], id(large): ["0", "1"], id(deadly): ["0", killed]}
    assert found == [known[id(batch)] for batch in batches]


def test_processes_are_replaced_in_time(brittle: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "BYTES_OF_A_LIFE", 1000)
    batches = [sources("calm " * 100) for _ in range(12)]
    outcomes = [some[0] for some in workers.outcomes(batches, brittle, 2)]
    assert told(outcomes) == ["0"] * 12
    assert len({outcome.piece for outcome in outcomes}) >= 6


def test_order_is_kept_and_little_is_read_ahead(brittle: Work) -> None:
    taken = 0

    def batches() -> Iterator[list[Source]]:
        nonlocal taken
        for number in range(100):
            taken += 1
            yield [Source(Entry(str(number), ""), "calm")]

    for number, outcome in enumerate(workers.outcomes(batches(), brittle, 2)):
        assert told(outcome) == [str(number)]
        assert taken - number <= 2 * workers.AHEAD + 1


def test_a_worker_that_cannot_begin_ends_the_run(brittle: Work) -> None:
    options = Options(keep=("<",))
    with pytest.raises(InvalidOption):
        list(workers.outcomes([sources("calm")], brittle._replace(options=options), 2))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here")
def test_workers_that_are_killed_change_nothing(tmp_path: Path) -> None:
    warc(tmp_path / "crawl.warc.gz", PAGES)
    args = ["clean", "crawl.warc.gz", "-f", "jsonl", "-o"]
    assert run(*args, "calm", cwd=tmp_path).returncode == 1
    with subprocess.Popen([*COMMAND, *args, "out", "--jobs", "2"], cwd=tmp_path) as process:
        for _ in range(3):
            while not (pids := worker_pids(process.pid)) and process.poll() is None:
                time.sleep(0.01)
            time.sleep(0.7)
            for pid in pids[:1]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
    assert process.returncode == 1
    assert (tmp_path / "out").read_bytes() == (tmp_path / "calm").read_bytes()


def test_batches_end_where_the_inputs_say(tmp_path: Path) -> None:
    def names(batch: Batch) -> list[str]:
        return [source.entry.id for source in batch.sources]

    json_lines(tmp_path / "rows.jsonl", 138)
    entries = [Entry(str(tmp_path / "rows.jsonl"), "rows.jsonl")] * 2
    whole = list(batches(placed(entries, Reading(), lambda *_: None)))
    assert [len(batch.pages) for batch in whole] == [PAGES_AT_ONCE] * 4 + [14]
    for i, batch in enumerate(whole[:-1]):
        rest = list(batches(placed(entries, Reading(), lambda *_: None, batch.end)))
        assert [(b.end, names(b)) for b in rest] == [(b.end, names(b)) for b in whole[i + 1 :]]
    large = [(s, Position(), 0) for s in sources("x" * BYTES_AT_ONCE, "y", "z")]
    assert [len(batch.sources) for batch in batches(large)] == [1, 2]


def worker_pids(parent: int) -> list[int]:
    """The processes that work for a run; Linux only."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    return [pid for server in children.get(parent, []) for pid in children.get(server, [])]
