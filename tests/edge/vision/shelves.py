"""Hand-made shelves for the tests: boxes as a camera would see them."""

from __future__ import annotations

import numpy as np

from edge.vision.detections import Detections

CAN, BOTTLE, CARTON = (60.0, 110.0), (60.0, 220.0), (80.0, 200.0)
PITCH = 260.0


def standing(x: float, foot: float, size: tuple[float, float]) -> list[float]:
    """A product of `size` (width, height) whose left foot stands at `x`, `foot`."""
    return [x, foot - size[1], x + size[0], foot]


def row(foot: float, *sizes: tuple[float, float] | None, start: float = 100.0, apart: float = 6.0) -> list[list[float]]:
    """Products side by side; None leaves the place of a can empty."""
    boxes, x = [], start
    for size in sizes:
        if size is not None:
            boxes.append(standing(x, foot, size))
        x += (size or CAN)[0] + apart
    return boxes


def tilted(boxes: list[list[float]], slope: float, change: float = 0.0, middle: float = 400.0) -> np.ndarray:
    """The boxes moved along shelves that rise by `slope` per pixel, and by `change` more per pixel further down."""
    b = np.array(boxes, np.float32)
    centre = (b[:, 0] + b[:, 2]) / 2
    shift = (slope + change * (b[:, 3] - middle)) * (centre - middle)
    b[:, [1, 3]] += shift[:, None]
    return b


def found(boxes: list[list[float]] | np.ndarray, score: float = 0.9) -> Detections:
    """Detections of one class around the boxes."""
    b = np.array(boxes, np.float32).reshape(-1, 4)
    return Detections(b, np.full(len(b), score, np.float32), np.zeros(len(b), np.int64))
