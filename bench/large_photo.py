"""Small products on a large photo: `python -m bench.large_photo` prints JSON.

Twelve drawn coolers make one photo of 3,840 pixels a side with some hundreds of products, which the detector first sees
at a sixth of their size. `found` is compared with what it finds in the twelve coolers one by one; `recall` counts
products that show 40% or more, at overlap 0.5; `doubles` are finds that overlap a better one by more than the detector
lets stand, of which there should be none.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console

from bench.parts.saying import say
from datasets.compose.export import ComposeJob, compose_dataset
from edge.vision.boxes import iou
from edge.vision.detect import detect
from edge.vision.manifest import DetectorManifest
from edge.vision.zoo import load_session, zoo_folder
from models.coco import LEAST_VISIBLE
from models.detector.photoset import read_pixels
from models.evaluation.truth import NamedPhoto, read_named

ACROSS, DOWN = 4, 3


def main() -> None:
    """Draw, look and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        compose_dataset(ComposeJob(seed=12, variety=0, catalogue="demo"), ACROSS * DOWN, folder, 1, Console(quiet=True))
        photos = read_named(folder / "labels.coco.json", folder, LEAST_VISIBLE)
        say(_figures(photos))


def _figures(photos: list[NamedPhoto]) -> dict[str, Any]:
    model = load_session(zoo_folder() / "product-detector", precision="int8")
    assert isinstance(model.manifest, DetectorManifest)
    each = [read_pixels(photo.path) for photo in photos]
    wall, truth = _wall(each, photos)
    found = detect(model, wall)
    hit = iou(found.boxes, truth).max(axis=0, initial=0) >= 0.5
    overlaps = np.triu(iou(found.boxes, found.boxes), 1)
    return {
        "pixels": [wall.shape[1], wall.shape[0]],
        "products": len(truth),
        "found": len(found),
        "found_one_by_one": sum(len(detect(model, pixels)) for pixels in each),
        "recall": round(float(hit.mean()), 3),
        "doubles": int((overlaps > model.manifest.detector.nms_iou).sum()),
    }


def _wall(
    each: list[npt.NDArray[np.uint8]], photos: list[NamedPhoto]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """The photos side by side, and the boxes of their labels there."""
    height, width = (max(pixels.shape[axis] for pixels in each) for axis in (0, 1))
    wall = np.zeros((DOWN * height, ACROSS * width, 3), np.uint8)
    boxes = []
    for number, (pixels, photo) in enumerate(zip(each, photos, strict=True)):
        top, left = number // ACROSS * height, number % ACROSS * width
        wall[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
        boxes.append(photo.boxes + np.array([left, top, left, top], np.float32))
    return wall, np.concatenate(boxes)


if __name__ == "__main__":
    main()
