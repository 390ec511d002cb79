"""Containers at the command line: names, places, accounts of records, and what cannot be read."""

import csv
import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import boilerclass
from boilerclass.cli.batches import PAGES_AT_ONCE
from boilerclass.cli.inputs import Entry, Source, expand, listed, read
from boilerclass.cli.places import LONGEST, Taken, inside
from boilerclass.containers.record import Reading
from boilerclass.options import Options

Run = Callable[..., Any]
"""The fixture ``run``: see conftest.py."""
EXAMPLES = Path(__file__).parent.parent / "data" / "examples" / "pages"
PATHS = sorted(EXAMPLES.glob("*.html"))[:4]
PAGES = [path.read_bytes() for path in PATHS]
CLEANED = [boilerclass.clean(page) for page in PAGES]


def warc_record(block: bytes, number: int, kind: str = "response", url: str = "") -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\n"
        f"WARC-Record-ID: <urn:uuid:{number}>\r\nContent-Type: application/http\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def warc_gz(pages: Sequence[bytes]) -> bytes:
    """A request and a response for each page."""
    records = (
        record
        for i, page in enumerate(pages)
        for record in (
            warc_record(b"GET / HTTP/1.1\r\n\r\n", i, "request"),
            warc_record(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page, i),
        )
    )
    return b"".join(map(gzip.compress, records))


