"""Renderings made by hand: boxes of colour on shelves, whose every label can be told beforehand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from datasets.render.rendering import CameraModel, Place, Rendering, Thing

Rectangle = tuple[int, int, int, int]
"""x1, y1, x2, y2 in ideal pixels."""


def camera(width: int, height: int, field_deg: float = 60.0) -> CameraModel:
    """Looks straight at a shelf, two metres away."""
    focal = width / 2 / np.tan(np.radians(field_deg) / 2)
    k = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1.0]])
    return CameraModel(width, height, k, np.diag([1.0, -1.0, -1.0]), np.array([0.0, 0.0, 2000.0]), "aisle")


def product(box: Rectangle, sku: str = "cola", **place: int) -> Thing:
    """A front product whose outline is `box`."""
    x1, y1, x2, y2 = (float(side) for side in box)
    area = (x2 - x1) * (y2 - y1)
    thing = Thing("product", sku, 0, 0, 0, 0, True, "standing", area, (x1, y1, x2, y2))
    return replace(thing, **place)  # type: ignore[arg-type]


def other(kind: str, box: Rectangle) -> Thing:
    """A price tag, a person or an object that does not belong."""
    nowhere = {"sku": None, "row": None, "column": None, "depth": None, "level": None, "front": False}
    return replace(product(box), kind=kind, **nowhere)  # type: ignore[arg-type]


def gap(box: Rectangle, planned: str = "cola", lane_empty: bool = True) -> Place:
    """An empty front place."""
    x1, y1, x2, y2 = box
    outline = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], float)
    return Place(0, 0, planned, filled=False, lane_empty=lane_empty, outline=outline)


def rendering(*things: Thing, size: tuple[int, int] = (160, 120), places: tuple[Place, ...] = (),
              drawn: tuple[Rectangle, ...] | None = None) -> Rendering:  # fmt: skip
    """Things painted in their order, later ones over earlier ones, each where its full box is or `drawn` says."""
    width, height = size
    light = np.full((height, width, 3), 0.25, np.float32)
    shown = np.zeros((height, width), np.int32)
    for number, thing in enumerate(things, start=1):
        box = drawn[number - 1] if drawn else thing.full_box
        x1, y1, x2, y2 = (max(int(side), 0) for side in box)
        shown[y1:y2, x1:x2] = number
        light[y1:y2, x1:x2] = np.random.default_rng(number).uniform(0.05, 0.9, 3)
    row = np.array([[0, 0], [width, 0], [width, height], [0, height]], float)
    distance = np.full((height, width), 2000.0, np.float32)
    return Rendering(light, shown, distance, things, places, (row,), camera(width, height), "open-shelf")


def shelves(width: int = 1280, height: int = 960) -> Rendering:
    """Five shelves of eighty bottles before a bright back, with a gap and price tags."""
    things, places = [], []
    rows, columns = 5, 16
    across, down = width / (columns + 2), height / (rows + 0.5)
    for row in range(rows):
        for column in range(columns):
            x, y = (column + 1) * across, (row + 0.25) * down
            box = (round(x), round(y + 0.1 * down), round(x + 0.9 * across), round(y + 0.85 * down))
            if (row, column) == (2, 5):
                places.append(gap(box))
                continue
            things.append(product(box, f"sku-{(row * 7 + column // 3) % 20}", row=row, column=column))
        tag = (round(across), round((row + 1.12) * down), round(4 * across), round((row + 1.2) * down))
        things.append(other("price-tag", tag))
    made = rendering(*things, size=(width, height), places=tuple(places))
    lines = 0.8 + 0.2 * np.sin(np.arange(height) / 2.5)[:, None, None] * np.sin(np.arange(width) / 3)[None, :, None]
    return replace(made, light=(made.light * lines).astype(np.float32))
