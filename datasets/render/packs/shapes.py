"""`Shape`: a mesh without a surface, and the ways to make one: turned on a lathe, extruded, patched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from datasets.products.arrays import FloatArray
from datasets.render.model import Part, Surface

Profile = Sequence[tuple[float, float]]
"""Radius and height in mm along one side of a body of revolution; the outside lies to the right of its way."""


@dataclass(frozen=True, eq=False)
class Shape:
    """Vertices (N, 3) in mm, faces (M, 3) counter-clockwise from outside, uvs (N, 2)."""

    vertices: FloatArray
    faces: npt.NDArray[np.uint32]
    uvs: FloatArray

    def part(self, surface: Surface, smooth: bool = True) -> Part:
        """The shape, made of something."""
        return Part(self.vertices, self.faces, self.uvs, surface, smooth)

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0, turn: float = 0.0) -> Shape:
        """Turned about the upright axis by `turn` radians, then shifted."""
        return Shape(placed(self.vertices, x, y, z, turn), self.faces, self.uvs)


def placed(points: FloatArray, x: float, y: float, z: float, turn: float) -> FloatArray:
    """(N, 3) points turned about the upright axis, then shifted."""
    c, s = np.cos(turn), np.sin(turn)
    spin = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    moved: FloatArray = (points @ spin.T + np.array([x, y, z])).astype(np.float32)
    return moved


def joined(shapes: Sequence[Shape]) -> Shape:
    """Several shapes as one."""
    firsts = np.cumsum([0, *(len(shape.vertices) for shape in shapes[:-1])])
    return Shape(
        np.concatenate([shape.vertices for shape in shapes]),
        np.concatenate([shape.faces + np.uint32(first) for shape, first in zip(shapes, firsts, strict=True)]),
        np.concatenate([shape.uvs for shape in shapes]),
    )


def patch(grid: FloatArray, uvs: FloatArray | None = None) -> Shape:
    """A surface through a grid of points (rows, columns, 3), seen from where rows go up and columns to the right.

    Triangles without area, as at a pole, are left out. `uvs` is (rows, columns, 2); else the place in the grid.
    """
    rows, columns = grid.shape[:2]
    if uvs is None:
        across, up = np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows))
        uvs = np.stack([across, up], -1)
    vertices = np.ascontiguousarray(grid.reshape(-1, 3), np.float32)
    number = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = number[:-1, :-1], number[:-1, 1:], number[1:, 1:], number[1:, :-1]
    faces = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    corners = vertices[faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    return Shape(vertices, faces[area > 1e-4].astype(np.uint32), np.clip(uvs.reshape(-1, 2), 0, 1).astype(np.float32))


def turned(profile: Profile, around: int, swell: FloatArray | None = None) -> Shape:
    """A body of revolution. u goes around it, with the front (+z) at 0.25; v goes along the profile.

    Args:
        profile: from the bottom's centre outwards, up, and over the top.
        around: how many sides; a multiple of 4 makes the width exact.
        swell: (len(profile), around + 1) by which the radius is multiplied, or None.
    """
    points = np.array(profile, np.float64)
    angle = np.linspace(0, 2 * np.pi, around + 1)
    radius = points[:, :1] * (np.ones((1, around + 1)) if swell is None else swell)
    height = np.broadcast_to(points[:, 1:], radius.shape)
    grid = np.stack([-radius * np.cos(angle), height, radius * np.sin(angle)], -1)
    grid[:, -1] = grid[:, 0]
    way = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    along = np.broadcast_to((way / way[-1])[:, None], radius.shape)
    return patch(grid, np.stack([np.broadcast_to(angle / (2 * np.pi), radius.shape), along], -1))


def disc(radius: float, y: float, around: int, rise: float = 0.0) -> Shape:
    """A disc that looks up, its middle `rise` mm higher; u and v lie in its plane, the front at v = 0."""
    rings = np.array([1.0, 0.55, 0.0]) * radius
    angle = np.linspace(0, 2 * np.pi, around + 1)
    x, z = -rings[:, None] * np.cos(angle), rings[:, None] * np.sin(angle)
    height = y + rise * (1 - (rings / radius) ** 2)[:, None] * np.ones_like(x)
    return patch(np.stack([x, height, z], -1), np.stack([0.5 + x / (2 * radius), 0.5 - z / (2 * radius)], -1))


def rounded_outline(width: float, depth: float, radius: float, steps: int) -> FloatArray:
    """(N, 2) x and z around a rounded rectangle, closed, from the middle of its left side by the front."""
    corners = []
    for sign_x, sign_z, turns in ((-1, 1, 0.0), (1, 1, 0.5), (1, -1, 1.0), (-1, -1, 1.5)):
        angle = np.pi * (turns + np.linspace(0, 0.5, steps))
        centre = (sign_x * (width / 2 - radius), sign_z * (depth / 2 - radius))
        corners.append(np.stack([centre[0] - radius * np.cos(angle), centre[1] + radius * np.sin(angle)], 1))
    loop = np.concatenate(corners)
    start = np.array([[-width / 2, 0.0]])
    return np.concatenate([start, loop, start])


def subdivided(outline: FloatArray, step: float) -> FloatArray:
    """The outline with further points on its straight sides, at most `step` mm apart."""
    legs = [
        np.linspace(start, end, max(int(np.ceil(np.linalg.norm(end - start) / step)), 1), endpoint=False)
        for start, end in pairwise(outline)
    ]
    return np.concatenate([*legs, outline[-1:]])


def around_share(outline: FloatArray) -> FloatArray:
    """How far along the outline each of its points lies, 0 to 1."""
    way = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(outline, axis=0), axis=1))])
    share: FloatArray = (way / way[-1]).astype(np.float32)
    return share


def walled(outline: FloatArray, heights: Sequence[float], scales: Sequence[tuple[float, float]] | None = None) -> Shape:
    """The wall over an outline (N, 2) of x and z; u goes around it, v up it.

    `scales` are the factors of x and z at each height, 1 without.
    """
    factors = np.ones((len(heights), 2)) if scales is None else np.array(scales, np.float64)
    flat = outline[None] * factors[:, None]
    rise = np.broadcast_to(np.array(heights, np.float64)[:, None], flat.shape[:2])
    up = (rise - rise.min()) / max(float(np.ptp(rise)), 1e-6)
    across = np.broadcast_to(around_share(outline), up.shape)
    return patch(np.stack([flat[..., 0], rise, flat[..., 1]], -1), np.stack([across, up], -1))


def capped(outline: FloatArray, y: float, upwards: bool, scale: tuple[float, float] = (1.0, 1.0)) -> Shape:
    """The flat top (or bottom) inside an outline."""
    rim = outline * np.array(scale)
    rings = np.stack([rim, np.zeros_like(rim)] if upwards else [np.zeros_like(rim), rim])
    grid = np.stack([rings[..., 0], np.full(rings.shape[:2], y), rings[..., 1]], -1)
    half = np.abs(rim).max(0)
    return patch(grid, np.stack([0.5 + rings[..., 0] / (2 * half[0]), 0.5 - rings[..., 1] / (2 * half[1])], -1))
