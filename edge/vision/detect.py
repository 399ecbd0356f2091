"""Finding products, and what stands beside and before them: a photo in, `Detections` out."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.detections import PRODUCT, Detections, FloatArray
from edge.vision.entry import normalised
from edge.vision.zoo import DetectorManifest, DetectorSpec, LoadedModel
from facings.errors import BadInputError

_GREY = 114
_CLOSER = (1.5, 2.5)
_SMALL = 0.15
_SEEN_WELL = 0.8
_MOST_ENLARGED = 1.25


def detect(
    model: LoadedModel,
    pixels: npt.NDArray[np.uint8],
    score_threshold: float | None = None,
    long_side: int | None = None,
) -> Detections:
    """The products in `pixels` (H, W, 3) BGR, best first: what `survey` finds of them.

    Raises:
        BadInputError: `model` is no detector.
    """
    return survey(model, pixels, score_threshold, long_side).of(PRODUCT)


def survey(
    model: LoadedModel,
    pixels: npt.NDArray[np.uint8],
    score_threshold: float | None = None,
    long_side: int | None = None,
) -> Detections:
    """All that the detector knows in `pixels` (H, W, 3) BGR: by class, best first, boxes in these pixels.

    A photo with products that come out small, if only those far from a camera in a corner, is looked at a second time,
    larger; the second look counts alone, so nothing is found twice. Safe to call from many threads.

    Args:
        model: a detector, as `load_session` gives it.
        pixels: the photo.
        score_threshold: boxes of products below it are dropped; the manifest's where it is None. The other classes keep
            the manifest's thresholds.
        long_side: pixels to which the photo's long side is scaled; where it is None the manifest's, or somewhat more
            than the photo has, if it has fewer.

    Raises:
        BadInputError: `model` is no detector.
    """
    manifest = model.manifest
    if not isinstance(manifest, DetectorManifest):
        raise BadInputError(f"The model {manifest.name} is no detector but made for the task '{manifest.task}'.")
    spec = manifest.detector
    thresholds = [spec.threshold(name) for name in spec.classes]
    if score_threshold is not None:
        thresholds[spec.classes.index(PRODUCT)] = score_threshold
    largest = max(pixels.shape[:2])
    side = long_side or min(spec.long_side, round(_MOST_ENLARGED * largest))
    found = _look(model, spec, pixels, side, thresholds)
    sure = found.of(PRODUCT).with_score_over(spec.score_threshold)
    small = _small_side(sure) * side / largest
    if side < largest and small < spec.closer_below:
        found = _look(model, spec, pixels, min(largest, round(_closer(small, spec) * side)), thresholds)
    return found


def _closer(small: float, spec: DetectorSpec) -> float:
    """How much larger the second look is: the smaller the small products, in input pixels, the larger."""
    return float(np.clip(_SEEN_WELL * spec.closer_below / small, *_CLOSER))


def _look(
    model: LoadedModel, spec: DetectorSpec, pixels: npt.NDArray[np.uint8], long_side: int, thresholds: list[float]
) -> Detections:
    image, ratio = fitted(pixels, long_side, model.manifest.input.size_multiple)
    boxes, scores = model.run(normalised(image, model.manifest.input))
    height, width = pixels.shape[:2]
    parts = []
    for number, threshold in enumerate(thresholds):
        over = np.flatnonzero(scores[0, :, number] >= threshold)
        kept = over[suppress(boxes[0, over], scores[0, over, number], spec.nms_iou)]
        inside = np.clip(boxes[0, kept] / np.tile(ratio, 2), 0, [width, height, width, height]).astype(np.float32)
        classes = np.full(len(kept), number, np.int64)
        found = Detections(inside, scores[0, kept, number], classes, spec.classes)
        parts.append(found.take(np.all(inside[:, 2:] - inside[:, :2] >= 1, axis=1)))
    return Detections(
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.classes for part in parts]),
        spec.classes,
    )


def _small_side(found: Detections) -> float:
    """Square root of a small product's area, in pixels: one of seven is smaller; infinite where there is none."""
    areas = np.prod(found.boxes[:, 2:] - found.boxes[:, :2], axis=1)
    return float(np.sqrt(np.quantile(areas, _SMALL))) if len(areas) else float("inf")


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
