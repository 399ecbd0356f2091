"""Wears a drawn tag as shelf and camera do: on its strip, seen askew, small, blurred, in bad light, as JPEG."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.prices import cut_out, tag_crop
from models.price_reader.tags import Floats, Pixels, Rng, Tag, draw_tag

SMALLEST, LARGEST = 5.0, 36.0
"""Height of a price's digits in a photo, pixels: smaller ones nobody reads."""
_TAGS = 9.0, 130.0
"""Height of a tag."""
_MARGIN = 0.5
"""Of the strip around a tag, as a share of its height."""


@dataclass(frozen=True, eq=False)
class Worn:
    """What the edge would cut out for a tag: (H, W, 3) BGR, and where its letters stand across, in parts of W."""

    pixels: Pixels
    text: str
    across: Floats


def worn(tag: Tag, size: tuple[int, int], rng: Rng, digits: tuple[float, float] = (SMALLEST, LARGEST)) -> Worn:
    """The tag as a camera sees it, cut out and stretched to `size` (width, height).

    `digits` are the heights that those of the price may have in the photo, pixels; small ones are as frequent as large.
    """
    strip, corners = _on_strip(tag.pixels[..., ::-1], rng)
    tall = float(np.clip(np.exp(rng.uniform(*np.log(digits))) / tag.digits, *_TAGS))
    points = np.concatenate([corners, tag.places + corners[0]])
    photo, seen = _seen(strip, points, tall / tag.pixels.shape[0], rng)
    box = _shaken(seen[:4], rng)
    left, _, right, _ = cut_out((photo.shape[1], photo.shape[0]), box)
    across = (seen[4:, 0] - np.float32(left)) / np.float32(right - left)
    return Worn(tag_crop(_camera(photo, rng), box, size), tag.text, np.asarray(across, np.float32))


def _on_strip(tag: Pixels, rng: Rng) -> tuple[Pixels, Floats]:
    """The tag on the strip of its shelf, perhaps with a neighbour at its side, and its corners (4, 2)."""
    high, wide = tag.shape[:2]
    edge = int(high * _MARGIN)
    strip = np.empty((high + 2 * edge, wide + 2 * edge, 3), np.uint8)
    strip[:] = rng.integers(0, 256, 3) if rng.random() < 0.5 else int(rng.integers(20, 240))
    if rng.random() < 0.3:
        strip[: edge - int(rng.uniform(0, 0.2) * edge)] = rng.integers(0, 120)
    if rng.random() < 0.15:
        other = draw_tag(rng).pixels[..., ::-1]
        strip[edge : edge + high, wide + edge + int(0.1 * edge) :] = other[:, : edge - int(0.1 * edge)]
    strip[edge : edge + high, edge : edge + wide] = tag
    ends = [(edge, edge), (edge + wide, edge), (edge + wide, edge + high), (edge, edge + high)]
    return strip, np.array(ends, np.float32)


def _seen(strip: Pixels, points: Floats, scale: float, rng: Rng) -> tuple[Pixels, Floats]:
    """The strip as a camera projects it, `scale` times as large, and where `points` (N, 2) of it are then."""
    high, wide = strip.shape[:2]
    frame = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32)
    bent: npt.NDArray[np.float32] = frame * np.float32(scale)
    bent[:, 0] *= np.float32(np.exp(rng.normal(0, 0.22)))
    bent[:, 1] += bent[:, 0] * np.float32(np.tan(np.radians(rng.normal(0, 4))))
    bent += rng.normal(0, 0.03 * scale * high, (4, 2)).astype(np.float32)
    bent -= bent.min(axis=0)
    across, down = (max(int(side), 6) for side in np.ceil(bent.max(axis=0)))
    # Shrunk first, smoothly, then projected: a projection alone would skip pixels.
    factor = min(1.0, scale * 1.5)
    small = cv2.resize(strip, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    turn = cv2.getPerspectiveTransform(frame * np.float32(factor), bent)
    photo = cv2.warpPerspective(small, turn, (across, down), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    whole = cv2.getPerspectiveTransform(frame, bent)
    placed = cv2.perspectiveTransform(points[None], whole)[0]
    return np.asarray(photo, np.uint8), np.asarray(placed, np.float32)


def _camera(photo: Pixels, rng: Rng) -> Pixels:
    """Blur, light, noise, JPEG."""
    x: npt.NDArray[np.float32] = photo.astype(np.float32)
    if rng.random() < 0.7:
        x = np.asarray(cv2.GaussianBlur(x, (0, 0), float(rng.uniform(0.2, 1.1))), np.float32)
    if rng.random() < 0.1:
        kernel = np.zeros((1, int(rng.integers(2, 5))), np.float32) + 1
        x = np.asarray(cv2.filter2D(x, -1, kernel / kernel.sum()), np.float32)
    x *= np.float32(np.exp(rng.normal(-0.15, 0.35)))
    x *= np.exp(rng.normal(0, 0.06, 3)).astype(np.float32)
    middle = float(x.mean())
    x = middle + (x - middle) * np.float32(rng.uniform(0.5, 1.2))
    if rng.random() < 0.12:
        along = np.linspace(0, 1, x.shape[1], dtype=np.float32)[None, :, None]
        x += np.float32(rng.uniform(30, 150)) * np.exp(-(((along - rng.random()) / rng.uniform(0.05, 0.3)) ** 2))
    x += rng.standard_normal(x.shape, np.float32) * np.float32(rng.uniform(0, 7))
    pixels = np.asarray(np.clip(x, 0, 255), np.uint8)
    if rng.random() < 0.8:
        _, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(45, 96))])
        pixels = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
    return pixels


def _shaken(corners: Floats, rng: Rng) -> tuple[float, float, float, float]:
    """The box around a tag's corners as a detector gives it: off by some hundredths of its sides."""
    (x1, y1), (x2, y2) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    left, right = rng.normal(0, 0.05, 2) * (x2 - x1)
    top, foot = rng.normal(0, 0.07, 2) * (y2 - y1)
    return x1 + float(left), y1 + float(top), x2 + float(right), y2 + float(foot)
