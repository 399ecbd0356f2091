"""Products that stand side by side and look alike are mostly one SKU: each lends its neighbours what it looks like.

A single crop is noisy: a glare, a hand's shadow, a turned label. Facings of one SKU stand together, so the mean over a
product and its look-alike neighbours is a better look at what they are. A neighbour that does not look alike lends
nothing, so the last facing of a SKU is not drawn over to the next SKU.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edge.vision.detections import FloatArray

LIKE_FROM = 0.7
"""Cosine from which on a neighbour counts as a look-alike; its weight grows from 0 here to 1 for equal looks."""

BESIDE = 1.6
"""Distance of two middles, in widths of the wider product, within which they stand side by side."""

SAME_FOOT = 0.5
"""Vertical distance of two feet, in heights of the lower product, within which they stand on one shelf."""

SAME_HEIGHT = 0.75
"""Smallest ratio of two heights of one SKU."""

_OVERLAID = 0.3  # closer than this many widths, two boxes are one product seen twice


def with_neighbours(embeddings: FloatArray, boxes: FloatArray, sure: npt.NDArray[np.bool_] | None = None) -> FloatArray:
    """Unit vectors (N, D) of products in `boxes` (N, 4), each moved towards those of its look-alike neighbours.

    Only the products that are `sure` (all, by default) lend; a doubtful detection may be no product.
    """
    if len(embeddings) < 2:
        return embeddings
    beside = _beside(boxes) if sure is None else _beside(boxes) & sure[None, :]
    alike = np.clip((embeddings @ embeddings.T - LIKE_FROM) / (1 - LIKE_FROM), 0, 1)
    lent = embeddings + (beside * alike) @ embeddings
    return np.asarray(lent / np.linalg.norm(lent, axis=1, keepdims=True), np.float32)


def _beside(boxes: FloatArray) -> npt.NDArray[np.bool_]:
    """(N, N) whether two products stand side by side on one shelf and are of one height."""
    x1, y1, x2, y2 = boxes.T
    width, height, middle = x2 - x1, np.maximum(y2 - y1, 1e-6), (x1 + x2) / 2
    apart = np.abs(_pairs(np.subtract, middle)) / np.maximum(_pairs(np.maximum, width), 1e-6)
    lower = _pairs(np.minimum, height)
    feet = np.abs(_pairs(np.subtract, y2)) / lower
    alike = lower / _pairs(np.maximum, height)
    return np.asarray((apart > _OVERLAID) & (apart < BESIDE) & (feet < SAME_FOOT) & (alike > SAME_HEIGHT))


def _pairs(ufunc: np.ufunc, values: FloatArray) -> FloatArray:
    paired: FloatArray = ufunc.outer(values, values)
    return paired
