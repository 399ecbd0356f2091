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
from models.detector.quantise import Judged, detector_of, loses_nothing, quantised, training_photos
from models.eight_bits import in_eight_bits, ship
from models.embedder import quantise as of_embedder
from models.embedder.evaluate import Figures

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


@pytest.mark.filterwarnings("ignore")  # onnxruntime's own
def test_a_copy_of_the_embedder_gives_the_same_vectors(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(zoo_folder() / "sku-embedder", tmp_path / "embedder"))
    crops = np.random.default_rng(2).normal(0, 1, (12, 3, 160, 80)).astype(np.float32)
    copy = in_eight_bits(folder / "sku-embedder.onnx", "crops", (crop[None] for crop in crops))
    path = ship(folder, copy)
    whole, small = load_session(folder), load_session(folder, precision="int8")
    assert small.manifest.file == path.name and small.original == whole.manifest.sha256
    assert path.stat().st_size < 0.7 * (folder / whole.manifest.file).stat().st_size
    assert (whole.run(crops)[0] * small.run(crops)[0]).sum(axis=1).min() > 0.95


@pytest.mark.parametrize(
    ("near", "far", "kept"),
    [(0.9, 0.8, True), (0.95, 0.791, True), (0.95, 0.789, False), (0.889, 0.9, False)],
    ids=["the same", "a little less", "less in one gallery", "less in the other"],
)
def test_a_copy_by_which_crops_find_their_sku_less_well_is_not_kept(near: float, far: float, kept: bool) -> None:
    def judged(*top1: float) -> of_embedder.Judged:
        figures = {name: Figures(name, 10, 100, one, 0.1, 0.9) for name, one in zip(("near", "far"), top1, strict=True)}
        return of_embedder.Judged(7.0, 15.0, figures)

    assert of_embedder.loses_nothing(judged(0.9, 0.8), judged(near, far)) is kept