def zipped(members: Sequence[tuple[str, bytes]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def tarred(members: Sequence[tuple[str, bytes]], mode: str = "w:gz") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


def json_lines(pages: Sequence[bytes]) -> bytes:
    lines = (json.dumps({"id": f"p{i}", "html": p.decode()}) + "\n" for i, p in enumerate(pages))
    return "".join(lines).encode()


def parquet(pages: Sequence[bytes]) -> bytes:
    pyarrow = pytest.importorskip("pyarrow")
    writer = pytest.importorskip("pyarrow.parquet")
    file = io.BytesIO()
    writer.write_table(pyarrow.table({"html": [page.decode() for page in pages]}), file)
    return file.getvalue()


def named(pages: Sequence[bytes]) -> list[tuple[str, bytes]]:
    return [(f"site/{path.name}", page) for path, page in zip(PATHS, pages, strict=False)]


CONTAINERS: dict[str, Callable[[Sequence[bytes]], bytes]] = {
    "warc.gz": warc_gz,
    "zip": lambda pages: zipped(named(pages)),
    "tar.gz": lambda pages: tarred(named(pages)),
    "jsonl": json_lines,
    "parquet": parquet,
}


def texts(out: str) -> list[str]:
    return [json.loads(line)["text"] for line in out.splitlines()]


def ids(out: str) -> list[str]:
    return [json.loads(line)["id"] for line in out.splitlines()]


def files(root: Path) -> list[str]:
    """All below a folder but for hidden files: a slow run leaves its record there."""
    found = (path for path in root.rglob("*") if path.is_file() and path.name[0] != ".")
    return sorted(str(path.relative_to(root)) for path in found)


@pytest.mark.parametrize("form", CONTAINERS)
@pytest.mark.parametrize("piped", [False, True])
def test_a_container_gives_what_the_loose_files_give(
    run: Run, tmp_path: Path, form: str, piped: bool
) -> None:
    content = CONTAINERS[form](PAGES)
    path = tmp_path / "anything"
    path.write_bytes(content)
    done = (
        run("clean", "-f", "jsonl", stdin=content) if piped else run("clean", "-f", "jsonl", path)
    )
    assert done.code == 0
    assert texts(done.out) == CLEANED


def test_documents_are_named_by_their_place_or_their_id_column(run: Run, tmp_path: Path) -> None:
    for form, made in CONTAINERS.items():
        (tmp_path / form).write_bytes(made(PAGES[:2]))
    out = {form: ids(run("clean", "-f", "jsonl", tmp_path / form).out) for form in CONTAINERS}
    names = [f"site/{path.name}" for path in PATHS[:2]]
    assert out["zip"] == [f"{tmp_path}/zip/{name}" for name in names]
    assert out["tar.gz"] == [f"{tmp_path}/tar.gz/{name}" for name in names]
    assert out["warc.gz"] == [f"{tmp_path}/warc.gz#{i}" for i in (1, 3)]
    assert out["jsonl"] == ["p0", "p1"]
    assert out["parquet"] == [f"{tmp_path}/parquet#{i}" for i in (0, 1)]


def test_every_record_is_accounted_for(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "crawl.warc.gz"
    path.write_bytes(warc_gz(PAGES)[:-30])
    code, out, err = run("clean", "-f", "jsonl", path)
    assert code == 1
    assert texts(out) == CLEANED[:-1]
    assert err.splitlines() == [
        f"boilerclass: {path}#7: its gzip data end too early: copy or download the file again",
        f"boilerclass: {path}: 4 of 8 records passed by (4 a request record)",
        "boilerclass: 8 read: 3 written, 1 failed, 4 passed by",
    ]
    assert f"{path}#0: passed by: a request record" in run("clean", "-v", path).err


def test_guesses_are_said_once(run: Run, tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_bytes(json_lines(PAGES[:1]))
    _, _, err = run("clean", tmp_path)
    assert err == (
        f"boilerclass: {tmp_path}/a.jsonl: "
        "its columns are taken as by --html-column html --id-column id\n"
    )
    assert run("clean", "--html-column", "html", "--id-column", "id", tmp_path).err == ""


def test_a_container_knows_its_documents_addresses_and_encodings(tmp_path: Path) -> None:
    headers = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=iso-8859-2\r\n\r\n"
    path = tmp_path / "crawl"
    path.write_bytes(
        warc_record(headers + "<p>Łódź".encode("iso-8859-2"), 5, url="https://a.example/5")
    )
    (source,) = read(expand([str(path)]), Reading())
    chosen = source.options(Options(url="https://other.example/"))
    assert (chosen.url, chosen.encoding) == ("https://a.example/5", "iso-8859-2")
    assert source.options(Options(encoding="utf-8")).encoding == "utf-8"
    entry = source.entry
    assert (entry.container, entry.ordinal, entry.key) == (str(path), 0, "<urn:uuid:5>")


def test_the_user_knows_the_kind_better_than_a_column() -> None:
    source = Source(Entry("a", "a"), "text", kind="text")
    assert source.options(Options()).kind == "text"
    assert source.options(Options(kind="html")).kind == "html"


def test_output_dir_mirrors_the_inside_below_the_containers_name(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "in"
    (source / "deep").mkdir(parents=True)
    (source / "deep" / "dump.zip").write_bytes(zipped(named(PAGES)))
    (source / "crawl.warc.gz").write_bytes(warc_gz(PAGES[:2]))
    (source / "rows.jsonl").write_bytes(json_lines(PAGES[:1]))
    out = tmp_path / "out"
    assert run("clean", source, "--output-dir", out).code == 0
    assert files(out) == sorted(
        [
            "crawl.warc.gz/00000001.txt",
            "crawl.warc.gz/00000003.txt",
            "rows.jsonl/00000000.txt",
            *(f"deep/dump.zip/site/{path.stem}.txt" for path in PATHS),
        ]
    )
    assert (out / "crawl.warc.gz" / "00000003.txt").read_bytes().decode() == CLEANED[1]


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_of_members_never_lead_out(
    run: Run, tmp_path: Path, pack: Callable[[list[tuple[str, bytes]]], bytes]
) -> None:
    names = [
        "../../escaped.html",
        "/absolute.html",
        "a/../../up.html",
        "C:\\windows\\page.html",
        "page.html",
        "page.htm",
        "PAGE.txt",
        "folder.txt/page.html",
        "folder.html",
        "x" * 220 + ".html",
        "new\nline\x1b[31m.html",
    ]
    path = tmp_path / "dump"
    path.write_bytes(pack([(name, PAGES[0]) for name in names]))
    out = tmp_path / "deep" / "out"
    code, _, err = run("clean", path, "--output-dir", out)
    assert set(tmp_path.iterdir()) == {path, tmp_path / "deep"}
    assert list((tmp_path / "deep").iterdir()) == [out]
    # A file and a folder cannot have one name: the one that comes later is reported.
    assert code == 1
    assert len(err.splitlines()) == 2
    assert err.endswith(f"boilerclass: {len(names)} read: {len(names) - 1} written, 1 failed\n")
    assert "cannot be written to" in err and "\x1b" not in err
    assert len(files(out)) == len(names) - 1
    assert files(out)[:3] == ["dump/C_/windows/page.txt", "dump/PAGE~00000006.txt", "dump/a/up.txt"]


@given(name=st.text(st.characters(exclude_categories=()), max_size=300), ordinal=st.integers(0, 9))
def test_any_name_becomes_a_relative_path(name: str, ordinal: int) -> None:
    place = inside(name, ordinal)
    assert place and len(place.encode()) <= LONGEST
    assert not place.startswith("/") and "\\" not in place and "\0" not in place
    assert not {"", ".", ".."} & set(place.split("/"))
    assert all(len(part.encode()) <= 160 for part in place.split("/"))


@given(
    st.lists(st.sampled_from(["a.html", "A.htm", "a.txt", "a", "a/b", "b.pdf", "b"]), max_size=9)
)
def test_records_of_one_name_have_different_places(names: list[str]) -> None:
    taken = Taken()
    places = [taken.free(name, ordinal).lower() for ordinal, name in enumerate(names)]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("end", ["\n", "\0", "\r\n"])
def test_inputs_from_a_list(run: Run, tmp_path: Path, end: str) -> None:
    one, two = tmp_path / "one [1].html", tmp_path / "d" / "two\n.html"
    two.parent.mkdir()
    one.write_bytes(PAGES[0])
    two.write_bytes(PAGES[1])
    paths = [one, two] if end == "\0" else [one, two.parent]
    content = "".join(f"{path}{end}" for path in [*paths, tmp_path / "none"])
    (tmp_path / "list").write_text(content, newline="")
    code, out, err = run("clean", "-f", "jsonl", "--files-from", tmp_path / "list")
    assert code == 1
    assert texts(out) == CLEANED[:2]
    assert err == (
        f"boilerclass: {tmp_path}/none: there is no such file or directory\n"
        "boilerclass: 3 read: 2 written, 1 failed\n"
    )
    assert run("clean", "-f", "jsonl", "--files-from", "-", stdin=content.encode()).out == out


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_a_list_that_names_no_files_says_so(run: Run, content: bytes) -> None:
    code, out, err = run("clean", "--files-from", "-", stdin=content)
    assert (code, out, err) == (0, "", "boilerclass: -: the list names no files\n")


def test_listed_files_keep_their_folders(run: Run, tmp_path: Path) -> None:
    for folder in "ab":
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "page.html").write_bytes(PAGES[0])
    content = "a/page.html\n./b/page.html\n"
    done = subprocess.run(
        [sys.executable, "-m", "boilerclass", "clean", "--files-from", "-", "--output-dir", "out"],
        input=content.encode(),
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(boilerclass.__file__).parents[1])},
        check=True,
    )
    assert done.stderr == b""
    assert files(tmp_path / "out") == ["a/page.txt", "b/page.txt"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["clean", "-", "--files-from", "-"], "only once"),
        (["clean", "--files-from", "none-such"], "none-such: No such file"),
    ],
)
def test_lists_that_cannot_be_read(run: Run, args: list[str], words: str) -> None:
    code, _, err = run(*args)
    assert code in (1, 2)
    assert words in err


