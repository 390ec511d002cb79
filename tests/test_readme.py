"""The README says what is so. ``python tests/test_readme.py`` renews its example."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from boilerclass import Label, Options
from boilerclass.cli import COMMANDS

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
EXAMPLE = re.compile("(?<=<!-- example -->\n).*?(?=<!-- /example -->)", re.S)
ARGUMENTS = ["label", "data/examples/texts/en-library-owl.txt"]
WIDTH = 120


def example() -> str:
    """What the example's command prints, without the reasons at the end of its lines."""
    done = subprocess.run(
        [sys.executable, "-m", "boilerclass", *ARGUMENTS],
        capture_output=True,
        encoding="utf-8",
        check=True,
        cwd=ROOT,
        env={**os.environ, "COLUMNS": str(WIDTH)},
    )
    lines = [line.rpartition("  ")[0].rstrip() for line in done.stdout.splitlines()]
    return "\n".join(["```console", f"$ boilerclass {' '.join(ARGUMENTS)}", *lines, "```", ""])


def test_the_example_is_what_the_command_prints() -> None:
    shown = EXAMPLE.search(README.read_text("utf-8"))
    assert shown
    assert shown[0] == example(), "run: python tests/test_readme.py"


def test_there_are_two_commands_for_a_fresh_machine() -> None:
    commands = [
        c for c in README.read_text("utf-8").splitlines() if c.startswith("python3 -m venv")
    ]
    assert len(commands) == 2
    assert "pip install . && boilerclass clean data/examples" in commands[0]
    assert commands[1].endswith("python -m pytest")


@pytest.mark.parametrize("name", [*COMMANDS, *Label, *Options.__dataclass_fields__])
def test_commands_labels_and_options_are_told(name: str) -> None:
    assert re.search(rf"`{name}`|boilerclass {name}\b", README.read_text("utf-8"))


def test_extras_are_told() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    text = README.read_text("utf-8")
    for extra in project["optional-dependencies"]:
        assert f"`{extra}`" in text


if __name__ == "__main__":
    README.write_text(EXAMPLE.sub(lambda _: example(), README.read_text("utf-8")), "utf-8")
