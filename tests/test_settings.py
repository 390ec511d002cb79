"""Settings from files and the environment: which wins, and what a wrong one is told."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from boilerclass.cli import COMMANDS, main

TEXT = "The tide came in at noon.\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory to stand in, below the one that is given back."""
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (below / "text.txt").write_text(TEXT)
    monkeypatch.chdir(below)
    return tmp_path


def in_force(capsys: pytest.CaptureFixture[str], command: str) -> dict[str, tuple[object, str]]:
    assert main(["config", "-f", "jsonl", command]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {row["option"]: (row["value"], row["source"]) for row in rows}


def refused(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert main(args or ("clean", "text.txt")) == 2
    out, err = capsys.readouterr()
    assert out == ""
    return err


def test_the_command_line_wins_over_the_environment_over_the_file_over_the_default(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / "boilerclass.toml"
    file.write_text('preset = "recall"\n[clean]\nformat = "csv"\nfail-empty = true\n')
    monkeypatch.setenv("BOILERCLASS_CLEAN_PRESET", "precision")
    assert in_force(capsys, "clean") | {
        "preset": ("precision", "BOILERCLASS_CLEAN_PRESET"),
        "format": ("csv", str(file)),
        "fail_empty": (True, str(file)),
        "kind": ("auto", "default"),
    } == in_force(capsys, "clean")
    assert in_force(capsys, "label")["preset"] == ("recall", str(file))
    assert in_force(capsys, "label")["format"] == ("table", "default")
    assert main(["clean", "text.txt"]) == 0
    assert capsys.readouterr().out.startswith("id,status,")
    assert main(["clean", "-f", "text", "text.txt"]) == 0
    assert capsys.readouterr().out == TEXT


def test_the_nearest_file_counts_and_its_own_name_first(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "boilerclass.toml").write_text("jobs = 2\n")
    project = folder / "a" / "pyproject.toml"
    project.write_text('[project]\nname = "x"\n')
    assert in_force(capsys, "clean")["jobs"] == (2, str(folder / "boilerclass.toml"))
    project.write_text("[tool.boilerclass.clean]\njobs = 3\n")
    assert in_force(capsys, "clean")["jobs"] == (3, str(project))
    (folder / "a" / "boilerclass.toml").write_text("")
    assert in_force(capsys, "clean")["jobs"] == (1, "default")


def test_a_project_of_others_is_none_of_our_business(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "pyproject.toml").write_text("[broken\n")
    assert main(["clean", "text.txt"]) == 0
    assert capsys.readouterr().out == TEXT


@pytest.mark.parametrize("selectors", ['"div p"', '["div p", "h1"]'])
def test_selectors_in_a_file(
    folder: Path, capsys: pytest.CaptureFixture[str], selectors: str
) -> None:
    (folder / "boilerclass.toml").write_text(f"[clean]\nkeep = {selectors}\n")
    value, _ = in_force(capsys, "clean")["keep"]
    assert value in (["div p"], ["div p", "h1"])


def test_selectors_in_the_environment_stand_on_lines(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOILERCLASS_CLEAN_DROP", "div p\nh1")
    assert in_force(capsys, "clean")["drop"] == (["div p", "h1"], "BOILERCLASS_CLEAN_DROP")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("presett = 1", "no setting 'presett'. The nearest is 'preset'."),
        ("[claen]", "no setting '[claen]'. The nearest is '[clean]'."),
        ("[clean]\nmin-core-char = 1", "in [clean]. The nearest is 'min_core_chars'."),
        ("[label]\nlabels = 'core'", "no setting 'labels' in [label]."),
        ("inputs = 'x'", "no setting 'inputs'."),
        ("[clean", "Expected ']'"),
        (
            "[clean]\npreset = 'x'",
            "'x' is not one of 'balanced', 'precision', 'recall'. It comes from",
        ),
        ("[clean]\njobs = []", "It comes from"),
        ("[clean]\nverbose = 'maybe'", "It comes from"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_nearest(
    folder: Path, capsys: pytest.CaptureFixture[str], content: str, words: str
) -> None:
    (folder / "boilerclass.toml").write_text(content)
    err = refused(capsys)
    assert words in err and str(folder / "boilerclass.toml") in err


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("BOILERCLASS_CLEAN_PRESETS", "The nearest is 'BOILERCLASS_CLEAN_PRESET'."),
        ("BOILERCLASS_CLEAN_PRESET", "It comes from BOILERCLASS_CLEAN_PRESET."),
    ],
)
def test_a_wrong_variable_is_named(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    words: str,
) -> None:
    monkeypatch.setenv(variable, "x")
    assert words in refused(capsys)


def test_config_shows_every_command_and_refuses_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["config"]) == 0
    shown = {line.split()[0] for line in capsys.readouterr().out.splitlines()}
    assert shown == set(COMMANDS)
    assert "choose of clean, label" in refused(capsys, "config", "nonsense")


def test_config_names_settings_that_cannot_be_used(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "boilerclass.toml").write_text('[clean]\npreset = 3\njobs = "x"\nthreshold = 0.4\n')
    assert main(["config", "clean"]) == 2
    out, err = capsys.readouterr()
    assert "0.4" in out and "preset" in out
    assert "clean: --preset: '3' is not one of" in err and "clean: --jobs: 'x' is not" in err
    assert err.count("It comes from") == 2


# Shell completion


def completed(words: str, environment: Mapping[str, str]) -> str:
    return subprocess.run(
        [sys.executable, "-c", "from boilerclass.cli import main; main()"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment, "COMP_WORDS": words},
    ).stdout


def test_bash_completes_commands_options_and_values() -> None:
    ask = {"_BOILERCLASS_COMPLETE": "bash_complete"}
    assert "plain,clean" in completed("boilerclass cl", {**ask, "COMP_CWORD": "1"})
    assert "plain,--min-core-chars" in completed(
        "boilerclass clean --min", {**ask, "COMP_CWORD": "2"}
    )
    assert "plain,markdown" in completed("boilerclass clean -f m", {**ask, "COMP_CWORD": "3"})
    script = completed("", {"_BOILERCLASS_COMPLETE": "bash_source"})
    assert "complete -o nosort -F _boilerclass_completion boilerclass" in script
