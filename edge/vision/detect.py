"""Finding products, and what stands beside and before them: a photo in, `Detections` out."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.bare import without_bare
from edge.vision.detections import PRODUCT, Detections, FloatArray
from edge.vision.two_looks import merged, mirrored
from edge.vision.zoo import DetectorManifest, DetectorSpec, LoadedModel
from facings.errors import BadInputError

Pixels = npt.NDArray[np.uint8]

_GREY = 114
_CLOSER = (1.5, 2.5)
_SMALL = 0.15
_SEEN_WELL = 0.8
_MOST_ENLARGED = 1.25
_WEAKEST = 0.05
"""Score from which on one look's finds are kept until another look was had."""


def detect(
    model: LoadedModel,
    pixels: Pixels,
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
    pixels: Pixels,
    score_threshold: float | None = None,
    long_side: int | None = None,
) -> Detections:
    """All that the detector knows in `pixels` (H, W, 3) BGR: by class, best first, boxes in these pixels.

    A photo with products that come out small, if only those far from a camera in a corner, is looked at anew, larger;
    what the smaller look found is forgotten. Then it is looked at once more, mirrored and larger again (`second_look`
    of the manifest), and what both looks saw is merged: they seldom err alike. A doubtful product that looks as bare as
    an empty place is none. Safe to call from many threads.

    Args:
        model: a detector, as `load_session` gives it.
        pixels: the photo.
        score_threshold: boxes of products below it are dropped; the manifest's where it is None. The other classes keep
            the manifest's thresholds.
        long_side: pixels to which the photo's long side is scaled at first; where it is None the manifest's, or
            somewhat more than the photo has, if it has fewer.

    Raises:
        BadInputError: `model` is no detector.
    """
    manifest = model.manifest
    if not isinstance(manifest, DetectorManifest):
        raise BadInputError(f"The model {manifest.name} is no detector but made for the task '{manifest.task}'.")
    spec = manifest.detector
    thresholds = spec.thresholds(score_threshold)
    floors = np.minimum(thresholds, _WEAKEST) if spec.second_look else thresholds
    found, side = _first_look(model, spec, pixels, floors, long_side)
    if spec.second_look:
        larger = max(side, min(round(spec.second_look * side), round(_CLOSER[1] * spec.long_side)))
        again = _look(model, spec, np.asarray(cv2.flip(pixels, 1), np.uint8), larger, floors)
        found = merged(found, mirrored(again, pixels.shape[1]))
    told = without_bare(_thinned(found, spec, thresholds), pixels, spec.score_threshold)
    return told.take(told.scores >= thresholds[told.classes])


def _first_look(
    model: LoadedModel, spec: DetectorSpec, pixels: Pixels, floors: FloatArray, long_side: int | None
) -> tuple[Detections, int]:
    """What is found in the photo as it stands, and the long side, in pixels, at which."""
    largest = max(pixels.shape[:2])
    side = long_side or min(spec.long_side, round(_MOST_ENLARGED * largest))
    found = _look(model, spec, pixels, side, floors)
    sure = found.of(PRODUCT).with_score_over(spec.score_threshold)
    small = _small_side(sure) * side / largest
    if side >= largest or small >= spec.closer_below:
        return found, side
    side = min(largest, round(_closer(small, spec) * side))
    return _look(model, spec, pixels, side, floors), side


def _closer(small: float, spec: DetectorSpec) -> float:
    """How much larger to look: the smaller the small products, in input pixels, the larger."""
    return float(np.clip(_SEEN_WELL * spec.closer_below / small, *_CLOSER))


def _look(model: LoadedModel, spec: DetectorSpec, pixels: Pixels, long_side: int, floors: FloatArray) -> Detections:
    """What one look at a photo finds, of each class what has its floor's score: class by class, best first."""
    image, ratio = fitted(pixels, long_side, model.manifest.input.size_multiple)
    boxes, scores = model.see([image])
    height, width = pixels.shape[:2]
    inside = np.clip(boxes[0] / np.tile(ratio, 2), 0, [width, height, width, height]).astype(np.float32)
    cells, classes = np.nonzero((scores[0] >= floors) & np.all(inside[:, 2:] - inside[:, :2] >= 1, axis=1)[:, None])
    return _thinned(Detections(inside[cells], scores[0][cells, classes], classes, spec.classes), spec, floors)


def _thinned(found: Detections, spec: DetectorSpec, thresholds: FloatArray) -> Detections:
    """Of each class what has its threshold's score and lies on nothing better: class by class, best first."""
    kept = [np.zeros(0, np.int64)]
    for number, threshold in enumerate(thresholds):
        own = np.flatnonzero((found.classes == number) & (found.scores >= threshold))
        kept.append(own[suppress(found.boxes[own], found.scores[own], spec.nms_iou)])
    return found.take(np.concatenate(kept))


def _small_side(found: Detections) -> float:
    """Square root of a small product's area, in pixels: one of seven is smaller; infinite where there is none."""
    areas = np.prod(found.boxes[:, 2:] - found.boxes[:, :2], axis=1)
    return float(np.sqrt(np.quantile(areas, _SMALL))) if len(areas) else float("inf")


def fitted(pixels: Pixels, long_side: int, multiple: int) -> tuple[Pixels, FloatArray]:
    """`pixels` scaled to `long_side` and padded at the right and the bottom to multiples of `multiple`.

    Returns the image and the ratio (2,) across and down, from pixels of the photo to pixels of the image.
    """
    height, width = pixels.shape[:2]
    scale = long_side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    # From half the size up, two by two pixels make one as well as whole areas do, in a sixth of the time.
    method = cv2.INTER_AREA if scale <= 0.5 else cv2.INTER_LINEAR
    scaled = cv2.resize(pixels, size, interpolation=method)
    right, below = -size[0] % multiple, -size[1] % multiple
    padded = cv2.copyMakeBorder(scaled, 0, below, 0, right, cv2.BORDER_CONSTANT, value=(_GREY,) * 3)
    return np.asarray(padded, np.uint8), np.asarray([size[0] / width, size[1] / height], np.float32)


def suppress(boxes: FloatArray, scores: FloatArray, max_iou: float) -> npt.NDArray[np.int64]:
    """Greedy non-maximum suppression: positions of the boxes that stay, best first.

    A box goes when its intersection over union with a better one that stays is above `max_iou`.
    """
    if not len(boxes):
        return np.zeros(0, np.int64)
    corners_and_sizes = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxes(corners_and_sizes.tolist(), scores.tolist(), 0.0, max_iou)
    return np.asarray(kept, np.int64).reshape(-1)
