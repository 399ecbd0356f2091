"""Gallery pictures of a SKU: a clean front, and two as they look in a cooler."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.progress import track

from datasets.compose.drawing import draw_pack
from datasets.compose.sensor import expose
from datasets.compose.solids import solid_of
from datasets.compose.spec import Sensor
from datasets.compose.sprites import Light, View
from datasets.files import png
from datasets.products.arrays import FloatArray, Mask, Pixels
from datasets.products.packs import Catalogue
from facings.files import write_atomic
from facings.heights import HEIGHTS_NAME, heights_csv

_TALL_PX = 320
_MARGIN = 0.04

_VIEWS = (
    ("front", 0.0, 0.0, Light(lamp=-0.55, shine=0.6, level=1.05), 240.0, Sensor(noise=0, blur_px=0, vignette=0)),
    ("above", 0.22, 0.3, Light(lamp=0.62, shine=1.0, level=0.9), 120.0, Sensor(noise=3, blur_px=0.8, warmth=0.03)),
    ("below", -0.16, -0.32, Light(lamp=-0.3, shine=0.8, level=0.72), 90.0, Sensor(noise=4, blur_px=1.0, warmth=-0.03)),
)


def packshots(catalogue: Catalogue, sku: str) -> list[Pixels]:
    """Three pictures of a SKU, each about 320 pixels tall and cropped to the pack: front, from above, from below.

    Raises:
        KeyError: a SKU that is not in the catalogue.
    """
    solid = solid_of(catalogue[sku])
    pictures = []
    for _, tilt, turn, light, ground, sensor in _VIEWS:
        scale = _TALL_PX / solid.height_mm
        sprite = draw_pack(solid, View(0.0, 0.0, scale, tilt, turn), light)
        seen = sprite.colour + np.float32(ground) * sprite.keeps[..., None]
        cropped = np.ascontiguousarray(_crop(seen, sprite.owns))
        pictures.append(expose(cropped, sensor, np.random.default_rng(1)))
    return pictures


def _crop(picture: FloatArray, owns: Mask) -> FloatArray:
    x, y, width, height = cv2.boundingRect(owns.astype(np.uint8))
    margin = round(_MARGIN * height)
    return picture[max(y - margin, 0) : y + height + margin, max(x - margin, 0) : x + width + margin]


def write_gallery(catalogue: Catalogue, out: Path, console: Console) -> None:
    """Writes `out`/<sku>/<view>.png for every SKU, and how tall each is."""
    write_atomic(out / HEIGHTS_NAME, heights_csv({pack.sku: pack.height_mm for pack in catalogue}))
    for pack in track(list(catalogue), "Gallery", console=console):
        for (name, *_), picture in zip(_VIEWS, packshots(catalogue, pack.sku), strict=True):
            write_atomic(out / pack.sku / f"{name}.png", png(picture))
