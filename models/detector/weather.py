"""What light, lens, glass, distance and encoder do to a picture, drawn at random for training."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Values = npt.NDArray[np.float32]

Random = np.random.Generator


def weathered(image: Pixels, random: Random) -> Pixels:
    """`image` (H, W, 3) BGR as another camera in another shop would have taken it."""
    values = _lit(image.astype(np.float32), random)
    if random.random() < 0.15:
        values = values + _glare(values.shape[:2], random)[..., None]
    values = _blurred(values, random)
    if random.random() < 0.3:
        values = values + random.standard_normal(values.shape, np.float32) * np.float32(random.uniform(2, 14))
    return _encoded(np.clip(values, 0, 255).astype(np.uint8), random)


def _lit(values: Values, random: Random) -> Values:
    """Exposure, white balance, contrast, colour, gamma and fog."""
    lit: npt.NDArray[np.floating] = values
    if random.random() < 0.8:
        lit = lit * (np.exp(random.normal(0, 0.08, 3)) * np.exp(random.normal(0, 0.22)))
        lit = (lit - 128) * random.uniform(0.7, 1.3) + 128
    if random.random() < 0.5:
        grey = lit.mean(axis=2, keepdims=True)
        lit = grey + (lit - grey) * random.uniform(0.3, 1.6)
    if random.random() < 0.3:
        lit = 255 * (np.clip(lit, 0, 255) / 255) ** np.exp(random.normal(0, 0.35))
    if random.random() < 0.2:
        lit = lit + (random.uniform(120, 255) - lit) * random.uniform(0.05, 0.35)
    return np.asarray(lit, np.float32)


def _glare(size: tuple[int, int], random: Random) -> Values:
    """A lamp's reflection in a door of `size` (H, W): a soft bright streak or spot."""
    height, width = size
    y, x = np.mgrid[:height, :width].astype(np.float32)
    turn = random.uniform(0, np.pi)
    across = (x - random.uniform(0, width)) * np.cos(turn) + (y - random.uniform(0, height)) * np.sin(turn)
    along = (y - random.uniform(0, height)) * np.cos(turn) - (x - random.uniform(0, width)) * np.sin(turn)
    wide, long = random.uniform(0.02, 0.12) * width, random.uniform(0.1, 1.0) * height
    spot = np.exp(-((across / wide) ** 2) - (along / long) ** 2)
    return np.asarray(random.uniform(40, 200) * spot, np.float32)


def _blurred(values: Values, random: Random) -> Values:
    """Out of focus, moved, of few pixels, or, mostly, none of it."""
    kind = random.random()
    if kind < 0.25:
        return np.asarray(cv2.GaussianBlur(values, (0, 0), random.uniform(0.4, 1.6)), np.float32)
    if kind < 0.35:
        return np.asarray(cv2.filter2D(values, -1, _streak(random)), np.float32)
    if kind < 0.5:
        height, width = values.shape[:2]
        share = random.uniform(0.4, 0.8)
        small = cv2.resize(values, (round(width * share), round(height * share)), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    return values


def _streak(random: Random) -> Values:
    """The way of a point while the shutter is open, as a kernel that sums to one."""
    size, turn = int(random.integers(3, 8)), random.uniform(0, np.pi)
    middle, reach = (size - 1) / 2, np.array([np.cos(turn), np.sin(turn)]) * (size - 1) / 2
    kernel = np.zeros((size, size), np.float32)
    cv2.line(kernel, np.rint(middle - reach).astype(int).tolist(), np.rint(middle + reach).astype(int).tolist(), 1.0)
    return np.asarray(kernel / kernel.sum(), np.float32)


def _encoded(pixels: Pixels, random: Random) -> Pixels:
    if random.random() < 0.5:
        _, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(25, 95))])
        pixels = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(pixels)
