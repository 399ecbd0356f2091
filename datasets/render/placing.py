"""Where each unit of a scene stands: its pose in the scene, a little off its ideal place, touching nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from datasets.products.arrays import FloatArray
from datasets.products.packs import Catalogue, Pack
from datasets.products.stock import Lane, Unit
from datasets.render.furniture.furniture import Shelf
from datasets.render.shapes import shift, turn

Pose = Literal["standing", "fallen", "turned"]

_BETWEEN_MM = 2.0
"""Least free space between two packs of a lane, one behind the other."""
_TURNED_FROM = np.radians(75)
_EDGE_MM = 6.0
"""From the shelf's front edge to the first unit, as a rule."""


@dataclass(frozen=True)
class Care:
    """How carefully the products were put: the same numbers give the same places.

    Attributes:
        seed: of everything that chance decides.
        turned: standard deviation of the turn about the upright axis, radians.
        careless: chance of a unit put back any way round.
        uneven_mm: how much the lanes' first units stand behind the shelf's edge, mean.
        pushed_back: chance that a lane stands far back from the edge, where there is room.
        beside_mm: how much units stray from their lane's middle.
    """

    seed: int = 0
    turned: float = 0.25
    careless: float = 0.05
    uneven_mm: float = 4.0
    pushed_back: float = 0.0
    beside_mm: float = 1.5


@dataclass(frozen=True, eq=False)
class PlacedUnit:
    """One product of the scene: which, where in the stock (None for a loose item), and the (4, 4) pose of its model.

    `size_mm` is width, height and depth of the standing pack.
    """

    sku: str
    row: int | None
    column: int | None
    depth: int | None
    level: int | None
    front: bool
    pose: Pose
    matrix: FloatArray
    size_mm: tuple[float, float, float]


@dataclass(frozen=True)
class LooseItem:
    """A product that stands in no lane: x, y, z of the middle of what it rests on, its turn, and whether it lies."""

    sku: str
    at_mm: tuple[float, float, float]
    turn_deg: float = 0.0
    fallen: bool = False


def place_shelf(shelf: Shelf, first_column: int, lanes: tuple[Lane, ...], catalogue: Catalogue,
                care: Care) -> Iterator[PlacedUnit]:  # fmt: skip
    """The units of a shelf's lanes, by column, depth and level."""
    for place, (lane, middle) in enumerate(zip(lanes, lane_middles(shelf, lanes), strict=True)):
        column = first_column + place
        ground = shift(middle, shelf.level_mm, shelf.front_mm) @ turn(0, np.radians(shelf.tilt_deg))
        yield from _place_lane(shelf, lane, column, ground, catalogue, care)


def lane_middles(shelf: Shelf, lanes: tuple[Lane, ...]) -> list[float]:
    """x of the middle of each lane; what the lanes leave free is shared out between them."""
    widths = np.array([lane.width_mm for lane in lanes])
    spare = max(shelf.width_mm - widths.sum(), 0) / max(len(lanes), 1)
    ends = np.cumsum(widths + spare)
    return [float(x) for x in shelf.left_mm + ends - (widths + spare) / 2]


def _place_lane(shelf: Shelf, lane: Lane, column: int, ground: FloatArray, catalogue: Catalogue,
                care: Care) -> Iterator[PlacedUnit]:  # fmt: skip
    lane_chance = np.random.default_rng([care.seed, shelf.row, column])
    pitch = shelf.pitch_mm or _pitch(catalogue, lane)
    # A spiral holds its products where its turns are.
    spare = 0.0 if shelf.pitch_mm else max(shelf.depth_mm - pitch * len(lane.places) - _EDGE_MM, 0.0)
    behind = min(float(lane_chance.exponential(care.uneven_mm)), spare)
    if lane_chance.random() < care.pushed_back:
        behind = max(behind, spare * float(lane_chance.uniform(0.4, 1)))
    first = next((depth for depth, unit in enumerate(lane.places) if unit), -1)
    free_from = -np.inf  # how far from the edge the lane is taken already
    for depth, unit in enumerate(lane.places):
        if unit is None:
            continue
        # Each place has chances of its own, so that a unit looks the same whatever happens to its neighbours.
        rng = np.random.default_rng([care.seed, shelf.row, column, depth])
        pack = catalogue[unit.sku]
        length = pack.height_mm if unit.fallen else pack.depth_mm
        start = max(_EDGE_MM + behind + pitch * depth + abs(float(rng.normal(0, 1.0))), free_from)
        free_from = start + length + _BETWEEN_MM
        room = max((lane.width_mm - _breadth(pack)) / 2 - 0.5, 0.0)
        aside = float(np.clip(rng.normal(0, care.beside_mm), -room, room))
        spot = ground @ shift(aside, 0, -(start + length / 2))
        yield from _place_unit(unit, (shelf.row, column, depth), depth == first, spot, catalogue, care, rng)


