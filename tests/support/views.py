"""Photos of one composed cooler: as it was, with other stock, and from a camera that moved."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import cv2
import numpy as np

from datasets.compose.layouts import random_scene
from datasets.compose.scene import render
from datasets.compose.spec import SceneSpec
from datasets.products.arrays import Pixels
from datasets.products.catalogues import demo_catalogue
from datasets.products.stock import Lane

CATALOGUE = demo_catalogue()


@cache
def photo(seed: int, sold: float = 0.0, moment: int = 0, exposure: float = 1.0) -> Pixels:
    """Cooler `seed` with a share `sold` of its lanes emptied or changed; `moment` is another photo of the same."""
    spec = random_scene(np.random.default_rng(seed), CATALOGUE, 1)
    camera = replace(spec.camera, width=spec.camera.width // 2, height=spec.camera.height // 2)
    sensor = replace(spec.sensor, exposure=spec.sensor.exposure * exposure)
    changed = _sold(replace(spec, camera=camera, sensor=sensor), sold, np.random.default_rng(seed + 1))
    return render(changed, CATALOGUE, np.random.default_rng((seed, moment))).pixels


def seen_from(pixels: Pixels, shift: tuple[float, float] = (0, 0), turn_deg: float = 0, zoom: float = 1.0) -> Pixels:
    """The photo as a camera sees it that was shifted (share of the long side), turned, or moved nearer."""
    height, width = pixels.shape[:2]
    move = cv2.getRotationMatrix2D((width / 2, height / 2), turn_deg, zoom)
    move[:, 2] += np.array(shift) * max(height, width)
    return np.asarray(cv2.warpAffine(pixels, move, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8)


def jpeg(pixels: Pixels, quality: int = 88) -> bytes:
    """The photo as a file."""
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def _sold(spec: SceneSpec, share: float, rng: np.random.Generator) -> SceneSpec:
    rows = tuple(tuple(_changed(lane, row, rng) if rng.random() < share else lane for lane in row) for row in spec.rows)
    return replace(spec, rows=rows)


def _changed(lane: Lane, row: tuple[Lane, ...], rng: np.random.Generator) -> Lane:
    if rng.random() < 0.5:
        return replace(lane, places=(None,) * len(lane.places))
    other = row[rng.integers(len(row))]
    return replace(lane, places=other.places)
