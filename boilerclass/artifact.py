"""Model folders: `weights.npz`, `model.json` and `CARD.md`, read without running any code.

Reading is three steps that never mix: parse the bytes, check them against the manifest,
construct the `Artifact`. A folder that fails a check is never half used.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from boilerclass import model_folders, npz
from boilerclass.errors import CorruptModel, ModelMismatch

FORMAT_VERSION = 1
WEIGHTS, MANIFEST, CARD = "weights.npz", "model.json", "CARD.md"

_NUMERIC_KINDS = "biuf"
_REPLACE = "Replace the folder with a fresh copy of the model, or train it again."


@dataclass(frozen=True, slots=True)
class Artifact:
    """A checked model: its manifest and its read-only arrays, in the dtypes they are stored in."""

    manifest: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray]

    @property
    def name(self) -> str:
        """The model's name, as the manifest gives it."""
        return str(self.manifest["name"])

    @property
    def digest(self) -> str:
        """SHA-256 of `weights.npz`, in hexadecimal."""
        return str(self.manifest["digest"])


def read(folder: Path | Traversable) -> Artifact:
    """The model in `folder`, checked.

    Raises `CorruptModel` for a folder that is incomplete, damaged or altered, and `ModelMismatch`
    for a format this version does not know.
    """
    weights = _bytes(folder, WEIGHTS)
    manifest = _parse_manifest(folder, _bytes(folder, MANIFEST))
    _check_manifest(folder, manifest, hashlib.sha256(weights).hexdigest())
    arrays = _parse_arrays(folder, weights)
    _check_arrays(folder, arrays, manifest["arrays"])
    return _construct(manifest, arrays)


def write(
    folder: Path, manifest: Mapping[str, Any], arrays: Mapping[str, np.ndarray], card: str
) -> None:
    """Leave a model in `folder`; the manifest gains the format version, array table and digest.

    The files appear whole or not at all, and the same arrays always give the same bytes.
    """
    table = _table(arrays)
    _check_arrays(folder, arrays, table)
    weights = npz.pack(arrays)
    derived = {"digest": hashlib.sha256(weights).hexdigest(), "arrays": table}
    full = {**manifest, "format_version": FORMAT_VERSION, **derived}
    _check_manifest(folder, full, full["digest"])
    text = json.dumps(full, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    _put(folder, {WEIGHTS: weights, MANIFEST: text.encode(), CARD: card.encode()})


def find(kind: str, explicit: str | Path | None = None) -> Path | Traversable:
    """The folder of the model to use, in the order of ``model_folders.find``. A place that was
    named but holds no model is an error; it never falls through to the next.

    Raises:
        CorruptModel: there is no model.
    """
    place, origin = model_folders.find(kind, explicit)
    if not (place / MANIFEST).is_file():
        raise CorruptModel(
            f"No model of {kind} in {place}, from {origin}. "
            f"Name {model_folders.wanted(kind)}, with {WEIGHTS}, {MANIFEST} and {CARD}, "
            "or reinstall boilerclass."
        )
    return place


def _bytes(folder: Path | Traversable, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise CorruptModel(f"Model {folder}: cannot read {name} ({error}). {_REPLACE}") from error


def _parse_manifest(folder: Path | Traversable, raw: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise CorruptModel(
            f"Model {folder}: {MANIFEST} is not JSON ({error}). {_REPLACE}"
        ) from error
    if not isinstance(manifest, dict):
        raise CorruptModel(f"Model {folder}: {MANIFEST} is not a JSON object. {_REPLACE}")
    return manifest


def _parse_arrays(folder: Path | Traversable, raw: bytes) -> dict[str, np.ndarray]:
    try:
        return npz.unpack(raw)
    except ValueError as error:
        raise CorruptModel(f"Model {folder}: {WEIGHTS} is damaged ({error}). {_REPLACE}") from error


def _check_manifest(folder: Path | Traversable, manifest: Mapping[str, Any], digest: str) -> None:
    version = manifest.get("format_version")
    if version != FORMAT_VERSION:
        raise ModelMismatch(
            f"Model {folder} has format version {version!r}; this boilerclass reads "
            f"{FORMAT_VERSION}. Install the boilerclass the model was made for, or train it again."
        )
    if not isinstance(manifest.get("name"), str) or not isinstance(manifest.get("arrays"), dict):
        raise CorruptModel(f"Model {folder}: {MANIFEST} lacks a name or arrays table. {_REPLACE}")
    if manifest.get("digest") != digest:
        raise CorruptModel(
            f"Model {folder}: {WEIGHTS} is not the file {MANIFEST} was written for "
            f"(digest {digest[:12]}). {_REPLACE}"
        )


def _check_arrays(
    folder: Path | Traversable, arrays: Mapping[str, np.ndarray], table: Mapping[str, Any]
) -> None:
    for name in sorted(arrays.keys() | table.keys()):
        fault = _fault(arrays.get(name), table.get(name))
        if fault:
            raise CorruptModel(f"Model {folder}: array {name!r} {fault}. {_REPLACE}")


def _fault(array: np.ndarray | None, listed: Any) -> str:
    """What is wrong with one array, or an empty string."""
    if array is None:
        return "is missing"
    if listed is None:
        return "is not listed in the manifest"
    if array.dtype.kind not in _NUMERIC_KINDS:
        return f"has dtype {array.dtype}, which is not numeric"
    if listed != _row(array):
        return f"is {_row(array)}, the manifest says {listed}"
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        return "holds NaN or infinity"
    return ""


def _construct(manifest: dict[str, Any], arrays: dict[str, np.ndarray]) -> Artifact:
    for array in arrays.values():
        array.setflags(write=False)
    return Artifact(MappingProxyType(manifest), MappingProxyType(arrays))


def _row(array: np.ndarray) -> dict[str, Any]:
    return {"shape": list(array.shape), "dtype": array.dtype.str}


def _table(arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    return {name: _row(array) for name, array in sorted(arrays.items())}


def _put(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, content in files.items():
            (fresh / name).write_bytes(content)
        fresh.chmod(0o755)
        if folder.exists():
            # A reader between two replacements meets a digest mismatch, never a mixed model.
            for name in files:
                (fresh / name).replace(folder / name)
        else:
            fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
