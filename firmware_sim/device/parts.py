"""Several cameras before one cooler: what each sees that looks at a part of it."""

from __future__ import annotations

import numpy as np

from facings.messages import CoolerPart
from firmware_sim.device.spoiling import Pixels

SIDE = 0.6
"""Share of the picture's side that a camera of a part sees, so that two halves overlap by a fifth of it."""

_DOWN: dict[CoolerPart, float] = {"upper": 0.0, "middle": (1 - SIDE) / 2, "lower": 1 - SIDE}
_RIGHT: dict[CoolerPart, float] = {"left": 0.0, "centre": (1 - SIDE) / 2, "right": 1 - SIDE}


def part_of(pixels: Pixels, shows: CoolerPart) -> Pixels:
    """What of the whole picture a camera sees that shows this part of the cooler.

    Example:
        >>> part_of(np.zeros((100, 50, 3), np.uint8), "lower").shape
        (60, 50, 3)
    """
    height, width = pixels.shape[:2]
    top, bottom = _span(_DOWN.get(shows), height)
    left, right = _span(_RIGHT.get(shows), width)
    return np.ascontiguousarray(pixels[top:bottom, left:right])


def _span(begins: float | None, side: int) -> tuple[int, int]:
    return (0, side) if begins is None else (round(begins * side), round((begins + SIDE) * side))
