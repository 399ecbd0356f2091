"""Finding products: a photo in, `Detections` out."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.detections import Detections, FloatArray
from edge.vision.zoo import DetectorManifest, DetectorSpec, InputSpec, LoadedModel
from facings.errors import BadInputError

_GREY = 114
_CLOSER = 1.5
_MOST_ENLARGED = 1.25


def detect(
    model: LoadedModel,
    pixels: npt.NDArray[np.uint8],
    score_threshold: float | None = None,
    long_side: int | None = None,
) -> Detections:
    """The products in `pixels` (H, W, 3) BGR, best first, boxes in these pixels. Safe to call from many threads.

    A dense photo, whose products come out small, is looked at a second time at one and a half times the size.

    Args:
        model: a detector, as `load_session` gives it.
        pixels: the photo.
        score_threshold: boxes below it are dropped; the manifest's where it is None.
        long_side: pixels to which the photo's long side is scaled; where it is None the manifest's, or somewhat more
            than the photo has, if it has fewer.

    Raises:
        BadInputError: `model` is no detector.
    """
    manifest = model.manifest
    if not isinstance(manifest, DetectorManifest):
        raise BadInputError(f"The model {manifest.name} is no detector but made for the task '{manifest.task}'.")
    spec = manifest.detector
    threshold = spec.score_threshold if score_threshold is None else score_threshold
    largest = max(pixels.shape[:2])
    side = long_side or min(spec.long_side, round(_MOST_ENLARGED * largest))
    found = _look(model, spec, pixels, side, threshold)
    sure = found.with_score_over(spec.score_threshold)
    if side < largest and _typical_side(sure) * side / largest < spec.closer_below:
        found = _look(model, spec, pixels, min(largest, round(_CLOSER * side)), threshold)
    return found


def _look(
    model: LoadedModel, spec: DetectorSpec, pixels: npt.NDArray[np.uint8], long_side: int, threshold: float
) -> Detections:
    image, ratio = fitted(pixels, long_side, model.manifest.input.size_multiple)
    boxes, scores = model.run(normalised(image, model.manifest.input))
    found = Detections(boxes[0], scores[0].max(axis=1), scores[0].argmax(axis=1), spec.classes)
    found = found.with_score_over(threshold)
    found = found.take(suppress(found.boxes, found.scores, spec.nms_iou))
    height, width = pixels.shape[:2]
    inside = np.clip(found.boxes / np.tile(ratio, 2), 0, [width, height, width, height]).astype(np.float32)
    found = Detections(inside, found.scores, found.classes, found.names)
    return found.take(np.all(inside[:, 2:] - inside[:, :2] >= 1, axis=1))


def _typical_side(found: Detections) -> float:
    """Median of the square root of a product's area, in pixels; infinite where there is none."""
    areas = np.prod(found.boxes[:, 2:] - found.boxes[:, :2], axis=1)
    return float(np.sqrt(np.median(areas))) if len(areas) else float("inf")


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
