"""Products that two photos of neighbouring parts of a cooler cut in halves, once it is known how the photos lie."""

from __future__ import annotations

import numpy as np

from edge.vision.doubts import Floats, Ints
from edge.vision.overlap import Overlap, carried, laid_by
from edge.vision.sighting import Sighting

RIM = 0.01  # a box that ends this near to the photo's edge, as a share of its side, is cut off by it
SAME_LANE = 0.5  # share of the narrower half that the other must stand over


def with_halves(matrix: Floats, one: Sighting, other: Sighting, way: tuple[int, int]) -> Overlap:
    """How `one` lies over `other`, which lies in direction `way`: products that both show, and halves of one product.

    Args:
        matrix: (3, 3) from the pixels of `one` to those of `other`.
        one: what was seen on a photo.
        other: the same of the photo beside it.
        way: signs of x and y of the way to the other photo.
    """
    overlap = laid_by(matrix, one, other)
    pairs = [overlap.pairs, *(np.array([pair]) for pair in _halves(overlap, one, other, way))]
    return Overlap(overlap.to_other, np.concatenate(pairs).astype(np.int64), overlap.lone)


def _halves(overlap: Overlap, one: Sighting, other: Sighting, way: tuple[int, int]) -> list[tuple[int, int]]:
    cut, other_cut = _cut(one, way), _cut(other, (-way[0], -way[1]))
    free = np.setdiff1d(cut, overlap.pairs[:, 0])
    open_ = list(np.setdiff1d(other_cut, overlap.pairs[:, 1]))
    moved, there = carried(overlap.to_other, one.found.boxes.astype(np.float64)), other.found.boxes.astype(np.float64)
    across = 1 if way[0] else 0
    found: list[tuple[int, int]] = []
    for i in free.tolist():
        shares = [_shared(moved[i], there[j], across) for j in open_]
        if shares and max(shares) >= SAME_LANE:
            found.append((i, int(open_.pop(int(np.argmax(shares))))))
    return found


def _cut(seen: Sighting, edge: tuple[int, int]) -> Ints:
    """Positions of the products that the photo's edge in this direction cuts off."""
    boxes, (width, height) = seen.found.boxes.astype(np.float64), seen.size
    distance = {
        (1, 0): (width - boxes[:, 2]) / width,
        (-1, 0): boxes[:, 0] / width,
        (0, 1): (height - boxes[:, 3]) / height,
        (0, -1): boxes[:, 1] / height,
    }[edge]
    return np.flatnonzero(distance <= RIM)


def _shared(box: Floats, other: Floats, axis: int) -> float:
    """Share of the narrower of two boxes (4,) over which both stand, along x (0) or y (1)."""
    low, high = max(box[axis], other[axis]), min(box[axis + 2], other[axis + 2])
    return float(max(high - low, 0) / max(min(box[axis + 2] - box[axis], other[axis + 2] - other[axis]), 1e-9))