def _place_unit(unit: Unit, where: tuple[int, int, int], front: bool, spot: FloatArray, catalogue: Catalogue,
                care: Care, rng: np.random.Generator) -> Iterator[PlacedUnit]:  # fmt: skip
    height = 0.0
    for level, sku in enumerate((unit.sku, *unit.stacked)):
        pack = catalogue[sku]
        fallen = unit.fallen and level == 0
        yaw = _yaw(pack, care, rng)
        stray = shift(*(rng.normal(0, 0.8, 2).round(3) if level else (0, 0)))
        matrix = spot @ shift(0, height) @ (stray if level else np.eye(4)) @ pack_pose(pack, yaw, fallen)
        pose: Pose = "fallen" if fallen else "turned" if abs(yaw) > _TURNED_FROM else "standing"
        size = (pack.width_mm, pack.height_mm, pack.depth_mm)
        yield PlacedUnit(sku, *where, level, front, pose, matrix, size)
        height += pack.width_mm if fallen else pack.height_mm


def place_loose(item: LooseItem, catalogue: Catalogue) -> PlacedUnit:
    """A product that stands in no lane."""
    pack = catalogue[item.sku]
    matrix = shift(*item.at_mm) @ turn(1, np.radians(item.turn_deg)) @ pack_pose(pack, 0.0, item.fallen)
    size = (pack.width_mm, pack.height_mm, pack.depth_mm)
    return PlacedUnit(item.sku, None, None, None, None, True, "fallen" if item.fallen else "standing", matrix, size)


def pack_pose(pack: Pack, yaw: float, fallen: bool) -> FloatArray:
    """From the pack's axes to those of the spot it rests on: turned about its axis, or lying with its top to the front.

    A lying pack is rolled about its axis by `yaw`; its middle lies over the spot.
    """
    if not fallen:
        return turn(1, yaw)
    return shift(0, pack.width_mm / 2, -pack.height_mm / 2) @ turn(0, np.pi / 2) @ turn(1, yaw)


def is_round(pack: Pack) -> bool:
    """Whether it can stand in its lane any way round."""
    return abs(pack.width_mm - pack.depth_mm) < 1.0 and pack.pack_type != "carton"


def _yaw(pack: Pack, care: Care, rng: np.random.Generator) -> float:
    """Most packs face the front more or less; some were put back any way round. Flat ones stay nearly straight."""
    careless, any_way = rng.random() < care.careless, float(rng.uniform(-np.pi, np.pi))
    straying = float(rng.normal(0, care.turned))
    if is_round(pack):
        return any_way if careless else straying
    return (np.pi if careless else 0.0) + float(np.clip(straying / 8, -0.04, 0.04))


def _breadth(pack: Pack) -> float:
    """Room it takes in its lane, askew as it may stand."""
    return pack.width_mm if is_round(pack) else pack.width_mm + 0.04 * pack.depth_mm


def _pitch(catalogue: Catalogue, lane: Lane) -> float:
    skus = [sku for unit in lane.places if unit for sku in (unit.sku, *unit.stacked)]
    packs = [catalogue[sku] for sku in ([*skus, lane.planned] if lane.planned else skus)]
    return max((pack.depth_mm + (0 if is_round(pack) else 0.04 * pack.width_mm) for pack in packs), default=66.0) + 3.0
