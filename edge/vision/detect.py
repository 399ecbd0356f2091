"""Finding products: a photo in, `Detections` out."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.detections import Detections, FloatArray
from edge.vision.zoo import DetectorManifest, InputSpec, LoadedModel
from facings.errors import BadInputError

_GREY = 114


def detect(
    model: LoadedModel,
    pixels: npt.NDArray[np.uint8],
    score_threshold: float | None = None,
    long_side: int | None = None,
) -> Detections:
    """The products in `pixels` (H, W, 3) BGR, best first, boxes in these pixels. Safe to call from many threads.

    Args:
        model: a detector, as `load_session` gives it.
        pixels: the photo.
        score_threshold: boxes below it are dropped; the manifest's where it is None.
        long_side: pixels to which the photo's long side is scaled; the manifest's where it is None.

    Raises:
        BadInputError: `model` is no detector.
    """
    manifest = model.manifest
    if not isinstance(manifest, DetectorManifest):
        raise BadInputError(f"The model {manifest.name} is no detector but made for the task '{manifest.task}'.")
    spec = manifest.detector
    threshold = spec.score_threshold if score_threshold is None else score_threshold
    image, ratio = fitted(pixels, long_side or spec.long_side, manifest.input.size_multiple)
    boxes, scores = model.run(normalised(image, manifest.input))
    found = Detections(boxes[0], scores[0].max(axis=1), scores[0].argmax(axis=1), spec.classes)
    found = found.with_score_over(threshold)
    found = found.take(suppress(found.boxes, found.scores, spec.nms_iou))
    height, width = pixels.shape[:2]
    inside = np.clip(found.boxes / np.tile(ratio, 2), 0, [width, height, width, height]).astype(np.float32)
    found = Detections(inside, found.scores, found.classes, found.names)
    return found.take(np.all(inside[:, 2:] - inside[:, :2] >= 1, axis=1))


def fitted(pixels: npt.NDArray[np.uint8], long_side: int, multiple: int) -> tuple[npt.NDArray[np.uint8], FloatArray]:
    """`pixels` scaled to `long_side` and padded at the right and the bottom to multiples of `multiple`.

    Returns the image and the ratio (2,) across and down, from pixels of the photo to pixels of the image.
    """
    height, width = pixels.shape[:2]
    scale = long_side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    scaled = cv2.resize(pixels, size, interpolation=method)
    right, below = -size[0] % multiple, -size[1] % multiple
    padded = cv2.copyMakeBorder(scaled, 0, below, 0, right, cv2.BORDER_CONSTANT, value=(_GREY,) * 3)
    return np.asarray(padded, np.uint8), np.asarray([size[0] / width, size[1] / height], np.float32)


def normalised(image: npt.NDArray[np.uint8], spec: InputSpec) -> FloatArray:
    """`image` (H, W, 3) BGR as the model takes it: (1, 3, H, W) float32."""
    ordered = image[:, :, ::-1] if spec.colour == "RGB" else image
    values = (ordered.astype(np.float32) - np.asarray(spec.mean, np.float32)) / np.asarray(spec.scale, np.float32)
    return np.ascontiguousarray(values.transpose(2, 0, 1)[None])


def suppress(boxes: FloatArray, scores: FloatArray, max_iou: float) -> npt.NDArray[np.int64]:
    """Greedy non-maximum suppression: positions of the boxes that stay, best first.

    A box goes when its intersection over union with a better one that stays is above `max_iou`.
    """
    order = np.argsort(-scores, kind="stable")
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept = []
    while len(order):
        best, order = order[0], order[1:]
        kept.append(best)
        low = np.maximum(boxes[best, :2], boxes[order, :2])
        high = np.minimum(boxes[best, 2:], boxes[order, 2:])
        shared = np.prod(np.clip(high - low, 0, None), axis=1)
        order = order[shared <= max_iou * (area[best] + area[order] - shared)]
    return np.asarray(kept, np.int64)
