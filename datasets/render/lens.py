"""The lens of a photo: how it is turned and bent against the ideal camera, in the terms of OpenCV's calibration."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import cv2
import numpy as np

from datasets.products.arrays import FloatArray
from datasets.render.rendering import CameraModel
from datasets.render.stress import Stress, StressKind

LensKind = Literal["brown-conrady", "fisheye"]

_BARREL = ((-0.004, 0.015), (0.05, 0.08), (0.11, 0.15), (0.18, 0.23))
"""By level: the share by which the corner of the photo is pulled in, lowest and highest."""
_TILT_DEG = ((0.7, 0.4, 0.4), (4.0, 2.5, 2.0), (9.0, 5.0, 4.0), (16.0, 8.0, 6.0))
"""By level: most roll, pitch and yaw; at least half of the roll is used."""
_FISHEYE_FROM, _FISHEYE_CHANCE = 2, 0.5
_RADII = np.linspace(0, 4, 8192)
"""Tangents of angles from the axis; what lies further off is outside every photo."""
_STEEPEST = 0.05
_EDGE_POINTS = 33
_MOST_WIDENED, _MOST_PIXELS = 1.4, 1.25
"""How far the ideal picture may grow: each side in what it shows, its area in pixels that have to be traced."""


@dataclass(frozen=True, eq=False)
class Lens:
    """A camera that stands where the ideal one stands, turned, with a lens that bends straight lines.

    Attributes:
        kind: brown-conrady (coefficients k1, k2, p1, p2, k3) or fisheye (k1 to k4, Kannala and Brandt), as in OpenCV.
        distortion: those coefficients; p1 and p2 are 0, the lens is well centred.
        turn: (3, 3) rotation from the ideal camera's axes to those of this one.
        k: (3, 3) intrinsics of the photo.
        width, height: of the photo, pixels.
    """

    kind: LensKind
    distortion: tuple[float, ...]
    turn: FloatArray
    k: FloatArray
    width: int
    height: int

    @cached_property
    def _table(self) -> FloatArray:
        """Bent radius for each of `_RADII`, made to grow also where the polynomial would fold back."""
        if self.kind == "fisheye":
            angle = np.arctan(_RADII)
            bent = angle * (1 + sum(k * angle ** (2 * n) for n, k in enumerate(self.distortion, start=1)))
        else:
            k1, k2, _, _, k3 = self.distortion
            bent = _RADII * (1 + k1 * _RADII**2 + k2 * _RADII**4 + k3 * _RADII**6)
        steps = np.diff(bent)
        folds = np.flatnonzero(steps <= 0)
        if len(folds):
            steps[folds[0] :] = _STEEPEST * (_RADII[1] - _RADII[0])
        return np.concatenate([[0.0], np.cumsum(steps)])

    def bend(self, points: FloatArray) -> FloatArray:
        """Directions (..., 2) as x/z, y/z to where they fall behind the lens."""
        return points * _ratio(points, _RADII, self._table)

    def unbend(self, points: FloatArray) -> FloatArray:
        """The inverse of `bend`."""
        return points * _ratio(points, self._table, _RADII)

    def scaled(self, width: int, height: int) -> Lens:
        """The same lens before a sensor of another number of pixels."""
        scale = np.diag([width / self.width, height / self.height, 1.0])
        return replace(self, k=scale @ self.k, width=width, height=height)

    def zoomed(self, factor: float) -> Lens:
        """The same lens before a smaller part of the sensor, enlarged."""
        k = self.k.copy()
        k[0, 0] *= factor
        k[1, 1] *= factor
        return replace(self, k=k)


def _ratio(points: FloatArray, given: FloatArray, wanted: FloatArray) -> FloatArray:
    radius = np.hypot(points[..., 0], points[..., 1])
    return (np.interp(radius, given, wanted) / np.maximum(radius, 1e-9))[..., None]


@dataclass(frozen=True, eq=False)
class Warp:
    """The way between the pixels of the ideal photo and those of the real one, both counted from the photo's corner,
    so that the middle of the first pixel is (0.5, 0.5).

    Attributes:
        camera: the ideal camera.
        lens: the real one.
    """

    camera: CameraModel
    lens: Lens

    def to_photo(self, points: FloatArray) -> FloatArray:
        """Ideal pixels (N, 2) to pixels of the photo; may lie outside of it."""
        rays = _rays(points, self.camera.k) @ self.lens.turn.T
        ahead = np.maximum(rays[..., 2:], 1e-6)
        return np.asarray(self.lens.bend(rays[..., :2] / ahead) * _focal(self.lens.k) + self.lens.k[:2, 2])

    def to_ideal(self, points: FloatArray) -> FloatArray:
        """Pixels of the photo (..., 2) to ideal pixels."""
        flat = self.lens.unbend((points - self.lens.k[:2, 2]) / _focal(self.lens.k))
        rays = flat @ self.lens.turn[:2] + self.lens.turn[2]
        return np.asarray(rays[..., :2] / rays[..., 2:] * _focal(self.camera.k) + self.camera.k[:2, 2])

    @cached_property
    def ideal_points(self) -> FloatArray:
        """(H, W, 2) float32: the ideal pixel that each pixel of the photo shows."""
        x, y = np.arange(self.lens.width) + 0.5, np.arange(self.lens.height) + 0.5
        return np.asarray(self.to_ideal(np.stack(np.meshgrid(x, y), axis=-1)), np.float32)

    @cached_property
    def stretch(self) -> FloatArray:
        """(H, W) float32: how many ideal pixels each pixel of the photo covers."""
        down, across = np.gradient(self.ideal_points, axis=(0, 1))
        return np.asarray(np.abs(across[..., 0] * down[..., 1] - across[..., 1] * down[..., 0]))

    def bent(self, picture: FloatArray, *, nearest: bool = False) -> FloatArray:
        """The photo (H, W, ...) of an ideal picture; `nearest` for numbers that must not be mixed."""
        maps = self.ideal_points - np.float32(0.5)
        how = cv2.INTER_NEAREST if nearest else cv2.INTER_CUBIC
        bent = cv2.remap(picture, maps[..., 0], maps[..., 1], how, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(bent if nearest else np.maximum(bent, 0))

    def as_json(self) -> dict[str, Any]:
        """The photo's camera: a point x of the scene projects to what OpenCV makes of r x + t, k and distortion."""
        lens = self.lens
        return {
            "mount": self.camera.mount,
            "model": lens.kind,
            "width": lens.width,
            "height": lens.height,
            "k": np.round(lens.k, 6).tolist(),
            "distortion": [round(k, 8) for k in lens.distortion],
            "r": np.round(lens.turn @ self.camera.r, 8).tolist(),
            "t": np.round(lens.turn @ self.camera.t, 4).tolist(),
        }


