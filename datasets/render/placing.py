"""Where each unit of a scene stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datasets.render.packs import Catalogue
from datasets.render.spec import Lane, SceneSpec

_BETWEEN_MM = 3.0
"""Free space between two packs of a lane, one behind the other."""


@dataclass(frozen=True)
class Placed:
    """A unit with its position: the middle of its foot (of a fallen one, its middle), mm."""

    sku: str
    row: int
    column: int
    depth: int
    level: int
    front: bool
    fallen: bool
    x: float
    y: float
    z: float


def place(spec: SceneSpec, catalogue: Catalogue, rng: np.random.Generator) -> list[Placed]:
    """Every unit of the scene, by row, column, depth and level, each a little off its ideal place."""
    placed: list[Placed] = []
    levels = spec.cabinet.shelf_levels()
    for row, lanes in enumerate(spec.rows):
        x = -spec.cabinet.width_mm / 2
        for column, lane in enumerate(lanes):
            middle = x + lane.width_mm / 2
            x += lane.width_mm
            placed.extend(_place_lane(catalogue, lane, row, column, (middle, levels[row]), rng))
    return placed


def _place_lane(catalogue: Catalogue, lane: Lane, row: int, column: int, at: tuple[float, float],
                rng: np.random.Generator) -> list[Placed]:  # fmt: skip
    placed: list[Placed] = []
    pitch = _pitch(catalogue, lane)
    first = next((place for place, unit in enumerate(lane.places) if unit), -1)
    for place, unit in enumerate(lane.places):
        jitter = rng.normal(0, 1.6, 2)
        if unit is None:
            continue
        pack = catalogue[unit.sku]
        spare = max((lane.width_mm - pack.width_mm) / 2 - 1, 0)
        x = at[0] + float(np.clip(jitter[0], -spare, spare))
        z = 8 + pitch * place + pack.depth_mm / 2 + abs(float(jitter[1]))
        y = at[1] + (pack.width_mm / 2 if unit.fallen else 0)
        common = (row, column, place)
        placed.append(Placed(unit.sku, *common, 0, place == first, unit.fallen, x, y, z))
        for level, sku in enumerate(unit.stacked, start=1):
            y += catalogue[placed[-1].sku].height_mm - 2
            placed.append(Placed(sku, *common, level, place == first, False, x + float(rng.normal(0, 1.2)), y, z))
    return placed


def _pitch(catalogue: Catalogue, lane: Lane) -> float:
    depths = [catalogue[unit.sku].depth_mm for unit in lane.places if unit]
    if lane.planned:
        depths.append(catalogue[lane.planned].depth_mm)
    return max(depths, default=66.0) + _BETWEEN_MM
