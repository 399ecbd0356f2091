"""What a product looks like, as a vector: each box becomes a crop, each crop a point on the unit sphere."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.detections import FloatArray
from edge.vision.zoo import LoadedModel

PAD = 127
BATCH = 8


def letterbox_crop(pixels: npt.NDArray[np.uint8], box: FloatArray, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """The part of a photo inside `box`, scaled to fit `size` (width, height) and centred on grey.

    The aspect ratio is kept: it tells a can from a bottle. A box that reaches beyond the photo is cut at its edge.
    """
    height, width = pixels.shape[:2]
    left, top, right, bottom = (float(edge) for edge in box)
    x1, y1 = min(max(math.floor(left), 0), width - 1), min(max(math.floor(top), 0), height - 1)
    x2, y2 = min(max(math.ceil(right), x1 + 1), width), min(max(math.ceil(bottom), y1 + 1), height)
    scale = min(size[0] / (x2 - x1), size[1] / (y2 - y1))
    inner = (max(1, round((x2 - x1) * scale)), max(1, round((y2 - y1) * scale)))
    canvas = np.full((size[1], size[0], 3), PAD, np.uint8)
    x, y = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    # From half the size up, two by two pixels make one as well as whole areas do, in a fraction of the time.
    method = cv2.INTER_AREA if scale <= 0.5 else cv2.INTER_LINEAR
    canvas[y : y + inner[1], x : x + inner[0]] = cv2.resize(pixels[y1:y2, x1:x2], inner, interpolation=method)
    return canvas


def embed(model: LoadedModel, pixels: npt.NDArray[np.uint8], boxes: FloatArray) -> FloatArray:
    """Unit vectors (N, dimensions) of the products inside `boxes` (N, 4), in pixels of the photo."""
    size = model.manifest.input.size
    if size is None:
        raise ValueError("An embedder's manifest must fix its input size.")
    batches = []
    for start in range(0, len(boxes), BATCH):
        crops = [letterbox_crop(pixels, box, size) for box in boxes[start : start + BATCH]]
        batches.append(model.see(crops)[0])
    if not batches:
        return np.zeros((0, model.session.get_outputs()[0].shape[1]), np.float32)
    return np.concatenate(batches)
