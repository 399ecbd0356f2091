"""Which part of a cooler a camera shows, as its settings say: what lies above and beside what.

Photos that overlap tell this by themselves. Those that do not, an upper and a lower half, can only be told.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from edge.vision.doubts import Floats
from edge.vision.overlap import Overlap
from facings.messages import CoolerPart

_DOWN: dict[CoolerPart, int] = {"upper": -1, "middle": 0, "lower": 1}
_RIGHT: dict[CoolerPart, int] = {"left": -1, "centre": 0, "right": 1}

LEAST_STEP = 0.1
"""Share of its side by which a photo of a neighbouring part must be moved: shelves of the same products look alike."""


def height_rank(shows: Sequence[CoolerPart]) -> float:
    """How far down in the cooler photos of these parts lie, -1 to 1."""
    return float(np.mean([_DOWN.get(part, 0) for part in shows]))


def side_rank(shows: Sequence[CoolerPart]) -> float:
    """How far to the right in the cooler photos of these parts lie, -1 to 1."""
    return float(np.mean([_RIGHT.get(part, 0) for part in shows]))


def step(one: CoolerPart, other: CoolerPart) -> tuple[int, int] | None:
    """Which way `other` lies from `one`, as signs of x and y; None where their names do not tell.

    Example:
        >>> step("upper", "lower"), step("right", "left"), step("whole", "left")
        ((0, 1), (-1, 0), None)
    """
    for of, axis in ((_DOWN, 1), (_RIGHT, 0)):
        if one in of and other in of and one != other:
            sign = 1 if of[other] > of[one] else -1
            return (sign, 0) if axis == 0 else (0, sign)
    return None


def agrees(
    overlap: Overlap, sizes: tuple[tuple[int, int], tuple[int, int]], shows: tuple[CoolerPart, CoolerPart]
) -> bool:
    """Whether the first photo lies over the other as their parts of the cooler say, as far as they say anything."""
    way = step(*shows)
    if way is None:
        return True
    size, other_size = (np.array(size, np.float64) for size in sizes)
    there = overlap.to_other @ np.array([*(size / 2), 1.0])
    moved: Floats = (other_size / 2 - there[:2] / there[2]) / other_size
    return float(moved @ np.array(way)) >= LEAST_STEP
