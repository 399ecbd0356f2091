"""Two looks at one photo, merged: what both see is surer, and where they put it is closer, than either look alone.

Known as test-time augmentation; boxes are averaged by their scores as in weighted boxes fusion (Solovyev, Wang and
Gabruseva, 2021), pair by pair.
"""

from __future__ import annotations

import numpy as np

from edge.vision.boxes import iou
from edge.vision.detections import Detections, IntArray

_SAME = 0.55
"""Overlap (intersection over union) from which on two looks saw the same thing."""


def mirrored(found: Detections, width: int) -> Detections:
    """Where things of a mirrored photo of `width` pixels stand in the photo itself."""
    x1, y1, x2, y2 = found.boxes.T
    return Detections(np.stack([width - x2, y1, width - x1, y2], axis=1), found.scores, found.classes, found.names)


def merged(one: Detections, other: Detections) -> Detections:
    """What two looks saw: of a thing that both saw the mean score and box, of any other half its score."""
    first, second = _pairs(one, other)
    boxes = np.concatenate([one.boxes, other.boxes])
    scores = np.asarray(np.concatenate([one.scores, other.scores]) / 2, np.float32)
    pair = np.stack([first, len(one) + second])
    weights = scores[pair] / np.maximum(scores[pair].sum(axis=0), np.finfo(np.float32).tiny)
    boxes[first] = (boxes[pair] * weights[..., None]).sum(axis=0)
    scores[first] = scores[pair].sum(axis=0)
    kept = np.delete(np.arange(len(boxes)), len(one) + second)
    classes = np.concatenate([one.classes, other.classes])
    return Detections(boxes[kept], scores[kept], classes[kept], one.names)


def _pairs(one: Detections, other: Detections) -> tuple[IntArray, IntArray]:
    """Positions in either look of what both saw: of one class, each the other's nearest."""
    if not len(one) or not len(other):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    overlaps = iou(one.boxes, other.boxes) * (one.classes[:, None] == other.classes)
    nearest = overlaps.argmax(axis=1)
    mutual = overlaps.argmax(axis=0)[nearest] == np.arange(len(one))
    first = np.flatnonzero(mutual & (overlaps.max(axis=1) >= _SAME))
    return first, nearest[first]
