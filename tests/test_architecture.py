"""The directions of imports, and what a start may load.

Imports point down the LAYERS; a third-party library stands in its one place; starting the command
stays cheap. A new module gets a layer here.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest

import boilerclass
from boilerclass.cli import COMMANDS

PACKAGE = Path(boilerclass.__file__).parent

LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(layer.split())
    for layer in (
        "blas errors labels markup memory native npz",
        "document encoding forks lexicons headlines model_folders",
        "artifact labelled processes sites",
        "options",
        "batch readers cleaner curiosity forest",
        "features writers headline_columns containers",
        "scorer decode headline_scorer",
        "explain trained",
        "pipeline",
        "api",
        "training",
        "cli",
        "__main__",
    )
)
"""Modules and folders of the package, from the ground up: each knows only what lies below it."""

KNOWS_ONLY = {
    "readers": frozenset("document encoding errors markup native".split()),
    "cleaner": frozenset("document labelled labels options".split()),
    "writers": frozenset("document errors labelled labels markup cleaner".split()),
    "document": frozenset(),
    "labelled": frozenset(("document", "labels")),
    "containers": frozenset("encoding errors readers".split()),
}
"""Narrower than their layer: they must work without a model."""

HOMES = {
    "turbohtml": ("encoding", "readers."),
    "sklearn": ("training.", "integrations."),
    "scipy": ("training.",),
    "rapidfuzz": ("training.",),
    "pandas": ("training.", "integrations.", "containers.parquet", "writers.parquet"),
    "pyarrow": (
        "training.",
        "integrations.",
        "containers.parquet",
        "writers.headlines",
        "writers.parquet",
    ),
    "matplotlib": ("training.plots",),
    "trafilatura": ("training.peers",),
    "resiliparse": ("training.peers",),
    "readability": ("training.peers",),
    "justext": ("training.peers",),
    "joblib": ("processes", "training."),
    "threadpoolctl": ("blas", "training."),
    "click": ("cli.",),
    "fastwarc": ("containers.warc",),
    "isal": ("containers.compression",),
    "zstandard": ("containers.zstd", "cli.compression"),
}
"""Where each third-party library may be imported; numpy has NO_NUMPY."""

NO_NUMPY = tuple(
    "errors labels markup options document labelled cleaner lexicons api "
    "readers. containers. writers. cli.".split()
)


class Import(NamedTuple):
    importer: str
    """Without the package's name; a folder's own module ends in a dot."""
    imported: str
    at_start: bool
    """At module level, and not for the type checker alone."""


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1]) + "." if parts[-1] == "__init__" else ".".join(parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def statements(body: list[ast.stmt], at_start: bool) -> Iterator[tuple[ast.stmt, bool]]:
    """Every import of a module, and whether it runs when the module is imported."""
    for statement in body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            yield statement, at_start
            continue
        typing_only = isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.unparse(
            statement.test
        )
        function = isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
        for field in ("body", "orelse", "finalbody"):
            inner = getattr(statement, field, [])
            yield from statements(inner, at_start and not typing_only and not function)
        for handler in getattr(statement, "handlers", []):
            yield from statements(handler.body, at_start)


def imports() -> Iterator[Import]:
    for importer, path in MODULES.items():
        for statement, at_start in statements(ast.parse(path.read_text("utf-8")).body, True):
            if isinstance(statement, ast.Import):
                targets = [alias.name for alias in statement.names]
            else:
                assert isinstance(statement, ast.ImportFrom)
                assert statement.level == 0, f"{path}: import by full name"
                assert statement.module
                targets = [f"{statement.module}.{alias.name}" for alias in statement.names]
            for target in targets:
                yield Import(importer, target, at_start)


IMPORTS = list(imports())


def module_of(target: str) -> str | None:
    """The module of this package that an import loads, None for another library."""
    root, _, rest = target.partition(".")
    if root != "boilerclass":
        return None
    while rest:
        for name in (rest, f"{rest}."):
            if name in MODULES:
                return name
        rest = rest.rpartition(".")[0]
    return "."


def unit(module: str) -> str:
    return module.partition(".")[0]


OWN = [(i, module) for i in IMPORTS if (module := module_of(i.imported)) not in (None, ".")]


def test_every_module_has_a_layer() -> None:
    assert {unit(m) for m in MODULES if m != "."} == frozenset().union(*LAYERS)


def test_imports_point_down() -> None:
    height = {name: i for i, layer in enumerate(LAYERS) for name in layer}
    wrong = [
        f"{i.importer} imports {module}"
        for i, module in OWN
        if i.importer != "."  # the package's own module names the public functions
        and unit(i.importer) != unit(module)
        and height[unit(module)] >= height[unit(i.importer)]
    ]
    assert wrong == []


@pytest.mark.parametrize("name", KNOWS_ONLY)
def test_what_works_without_a_model_knows_the_document_only(name: str) -> None:
    known = {unit(module) for i, module in OWN if unit(i.importer) == name}
    assert known - {name} <= KNOWS_ONLY[name]


def test_there_are_no_circles() -> None:
    graph: dict[str, set[str]] = {}
    for i, module in OWN:
        if i.at_start and i.importer != module:
            graph.setdefault(i.importer, set()).add(module)
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize("library", HOMES)
def test_a_library_stands_in_its_one_place(library: str) -> None:
    users = {i.importer for i in IMPORTS if i.imported.split(".")[0] == library}
    assert [user for user in users if not user.startswith(HOMES[library])] == []


def test_what_a_start_needs_is_free_of_numpy() -> None:
    users = {i.importer for i in IMPORTS if i.imported.split(".")[0] == "numpy"}
    assert [user for user in users if user.startswith(NO_NUMPY)] == []


def loaded(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after ``code``."""
    report = "\nimport sys\nprint('\\n'.join({m.split('.')[0] for m in sys.modules}))"
    result = subprocess.run(
        [sys.executable, "-c", code + report],
        capture_output=True,
        text=True,
        check=False,
        cwd=PACKAGE.parent,
    )
    assert result.returncode == 0, result.stderr
    return set(result.stdout.split())


