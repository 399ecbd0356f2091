"""A dirty or partly blocked lens: dust, greasy smears, blots, a finger, tape; so near that all is out of focus."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from datasets.products.arrays import FloatArray
from datasets.render.fields import mixed, smooth_field, softened


@dataclass(frozen=True)
class _Dirt:
    """How dirty a level is: least and most specks, smears and blots; chance that something blocks an edge."""

    specks: tuple[int, int]
    smears: tuple[int, int]
    grease: float
    blots: tuple[int, int]
    blocked: float


_LEVELS = (
    _Dirt((0, 0), (0, 0), 0.0, (0, 0), 0.0),
    _Dirt((14, 30), (1, 2), 0.55, (0, 0), 0.0),
    _Dirt((30, 60), (2, 3), 0.75, (1, 2), 0.35),
    _Dirt((50, 90), (3, 5), 0.9, (2, 4), 0.9),
)
_SKIN, _TAPE, _CARD = (0.42, 0.2, 0.13), (0.3, 0.29, 0.22), (0.02, 0.02, 0.022)


def dirtied(light: FloatArray, level: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """The light (H, W, 3) through a dirty lens, and how much each pixel is hidden by it, (H, W), 0 to 1."""
    height, width = light.shape[:2]
    hidden: FloatArray = np.zeros((height, width), np.float32)
    if not level:
        return light, hidden
    dirt = _LEVELS[level]
    for _ in range(_between(dirt.smears, rng)):
        light = _smeared(light, _smear(width, height, rng) * np.float32(dirt.grease))
    light = light * (1 - _specks(width, height, _between(dirt.specks, rng), rng))[..., None]
    for _ in range(_between(dirt.blots, rng)):
        blot = _blot(width, height, rng) * np.float32(rng.uniform(0.75, 0.98))
        light, hidden = mixed(light, _own_light(light, (0.07, 0.06, 0.05)), blot), np.maximum(hidden, blot)
    if rng.random() < dirt.blocked:
        cover = _cover(width, height, rng)
        colour = (_SKIN, _TAPE, _CARD)[int(rng.choice(3, p=(0.5, 0.25, 0.25)))]
        light, hidden = mixed(light, _own_light(light, colour), cover), np.maximum(hidden, cover)
    return np.asarray(light, np.float32), hidden


def _between(bounds: tuple[int, int], rng: np.random.Generator) -> int:
    return int(rng.integers(bounds[0], bounds[1] + 1))


def _own_light(light: FloatArray, colour: tuple[float, float, float]) -> FloatArray:
    """What something on the lens looks like: its colour in the light that falls on it."""
    return np.asarray(np.array(colour, np.float32) * np.float32(0.5 + light.mean()) + 0 * light)


def _smeared(light: FloatArray, grease: FloatArray) -> FloatArray:
    """Grease spreads light: a wide halo and a loss of contrast, and some focus with it."""
    width = light.shape[1]
    near, far = softened(light, 0.006 * width), softened(light, 0.05 * width)
    return mixed(mixed(light, near, np.minimum(1.2 * grease, 1)), far * np.float32(1.1), 0.62 * grease)


def _smear(width: int, height: int, rng: np.random.Generator) -> FloatArray:
    """One wipe of a greasy thumb, 0 to 1: an ellipse, streaked along its length, soft at its ends."""
    swept = np.zeros((height, width), np.float32)
    middle = (rng.uniform(0.1, 0.9) * width, rng.uniform(0.1, 0.9) * height)
    long, short = width * rng.uniform(0.15, 0.35), width * rng.uniform(0.06, 0.14)
    angle = float(rng.uniform(0, 180))
    cv2.ellipse(swept, (middle, (2 * long, 2 * short), angle), 1.0, -1)
    streaks = smooth_field(width, height, width / 90, rng)
    about = cv2.getRotationMatrix2D(middle, -angle, 1.0)
    drawn = np.diag([10.0, 1.0, 1.0])
    drawn[0, 2] = middle[0] * (1 - drawn[0, 0])
    along = (np.vstack([about, [0, 0, 1]]) @ drawn)[:2]
    streaks = cv2.warpAffine(streaks, along, (width, height), borderMode=cv2.BORDER_REFLECT)
    return np.asarray(np.clip(softened(swept, width * 0.03) * (0.45 + 0.9 * streaks), 0, 1))


def _specks(width: int, height: int, count: int, rng: np.random.Generator) -> FloatArray:
    """Dust out of focus: soft discs that take some light away, 0 to 1."""
    dust = np.zeros((height, width), np.float32)
    for _ in range(count):
        place = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
        cv2.circle(
            dust, place, max(2, int(width * np.exp(rng.normal(np.log(0.006), 0.5)))), float(rng.uniform(0.08, 0.4)), -1
        )
    return np.clip(softened(dust, width * 0.0022), 0, 1)


def _blot(width: int, height: int, rng: np.random.Generator) -> FloatArray:
    """A dried drop or a crumb on the lens, 0 to 1."""
    turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    waves = sum(rng.normal(0, 0.16) * np.cos(n * turns + rng.uniform(0, 2 * np.pi)) for n in (1, 2, 3))
    radius = width * rng.uniform(0.02, 0.055) * (1 + waves)
    x, y = rng.uniform(0.05, 0.95) * width, rng.uniform(0.05, 0.95) * height
    ring = np.stack([x + radius * np.cos(turns), y + radius * np.sin(turns)], axis=1)
    blot = np.zeros((height, width), np.float32)
    cv2.fillPoly(blot, [ring.astype(np.int32)], 1.0)
    return softened(blot, width * 0.011)


def _cover(width: int, height: int, rng: np.random.Generator) -> FloatArray:
    """Something before the lens that reaches in from an edge and hides a tenth to a fifth of the photo, 0 to 1."""
    cover = np.zeros((height, width), np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    edge = np.array([0.5 + 0.5 * np.cos(angle), 0.5 + 0.5 * np.sin(angle)]) * (width, height)
    long, short = width * rng.uniform(0.24, 0.34), width * rng.uniform(0.12, 0.18)
    lean = float(np.degrees(angle) + rng.uniform(-40, 40))
    cv2.ellipse(cover, (tuple(edge), (2 * long, 2 * short), lean), 1.0, -1)
    return softened(cover, width * rng.uniform(0.022, 0.045))
