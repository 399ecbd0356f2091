"""A small cooler for tests of the daemon: photos of white squares, and a reader that counts them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import cv2
import numpy as np

from edge.settings import EdgeSettings
from edge.vision.photo import Photo
from edge.vision.reading import PhotoQuality, PhotoView, PlacedProduct, ReadingLine, ShelfReading
from facings.messages import CoolerPart

FIRST = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SKU = "cola-330"


def square_photo(squares: int, shade: int = 0) -> bytes:
    """A PNG with `squares` (0 to 9) white squares on a ground of `shade`, which makes files differ."""
    pixels = np.full((96, 320, 3), shade % 100, np.uint8)
    for index in range(squares):
        pixels[30:60, 5 + 34 * index : 25 + 34 * index] = 255
    return cv2.imencode(".png", pixels)[1].tobytes()


def grainy_photo() -> bytes:
    """A PNG of grain, which the quality gate takes for a good picture."""
    return cv2.imencode(".png", np.random.default_rng(1).integers(0, 255, (240, 320, 3), np.uint8))[1].tobytes()


class SquareReader:
    """Counts white squares: a real, if small, vision. A photo of one even shade is unusable."""

    models: ClassVar[dict[str, str]] = {"squares": "0" * 64}
    originals: ClassVar[frozenset[str]] = frozenset(models.values())
    gallery: ClassVar[str | None] = "1" * 64

    gallery_problems: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        self.used: list[Path] = []

    def load(self) -> None:
        """Nothing to load."""

    def use_gallery(self, folder: Path) -> None:
        """Note which gallery is to be used."""
        self.used.append(folder)

    def read(self, photo: Photo) -> ShelfReading:
        """One product per square, all of one SKU."""
        white = (photo.pixels.min(axis=2) > 200).astype(np.uint8)
        count, _, stats, _ = cv2.connectedComponentsWithStats(white)
        boxes = sorted(tuple(int(value) for value in stats[index][:4]) for index in range(1, count))
        products = tuple(
            PlacedProduct(
                box=(x / photo.width, y / photo.height, (x + w) / photo.width, (y + h) / photo.height),
                sku=SKU,
                score=0.98765,
                sku_confidence=0.9,
                row=0,
                column=column,
            )
            for column, (x, y, w, h) in enumerate(boxes)
        )
        units = len(products)
        lines = (ReadingLine(SKU, units, units, 1.0, 0.9, 0.2),) if units else ()
        even = bool(photo.pixels.std() < 1)
        quality = PhotoQuality("unusable" if even else "good", float(photo.pixels.mean()), 1.0, 1.0)
        return ShelfReading(photo.width, photo.height, products, lines, (), 1, quality, 0.9, self.models)

    def read_together(self, photos: Sequence[Photo], _shows: Sequence[CoolerPart]) -> ShelfReading:
        """The squares of all photos: they never overlap."""
        readings = [self.read(photo) for photo in photos]
        products = tuple(
            replace(product, view=view, row=view) for view, one in enumerate(readings) for product in one.products
        )
        lines = (ReadingLine(SKU, len(products), len(products), 1.0, 0.9, 0.2),) if products else ()
        views = tuple(PhotoView(one.width, one.height, one.quality, linked=False) for one in readings)
        usable = [one.quality for one in readings if one.quality.verdict != "unusable"]
        quality = usable[0] if usable else readings[0].quality
        return replace(readings[0], products=products, lines=lines, rows=len(photos), quality=quality, views=views)


def write_replay(folder: Path, photos: list[bytes], step_s: float = 3600.0) -> Path:
    """A replay set of `photos`, one every `step_s` seconds of its own time."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for index, encoded in enumerate(photos):
        name = f"{index:04}.png"
        (folder / name).write_bytes(encoded)
        entries.append(
            {
                "at": (FIRST + timedelta(seconds=index * step_s)).isoformat(),
                "file": name,
                "sha256": hashlib.sha256(encoded).hexdigest(),
                "bytes": len(encoded),
            }
        )
    (folder / "replay.json").write_text(json.dumps({"version": 1, "cooler": "cooler-01", "entries": entries}))
    return folder


def edge_settings(folder: Path, broker_url: str, **changes: Any) -> EdgeSettings:
    """Settings of `acme/cooler-01`: replays `folder`/photos fast, keeps state in `folder`/state, uploads nothing."""
    values: dict[str, Any] = {
        "tenant": "acme",
        "device": "cooler-01",
        "state_dir": folder / "state",
        "broker": {"url": broker_url},
        "camera": {"kind": "replay", "folder": folder / "photos", "speed": 1e6},
        "uploads": {"enabled": False},
        "gallery": {"spread_s": 0},
    }
    return EdgeSettings.model_validate(values | changes)