def test_listed_paths_may_be_any_bytes(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"caf\xe9.html\n\n")
    assert [os.fsencode(path) for path in listed(str(tmp_path / "list"))] == [b"caf\xe9.html"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are Unicode")
def test_a_name_of_any_bytes_leaves_json_that_every_reader_takes(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / os.fsdecode(b"\xff.html")).write_bytes(PAGES[0])
    (tmp_path / "in" / os.fsdecode(b"\xff.zip")).write_bytes(b"PK\x03\x04 and no more")
    errors = tmp_path / "errors.jsonl"
    for form in ("jsonl", "csv"):
        out = run("clean", tmp_path / "in", "-f", form, "--errors", errors).out
        read = json.loads(out) if form == "jsonl" else next(csv.DictReader(io.StringIO(out)))
        assert read["id"] == f"{tmp_path}/in/\\udcff.html"
    assert json.loads(errors.read_text())["id"] == f"{tmp_path}/in/\\udcff.zip"


def test_a_missing_column_fails_that_table_only(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("a,b\n1,2\n")
    (tmp_path / "good.jsonl").write_bytes(json_lines(PAGES[:1]))
    code, out, err = run("clean", "-f", "jsonl", "--html-column", "html", tmp_path)
    assert code == 1
    assert texts(out) == CLEANED[:1]
    assert "bad.csv: there is no column 'html'; it has a, b" in err


def test_what_nobody_foresaw_fails_one_file_only(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> object:
        raise KeyError("unforeseen")

    (tmp_path / "a.jsonl").write_text('{"html": "<p>One</p>"}')
    (tmp_path / "b.html").write_bytes(PAGES[0])
    monkeypatch.setattr("boilerclass.containers.tables.planned", fails)
    code, out, err = run("clean", str(tmp_path))
    assert code == 1
    assert "a.jsonl" in err and "unforeseen" in err
    assert CLEANED[0].strip() in out


def test_records_are_streamed_from_a_pipe() -> None:
    """The first documents are written before the last have come."""
    command = [sys.executable, "-m", "boilerclass", "clean", "-f", "jsonl", "-"]
    rounds = PAGES_AT_ONCE // len(PAGES) + 1
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None
        for _ in range(rounds):
            process.stdin.write(json_lines(PAGES))
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["text"] == CLEANED[0]
        process.stdin.close()
        assert len(process.stdout.read().splitlines()) == rounds * len(PAGES) - 1
