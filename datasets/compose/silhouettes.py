"""`Silhouette`: the outline that a pack would have in the picture if nothing hid it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datasets.compose.cartons import carton_faces
from datasets.compose.solids import BOXED, PER_MM, Solid
from datasets.compose.sprites import View
from datasets.products.arrays import FloatArray

_EVERY_MM = 4


@dataclass(frozen=True)
class Silhouette:
    """Points around a pack on the canvas, (N, 2), and the area inside, pixels."""

    outline: FloatArray
    area: float


def silhouette(solid: Solid, view: View, fallen: bool) -> Silhouette:
    """The silhouette of a pack; of a fallen one, `view` is that of its middle."""
    if fallen:
        return _lying(solid, view)
    return _carton(solid, view) if solid.pack.pack_type in BOXED else _round(solid, view)


def _round(solid: Solid, view: View) -> Silhouette:
    """A body of revolution: its profile, and the ellipses of foot and top that bulge over its ends."""
    scale = view.px_per_mm
    foot, top = float(solid.radius[0]), float(solid.radius[-1])
    radius = solid.radius[:: _EVERY_MM * PER_MM]
    height = np.linspace(0, solid.height_mm, len(radius))
    down = view.y + scale * max(view.tilt, 0) * foot
    up = view.y - scale * (solid.height_mm + abs(view.tilt) * top)
    sides = [np.column_stack([view.x + sign * radius * scale, view.y - height * scale]) for sign in (-1, 1)]
    if view.tilt < 0:
        sides = [side[side[:, 1] <= view.y + view.tilt * foot * scale] for side in sides]
    outline = np.concatenate([*sides, [[view.x, down], [view.x, up]]])
    half_ellipses = np.pi / 2 * (abs(view.tilt) * top**2 + view.tilt * foot**2)
    return Silhouette(outline, float((2 * solid.radius.mean() * solid.height_mm + half_ellipses) * scale**2))


def _carton(solid: Solid, view: View) -> Silhouette:
    faces = [face.corners for face in carton_faces(solid, view)]
    return Silhouette(np.concatenate(faces), float(sum(_polygon_area(corners) for corners in faces)))


def _polygon_area(corners: FloatArray) -> float:
    x, y = corners[:, 0], corners[:, 1]
    return float(abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2)


def _lying(solid: Solid, view: View) -> Silhouette:
    half_width, half_height = solid.height_mm / 2 * view.px_per_mm, float(solid.radius.max()) * view.px_per_mm
    corners = np.array([(view.x + a * half_width, view.y + b * half_height) for a in (-1, 1) for b in (-1, 1)])
    return Silhouette(corners, float(2 * solid.radius.mean() * solid.height_mm * view.px_per_mm**2))
