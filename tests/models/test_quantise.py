"""An INT8 copy of a detector, calibrated on photos drawn here; in the training environment."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge.vision.detect import detect
from edge.vision.zoo import load_session, zoo_folder
from facings.errors import BadInputError
from models.detector.config import DetectorConfig
from models.detector.photoset import LabelledPhoto, as_boxes, read_pixels, write_photoset
from models.detector.quantise import quantise_detector

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


@pytest.mark.filterwarnings("ignore")  # onnxruntime's own
def test_a_quantised_detector_is_smaller_and_finds_the_same(tmp_path: Path, config: DetectorConfig) -> None:
    out = quantise_detector(DETECTOR, config, tmp_path / "int8", 8)
    whole, small = load_session(DETECTOR), load_session(out)
    assert small.manifest.name == "product-detector-int8"
    assert (out / small.manifest.file).stat().st_size < 0.7 * (DETECTOR / whole.manifest.file).stat().st_size
    pixels = read_pixels(DETECTOR / "golden.jpg")
    expected, found = detect(whole, pixels), detect(small, pixels)
    assert len(found) == pytest.approx(len(expected), rel=0.1)
    assert np.abs(np.median(found.scores) - np.median(expected.scores)) < 0.05


def test_only_detectors_are_quantised(tmp_path: Path, config: DetectorConfig) -> None:
    with pytest.raises(BadInputError, match="no detector"):
        quantise_detector(zoo_folder() / "sku-embedder", config, tmp_path / "int8", 8)
    assert not (tmp_path / "int8").exists()
