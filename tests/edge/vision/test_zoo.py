"""The model zoo: what a manifest must say, and what is refused."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge.vision.acceptance import read_strangers
from edge.vision.zoo import ZOO_VARIABLE, load_session, read_manifest, zoo_folder
from facings.errors import BadInputError, UnavailableError

MODEL = b"not an ONNX file"


def manifest(**changes: Any) -> dict[str, Any]:
    return {
        "name": "a-model",
        "version": "1",
        "task": "detect",
        "file": "a-model.onnx",
        "sha256": hashlib.sha256(MODEL).hexdigest(),
        "licence": "Apache-2.0",
        "input": {"mean": [127, 127, 127], "scale": [128, 128, 128], "size_multiple": 32},
        "sources": [],
        "detector": {"classes": ["product"], "score_threshold": 0.4, "nms_iou": 0.5, "long_side": 640},
    } | changes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a-model.onnx").write_bytes(MODEL)
    return tmp_path


def write(folder: Path, content: dict[str, Any] | str) -> None:
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / "manifest.json").write_text(text, encoding="utf-8")


def test_a_manifest_survives_being_written_and_read(folder: Path) -> None:
    write(folder, manifest())
    first = read_manifest(folder)
    first.save(folder)
    assert read_manifest(folder) == first


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "no valid manifest"),
        (manifest(task="guess"), "guess"),
        (manifest(file="../elsewhere.onnx"), "file"),
        (manifest(sha256="abc"), "sha256"),
        (manifest(colour="blue"), "colour"),
        (manifest(detector=None), "detector"),
    ],
    ids=["no json", "unknown task", "file outside the folder", "no sha256", "unknown field", "task without its part"],
)
def test_a_wrong_manifest_is_refused_by_the_name_of_its_field(folder: Path, content: Any, words: str) -> None:
    write(folder, content)
    with pytest.raises(BadInputError, match=words):
        read_manifest(folder)


def test_a_missing_model_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="manifest"):
        load_session(tmp_path)
    write(tmp_path, manifest())
    with pytest.raises(UnavailableError, match=r"a-model\.onnx"):
        load_session(tmp_path)


def test_a_changed_model_file_is_refused(folder: Path) -> None:
    write(folder, manifest(sha256="0" * 64))
    with pytest.raises(BadInputError, match="fetch the model again"):
        load_session(folder)


def test_a_file_that_is_no_model_is_refused(folder: Path) -> None:
    write(folder, manifest())
    with pytest.raises(BadInputError, match="ONNX Runtime"):
        load_session(folder)


def test_the_zoo_is_the_named_folder_or_the_one_beside_the_training_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, root: Path
) -> None:
    monkeypatch.delenv(ZOO_VARIABLE, raising=False)
    assert zoo_folder() == root / "models" / "zoo"
    monkeypatch.setenv(ZOO_VARIABLE, str(tmp_path))
    assert zoo_folder() == tmp_path


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """The shipped detector, in a folder of its own."""
    return Path(shutil.copytree(zoo_folder() / "product-detector", tmp_path / "product-detector"))


def test_the_copy_in_8_bits_is_used_where_it_is_asked_for(shipped: Path) -> None:
    whole, copy = load_session(shipped), load_session(shipped, precision="int8")
    assert (whole.manifest.file, copy.manifest.file) == ("product-detector.onnx", "product-detector-int8.onnx")
    assert whole.manifest.name == copy.manifest.name
    assert whole.manifest.sha256 != copy.manifest.sha256


def test_what_was_learned_with_a_model_holds_for_its_copy_in_8_bits(tmp_path: Path) -> None:
    """The strangers that come with the embedder, and the tuning of a customer's gallery."""
    folder = zoo_folder() / "sku-embedder"
    whole, copy = load_session(folder), load_session(folder, precision="int8")
    assert (whole.manifest.file, copy.manifest.file) == ("sku-embedder.onnx", "sku-embedder-int8.onnx")
    assert copy.original == whole.original == whole.manifest.sha256
    assert len(read_strangers(copy.folder, copy.original)) > 0
    crops = np.random.default_rng(1).integers(0, 256, (4, 160, 80, 3), np.uint8)
    assert (whole.see(crops)[0] * copy.see(crops)[0]).sum(axis=1).min() > 0.95


def forget(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["int8"]
    write(folder, manifest)


def lose(folder: Path) -> None:
    (folder / "product-detector-int8.onnx").unlink()


def damage(folder: Path) -> None:
    (folder / "product-detector-int8.onnx").write_bytes(b"cut off")


def compute_wrongly(folder: Path) -> None:
    """As if this processor's kernels did: the copy should see something else than it does."""
    golden = json.loads((folder / "golden-int8.json").read_text())
    golden["outputs"][1]["values"] = [value / 2 for value in golden["outputs"][1]["values"]]
    (folder / "golden-int8.json").write_text(json.dumps(golden))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(forget, "", id="there is none"),
        pytest.param(lose, "cannot be read", id="it is lost"),
        pytest.param(damage, "sha256", id="it is damaged"),
        pytest.param(compute_wrongly, "golden picture", id="this processor computes it wrongly"),
    ],
)
def test_without_a_copy_that_works_the_detector_is_used_in_float32(
    shipped: Path, change: Callable[[Path], None], says: str, caplog: pytest.LogCaptureFixture
) -> None:
    change(shipped)
    assert load_session(shipped, precision="int8").manifest == read_manifest(shipped)
    assert says in caplog.text and bool(says) == ("float32" in caplog.text)
