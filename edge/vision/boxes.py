"""Geometry of boxes `(N, 4)` x1 y1 x2 y2, in numpy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Boxes = npt.NDArray[np.float32]


def areas(boxes: Boxes) -> npt.NDArray[np.float32]:
    """Area of each box."""
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), np.float32)


def intersections(first: Boxes, second: Boxes) -> npt.NDArray[np.float32]:
    """(N, M) areas that box n of `first` shares with box m of `second`."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    return np.asarray(np.prod(np.clip(high - low, 0, None), axis=2), np.float32)


def iou(first: Boxes, second: Boxes) -> npt.NDArray[np.float32]:
    """(N, M) intersection over union."""
    shared = intersections(first, second)
    union = areas(first)[:, None] + areas(second)[None] - shared
    return np.asarray(shared / np.maximum(union, 1e-9), np.float32)
