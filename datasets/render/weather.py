"""Fog and condensation: cold mist before the products, and a wet glass door with drops, runs and wiped places."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from datasets.products.arrays import FloatArray
from datasets.render.fields import mixed, smooth_field, softened


@dataclass(frozen=True)
class _Wetness:
    """How wet a level is: `veil` everywhere, `patches` on top in places, `mist` in the air, `drops` on the glass."""

    veil: tuple[float, float]
    patches: float
    mist: float
    drops: tuple[int, int]
    blur: float
    wiped: float


_LEVELS = (
    _Wetness((0.0, 0.0), 0.0, 0.0, (0, 1), 0.0, 0.0),
    _Wetness((0.16, 0.24), 0.14, 0.06, (40, 120), 0.0015, 0.0),
    _Wetness((0.34, 0.46), 0.26, 0.12, (250, 500), 0.0026, 0.4),
    _Wetness((0.52, 0.66), 0.36, 0.2, (600, 1100), 0.004, 0.7),
)
_MOST = 0.97
_GLOW = 0.55


def fogged(light: FloatArray, distance_mm: FloatArray, level: int, rng: np.random.Generator
           ) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """The light (H, W, 3) through mist and wet glass, and how much each pixel is hidden by them, (H, W), 0 to 1."""
    if not level:
        return light, np.zeros(light.shape[:2], np.float32)
    wetness = _LEVELS[level]
    height, width = light.shape[:2]
    veil = _veil(width, height, wetness, rng)
    veil = 1 - (1 - veil) * _through_mist(distance_mm, wetness.mist)
    scattered = softened(light, wetness.blur * width)
    wide = softened(light, 0.12 * width)
    glow = wide * np.float32(_GLOW) + wide.mean(2, keepdims=True) * np.float32(0.95 - _GLOW) + np.float32(0.06)
    hazy = mixed(mixed(light, scattered, np.minimum(1.6 * veil, 1)), glow, veil)
    return _with_drops(hazy, light, int(rng.integers(*wetness.drops)), rng), veil


def _through_mist(distance_mm: FloatArray, share: float) -> FloatArray:
    """The share of light that passes (Beer and Lambert), so that `share` is lost on the way from the middle."""
    middle = max(float(np.median(distance_mm[np.isfinite(distance_mm)])), 1.0)
    way = np.nan_to_num(distance_mm / np.float32(middle), posinf=4.0)
    return np.asarray(np.exp(np.log1p(-share) * np.minimum(way, 4)), np.float32)


def _veil(width: int, height: int, wetness: _Wetness, rng: np.random.Generator) -> FloatArray:
    """Condensation on the glass: more in patches and towards one edge, less where it was wiped or ran down."""
    patches = smooth_field(width, height, width / rng.uniform(3, 6), rng)
    angle = rng.uniform(0, 2 * np.pi)
    x, y = np.linspace(-1, 1, width, dtype=np.float32)[None, :], np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    slope = 0.5 + 0.35 * (np.float32(np.cos(angle)) * x + np.float32(np.sin(angle)) * y)
    veil = np.float32(rng.uniform(*wetness.veil)) + np.float32(wetness.patches) * (1.2 * patches + 0.8 * slope - 1)
    clear = _runs(width, height, wetness, rng)
    if rng.random() < wetness.wiped:
        clear = np.maximum(clear, _wiped(width, height, rng))
    return np.clip(veil * (1 - np.float32(0.8) * clear), 0, np.float32(_MOST))


def _runs(width: int, height: int, wetness: _Wetness, rng: np.random.Generator) -> FloatArray:
    """Thin tracks of drops that ran down, (H, W), 1 where the glass is clear."""
    tracks = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(0, wetness.drops[1] // 20 + 1))):
        x, y = rng.uniform(0, width), rng.uniform(-0.1, 0.7) * height
        steps = np.arange(0, rng.uniform(0.1, 0.5), 0.02) * height
        wander = np.cumsum(rng.normal(0, 0.0012 * width, len(steps)))
        path = np.stack([x + wander, y + steps], axis=1).astype(np.int32)
        cv2.polylines(
            tracks, [path], False, float(rng.uniform(0.3, 0.8)), max(1, int(width * rng.uniform(0.002, 0.005)))
        )
    return softened(tracks, width * 0.0008)


def _wiped(width: int, height: int, rng: np.random.Generator) -> FloatArray:
    """Where a hand went over the glass: a few strokes side by side, each with streaks along it."""
    swept = np.zeros((height, width), np.float32)
    start, end = rng.uniform(0.1, 0.9, 2) * (width, height), rng.uniform(0.1, 0.9, 2) * (width, height)
    bow = rng.uniform(-0.25, 0.25, 2) * (width, height)
    along = np.linspace(0, 1, 40)[:, None]
    path = start + (end - start) * along + 4 * bow * along * (1 - along)
    across = np.array([-(end - start)[1], (end - start)[0]]) / max(float(np.hypot(*(end - start))), 1.0)
    broad = width * rng.uniform(0.08, 0.16)
    for offset in np.linspace(-0.5, 0.5, 26):
        line = (path + across * offset * broad).astype(np.int32)
        cv2.polylines(swept, [line], False, float(rng.uniform(0.35, 1.0)), int(broad / 18) + 1)
    return softened(swept, width * 0.002)


def _with_drops(hazy: FloatArray, clear: FloatArray, count: int, rng: np.random.Generator) -> FloatArray:
    """Drops on the glass, each a small lens that shows the scene around it upside down."""
    height, width = hazy.shape[:2]
    wet = hazy.copy()
    radii = np.exp(rng.normal(np.log(0.0019), 0.45, count)) * width
    for radius, x, y in zip(np.clip(radii, 1.2, 0.008 * width), rng.uniform(0, width, count),
                            rng.uniform(0, height, count), strict=True):  # fmt: skip
        _put_drop(wet, clear, float(radius), float(x), float(y))
    return wet


def _put_drop(wet: FloatArray, clear: FloatArray, radius: float, x: float, y: float) -> None:
    height, width = wet.shape[:2]
    left, right = max(int(x - radius - 1), 0), min(int(x + radius + 2), width)
    top, bottom = max(int(y - radius * 1.2 - 1), 0), min(int(y + radius * 1.2 + 2), height)
    across = (np.arange(left, right) + 0.5 - x)[None, :] / radius
    down = (np.arange(top, bottom) + 0.5 - y)[:, None] / (radius * 1.15)
    reach = np.hypot(across, down)
    inside = np.clip((1 - reach) * radius, 0, 1).astype(np.float32)[..., None]
    seen_x = np.clip(x - across * radius * 6 + 0 * down, 0, width - 1).astype(int)
    seen_y = np.clip(y - down * radius * 6 + 0 * across, 0, height - 1).astype(int)
    # Light from above gathers at the lower rim; the rim itself throws light past the camera.
    shade = (1.05 + 0.35 * down) * (1 - 0.45 * np.clip(reach, 0, 1) ** 4)
    around = wet[top:bottom, left:right]
    bead = (0.5 * clear[seen_y, seen_x] + 0.5 * around) * shade.astype(np.float32)[..., None]
    bead = bead + (np.hypot(across + 0.3, down + 0.35) < 0.25).astype(np.float32)[..., None] * np.float32(0.35)
    around += inside * (bead - around)
