"""The command ``boilerclass`` as its users meet it: inputs, outputs, messages, exit codes."""

import bz2
import csv
import gzip
import io
import json
import lzma
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import boilerclass
from boilerclass import writers
from boilerclass.cli import COMMANDS, inputs, main
from boilerclass.cli.inputs import Entry, Source, expand, read
from boilerclass.cli.work import Work, Worker
from boilerclass.containers.record import Reading
from boilerclass.containers.signatures import describe
from boilerclass.labelled import LabelledDocument
from boilerclass.options import Options

Run = Callable[..., Any]
"""The fixture ``run``: see conftest.py."""
EXAMPLES = Path(__file__).parent.parent / "data" / "examples"
PAGE = EXAMPLES / "pages" / "en-harbour-lamp-keeper.html"
TEXT = EXAMPLES / "texts" / "de-apfelsortenarchiv.txt"
COMMAND = [sys.executable, "-m", "boilerclass"]
HEAD = "id status url title author date language site description".split()
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


def body(path: Path) -> str:
    """The longest body block or line of an example."""
    gold = json.loads(path.with_suffix(".json").read_bytes())
    blocks = gold["blocks"] if "blocks" in gold else gold["lines"]
    return str(max((b["text"] for b in blocks if b["role"] == "body"), key=len))


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two good files among everything that a directory may hold besides."""
    root = tmp_path / "site"
    (root / "news" / ".git").mkdir(parents=True)
    (root / "page.html").write_bytes(PAGE.read_bytes())
    (root / "news" / "item.txt").write_bytes(TEXT.read_bytes())
    (root / "news" / "style.css").write_text("p {}")
    (root / "news" / "logo").write_bytes(PNG)
    (root / "news" / "dangling.html").symlink_to("nowhere.html")
    (root / "news" / "loop").symlink_to("..")
    (root / "news" / ".git" / "hidden.html").write_text("<p>hidden")
    os.mkfifo(root / "news" / "pipe")
    return root


# Inputs


def test_a_page_gives_its_text(run: Run) -> None:
    code, out, err = run("clean", PAGE)
    assert (code, err) == (0, "")
    assert body(PAGE) in out
    assert "==>" not in out


def test_piped_input_needs_no_argument(run: Run) -> None:
    content = TEXT.read_bytes()
    assert run("clean", stdin=content) == run("clean", "-", stdin=content) == run("clean", TEXT)


def test_the_command_does_what_the_function_does(run: Run) -> None:
    for path in (PAGE, TEXT):
        assert run("clean", path).out == boilerclass.clean(path.read_bytes())
    strict = boilerclass.clean(TEXT.read_bytes(), preset="precision")
    assert run("clean", "--preset", "precision", TEXT).out == strict


def test_several_documents_are_headed(run: Run) -> None:
    out = run("clean", PAGE, TEXT).out
    assert out.startswith(f"==> {PAGE} <==\n")
    assert f"\n\n==> {TEXT} <==\n" in out


def test_bad_inputs_are_named_and_the_others_done(run: Run, tree: Path) -> None:
    code, out, err = run("clean", tree, tree / "missing.html", "-f", "jsonl")
    assert code == 1
    assert [json.loads(line)["id"] for line in out.splitlines()] == [
        str(tree / "page.html"),
        str(tree / "news" / "item.txt"),
    ]
    assert err.splitlines() == [
        f"boilerclass: {tree}/news/dangling.html: No such file or directory",
        (
            f"boilerclass: {tree}/news/logo: is a PNG image, not HTML or text: "
            "convert it first, or leave it out"
        ),
        f"boilerclass: {tree}/missing.html: there is no such file or directory",
        "boilerclass: 5 read: 2 written, 3 failed",
    ]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_a_forbidden_file_is_named(run: Run, tree: Path) -> None:
    (tree / "page.html").chmod(0)
    code, out, err = run("clean", tree / "page.html", TEXT)
    assert code == 1
    assert "Permission denied" in err
    assert body(TEXT) in out


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.html", ["page.html"]),
        ("*/*.txt", ["news/item.txt"]),
        ("**/*.txt", ["news/item.txt"]),
        ("**", ["news/dangling.html", "news/item.txt", "news/logo", "news/style.css", "page.html"]),
    ],
)
def test_globs_that_the_shell_left_alone(tree: Path, pattern: str, names: list[str]) -> None:
    entries = list(expand([str(tree / pattern)]))
    assert [entry.place for entry in entries] == names


def test_a_glob_without_a_match_and_an_empty_directory_fail(run: Run, tmp_path: Path) -> None:
    code, _, err = run("clean", tmp_path / "*.html", tmp_path)
    assert code == 1
    assert "no file matches" in err and "the directory holds no files" in err


def test_too_large_an_input_is_refused(run: Run) -> None:
    code, out, err = run("clean", "--max-bytes", "1K", PAGE)
    assert (code, out) == (1, "")
    assert "larger than 1,024 bytes; raise --max-bytes" in err


def test_reading_holds_one_document_at_a_time(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_text("text")
    sources = read(expand([str(tmp_path)]), Reading(max_bytes=100))
    next(sources)
    (tmp_path / "b").unlink()
    assert isinstance(next(sources).error, FileNotFoundError)


def test_a_document_that_breaks_the_labelling_does_not_stop_its_batch() -> None:
    class Brittle:
        def label_each(self, pages: list[tuple[bytes, Options]]) -> Iterator[LabelledDocument]:
            for page, _ in pages:
                if page == b"bad":
                    raise RecursionError("too deep")
                yield boilerclass.label(page)

    pages = [b"A line of text.", b"bad", b"Another line of text."]
    sources = [Source(Entry(name, name), page) for name, page in zip("xyz", pages, strict=True)]
    work = Work(writers.LABEL["jsonl"], Options())
    first, bad, last = Worker(work, Brittle())(sources)  # type: ignore[arg-type]
    assert first.error is None and last.error is None
    assert "RecursionError: too deep" in str(bad.error)
    assert json.loads(last.piece)["paragraphs"][0]["text"] == "Another line of text."


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (PNG, "a PNG image"),
        (b'[\n {"html": "<p>a"}]', "a JSON array (jq -c '.[]' makes JSON Lines of it)"),
        (b'{\n "html": "<p>a"\n}', "JSON over several lines (jq -c makes JSON Lines of it)"),
        (b"%PDF-1.4\n", "a PDF document"),
        (b"\x1f\x8b\x08\x00", "gzip-compressed"),
        (bytes(range(256)) * 8, "binary data"),
        (b"\x00" * 100, "binary data"),
        (b"", None),
        (b"\n<!doctype html>" + b"\x00" * 100, None),
        ("Ein Satz.".encode("utf-16-le") * 20, None),
        ("Предложение.".encode("utf-16") * 20, None),
        (b"Zdanie z \x1b[31mkolorem\x1b[0m i \x00.", None),
    ],
)
def test_what_is_neither_html_nor_text(content: bytes, what: str | None) -> None:
    assert describe(content) == what


def test_an_object_on_one_line_is_text_like_another() -> None:
    assert describe(b'{"a": 1}') is None


# Hostile content


def test_hostile_pages_go_through(run: Run, tmp_path: Path) -> None:
    pages = {
        "deep.html": b"<div>" * 5000 + b"deep" + b"</div>" * 5000,
        "empty.html": b"",
        "escapes.html": b"<p>red \x1b[31m text \xc2\x9b1m</p>",
        "nul.txt": b"a \x00 b\n",
        "tags.html": b"<html><body><div></div></body></html>",
    }
    for name, content in pages.items():
        (tmp_path / name).write_bytes(content)
    code, out, err = run("label", tmp_path)
    assert (code, err) == (0, "")
    assert not any(control in out for control in "\x00\x1b\x9b")
    assert "␛[31m" in out
    assert out.count("(empty: no paragraphs)") == 2
    assert "deep" in out
    for form in ("jsonl", "csv", "parquet"):
        assert run("label", tmp_path, "-f", form, "-o", tmp_path / "out").code == 0
    for form in ("text", "markdown", "html", "jsonl", "csv", "parquet"):
        assert run("clean", tmp_path, "-f", form, "-o", tmp_path / "out").code == 0


def test_hostile_names_are_shown_harmless(run: Run, tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\x1b[31m\xff.png"
    Path(os.fsdecode(name)).write_bytes(PNG)
    code, _, err = run("clean", tmp_path)
    assert code == 1
    assert "␛[31m" in err and "\x1b" not in err


def test_a_document_without_core_text_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.html").write_bytes(b"")
    code, out, err = run("clean", tmp_path)
    assert (code, out) == (0, "")
    assert err == f"boilerclass: {tmp_path}/empty.html: nothing kept: there is no text in it\n"
    assert run("clean", "--fail-empty", tmp_path).code == 3
    assert run("clean", "--fail-empty", tmp_path, TEXT).code == 0


# Outputs


def test_every_format_of_clean(run: Run) -> None:
    text = run("clean", "-f", "text", PAGE).out
    record = json.loads(run("clean", "-f", "jsonl", PAGE).out)
    assert list(record) == [*HEAD, "text"]
    assert (record["id"], record["status"], record["text"]) == (str(PAGE), "ok", text)
    assert body(PAGE).split(".")[0] in run("clean", "-f", "markdown", PAGE).out


def test_every_format_of_label(run: Run) -> None:
    record = json.loads(run("label", "-f", "jsonl", PAGE).out)
    assert list(record) == [*HEAD, "clickbait", "paragraphs"]
    assert list(record["paragraphs"][0]) == [
        "text",
        "label",
        "role",
        "probability",
        "probabilities",
        "reason",
        "clickbait",
        "xpath",
        "start",
        "end",
    ]
    rows = list(csv.DictReader(io.StringIO(run("label", "-f", "csv", PAGE).out, newline="")))
    assert [row["text"] for row in rows] == [p["text"] for p in record["paragraphs"]]
    assert {row["id"] for row in rows} == {str(PAGE)}
    table = run("label", PAGE).out.splitlines()
    assert [line.split()[0] for line in table] == [p["label"] for p in record["paragraphs"]]


def test_output_file_has_what_standard_output_has(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    assert run("label", "-f", "jsonl", PAGE, TEXT, "-o", file) == (0, "", "")
    assert file.read_bytes().decode() == run("label", "-f", "jsonl", PAGE, TEXT).out
    assert list(tmp_path.iterdir()) == [file]


def test_output_file_is_written_when_some_inputs_fail(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "out.txt"
    assert run("clean", "missing.html", TEXT, "-o", file).code == 1
    assert body(TEXT) in file.read_text()


def test_output_file_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    code, _, err = run("clean", TEXT, "-o", tmp_path / "none" / "out.txt")
    assert code == 1
    assert err.startswith("boilerclass: cannot write ")
    assert err.endswith(": there is no such directory; make it first\n")


def test_output_dir_mirrors_the_tree(run: Run, tree: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("clean", tree, "--output-dir", out).code == 1
    assert files(out) == ["news/item.txt", "page.txt"]
    assert (out / "page.txt").read_text() == boilerclass.clean(PAGE.read_bytes())
    assert run("label", tree, "--output-dir", out, "-f", "csv").code == 1
    assert run("clean", tree, "--output-dir", out, "-f", "markdown").code == 1
    assert files(out) == [
        "news/item.csv",
        "news/item.md",
        "news/item.txt",
        "page.csv",
        "page.md",
        "page.txt",
    ]


def test_output_inside_the_input_is_not_read_again(run: Run, tree: Path) -> None:
    for _ in range(2):
        run("clean", tree, "--output-dir", tree / "cleaned")
        run("clean", tree, "-o", tree / "all.txt")
        (tree / "all.txt").unlink()
    assert files(tree / "cleaned") == ["news/item.txt", "page.txt"]


def test_standard_output_inside_the_input_is_no_input(tmp_path: Path) -> None:
    for number in range(200):
        line = f"The council met on Monday and heard keeper {number} on the state of the pier.\n"
        (tmp_path / f"{number}.txt").write_text(line * 40)
    command = [sys.executable, "-m", "boilerclass", "clean", ".", "-f", "jsonl"]
    with (tmp_path / "out.jsonl").open("wb") as out:
        done = subprocess.run(
            command, cwd=tmp_path, stdout=out, stderr=subprocess.PIPE, timeout=60, check=True
        )
    assert len((tmp_path / "out.jsonl").read_bytes().splitlines()) == 200
    assert b"201 read: 200 written, 1 passed by" in done.stderr


def test_errors_inside_the_input_are_not_read_again(run: Run, tree: Path) -> None:
    for _ in range(2):
        code, out, _ = run("clean", tree, "-f", "jsonl", "--errors", tree / "errors.jsonl")
        assert code == 1 and "errors.jsonl" not in out


@pytest.mark.parametrize(
    "args",
    [
        ("clean", "a.txt", "b.txt", "-o", "out.txt", "--errors", "a.txt"),
        ("clean", "a.txt", "--files-from", "b.txt", "-o", "b.txt"),
        ("clean", "a.txt", "--files-from", "b.txt", "--errors", "b.txt"),
        ("clean", "a.txt", "--sites", "s.npz", "-o", "s.npz"),
        ("sites", "a.txt", "b.txt", "-o", "b.txt"),
    ],
)
def test_nothing_that_is_read_is_overwritten(
    run: Run, args: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("The pier is closed for the winter.")
    Path("b.txt").write_text("a.txt")
    assert run("sites", "a.txt", "-o", "s.npz").code == 0
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    code, _, err = run(*args)
    assert code == 2
    assert "is an input and cannot be the output as well" in err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_what_is_counted_can_be_added_to_a_memory(run: Run, tmp_path: Path) -> None:
    memory = tmp_path / "s.npz"
    assert run("sites", TEXT, "-o", memory).code == 0
    assert run("sites", PAGE, memory, "-o", memory).code == 0
    assert "pages: 2" in run("sites", memory, "-o", memory).err


def test_a_memory_inside_the_input_is_no_page(run: Run, tmp_path: Path) -> None:
    memory = tmp_path / "sites.npz"
    (tmp_path / "page.html").write_bytes(PAGE.read_bytes())
    assert run("sites", tmp_path, "-o", memory).code == 0
    assert run("clean", tmp_path, "--sites", memory) == (0, run("clean", PAGE).out, "")
    code, _, err = run("clean", memory)  # which is a ZIP archive
    assert code == 0 and "content that is an array of numpy" in err


def test_one_file_under_two_names_is_not_for_errors_as_well(run: Run, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "out.txt")
    code, _, err = run("clean", TEXT, "-o", tmp_path / "out.txt", "--errors", tmp_path / "link")
    assert code == 2 and "name one file" in err


def test_output_may_be_a_pipe(tmp_path: Path) -> None:
    command = (
        f"{sys.executable} -m boilerclass clean {TEXT} -o >(cat > {tmp_path}/out.txt); wait $!"
    )
    subprocess.run(["bash", "-c", command], timeout=60, check=True)
    assert body(TEXT) in (tmp_path / "out.txt").read_text()


def test_inputs_that_would_share_an_output_are_refused(run: Run, tmp_path: Path) -> None:
    for name in ("a.html", "a.txt"):
        (tmp_path / name).write_text("Some text.")
    code, _, err = run("clean", tmp_path, "--output-dir", tmp_path / "out")
    assert code == 2
    assert "would both be written to" in err
    assert not (tmp_path / "out").exists()


def test_inputs_are_never_overwritten(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "a.txt"
    page.write_text("Some text.")
    assert run("clean", page, "--output-dir", tmp_path).code == 2
    assert run("clean", page, "-o", page).code == 2
    assert page.read_text() == "Some text."


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize("form", ["text", "markdown", "html", "jsonl", "csv", "parquet"])
def test_an_output_of_clean_is_the_same_in_a_file_and_on_standard_output(
    run: Run, tmp_path: Path, form: str
) -> None:
    file = tmp_path / "out"
    assert run("clean", "-f", form, PAGE, TEXT, "-o", file) == (0, "", "")
    piped = subprocess.run(
        [*COMMAND, "clean", "-f", form, str(PAGE), str(TEXT)], capture_output=True, check=True
    )
    assert piped.stdout == file.read_bytes()


def test_parquet_of_labels_has_the_rows_of_csv(run: Run, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    file = tmp_path / "out.parquet"
    assert run("label", "-f", "parquet", PAGE, TEXT, "-o", file) == (0, "", "")
    rows = csv.DictReader(io.StringIO(run("label", "-f", "csv", PAGE, TEXT).out, newline=""))
    columns = ("id", "paragraph", "text", "label", "reason")
    assert [
        tuple(str(row[c]) for c in columns) for row in parquet.read_table(file).to_pylist()
    ] == [tuple(row[c] for c in columns) for row in rows]


OPENERS = {"gz": gzip.decompress, "bz2": bz2.decompress, "xz": lzma.decompress}


@pytest.mark.parametrize("suffix", [*OPENERS, "zst"])
def test_output_is_compressed_as_its_suffix_says(run: Run, tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"out.txt.{suffix}"
    assert run("clean", PAGE, "-o", file) == (0, "", "")
    opener = OPENERS.get(suffix)
    if opener is None:
        zstandard = pytest.importorskip("zstandard")
        content = zstandard.ZstdDecompressor().decompressobj().decompress(file.read_bytes())
    else:
        content = opener(file.read_bytes())
    assert content.decode() == run("clean", PAGE).out


def test_scores_are_compressed_as_the_suffix_says(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "scores.txt.gz"
    assert run("clickbait", *HEADLINES, "-o", file) == (0, "", "")
    assert gzip.decompress(file.read_bytes()).decode() == run("clickbait", *HEADLINES).out
    code, _, err = run("clickbait", *HEADLINES, "-f", "parquet", "-o", file)
    assert code == 2 and "Parquet is compressed already" in err


def test_output_is_compressed_as_asked(run: Run, tree: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("clean", tree, "--output-dir", out, "--compress", "gzip").code == 1
    assert files(out) == ["news/item.txt.gz", "page.txt.gz"]
    assert gzip.decompress((out / "page.txt.gz").read_bytes()).decode() == run("clean", PAGE).out
    plain = tmp_path / "plain.gz"
    assert run("clean", PAGE, "-o", plain, "--compress", "none").code == 0
    assert plain.read_text() == run("clean", PAGE).out


def test_a_rehearsal_names_inputs_and_outputs_and_writes_nothing(
    run: Run, tree: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    code, listed, err = run("clean", tree, "--output-dir", out, "-f", "csv", "--dry-run")
    assert code == 1
    assert listed.splitlines() == [
        f"{tree}/page.html -> {out}/page.csv",
        f"{tree}/news/item.txt -> {out}/news/item.csv",
    ]
    assert "logo: is a PNG image" in err
    assert not out.exists()
    assert run("clean", PAGE, "--dry-run").out == f"{PAGE} -> standard output\n"


# What is kept


def test_rules_and_selections(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<!DOCTYPE html><title>Lamp</title><h1>Lamp</h1><p>Residents of the harbour voted on "
        "Friday to keep their lamp lit by hand.</p><div class=box>Subscribe now</div>"
    )
    assert "Subscribe" not in run("clean", page).out
    assert "Subscribe now" in run("clean", "--keep", "div.box", page).out
    assert "Residents" not in run("clean", "--drop", "p", "--drop", "i", page).out
    assert run("clean", "--keep", "div.box", page).out == boilerclass.clean(
        page.read_bytes(), keep="div.box"
    )
    assert "kept by --keep 'div.box'" in run("label", "--keep", "div.box", page).out
    everything = run("clean", "--labels", "core,teaser,recommendation,ad,chrome", page).out
    assert "Subscribe" in everything and "Residents" in everything


def test_documents_that_are_left_out_say_so(run: Run) -> None:
    code, out, err = run("clean", "--min-core-chars", "100000", "-f", "jsonl", PAGE)
    record = json.loads(out)
    assert (code, record["status"], record["text"]) == (0, "short", "")
    assert err == (
        f"boilerclass: {PAGE}: nothing kept: its core text is shorter than --min-core-chars\n"
    )
    code, out, err = run("clean", "--max-clickbait", "0", "-f", "jsonl", PAGE)
    assert (code, json.loads(out)["status"]) == (0, "clickbait")
    assert err == f"boilerclass: {PAGE}: skipped: its headline scores above --max-clickbait\n"
    assert run("clean", "--max-clickbait", "0", "--fail-empty", PAGE).code == 3
    assert run("clean", "--max-clickbait", "1", PAGE).out == run("clean", PAGE).out


def test_explain_tells_every_paragraph(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    code, out, err = run("clean", "--explain", PAGE)
    assert (code, err) == (0, "")
    paragraphs = boilerclass.label(PAGE.read_bytes()).paragraphs
    assert len(out.splitlines()) == 2 * len(paragraphs) + 3
    kept = sum(paragraph.label == "core" for paragraph in paragraphs)
    assert out.endswith(f"(ok: {kept} kept, {len(paragraphs) - kept} dropped)\n")


# Usage


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["clean", "--nonsense", PAGE], "No such option"),
        (["clean", "-f", "pdf", PAGE], "is not one of"),
        (["clean", "--threshold", "7", PAGE], "give a number from 0 to 1"),
        (["clean", "--encoding", "klingon", PAGE], "unknown encoding 'klingon'"),
        (["clean", "--max-bytes", "many", PAGE], "is no size"),
        (["clean", "--jobs", "0", PAGE], "Invalid value"),
        (["clean", "-", "-"], "only once"),
        (["clean", PAGE, "-o", "a", "--output-dir", "b"], "choose one"),
        (["nonsense"], "No such command"),
        (["clean", "--keep", "div[", PAGE], "keep 'div[' is no CSS selector"),
        (["clean", "--drop", "", "missing.html"], "drop '' is no CSS selector: it is empty"),
        (["clean", "--labels", "core,crome", PAGE], "'crome' is none of core, teaser"),
        (["clean", "--with-roles", "captions", PAGE], "'captions' is none of title, body"),
        (["clean", "--max-clickbait", "2", PAGE], "is not in the range"),
        (["clean", "--max-clickbait", "nan", PAGE], "give a number from 0 to 1"),
        (["clickbait", "--threshold", "nan", "A"], "give a number from 0 to 1"),
        (["clean", "--explain", "-f", "text", PAGE], "leave -f out"),
        (["clean", "--compress", "gzip", "-f", "parquet", PAGE], "leave --compress out"),
        (["clickbait", "--column", "none", TEXT], "there is no column 'none'"),
    ],
)
def test_wrong_usage_exits_with_2(run: Run, args: list[object], words: str) -> None:
    code, out, err = run(*args)
    assert (code, out) == (2, "")
    assert words in err


def test_a_terminal_without_inputs_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    assert main(["clean"]) == 2
    assert "curl -s URL | boilerclass clean" in capsys.readouterr().err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(run: Run, name: str) -> None:
    code, out, _ = run(name, "--help")
    assert code == 0
    assert "Usage: boilerclass " + name in out


def test_version_names_the_model(run: Run) -> None:
    code, out, _ = run("--version")
    assert code == 0
    assert out.startswith(f"boilerclass {boilerclass.__version__} (models ")


def test_model_shows_what_is_in_force(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    records = [json.loads(line) for line in run("model", "-f", "jsonl").out.splitlines()]
    assert [record["kind"] for record in records] == ["pages", "texts", "clickbait"]
    table = run("model").out
    for record in records:
        assert record["name"] in table and record["digest"] in table
        assert record["path"] in table
    monkeypatch.setenv("BOILERCLASS_MODEL", str(tmp_path))
    code, _, err = run("model")
    assert code == 1
    assert str(tmp_path) in err and "BOILERCLASS_MODEL" in err


@pytest.mark.parametrize("option", ["-o", "--output-dir"])
def test_an_empty_path_is_no_place_to_write_to(run: Run, option: str) -> None:
    code, out, err = run("clean", str(TEXT), option, "")
    assert (code, out) == (2, "")
    assert "the path is empty" in err


def test_a_recipe_of_an_unknown_kind_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text('kind = "weather"')
    code, _, err = run("train", str(tmp_path / "recipe.toml"), "--corpus", str(tmp_path))
    assert code == 2
    assert "kind is pages or texts or clickbait, not weather" in err


# Clickbait

HEADLINES = ["You won't believe what the mayor did next", "Council adopts budget for 2025"]


def test_clickbait_takes_arguments_and_lines(run: Run) -> None:
    piped = "\n\n".join(HEADLINES).encode()
    code, out, err = run("clickbait", *HEADLINES)
    assert (code, err) == (0, "")
    assert out == run("clickbait", stdin=piped).out
    scores = [float(line.split()[0]) for line in out.splitlines()]
    assert scores == pytest.approx(boilerclass.clickbait(HEADLINES), abs=0.005)
    records = [
        json.loads(line)
        for line in run("clickbait", "-f", "jsonl", *HEADLINES).out.split("\n")
        if line
    ]
    assert [record["headline"] for record in records] == HEADLINES
    rows = list(csv.reader(io.StringIO(run("clickbait", "-f", "csv", *HEADLINES).out)))
    assert rows[0] == ["headline", "clickbait"]
    assert [float(row[1]) for row in rows[1:]] == [record["clickbait"] for record in records]


def test_clickbait_reads_a_column(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    with table.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerows([["title", "id"], *([line, "1"] for line in HEADLINES)])
    lines = tmp_path / "t.jsonl"
    lines.write_text("".join(json.dumps({"title": line}) + "\n" for line in HEADLINES))
    expected = run("clickbait", *HEADLINES).out
    assert run("clickbait", "--column", "title", table, lines).out == expected * 2
    code, out, err = run("clickbait", "--column", "title", "missing.csv", table)
    assert (code, out) == (1, expected)
    assert err == "boilerclass: missing.csv: No such file or directory\n"


def test_clickbait_reads_parquet(run: Run, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    pyarrow = pytest.importorskip("pyarrow")
    file = tmp_path / "t.parquet"
    parquet.write_table(pyarrow.table({"title": [*HEADLINES, None]}), file)
    assert run("clickbait", "--column", "title", file).out == run("clickbait", *HEADLINES).out
    bare = tmp_path / "bytes.parquet"
    encoded = [*(line.encode() for line in HEADLINES), None]
    parquet.write_table(pyarrow.table({"title": encoded}), bare)
    for form in ("table", "csv", "jsonl"):
        out = run("clickbait", "--column", "title", "-f", form, bare).out
        assert out == run("clickbait", "--column", "title", "-f", form, file).out
    file.write_bytes(b"PAR1 and no more")
    assert run("clickbait", "--column", "title", file).code == 1


def test_clickbait_keeps_the_columns_of_tables(run: Run, tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    records = [
        {"id": 1, "title": HEADLINES[0], "tags": ["a", "b"], "note": None},
        {"id": 2, "title": None, "tags": [], "note": None},
        {"id": 3, "title": f'{HEADLINES[1]},\n"said" she', "tags": None, "note": None},
    ]
    texts = [records[0]["title"], records[2]["title"]]
    first, last = (round(p, 4) for p in boilerclass.clickbait(texts))  # type: ignore[arg-type]
    lines, table, copy = (tmp_path / name for name in ("a.jsonl", "a.csv", "a.parquet"))
    lines.write_text("".join(json.dumps(record) + "\n" for record in records))
    parquet.write_table(pyarrow.Table.from_pylist(records), copy)
    scored = [{**r, "clickbait": p} for r, p in zip(records, (first, None, last), strict=True)]
    for file in (lines, copy):
        out = run("clickbait", "--column", "title", "-f", "jsonl", file).out
        assert [json.loads(line) for line in out.splitlines()] == scored
        again = tmp_path / "again.parquet"
        assert run("clickbait", "--column", "title", "-f", "parquet", "-o", again, file).code == 0
        written = parquet.read_table(again).to_pylist()
        assert [r["clickbait"] for r in written] == pytest.approx([first, None, last])
        assert [{k: r[k] for k in records[0]} for r in written] == records
        plain = run("clickbait", "--column", "title", "-f", "csv", file).out
        rows = list(csv.DictReader(io.StringIO(plain, newline="")))
        assert [row["title"] for row in rows] == [texts[0], "", texts[1]]
        assert [row["clickbait"] for row in rows] == [str(first), "", str(last)]
        assert json.loads(rows[0]["tags"]) == ["a", "b"]
    table.write_text(plain, newline="")
    code, out, err = run("clickbait", "--column", "title", table)
    assert (code, out) == (2, "")
    assert "has a column 'clickbait' already" in err


def test_clickbait_does_not_write_over_its_input(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text(f"title\n{HEADLINES[0]}\n")
    code, _, err = run("clickbait", "--column", "title", "-o", table, table)
    assert code == 2 and "cannot be the output as well" in err
    assert table.read_text() == f"title\n{HEADLINES[0]}\n"


@pytest.mark.parametrize("options", [(), ("--encoding", "cp1250")])
def test_clickbait_reads_headlines_in_any_encoding(
    run: Run, tmp_path: Path, options: tuple[str, ...]
) -> None:
    headline, table = "Şeful gării nu ştie când îl deschid", tmp_path / "a.csv"
    table.write_bytes(f"title\n{headline}\n".encode("cp1250"))
    out = run("clickbait", *options, "--column", "title", "-f", "csv", table).out
    assert out.splitlines()[1].startswith(f"{headline},0.")
    out = run("clickbait", *options, "-f", "csv", stdin=headline.encode("cp1250")).out
    assert out.splitlines()[1].startswith(f"{headline},0.")


def test_clickbait_tells_which_rows_do_not_fit_a_table(run: Run, tmp_path: Path) -> None:
    mixed = tmp_path / "mixed.jsonl"
    mixed.write_text('{"title": "One"}\nno json\n{"title": "Two"}\n{"title": "Three", "more": 1}\n')
    code, out, err = run("clickbait", "--column", "title", "-f", "csv", mixed)
    assert code == 1
    assert [row["title"] for row in csv.DictReader(io.StringIO(out))] == ["One", "Two"]
    assert "line 2 is no JSON object" in err
    assert "row 4 has the column 'more'" in err
    code, out, _ = run("clickbait", "--column", "title", "-f", "jsonl", mixed)
    assert code == 1
    assert len(out.splitlines()) == 3


def test_clickbait_writes_the_columns_of_an_empty_table(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("id,title\n")
    assert run("clickbait", "--column", "title", "-f", "csv", table).out == "id,title,clickbait\r\n"
    assert run("clickbait", "-f", "csv", stdin=b"").out == "headline,clickbait\r\n"


@pytest.mark.parametrize(
    "line",
    [
        b"word " * 2000,
        "😱😱".encode(),
        "\u202eלא תאמינו مفاجأة".encode(),
        b"\xff\xfe no UTF-8 \x80",
        b"a\x00b \x1b[31m",
        b'"quoted", and not, closed',
    ],
)
def test_clickbait_takes_any_line(run: Run, line: bytes) -> None:
    piped = b"\n \r\n" + line + b"\n"
    for form in ("table", "jsonl", "csv"):
        code, out, err = run("clickbait", "-f", form, stdin=piped)
        assert (code, err) == (0, "")
        assert len(out.splitlines()) == (2 if form == "csv" else 1)
    assert 0 <= json.loads(run("clickbait", "-f", "jsonl", stdin=piped).out)["clickbait"] <= 1


def test_clickbait_filters_by_threshold(run: Run) -> None:
    assert HEADLINES[1] not in run("clickbait", "--threshold", "0.5", *HEADLINES).out
    assert run("clickbait", "--threshold", "0", *HEADLINES).out == run("clickbait", *HEADLINES).out
    assert run("clickbait", "--threshold", "1.5", *HEADLINES).code == 2


def test_a_file_among_headlines_is_told_how_to_be_read(run: Run) -> None:
    code, out, err = run("clickbait", TEXT)
    assert (code, out) == (2, "")
    assert "--column" in err


# The process


def test_output_is_utf8_whatever_the_locale() -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [*COMMAND, "clean", str(TEXT)], capture_output=True, check=True, env=environment
    )
    assert done.stdout.decode() == boilerclass.clean(TEXT.read_bytes())


def test_a_closed_pipe_is_silent() -> None:
    pages = [str(PAGE)] * 40
    with subprocess.Popen(
        [*COMMAND, "label", *pages], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


@pytest.mark.parametrize("args", [["--help"], ["clean", "--help"], ["--version"], ["config"]])
def test_help_into_a_closed_pipe_is_silent(args: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run([*COMMAND, *args], stdout=writer, stderr=subprocess.PIPE, check=False)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("closed", "args", "words"),
    [
        (">&-", ["clean", str(TEXT)], b"standard output is closed: name a file with -o"),
        (">&-", ["clickbait", "Tide"], b"standard output is closed: name a file with -o"),
        ("<&-", ["clean", "-"], b"-: standard input is closed: pipe something in"),
        ("<&-", ["clean", "--files-from", "-"], b"-: standard input is closed"),
    ],
)
def test_what_is_closed_is_told(closed: str, args: list[str], words: bytes) -> None:
    command = ["sh", "-c", f'exec "$@" {closed}', "sh", *COMMAND, *args]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(b"boilerclass: " + words)
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize(
    "args", [["clean", str(TEXT)], ["clickbait", "A headline"], ["model"], ["--help"]]
)
def test_a_full_disk_is_a_clear_error(args: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([*COMMAND, *args], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr == b"boilerclass: standard output: No space left on device\n"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["-o", "nowhere/out.txt"], "nowhere/out.txt: there is no such directory; make it first"),
        (["--output-dir", "file/out"], "file/out: a part of its path is a file, no directory"),
    ],
)
def test_an_output_that_cannot_be_says_why(
    run: Run, args: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    code, out, err = run("clean", TEXT, *args)
    assert (code, out) == (1, "")
    assert words in err


def test_an_input_that_cannot_be_read_stops_no_other(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(path: str) -> Any:
        if path == str(PAGE):
            raise PermissionError(13, "Permission denied")
        return opened(path)

    opened = inputs._opened  # the superuser may read what is closed to others
    monkeypatch.setattr(inputs, "_opened", closed)
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    code, out, err = run("clean", PAGE, TEXT, "-f", "jsonl")
    assert code == 1
    assert [json.loads(line)["id"] for line in out.splitlines()] == [str(TEXT)]
    assert f"{PAGE}: Permission denied" in err


@pytest.mark.parametrize("seconds", ["0", "-1", "inf", "nan", "1e12", "soon"])
def test_a_time_that_is_none_is_refused(run: Run, seconds: str) -> None:
    code, out, err = run("clean", TEXT, "--timeout", seconds)
    assert (code, out) == (2, "")
    assert "give seconds, more than 0" in err


def test_ctrl_c_leaves_no_half_file(tmp_path: Path) -> None:
    pipe, out = tmp_path / "pipe", tmp_path / "out.txt"
    os.mkfifo(pipe)
    with subprocess.Popen(
        [*COMMAND, "clean", str(TEXT), str(pipe), "-o", str(out)], stderr=subprocess.PIPE
    ) as process:
        assert process.stderr is not None
        with pipe.open("wb"):  # returns when the command has come to read it
            process.send_signal(signal.SIGINT)
            assert process.stderr.read().strip() == b"boilerclass: stopped"
        assert process.wait() == 130
    assert list(tmp_path.iterdir()) == [pipe]


def test_jobs_do_not_change_the_text() -> None:
    # Probabilities may differ in the last digit: numpy adds in another order on another thread.
    pages = str(EXAMPLES / "pages")
    one, two = (
        subprocess.run(
            [*COMMAND, "clean", "-f", "jsonl", "--jobs", jobs, pages],
            capture_output=True,
            check=True,
        ).stdout
        for jobs in "12"
    )
    assert one == two


@pytest.mark.parametrize(
    ("args", "unwanted"),
    [
        (["--help"], "numpy pandas sklearn joblib turbohtml pyarrow"),
        (["--version"], "numpy pandas sklearn joblib turbohtml pyarrow"),
        (["label", "--help"], "numpy pandas sklearn joblib turbohtml pyarrow"),
        (["clean", str(TEXT)], "pandas sklearn joblib pyarrow"),
        (["clickbait", "A headline"], "pandas sklearn joblib pyarrow"),
    ],
)
def test_a_command_imports_no_more_than_it_needs(args: list[str], unwanted: str) -> None:
    program = (
        "import sys; from boilerclass.cli import main; code = main(sys.argv[2:]);"
        "sys.exit(code or str(sorted(set(sys.argv[1].split()) & set(sys.modules))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, unwanted, *args], capture_output=True, check=False
    )
    assert done.stderr.decode().strip() == "[]"


@pytest.mark.parametrize("mark", [b"", b"\xff\xfe"])
@pytest.mark.parametrize("named", [(), ("--encoding", "UTF-16LE"), ("--encoding", "utf-16")])
def test_lines_may_be_in_utf_16(run: Run, mark: bytes, named: tuple[str, ...]) -> None:
    headlines = ["You will not believe it", "Ferry tickets: 3 lei", "Nowy most ਅ", "上海的新桥"]
    lines = "\n".join(headlines).encode("utf-16-le")
    code, out, _ = run("clickbait", *named, stdin=mark + lines)
    assert code == 0
    assert [line.split(maxsplit=1)[1] for line in out.splitlines()] == headlines


def test_standard_input_that_is_closed_is_named() -> None:
    command = f"{sys.executable} -m boilerclass clickbait - <&-"
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=60, check=False)
    assert done.returncode == 1
    assert (
        done.stderr == b"boilerclass: standard input is closed: pipe something in, or name a file\n"
    )
