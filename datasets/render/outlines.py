"""The outline of a thing as if nothing hid it: rings around its model, projected, and filled band by band."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from datasets.products.arrays import FloatArray
from datasets.render.cameras import project
from datasets.render.model import Model, Part
from datasets.render.rendering import CameraModel

_BAND_MM = 9.0
_MOST_BANDS = 40
_CORNERS = 24
"""Points kept of each ring."""
_CANVAS = 360.0
"""Pixels of the longer side of the picture in which a thing's area is counted."""
_SHIFT = 4

Box = tuple[float, float, float, float]


@lru_cache(maxsize=1024)
def rings(model: Model) -> tuple[FloatArray, ...]:
    """For each part (K, 24, 3): the convex hulls of its cross-sections from foot to top, in the model's mm.

    Between two neighbouring rings the part is taken for their convex hull: exact for boxes and for round bodies
    whose side is straight there, and for what is convex.
    """
    return tuple(_part_rings(part) for part in model.parts)


def _part_rings(part: Part) -> FloatArray:
    triangles = part.vertices[part.faces].astype(np.float64)
    low, high = triangles[..., 1].min(), triangles[..., 1].max()
    count = int(np.clip(np.ceil((high - low) / _BAND_MM), 1, _MOST_BANDS)) + 1
    inset = min(1e-3, (high - low) / 4)
    if high - low < 0.5:
        return _hull(triangles.reshape(-1, 3), float((low + high) / 2))[None]
    edges = np.concatenate([triangles[:, [a, b]] for a, b in ((0, 1), (1, 2), (2, 0))])
    found = [_section(edges, y) for y in np.linspace(low + inset, high - inset, count)]
    kept = [ring for ring in found if ring is not None]
    # Flat faces at several heights cross no level between them.
    return np.stack(kept or [_hull(triangles.reshape(-1, 3), float(y)) for y in (low, high)])


def _section(edges: FloatArray, y: float) -> FloatArray | None:
    start, end = edges[:, 0], edges[:, 1]
    crossing = (start[:, 1] - y) * (end[:, 1] - y) < 0
    start, end = start[crossing], end[crossing]
    if not len(start):
        return None
    share = (y - start[:, 1:2]) / (end[:, 1:2] - start[:, 1:2])
    return _hull(start + share * (end - start), y)


def _hull(points: FloatArray, y: float) -> FloatArray:
    flat = cv2.convexHull(np.ascontiguousarray(points[:, [0, 2]], np.float32)).reshape(-1, 2)
    kept = flat[np.linspace(0, len(flat) - 1, _CORNERS).round().astype(int)]
    ring: FloatArray = np.stack([kept[:, 0], np.full(_CORNERS, y), kept[:, 1]], 1)
    return ring


def outline(model: Model, matrix: FloatArray, camera: CameraModel) -> tuple[float, Box]:
    """Area in pixels and box of a thing in the ideal photo, also where it reaches out of it; 0 behind the camera."""
    bands: list[FloatArray] = []
    for part in rings(model):
        points = part.reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3]
        pixels, ahead = project(camera, points)
        if (ahead <= 1).all():
            continue
        seen = pixels.reshape(-1, _CORNERS, 2)
        bands += [seen[0]] if len(seen) == 1 else list(np.concatenate([seen[:-1], seen[1:]], axis=1))
    if not bands:
        return 0.0, (0.0, 0.0, 0.0, 0.0)
    every = np.concatenate(bands)
    low, high = every.min(0), every.max(0)
    return _area(bands, low, high), (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def _area(bands: list[FloatArray], low: FloatArray, high: FloatArray) -> float:
    scale = _CANVAS / max(float((high - low).max()), 1e-6)
    width, height = (int(side) for side in np.ceil((high - low) * scale) + 4)
    mask = np.zeros((height, width), np.uint8)
    for band in bands:
        hull = cv2.convexHull(np.ascontiguousarray((band - low) * scale + 1.5, np.float32)).reshape(-1, 2)
        cv2.fillConvexPoly(mask, (hull * 2**_SHIFT).round().astype(np.int32), 1, cv2.LINE_8, _SHIFT)
    # OpenCV fills every pixel that the edge touches, half a pixel too many all around.
    rim = cv2.countNonZero(mask) - cv2.countNonZero(cv2.erode(mask, np.ones((3, 3), np.uint8)))
    return (cv2.countNonZero(mask) - rim / 2) / scale**2
