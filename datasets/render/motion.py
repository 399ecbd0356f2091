"""Motion while the shutter is open: the camera shakes or turns, the door swings."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from datasets.products.arrays import FloatArray
from datasets.render.stress import Stress, StressKind

_SHARE = ((0.0, 0.0), (0.004, 0.006), (0.008, 0.011), (0.013, 0.018))
"""By level: length of the path, share of the photo's long side."""
_TURNING_CHANCE = 0.35


@dataclass(frozen=True)
class Motion:
    """A path of the picture over the sensor, centred on where its labels are.

    Attributes:
        share: length, share of the photo's long side; of a turn, at the photo's corner.
        angle_deg: direction of a straight path.
        bow: how far the path is bent, share of its length.
        turning: the picture turns about its middle instead of going straight.
    """

    share: float
    angle_deg: float
    bow: float
    turning: bool


def draw_motion(stress: Stress, rng: np.random.Generator) -> Motion:
    """A motion as strong as the stress says."""
    share = float(rng.uniform(*_SHARE[stress[StressKind.MOTION_BLUR]]))
    angle, bow = float(rng.uniform(0, 180)), float(rng.uniform(-0.3, 0.3))
    return Motion(share, angle, bow, bool(rng.random() < _TURNING_CHANCE))


def moved(light: FloatArray, motion: Motion) -> FloatArray:
    """What the sensor gathers of the light (H, W, 3) along the path."""
    length = motion.share * max(light.shape[:2])
    if length < 0.5:
        return light
    return _turned(light, length * 1.4) if motion.turning else _shifted(light, length, motion)


def _turned(light: FloatArray, length: float) -> FloatArray:
    height, width = light.shape[:2]
    steps = int(length) + 2
    whole = np.degrees(length / (np.hypot(width, height) / 2))
    total = np.zeros_like(light)
    for angle in np.linspace(-whole / 2, whole / 2, steps):
        about = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), float(angle), 1.0)
        total += cv2.warpAffine(light, about, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return total / np.float32(steps)


def _shifted(light: FloatArray, length: float, motion: Motion) -> FloatArray:
    half = int(np.ceil(length / 2 * (1 + abs(motion.bow)))) + 1
    kernel: FloatArray = np.zeros((2 * half + 1, 2 * half + 1), np.float32)
    along = np.linspace(-0.5, 0.5, int(length * 4) + 2)
    aside = motion.bow * (4 * along**2 - 1 / 3)
    angle = np.radians(motion.angle_deg)
    x = half + length * (along * np.cos(angle) - aside * np.sin(angle))
    y = half + length * (along * np.sin(angle) + aside * np.cos(angle))
    _spread(kernel, x, y)
    return np.asarray(cv2.filter2D(light, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE))


def _spread(kernel: FloatArray, x: FloatArray, y: FloatArray) -> None:
    """Adds points between the cells of a kernel to the four cells around each."""
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    for dx in (0, 1):
        for dy in (0, 1):
            weight = np.abs(1 - dx - (x - left)) * np.abs(1 - dy - (y - top))
            np.add.at(kernel, (np.clip(top + dy, 0, len(kernel) - 1), np.clip(left + dx, 0, len(kernel) - 1)), weight)
