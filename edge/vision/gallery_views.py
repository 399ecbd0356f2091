"""A gallery's picture as a vector: the mean over how its product will look on a shelf.

Pack shots are sharp and trimmed by hand, products on a shelf are small, and boxed by a detector that cuts a little off.
So a picture is looked at as it is, trimmed closer, and as coarse as a product far from the camera. A product on a shelf
is looked at once: the means are made when a gallery is read, and recognising costs nothing more.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.detections import FloatArray
from edge.vision.embed import letterbox_crop
from edge.vision.zoo import LoadedModel

Pixels = npt.NDArray[np.uint8]

TRIMMED = 0.06
"""Share of its width and height that the closer trim takes off each side."""

COARSER = 3
"""How many times as large the pixels of the coarse view are."""

VIEWS = f"as it is, {TRIMMED:g} trimmed, {COARSER} times as coarse"
"""Names the views: embeddings of other views are not comparable with these."""


def embed_picture(model: LoadedModel, pixels: Pixels, box: FloatArray) -> FloatArray:
    """Unit vector (dimensions,) of the product inside `box` (4,), in pixels of a picture of it."""
    size = model.manifest.input.size
    if size is None:
        raise ValueError("An embedder's manifest must fix its input size.")
    vectors = model.see(views_of(pixels, box, size))[0]
    mean = vectors.mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean), np.float32)


def views_of(pixels: Pixels, box: FloatArray, size: tuple[int, int]) -> list[Pixels]:
    """The crops, each of `size` (width, height), that stand for a picture."""
    inward = TRIMMED * (box[2:] - box[:2])
    whole = letterbox_crop(pixels, box, size)
    return [whole, letterbox_crop(pixels, box + np.concatenate([inward, -inward]), size), _coarse(whole)]


def _coarse(crop: Pixels) -> Pixels:
    height, width = crop.shape[:2]
    small = cv2.resize(crop, (width // COARSER, height // COARSER), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
