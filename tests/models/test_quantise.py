"""An INT8 copy of a detector, calibrated on photos drawn here; in the training environment."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from edge.vision.detect import detect
from edge.vision.zoo import load_session, zoo_folder
from facings.errors import BadInputError, UnavailableError
from models.detector.config import DetectorConfig
from models.detector.photoset import LabelledPhoto, as_boxes, read_pixels, write_photoset
from models.detector.quantise import Judged, detector_of, loses_nothing, quantised, ship, training_photos

pytestmark = pytest.mark.training

DETECTOR = zoo_folder() / "product-detector"


@pytest.fixture
def config(tmp_path: Path) -> DetectorConfig:
    """A run that learns from the detector's golden picture."""
    write_photoset(tmp_path / "set.jsonl", [LabelledPhoto(DETECTOR / "golden.jpg", as_boxes([]), as_boxes([]))])
    spec = {"classes": ["product"], "score_threshold": 0.5, "nms_iou": 0.5, "long_side": 320}
    return DetectorConfig.model_validate({
        "out": tmp_path / "run",
        "sources": [{"photos": tmp_path / "set.jsonl", "weight": 1}],
        "release": {"version": "1", "detector": spec, "learned_from": []},
        "steps": 1, "batch": 1, "side": 128,
    })  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped detector, in a folder of its own and without a copy."""
    made = Path(shutil.copytree(DETECTOR, tmp_path / "detector"))
    detector_of(made).model_copy(update={"int8": None}).save(made)
    return made


@pytest.mark.filterwarnings("ignore")  # onnxruntime's own
def test_a_copy_in_8_bits_is_smaller_and_finds_the_same(folder: Path, config: DetectorConfig) -> None:
    path = ship(folder, quantised(folder, training_photos(config, 8)))
    whole, small = load_session(folder), load_session(folder, precision="int8")
    assert (whole.manifest.file, small.manifest.file) == ("product-detector.onnx", path.name)
    assert path.stat().st_size < 0.7 * (folder / whole.manifest.file).stat().st_size
    pixels = read_pixels(folder / "golden.jpg")
    expected, found = detect(whole, pixels), detect(small, pixels)
    assert len(found) == pytest.approx(len(expected), rel=0.1)
    assert np.abs(np.median(found.scores) - np.median(expected.scores)) < 0.05


def test_a_new_export_takes_the_copy_of_the_old_weights_away(tmp_path: Path, config: DetectorConfig) -> None:
    from models.detector.export import write_manifest

    folder = Path(shutil.copytree(DETECTOR, tmp_path / "product-detector"))
    copied, entry = folder / "product-detector-int8.onnx", detector_of(folder).input
    assert copied.exists() and (folder / "golden-int8.json").exists()
    write_manifest(folder / "product-detector.onnx", config.release, "Apache-2.0", entry)
    assert not copied.exists() and not (folder / "golden-int8.json").exists()
    assert load_session(folder, precision="int8").manifest.file == "product-detector.onnx"


@pytest.mark.parametrize(
    ("ap50", "count_error", "kept"),
    [(0.9, 0.1, True), (0.896, 0.104, True), (0.95, 0.02, True), (0.894, 0.1, False), (0.9, 0.106, False)],
    ids=["the same", "a little less", "more", "finds less", "counts less well"],
)
def test_a_copy_may_lose_next_to_nothing(ap50: float, count_error: float, kept: bool) -> None:
    whole = Judged(6.7, 100, {"ap50": 0.9, "count_error": 0.1})
    assert loses_nothing(whole, Judged(3.8, 48, {"ap50": ap50, "count_error": count_error})) == kept


def test_without_a_golden_picture_nothing_is_shipped(folder: Path) -> None:
    (folder / "golden.jpg").unlink()
    before = sorted(folder.iterdir())
    with pytest.raises(UnavailableError, match="golden picture"):
        ship(folder, b"a copy")
    assert sorted(folder.iterdir()) == before and detector_of(folder).int8 is None


def test_only_detectors_are_quantised() -> None:
    with pytest.raises(BadInputError, match="no detector"):
        quantised(zoo_folder() / "sku-embedder", [])