def _focal(k: FloatArray) -> FloatArray:
    return np.array([k[0, 0], k[1, 1]])


def _rays(points: FloatArray, k: FloatArray) -> FloatArray:
    flat = (points - k[:2, 2]) / _focal(k)
    return np.concatenate([flat, np.ones((*flat.shape[:-1], 1))], axis=-1)


def draw_lens(camera: CameraModel, stress: Stress, rng: np.random.Generator) -> Lens:
    """A lens for a photo of the camera's size, bent and turned as far as the stress says."""
    level = stress[StressKind.LENS_DISTORTION]
    barrel = float(rng.uniform(*_BARREL[level]))
    fisheye = bool(rng.random() < _FISHEYE_CHANCE) and level >= _FISHEYE_FROM
    roll, pitch, yaw = np.radians(_TILT_DEG[stress[StressKind.TILT]])
    angles = (
        rng.uniform(-pitch, pitch),
        rng.uniform(-yaw, yaw),
        rng.uniform(roll / 2, roll) * rng.choice([-1.0, 1.0]),
    )
    turn = _about(2, angles[2]) @ _about(0, angles[0]) @ _about(1, angles[1])
    corner = float(np.hypot(camera.width / camera.k[0, 0], camera.height / camera.k[1, 1]) / 2)
    distortion = _fisheye(corner, barrel) if fisheye else _brown_conrady(corner, barrel)
    kind: LensKind = "fisheye" if fisheye else "brown-conrady"
    return Lens(kind, distortion, turn, np.array(camera.k, float), camera.width, camera.height)


def _brown_conrady(corner: float, barrel: float) -> tuple[float, ...]:
    seen = corner / (1 - barrel)
    return (-barrel / seen**2, 0.0, 0.0, 0.0, 0.0)


def _fisheye(corner: float, barrel: float) -> tuple[float, ...]:
    angle = float(np.arctan(corner / (1 - barrel)))
    return ((corner / angle - 1) / angle**2, 0.0, 0.0, 0.0)


def _about(axis: int, angle: float) -> FloatArray:
    vector = np.zeros(3)
    vector[axis] = angle
    return np.asarray(cv2.Rodrigues(vector)[0])


def sized(camera: CameraModel, width: int, height: int) -> CameraModel:
    """The camera with another number of pixels, and the same field of view over the longer side."""
    focal = camera.k[0, 0] * max(width, height) / max(camera.width, camera.height)
    k = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1]])
    return replace(camera, width=width, height=height, k=k)


def widened(camera: CameraModel, lens: Lens) -> CameraModel:
    """The ideal camera with a picture large enough for all that the lens shows, as far as that is affordable.

    A much larger picture gets somewhat coarser pixels, as tracing them is what a photo costs.
    """
    wanted = np.abs(Warp(camera, lens).to_ideal(_edge(lens)) - camera.k[:2, 2]).max(0) * 2 + 4
    size = np.array([camera.width, camera.height])
    width, height = (int(side) for side in np.ceil(np.clip(wanted, size, size * _MOST_WIDENED) / 2) * 2)
    k = np.array(camera.k, float)
    k[:2, 2] += (np.array([width, height]) - size) / 2
    wide = replace(camera, width=width, height=height, k=k)
    coarser = min(1.0, float(np.sqrt(_MOST_PIXELS * size.prod() / (width * height))))
    return wide if coarser == 1 else sized(wide, round(width * coarser), round(height * coarser))


def fitted(lens: Lens, camera: CameraModel) -> Lens:
    """The lens, zoomed in until all that it shows lies in the ideal camera's picture."""
    if _covered(lens, camera):
        return lens
    low, high = 1.0, 3.0
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (low, middle) if _covered(lens.zoomed(middle), camera) else (middle, high)
    return lens.zoomed(high)


def _covered(lens: Lens, camera: CameraModel) -> bool:
    seen = Warp(camera, lens).to_ideal(_edge(lens))
    return bool((seen >= -1).all() and (seen <= np.array([camera.width, camera.height]) + 1).all())


def _edge(lens: Lens) -> FloatArray:
    share = np.linspace(0, 1, _EDGE_POINTS)
    zero, one = np.zeros(_EDGE_POINTS), np.ones(_EDGE_POINTS)
    x, y = np.concatenate([share, share, zero, one]), np.concatenate([zero, one, share, share])
    return np.stack([x * lens.width, y * lens.height], axis=1)
