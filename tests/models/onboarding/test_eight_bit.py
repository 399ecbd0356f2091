"""A customer's own detector gets an 8-bit copy as the shipped one has; in the training environment."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.vision.detect import detect
from edge.vision.detections import PRODUCT
from edge.vision.golden import GOLDEN_INT8_NAME
from edge.vision.zoo import load_session, zoo_folder
from models.detector.photoset import read_pixels
from models.detector.quantise import MOST_LOST, detector_of
from models.evaluation.truth import NamedPhoto
from models.onboarding.eight_bit import lay_copy
from tests.support.drawn_shelf import shelf_photo

pytestmark = [pytest.mark.training, pytest.mark.filterwarnings("ignore")]  # onnxruntime's own


@pytest.fixture
def photos(tmp_path: Path) -> list[NamedPhoto]:
    drawn = [shelf_photo(tmp_path / f"{number}.png", number) for number in range(4)]
    return [NamedPhoto(photo.path, photo.boxes, ("cola",) * len(photo.boxes), photo.ignored) for photo in drawn]


@pytest.fixture
def onboarded(tmp_path: Path) -> Path:
    """What onboarding makes, with the shipped detector's float32 file as the trained one."""
    folder = Path(shutil.copytree(zoo_folder() / "product-detector", tmp_path / "northwind" / "product-detector"))
    manifest = detector_of(folder)
    assert manifest.int8 is not None
    manifest.model_copy(update={"int8": None}).save(folder)
    for name in (GOLDEN_INT8_NAME, manifest.int8.file):
        (folder / name).unlink()
    return folder.parent


def as_found(folder: Path, photo: NamedPhoto) -> NamedPhoto:
    """The photo with just those products labelled that the float32 file finds: whatever differs from it is wrong."""
    found = detect(load_session(folder), read_pixels(photo.path)).of(PRODUCT)
    return replace(photo, boxes=found.boxes, skus=("cola",) * len(found))


def test_the_copy_is_kept_and_loaded_by_the_rule_of_the_shipped_one(onboarded: Path, photos: list[NamedPhoto]) -> None:
    folder = onboarded / "product-detector"
    copy = lay_copy(folder, photos[:2], photos[2:])
    whole, small = copy.files["float32"], copy.files["int8"]
    lost = max(whole["ap50"] - small["ap50"], small["count_error"] - whole["count_error"])
    assert copy.kept == (lost <= MOST_LOST) == (folder / GOLDEN_INT8_NAME).exists()
    assert small["megabytes"] < 0.7 * whole["megabytes"]
    for precision, suffix in (("float32", "detector.onnx"), ("int8", "-int8.onnx" if copy.kept else "detector.onnx")):
        assert load_session(folder, precision=precision).manifest.file.endswith(suffix)  # type: ignore[arg-type]


def test_a_copy_that_counts_less_well_is_not_laid_beside(onboarded: Path, photos: list[NamedPhoto]) -> None:
    folder = onboarded / "product-detector"
    before = sorted(folder.iterdir())
    grey = photos[0].path.with_name("grey.png")  # it tells nothing of any range
    cv2.imwrite(str(grey), np.full((320, 240, 3), 127, np.uint8))
    copy = lay_copy(folder, [replace(photos[0], path=grey)], [as_found(folder, photo) for photo in photos])
    assert not copy.kept and "loses more than" in copy.reason
    assert sorted(folder.iterdir()) == before and detector_of(folder).int8 is None
