"""The wheel: does it hold all that the package opens, and does it work from there?"""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import boilerclass

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "boilerclass"
BUILT = (".so", ".pyd")
"""The kernels, built into the checkout; a wheel gets its own."""


def built(folder: Path, **environment: str) -> Path:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, ROOT]
    fresh = folder / "setup.cfg"  # nothing from builds that were made in the checkout
    fresh.write_text(f"[build]\nbuild_base = {folder / 'build'}\n")
    environment = {**os.environ, "DIST_EXTRA_CONFIG": str(fresh), **environment}
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert result.returncode == 0, result.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("wheel"))


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    here = {
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in BUILT
    }
    assert here <= held


@pytest.mark.parametrize(
    "name",
    [
        "py.typed",
        "models/pages/weights.npz",
        "models/pages/model.json",
        "models/pages/CARD.md",
        "models/texts/weights.npz",
        "models/texts/model.json",
        "models/texts/CARD.md",
        "models/clickbait/weights.npz",
        "models/clickbait/model.json",
        "models/clickbait/CARD.md",
        "lexicons/ro.txt",
        "lexicons_clickbait/ro.txt",
    ],
)
def test_the_wheel_holds_what_is_read_at_run_time(wheel: Path, name: str) -> None:
    assert zipfile.ZipFile(wheel).getinfo(f"boilerclass/{name}").file_size > 0 or name == "py.typed"


def test_the_wheel_says_its_version_and_its_command(wheel: Path) -> None:
    assert f"-{boilerclass.__version__}-" in wheel.name
    archive = zipfile.ZipFile(wheel)
    (entry_points,) = (n for n in archive.namelist() if n.endswith("entry_points.txt"))
    assert b"boilerclass = boilerclass.cli:main" in archive.read(entry_points)


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    roots = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert roots == {"boilerclass", f"boilerclass-{boilerclass.__version__}.dist-info"}


def test_the_wheel_cleans(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    page = ROOT / "data/examples/pages/en-harbour-lamp-keeper.html"
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import boilerclass\n"
        f"assert boilerclass.__file__.startswith({str(tmp_path)!r})\n"
        f"assert boilerclass.clean(open({str(page)!r}, 'rb').read())\n"
        "assert boilerclass.clickbait(['You will not believe what the tide left']) > [0]"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.skipif(os.name != "posix", reason="the compiler is named by CC")
def test_without_a_compiler_the_wheel_holds_python_alone(tmp_path: Path) -> None:
    names = zipfile.ZipFile(built(tmp_path, CC="no-such-compiler")).namelist()
    assert not [name for name in names if name.endswith(BUILT)]
    assert "boilerclass/native.py" in names
