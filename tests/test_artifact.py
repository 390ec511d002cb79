"""Model folders: what is written is read back, and every damage is named."""

import hashlib
import json
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boilerclass import artifact
from boilerclass.errors import CorruptModel, InvalidOption, ModelMismatch

ARRAYS: dict[str, np.ndarray] = {
    "weights": np.linspace(-1, 1, 12, dtype=np.float32).reshape(3, 4),
    "half": np.arange(5, dtype=np.float16),
    "index": np.array([3, 1, 2], dtype=np.int32),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    artifact.write(tmp_path / "model", {"name": "toy"}, ARRAYS, "# A card\n")
    return tmp_path / "model"


def edit(folder: Path, **changes: Any) -> None:
    manifest = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps({**manifest, **changes}))


def forge(folder: Path, **arrays: np.ndarray) -> None:
    """Weights saved behind the manifest's back, with the digest made to fit."""
    np.savez(folder / "weights.npz", **cast(Any, arrays))
    edit(folder, digest=hashlib.sha256((folder / "weights.npz").read_bytes()).hexdigest())


def test_what_is_written_is_read_back(folder: Path) -> None:
    model = artifact.read(folder)
    assert model.name == "toy"
    assert model.manifest["format_version"] == artifact.FORMAT_VERSION
    assert len(model.digest) == 64
    assert model.arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(model.arrays[name], array)
        assert model.arrays[name].dtype == array.dtype


def test_arrays_are_read_only(folder: Path) -> None:
    with pytest.raises(ValueError, match="read-only"):
        artifact.read(folder).arrays["weights"][0, 0] = 9


def test_same_arrays_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    artifact.write(tmp_path / "again", {"name": "toy"}, dict(reversed(ARRAYS.items())), "")
    for name in ("weights.npz", "model.json"):
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_writing_over_a_model_replaces_it_and_leaves_nothing_behind(folder: Path) -> None:
    artifact.write(folder, {"name": "second"}, {"one": np.ones(1)}, "")
    assert artifact.read(folder).name == "second"
    assert [path.name for path in folder.parent.iterdir()] == ["model"]
    assert {path.name for path in folder.iterdir()} == {"weights.npz", "model.json", "CARD.md"}


@pytest.mark.parametrize("name", ["weights.npz", "model.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(CorruptModel, match=name):
        artifact.read(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "\ufffe", "[" * 100_000])
def test_bad_json_is_corrupt(folder: Path, text: str) -> None:
    (folder / "model.json").write_text(text)
    with pytest.raises(CorruptModel, match="JSON"):
        artifact.read(folder)


@pytest.mark.parametrize("version", [None, 0, 99, "1"])
def test_an_unknown_format_is_a_mismatch(folder: Path, version: object) -> None:
    edit(folder, format_version=version)
    with pytest.raises(ModelMismatch, match="train it again"):
        artifact.read(folder)


@pytest.mark.parametrize("change", [{"name": None}, {"arrays": None}, {"digest": "0" * 64}])
def test_a_manifest_that_does_not_fit_is_corrupt(folder: Path, change: dict[str, Any]) -> None:
    edit(folder, **change)
    with pytest.raises(CorruptModel):
        artifact.read(folder)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({**ARRAYS, "half": np.array([object()] * 5)}, "damaged"),
        ({**ARRAYS, "half": np.array(["a"] * 5)}, "not numeric"),
        ({**ARRAYS, "half": np.full(5, np.nan, dtype=np.float16)}, "NaN"),
        ({**ARRAYS, "half": np.arange(6, dtype=np.float16)}, "manifest says"),
        ({**ARRAYS, "half": np.arange(5, dtype=np.float32)}, "manifest says"),
        ({**ARRAYS, "extra": np.arange(5)}, "not listed"),
        ({"half": ARRAYS["half"], "index": ARRAYS["index"]}, "missing"),
    ],
)
def test_forged_arrays_are_refused(
    folder: Path, arrays: dict[str, np.ndarray], message: str
) -> None:
    forge(folder, **arrays)
    with pytest.raises(CorruptModel, match=message):
        artifact.read(folder)


def test_packed_weights_are_refused(folder: Path) -> None:
    forge(folder, **ARRAYS)
    np.savez_compressed(folder / "weights.npz", **cast(Any, ARRAYS))
    content = (folder / "weights.npz").read_bytes()
    edit(folder, digest=hashlib.sha256(content).hexdigest())
    with pytest.raises(CorruptModel, match="compressed"):
        artifact.read(folder)


@given(st.binary(max_size=400))
def test_any_bytes_as_weights_are_an_error_of_ours(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("forged") / "model"
    artifact.write(folder, {"name": "toy"}, ARRAYS, "")
    (folder / "weights.npz").write_bytes(content)
    edit(folder, digest=hashlib.sha256(content).hexdigest())
    with pytest.raises(CorruptModel):
        artifact.read(folder)


def test_a_model_that_could_not_be_read_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(CorruptModel, match="NaN"):
        artifact.write(tmp_path / "model", {"name": "toy"}, {"a": np.array([np.nan])}, "")
    assert not list(tmp_path.iterdir())


def test_find_prefers_the_path_then_the_environment(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifact.write(tmp_path / "other", {"name": "other"}, ARRAYS, "")
    monkeypatch.setenv("BOILERCLASS_CLICKBAIT_MODEL", str(tmp_path / "other"))
    assert artifact.find("clickbait") == tmp_path / "other"
    assert artifact.find("clickbait", folder) == folder
    assert artifact.find("clickbait", str(folder)) == folder


def test_find_says_where_it_looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CorruptModel, match="the path given"):
        artifact.find("pages", tmp_path)
    monkeypatch.setenv("BOILERCLASS_MODEL", str(tmp_path / "nowhere"))
    with pytest.raises(CorruptModel, match="environment variable BOILERCLASS_MODEL"):
        artifact.find("texts")


def test_models_of_pages_and_texts_stand_side_by_side(folder: Path, tmp_path: Path) -> None:
    for kind in ("pages", "texts"):
        artifact.write(tmp_path / "both" / kind, {"name": kind}, ARRAYS, "")
        assert artifact.find(kind, tmp_path / "both") == tmp_path / "both" / kind
    with pytest.raises(CorruptModel, match=f"No model of pages in {folder}/pages"):
        artifact.find("pages", folder)


def test_find_knows_three_kinds_of_model() -> None:
    with pytest.raises(InvalidOption, match="pages, texts, clickbait"):
        artifact.find("weather")
