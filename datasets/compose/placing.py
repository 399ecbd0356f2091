"""Where each unit of a scene stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datasets.compose.spec import SceneSpec
from datasets.products.packs import Catalogue
from datasets.products.stock import Lane

_BETWEEN_MM = 3.0
"""Free space between two packs of a lane, one behind the other."""


@dataclass(frozen=True)
class Placed:
    """A unit with its position: the middle of its foot (of a fallen one, its middle), mm.

    `turn` is by how much it is turned about its axis, radians; `lit` how much light it gets against its neighbours.
    """

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
    turn: float
    lit: float


def place(spec: SceneSpec, catalogue: Catalogue, rng: np.random.Generator) -> list[Placed]:
    """Every unit of the scene, by row, column, depth and level, each a little off its ideal place."""
    seed = int(rng.integers(1 << 31)) if spec.placement is None else spec.placement
    placed: list[Placed] = []
    levels = spec.cabinet.shelf_levels()
    for row, lanes in enumerate(spec.rows):
        x = -spec.cabinet.width_mm / 2
        for column, lane in enumerate(lanes):
            middle = (x + lane.width_mm / 2, levels[row])
            x += lane.width_mm
            placed.extend(_place_lane(catalogue, lane, (row, column), middle, (spec.turned, seed)))
    return placed


def _place_lane(catalogue: Catalogue, lane: Lane, where: tuple[int, int], at: tuple[float, float],
                chance: tuple[float, int]) -> list[Placed]:  # fmt: skip
    """The units of a lane at row and column `where`, whose front's middle is `at`."""
    placed: list[Placed] = []
    pitch = _pitch(catalogue, lane)
    turned, seed = chance
    first = next((depth for depth, unit in enumerate(lane.places) if unit), -1)
    for depth, unit in enumerate(lane.places):
        if unit is None:
            continue
        # Each place has chances of its own, so that a unit looks the same whatever happens to its neighbours.
        rng = np.random.default_rng([seed, *where, depth])
        pack = catalogue[unit.sku]
        spare = max((lane.width_mm - pack.width_mm) / 2 - 1, 0)
        x = at[0] + float(np.clip(rng.normal(0, 1.6), -spare, spare))
        z = 8 + pitch * depth + pack.depth_mm / 2 + abs(float(rng.normal(0, 1.6)))
        y = at[1] + (pack.width_mm / 2 if unit.fallen else 0)
        for level, sku in enumerate((unit.sku, *unit.stacked)):
            turn, lit = _turn(rng, turned), float(rng.normal(1, 0.035))
            fallen = unit.fallen and level == 0
            placed.append(Placed(sku, *where, depth, level, depth == first, fallen, x, y, z, turn, lit))
            x += float(rng.normal(0, 1.2))
            y += catalogue[sku].height_mm - 2
    return placed


def _turn(rng: np.random.Generator, turned: float) -> float:
    """Most packs face the front more or less; some were put back any way round."""
    careless = rng.random() < min(0.27 * turned, 0.24)
    return float(rng.uniform(-3, 3) if careless else rng.normal(0, turned))


def _pitch(catalogue: Catalogue, lane: Lane) -> float:
    depths = [catalogue[unit.sku].depth_mm for unit in lane.places if unit]
    if lane.planned:
        depths.append(catalogue[lane.planned].depth_mm)
    return max(depths, default=66.0) + _BETWEEN_MM
