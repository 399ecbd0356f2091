"""A photo of bright bottles on a dark shelf, drawn in a moment, with its labels."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from models.detector.photoset import LabelledPhoto, as_boxes


def shelf_photo(path: Path, seed: int) -> LabelledPhoto:
    """Five bottles, 128 pixels."""
    random = np.random.default_rng(seed)
    image = np.full((128, 128, 3), 40, np.uint8)
    boxes = []
    for left in range(8, 110, 24):
        top = int(random.integers(20, 60))
        colour = tuple(int(v) for v in random.integers(120, 255, 3))
        cv2.rectangle(image, (left, top), (left + 16, top + 40), colour, -1)
        boxes.append([left, top, left + 17, top + 41])
    cv2.imwrite(str(path), image)
    return LabelledPhoto(path, as_boxes(boxes), as_boxes([]))
