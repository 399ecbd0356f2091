"""What a product looks like, as a vector: each box becomes a crop, each crop a point on the unit sphere."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.detections import FloatArray
from edge.vision.zoo import InputSpec, LoadedModel

PAD = 127
BATCH = 8


def letterbox_crop(pixels: npt.NDArray[np.uint8], box: FloatArray, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """The part of a photo inside `box`, scaled to fit `size` (width, height) and centred on grey.

    The aspect ratio is kept: it tells a can from a bottle. A box that reaches beyond the photo is cut at its edge.
    """
    height, width = pixels.shape[:2]
    x1, y1 = int(np.clip(np.floor(box[0]), 0, width - 1)), int(np.clip(np.floor(box[1]), 0, height - 1))
    x2, y2 = int(np.clip(np.ceil(box[2]), x1 + 1, width)), int(np.clip(np.ceil(box[3]), y1 + 1, height))
    scale = min(size[0] / (x2 - x1), size[1] / (y2 - y1))
    inner = (max(1, round((x2 - x1) * scale)), max(1, round((y2 - y1) * scale)))
    canvas = np.full((size[1], size[0], 3), PAD, np.uint8)
    left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    shrinks = scale < 1
    canvas[top : top + inner[1], left : left + inner[0]] = cv2.resize(
        pixels[y1:y2, x1:x2], inner, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    )
    return canvas


def to_model_input(crops: npt.NDArray[np.uint8], spec: InputSpec) -> FloatArray:
    """BGR crops (N, H, W, 3) as the float32 NCHW tensor that `spec` describes."""
    ordered = crops[..., ::-1] if spec.colour == "RGB" else crops
    mean, scale = np.array(spec.mean, np.float32), np.array(spec.scale, np.float32)
    normalised = (ordered.astype(np.float32) - mean) / scale
    return np.ascontiguousarray(normalised.transpose(0, 3, 1, 2))


def embed(model: LoadedModel, pixels: npt.NDArray[np.uint8], boxes: FloatArray) -> FloatArray:
    """Unit vectors (N, dimensions) of the products inside `boxes` (N, 4), in pixels of the photo."""
    size = model.manifest.input.size
    if size is None:
        raise ValueError("An embedder's manifest must fix its input size.")
    batches = []
    for start in range(0, len(boxes), BATCH):
        crops = np.stack([letterbox_crop(pixels, box, size) for box in boxes[start : start + BATCH]])
        batches.append(model.run(to_model_input(crops, model.manifest.input))[0])
    if not batches:
        return np.zeros((0, model.session.get_outputs()[0].shape[1]), np.float32)
    return np.concatenate(batches)