HEAVY = {"numpy", "pandas", "sklearn", "scipy", "joblib", "pyarrow", "fastwarc"}


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not loaded("import boilerclass") & (HEAVY | {"turbohtml", "click"})


@pytest.mark.parametrize("arguments", [["--help"], ["clean", "--help"], ["label", "--help"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    code = f"from boilerclass.cli import main\nassert main({arguments!r}) == 0"
    assert not loaded(code) & (HEAVY | {"turbohtml"})


@pytest.mark.parametrize("command", ["clean", "label"])
def test_labelling_a_page_loads_neither_pandas_nor_scikit_learn(
    command: str, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!DOCTYPE html><title>Tide</title><h1>Tide</h1><p>It came in at noon.")
    code = f"from boilerclass.cli import main\nassert main([{command!r}, {str(page)!r}]) == 0"
    assert not loaded(code) & (HEAVY - {"numpy"})


def test_help_loads_no_command() -> None:
    code = (
        "from boilerclass.cli import COMMANDS, main\n"
        "assert main(['--help']) == 0\n"
        "import sys\n"
        "assert not {f'boilerclass.cli.{name}' for name in COMMANDS} & set(sys.modules)"
    )
    loaded(code)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_says_of_itself(name: str) -> None:
    said = import_module(f"boilerclass.cli.{name}").command.help
    assert " ".join(said.split("\n\n")[0].split()).startswith(COMMANDS[name])


def test_the_public_names_are_there() -> None:
    for name in boilerclass.__all__:
        assert getattr(boilerclass, name) is not None
    assert set(boilerclass.__all__) <= set(dir(boilerclass))


def test_using_the_library_does_not_hide_its_functions() -> None:
    """A module of the same name would take a function's place once it is imported."""
    code = (
        "import boilerclass\n"
        "document = boilerclass.label('<h1>Tide</h1><p>It came in at noon.')\n"
        "document.clickbait, [p.clickbait for p in document.paragraphs]\n"
        "assert all(callable(getattr(boilerclass, n)) for n in boilerclass.__all__)"
    )
    loaded(code)
