"""Cameras: fixed on the door, in a top corner of the cabinet, or held by somebody across the aisle."""

from __future__ import annotations

import numpy as np

from datasets.products.arrays import FloatArray
from datasets.render.furniture.furniture import Furniture
from datasets.render.rendering import CameraModel, Mount


def looking_at(eye: FloatArray, target: FloatArray, size: tuple[int, int], field_deg: float, mount: Mount,
               up: tuple[float, float, float] = (0.0, 1.0, 0.0)) -> CameraModel:  # fmt: skip
    """A pinhole camera at `eye` (mm) that looks at `target`; `field_deg` is the field of view over its longer side."""
    ahead = np.asarray(target, float) - eye
    ahead /= np.linalg.norm(ahead)
    right = np.cross(ahead, up)
    right /= np.linalg.norm(right)
    r = np.stack([right, np.cross(ahead, right), ahead])
    width, height = size
    focal = max(size) / 2 / np.tan(np.radians(field_deg) / 2)
    k = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1]])
    return CameraModel(width, height, k, r, -r @ np.asarray(eye, float), mount)


def position(camera: CameraModel) -> FloatArray:
    """x, y, z of the pinhole, mm."""
    eye: FloatArray = -camera.r.T @ camera.t
    return eye


def project(camera: CameraModel, points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Pixels (N, 2) of points (N, 3) in mm, counted from the photo's corner, and how far ahead they lie, mm (N,).

    What lies behind the camera gets the pixel of where it would enter the photo at arm's length before it.
    """
    seen = points @ camera.r.T + camera.t
    ahead = np.maximum(seen[:, 2:], 1.0)
    pixels: FloatArray = seen[:, :2] / ahead * (camera.k[0, 0], camera.k[1, 1]) + camera.k[:2, 2]
    return pixels, seen[:, 2]


def mirrored(camera: CameraModel, normal: FloatArray, point: FloatArray) -> CameraModel:
    """The camera behind a mirror through `point`; its picture, flipped left to right, is what the mirror shows."""
    flip = np.eye(3) - 2 * np.outer(normal, normal)
    eye = position(camera) - 2 * float(normal @ (position(camera) - point)) * normal
    r = np.diag([-1.0, 1.0, 1.0]) @ camera.r @ flip
    return CameraModel(camera.width, camera.height, camera.k, r, -r @ eye, camera.mount)


def draw_camera(rng: np.random.Generator, furniture: Furniture, mount: Mount, size: tuple[int, int]) -> CameraModel:
    """A camera of this mount by chance, as it would be fixed to (or held before) the furniture."""
    return {"aisle": _aisle, "door": _door, "corner": _corner}[mount](rng, furniture, size)


def mounts(furniture: str) -> tuple[Mount, ...]:
    """Where a camera can hang on furniture of this name: a door camera needs a door, a corner camera a wall."""
    if furniture.startswith("upright"):
        return ("aisle", "door", "corner")
    return ("aisle",) if furniture == "floor-display" else ("aisle", "corner")


def _aisle(rng: np.random.Generator, furniture: Furniture, size: tuple[int, int]) -> CameraModel:
    """Held by somebody who stands before the furniture: all of it, or a part from nearer."""
    low, high = stock_span(furniture)
    tall, wide = high - low + float(rng.uniform(120, 420)), furniture.width_mm + float(rng.uniform(40, 300))
    close = float(rng.uniform(0.45, 0.8)) if rng.random() < 0.3 else 1.0
    field = float(rng.uniform(48, 68))
    reach = max(tall / size[1], wide / size[0]) * max(size) / 2 * close
    distance = reach / np.tan(np.radians(field) / 2)
    roam = (1 - close) / 2
    target = np.array([rng.uniform(-roam, roam) * wide, (low + high) / 2 + rng.uniform(-roam, roam) * tall, -60.0])
    chest = any(shelf.from_above for shelf in furniture.shelves)
    height = float(rng.uniform(1500, 1750) if chest else rng.normal(1320, 160))
    eye = np.array([target[0] + rng.normal(0, 0.16) * distance, height, max(distance, 350.0)])
    if chest:
        target, eye[2] = np.array([target[0], low, -furniture.depth_mm * 0.45]), float(rng.uniform(250, 700))
        field = float(rng.uniform(62, 78))
    return looking_at(eye, target, size, field, "aisle")


def _door(rng: np.random.Generator, furniture: Furniture, size: tuple[int, int]) -> CameraModel:
    """On the inside of the opening door, near its free edge: close to the shelves, wide, strongly in perspective."""
    low, high = stock_span(furniture)
    side = 1.0 if rng.random() < 0.5 else -1.0
    swing = np.radians(float(rng.uniform(48, 85)))
    wide = furniture.width_mm * 0.8
    hinge = furniture.width_mm / 2 - 20
    eye = np.array([side * (hinge - wide * np.cos(swing)), low + float(rng.uniform(0.55, 0.85)) * (high - low),
                    wide * np.sin(swing) - 30])  # fmt: skip
    target = np.array([-side * float(rng.uniform(0, 90)), low + 0.48 * (high - low), -120.0])
    return looking_at(eye, target, size, float(rng.uniform(94, 112)), "door")


def _corner(rng: np.random.Generator, furniture: Furniture, size: tuple[int, int]) -> CameraModel:
    """On an arm over a top corner, looking down along the diagonal; over a chest, above the rim's corner."""
    low, high = stock_span(furniture)
    side = 1.0 if rng.random() < 0.5 else -1.0
    half = furniture.width_mm / 2
    if furniture.shelves[0].from_above:
        eye = np.array([side * half, high + float(rng.uniform(650, 950)), float(rng.uniform(-80, 200))])
        target = np.array([-side * half * 0.12, low, -furniture.depth_mm * 0.5])
        return looking_at(eye, target, size, float(rng.uniform(72, 86)), "corner")
    eye = np.array([side * (half - 30), high + float(rng.uniform(0, 120)), float(rng.uniform(420, 650))])
    target = np.array([-side * half * 0.2, low + float(rng.uniform(0.42, 0.5)) * (high - low), -90.0])
    return looking_at(eye, target, size, float(rng.uniform(82, 96)), "corner")


def stock_span(furniture: Furniture) -> tuple[float, float]:
    """Lowest and highest y that products reach, mm."""
    low = min(shelf.level_mm for shelf in furniture.shelves)
    return low, max(shelf.level_mm + shelf.clear_mm for shelf in furniture.shelves)
