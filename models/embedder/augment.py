"""Views of a crop as a cooler's camera could have taken them: skewed, covered, small, badly lit, badly compressed.

One view of a clean pack shot must come close to a crop out of a dim cooler, so the ranges are wide.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.embed import letterbox_crop
from models.embedder.sources import Crop

Pixels = npt.NDArray[np.uint8]
Rng = np.random.Generator


def view(crop: Crop, size: tuple[int, int], rng: Rng, neighbour: Pixels | None = None) -> Pixels:
    """One random view of `crop`, `size` (width, height), uint8 BGR; `neighbour` may cover one of its sides."""
    pixels, box = _warp(crop, rng)
    if neighbour is not None and rng.random() < 0.5:
        _cover(pixels, box, neighbour, rng)
    seen = _compress(_noise(_light(_resolution(pixels, box, rng), rng), rng), rng)
    return letterbox_crop(seen, np.array([0, 0, seen.shape[1], seen.shape[0]], np.float32), size)


def _warp(crop: Crop, rng: Rng) -> tuple[Pixels, npt.NDArray[np.float32]]:
    """The product seen a little from the side, its box a little wrong, its aspect ratio changed."""
    x1, y1, x2, y2 = crop.box
    width, height = x2 - x1, y2 - y1
    corners = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float32)
    corners += rng.normal(0, 0.035, (4, 2)).astype(np.float32) * [width, height]
    corners += rng.normal(0, 0.04, (1, 2)).astype(np.float32) * [width, height]
    centre = corners.mean(0)
    angle, grow = rng.normal(0, 0.06), np.exp(rng.normal(0.02, 0.06))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * grow
    corners = ((corners - centre) @ turn.T + centre).astype(np.float32)
    aspect = np.exp(rng.uniform(-0.25, 0.25))
    out_w, out_h = max(8, int(width * aspect)), max(8, int(height))
    target = np.array([[0, 0], [out_w, 0], [out_w, out_h], [0, out_h]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    warped = cv2.warpPerspective(crop.pixels, matrix, (out_w, out_h), borderMode=cv2.BORDER_REFLECT)
    return np.asarray(warped, np.uint8), np.array([0, 0, out_w, out_h], np.float32)


def _cover(pixels: Pixels, box: npt.NDArray[np.float32], neighbour: Pixels, rng: Rng) -> None:
    """Lay a strip of the neighbour over one side, as a product standing before this one does."""
    width, height = int(box[2]), int(box[3])
    share = rng.uniform(0.05, 0.3)
    side = rng.integers(3)
    if side == 2:
        rows = max(1, int(height * share))
        pixels[height - rows :] = cv2.resize(neighbour, (width, height))[:rows]
        return
    columns = max(1, int(width * share))
    strip = cv2.resize(neighbour, (width, height))
    if side == 0:
        pixels[:, :columns] = strip[:, width - columns :]
    else:
        pixels[:, width - columns :] = strip[:, :columns]


def _resolution(pixels: Pixels, box: npt.NDArray[np.float32], rng: Rng) -> Pixels:
    """Down to the height a product has in a cheap camera's photo, sometimes blurred on the way."""
    wanted = np.exp(rng.uniform(np.log(36), np.log(200)))
    scale = float(wanted / box[3])
    if scale < 1:
        size = (max(6, round(pixels.shape[1] * scale)), max(6, round(pixels.shape[0] * scale)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    if rng.random() < 0.25:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.4, 1.3)), np.uint8)
    if rng.random() < 0.15:
        length = int(rng.integers(2, 5))
        kernel = np.ones((1, length) if rng.random() < 0.5 else (length, 1), np.float32) / length
        pixels = np.asarray(cv2.filter2D(pixels, -1, kernel), np.uint8)
    return pixels


def _light(pixels: Pixels, rng: Rng) -> Pixels:
    """Colour of the lamps, exposure, contrast, a shadow from above, a glare on glass or can."""
    x = pixels.astype(np.float32) / 255
    x = x ** np.float32(np.exp(rng.normal(0, 0.25)))
    x *= np.exp(rng.normal(0, 0.08, 3)).astype(np.float32) * np.float32(np.exp(rng.normal(0, 0.2)))
    grey = x.mean(2, keepdims=True)
    x = grey + (x - grey) * np.float32(rng.uniform(0.6, 1.35))
    height, width = x.shape[:2]
    if rng.random() < 0.3:
        ramp = np.linspace(rng.uniform(0.35, 1), 1, height, dtype=np.float32)[:, None, None]
        x *= ramp if rng.random() < 0.7 else ramp[::-1]
    if rng.random() < 0.25:
        yy, xx = np.mgrid[0:height, 0:width].astype(np.float32)
        cy, cx = rng.uniform(0, height), rng.uniform(0, width)
        sy, sx = rng.uniform(0.05, 0.6) * height, rng.uniform(0.03, 0.15) * width
        spot = np.exp(-((yy - cy) ** 2) / (2 * sy**2) - (xx - cx) ** 2 / (2 * sx**2))
        x += (rng.uniform(0.2, 0.8) * spot)[..., None].astype(np.float32)
    if rng.random() < 0.15:  # haze of a fogged door
        x += (np.float32(rng.uniform(0.5, 0.9)) - x) * np.float32(rng.uniform(0.1, 0.35))
    return np.asarray(np.clip(x, 0, 1) * 255, np.uint8)


def _noise(pixels: Pixels, rng: Rng) -> Pixels:
    if rng.random() < 0.5:
        return pixels
    noise = rng.standard_normal(pixels.shape, dtype=np.float32) * np.float32(rng.uniform(1, 8))
    return np.clip(pixels + noise, 0, 255).astype(np.uint8)


def _compress(pixels: Pixels, rng: Rng) -> Pixels:
    if rng.random() < 0.5:
        return pixels
    _, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 92))])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
