"""Simple shapes as `Part`s: boards, boxes, tubes, turned bodies, in millimetres; x right, y up, z towards the aisle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from datasets.products.arrays import FloatArray
from datasets.render.model import Part, Surface

Point = Sequence[float] | FloatArray
"""x, y, z in mm."""

_UNIT_SQUARE = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
_TWO_TRIANGLES = np.array([[0, 1, 2], [0, 2, 3]], np.uint32)
# Of each face of a box its four corners (bits x, y, z), counter-clockwise from outside, bottom left first.
_BOX_FACES = ((1, 5, 7, 3), (4, 0, 2, 6), (6, 7, 3, 2), (0, 1, 5, 4), (4, 5, 7, 6), (1, 0, 2, 3))
_BOX_CORNERS = {bit: (bit & 1, bit >> 1 & 1, bit >> 2 & 1) for bit in range(8)}


def quad(corners: Sequence[Point], surface: Surface) -> Part:
    """A flat four-sided board seen from one side: bottom left, bottom right, top right, top left."""
    return Part(np.array(corners, np.float32), _TWO_TRIANGLES, _UNIT_SQUARE, surface, smooth=False)


def box(low: Point, high: Point, surface: Surface) -> Part:
    """A box between two corners; each face shows the whole texture upright."""
    span = np.array([low, high], np.float32)
    vertices, faces = [], []
    for number, face in enumerate(_BOX_FACES):
        vertices += [[span[bit, axis] for axis, bit in enumerate(_BOX_CORNERS[corner])] for corner in face]
        faces.append(_TWO_TRIANGLES + 4 * number)
    corners = _outward(np.array(vertices, np.float32), np.concatenate(faces).astype(np.uint32))
    return Part(np.array(vertices, np.float32), corners, np.tile(_UNIT_SQUARE, (6, 1)), surface, smooth=False)


def _outward(vertices: FloatArray, faces: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """The faces of a convex body, each counter-clockwise from outside."""
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    inward = np.einsum("ij,ij->i", np.cross(b - a, c - a), (a + b + c) / 3 - vertices.mean(0)) < 0
    turned = faces.copy()
    turned[inward] = turned[inward][:, ::-1]
    return turned


def lathe(profile: Sequence[tuple[float, float]], surface: Surface, sides: int = 32, smooth: bool = True) -> Part:
    """A body turned about the y axis from (radius, height) pairs, from the bottom up; u runs once around it."""
    line = np.array(profile, np.float32)
    angle = np.linspace(0, 2 * np.pi, sides + 1, dtype=np.float32)
    around = np.stack([np.sin(angle), np.zeros_like(angle), np.cos(angle)], 1)
    rings = line[:, None, :1] * around + line[:, None, 1:] * np.array([0, 1, 0], np.float32)
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    uvs = np.stack(np.broadcast_arrays(angle / (2 * np.pi), (length / length[-1])[:, None]), -1)
    faces = _grid_faces(len(line), sides + 1)
    return Part(rings.reshape(-1, 3), faces, uvs.reshape(-1, 2).astype(np.float32), surface, smooth)


def tube(path: Sequence[Point] | FloatArray, radius: float | Sequence[float], surface: Surface, sides: int = 8) -> Part:
    """A round wire or pipe along a path of points, with rounded-off ends; a radius for all or for each point."""
    points = np.asarray(path, np.float32)
    radii = np.broadcast_to(np.asarray(radius, np.float32), len(points))
    along = np.gradient(points, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    first, second = _crosswise(along)
    angle = np.linspace(0, 2 * np.pi, sides + 1, dtype=np.float32)
    ring = first[:, None] * np.cos(angle)[None, :, None] + second[:, None] * np.sin(angle)[None, :, None]
    rings = points[:, None] + radii[:, None, None] * ring
    start, end = (np.repeat(points[i][None, None], sides + 1, 1) for i in (0, -1))
    grid = np.concatenate([start, rings, end]).astype(np.float32)
    u, v = np.meshgrid(np.linspace(0, 1, sides + 1), np.linspace(0, 1, len(grid)))
    faces = _grid_faces(len(grid), sides + 1)
    uvs = np.stack([u, v], -1).reshape(-1, 2).astype(np.float32)
    return Part(grid.reshape(-1, 3), faces, uvs, surface)


def _crosswise(along: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Two unit vectors across each direction (N, 3), so that first x second points along it."""
    aside = np.where(np.abs(along[:, 1:2]) < 0.9, [[0, 1, 0]], [[1, 0, 0]]).astype(np.float32)
    first = np.cross(aside, along)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    return first, np.cross(along, first)


def capsule(start: Point, end: Point, radii: tuple[float, float], surface: Surface, sides: int = 16) -> Part:
    """A limb: a round body between two half balls of these radii."""
    a, b = np.asarray(start, np.float32), np.asarray(end, np.float32)
    along = (b - a) / max(float(np.linalg.norm(b - a)), 1e-6)
    bend = np.linspace(0.02, np.pi / 2, 6, dtype=np.float32)
    foot = a - along * (radii[0] * np.cos(bend))[:, None]
    head = b + along * (radii[1] * np.cos(bend[::-1]))[:, None]
    width = np.concatenate([radii[0] * np.sin(bend), radii[1] * np.sin(bend[::-1])])
    return tube(np.concatenate([foot, head]), width.tolist(), surface, sides)


def _grid_faces(rows: int, columns: int) -> npt.NDArray[np.uint32]:
    row, column = np.meshgrid(np.arange(rows - 1), np.arange(columns - 1), indexing="ij")
    corner = (row * columns + column).reshape(-1, 1)
    lower = corner + np.array([[0, 1, columns + 1]])
    upper = corner + np.array([[0, columns + 1, columns]])
    return np.concatenate([lower, upper]).astype(np.uint32)


def moved(part: Part, matrix: FloatArray) -> Part:
    """The part under a (4, 4) transform of lengths in mm."""
    vertices = part.vertices @ matrix[:3, :3].T.astype(np.float32) + matrix[:3, 3].astype(np.float32)
    return replace(part, vertices=vertices.astype(np.float32))


def merged(parts: Iterable[Part]) -> Part:
    """Parts of one surface as one; the surface and the smoothness are the first one's."""
    parts = list(parts)
    starts = np.cumsum([0, *(len(part.vertices) for part in parts[:-1])])
    return replace(
        parts[0],
        vertices=np.concatenate([part.vertices for part in parts]),
        faces=np.concatenate([part.faces + np.uint32(start) for part, start in zip(parts, starts, strict=True)]),
        uvs=np.concatenate([part.uvs for part in parts]),
    )


def shift(x: float = 0.0, y: float = 0.0, z: float = 0.0) -> FloatArray:
    """The (4, 4) transform that moves by so many mm."""
    matrix = np.eye(4)
    matrix[:3, 3] = x, y, z
    return matrix


def turn(axis: int, radians: float) -> FloatArray:
    """The (4, 4) transform that turns about axis 0 (x), 1 (y) or 2 (z), right-handed."""
    matrix = np.eye(4)
    first, second = (axis + 1) % 3, (axis + 2) % 3
    matrix[[first, first, second, second], [first, second, first, second]] = (
        np.cos(radians), -np.sin(radians), np.sin(radians), np.cos(radians))  # fmt: skip
    return matrix
