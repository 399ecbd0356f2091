"""Fills shelves by chance: blocks of one brand, lanes deep in one SKU, gaps, and the disorder the stress asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from datasets.products.packs import Pack
from datasets.products.stock import Lane, Unit
from datasets.render.furniture.furniture import Shelf
from datasets.render.placing import is_round
from datasets.render.stress import Stress, StressKind

HEADROOM_MM = 8.0
_DEEPEST = 8
_EMPTY_LANE = (0.02, 0.08, 0.2, 0.38)
_FULL_LANE = (0.55, 0.4, 0.25, 0.1)
_FRONT_TAKEN = (0.03, 0.08, 0.15, 0.25)
_WRONG_UNIT = (0.0, 0.03, 0.08, 0.18)
_OTHER_ON_TOP = (0.0, 0.25, 0.5, 0.8)
_FALLEN_LANE = (0.0, 0.04, 0.1, 0.22)
_STACKABLE = {"can", "sleek-can", "carton", "cup", "multipack"}
_LEAST_SHARE_OF_CLEAR = 0.5


@dataclass(frozen=True)
class Assortment:
    """The packs that a piece of furniture sells, and how tidy it is."""

    packs: Sequence[Pack]
    stress: Stress

    def fitting(self, shelf: Shelf) -> list[Pack]:
        """The packs that stand upright on a shelf without wasting most of its height."""
        most = min(shelf.clear_mm - HEADROOM_MM, shelf.clear_mm * 0.97)
        fits = [p for p in self.packs if p.height_mm <= most and p.width_mm < shelf.width_mm - 4
                and p.depth_mm <= (shelf.pitch_mm or shelf.depth_mm) - 8]  # fmt: skip
        return [p for p in fits if p.height_mm >= _LEAST_SHARE_OF_CLEAR * shelf.clear_mm] or fits


def fill_shelf(rng: np.random.Generator, shelf: Shelf, assortment: Assortment,
               lane_mm: float | None = None) -> tuple[Lane, ...]:  # fmt: skip
    """Lanes from the left until the shelf is full; `lane_mm` is their width where the furniture gives it."""
    packs = assortment.fitting(shelf)
    if lane_mm:
        packs = [pack for pack in packs if breadth(pack) <= lane_mm - 4]
    lanes: list[Lane] = []
    free = shelf.width_mm - 2
    gap = float(rng.uniform(1.5, 4.0 if assortment.stress[StressKind.OCCLUSION] else 9.0))
    while packs and len(lanes) < 60:
        for pack in _block(rng, packs):
            width = lane_mm or breadth(pack) + gap
            if width > free:
                return tuple(lanes)
            lanes.append(fill_lane(rng, pack, packs, shelf, width, assortment.stress))
            free -= width
    return tuple(lanes)


def _block(rng: np.random.Generator, packs: Sequence[Pack]) -> list[Pack]:
    """The facings of one brand next to each other, SKU by SKU."""
    brand = packs[int(rng.integers(len(packs)))].brand
    family = [pack for pack in packs if pack.brand == brand]
    chosen = [family[i] for i in rng.permutation(len(family))[: int(rng.integers(1, 4))]]
    return [pack for pack in chosen for _ in range(int(rng.integers(1, 4)))]


def fill_lane(rng: np.random.Generator, pack: Pack, packs: Sequence[Pack], shelf: Shelf, width: float,
              stress: Stress) -> Lane:  # fmt: skip
    """A lane of a SKU with as many places as the shelf is deep."""
    pitch = shelf.pitch_mm or pack.depth_mm + (0 if is_round(pack) else 0.04 * pack.width_mm) + 3
    room = int(np.clip((shelf.depth_mm - 8) // pitch, 1, _DEEPEST))
    units: list[Unit | None] = [None] * room
    for depth in range(_filled(rng, room, stress)):
        units[depth] = Unit(_sku(rng, pack, packs, width, stress), stacked=_stack(rng, pack, packs, shelf, stress))
    if rng.random() < _FRONT_TAKEN[stress[StressKind.EMPTY_PLACES]] and room > 1:
        units[0] = None
    if rng.random() < _FALLEN_LANE[stress[StressKind.FALLEN]]:
        units = _one_fallen(rng, units, pack, pitch, shelf)
    return Lane(width, tuple(units), pack.sku)


def _filled(rng: np.random.Generator, room: int, stress: Stress) -> int:
    level = stress[StressKind.EMPTY_PLACES]
    chance = rng.random()
    if chance < _EMPTY_LANE[level]:
        return 0
    return room if chance > 1 - _FULL_LANE[level] else int(rng.integers(1, room + 1))


def _sku(rng: np.random.Generator, pack: Pack, packs: Sequence[Pack], width: float, stress: Stress) -> str:
    if rng.random() >= _WRONG_UNIT[stress[StressKind.MIXED_STACKING]]:
        return pack.sku
    others = [p for p in packs if breadth(p) <= width and p.depth_mm <= pack.depth_mm + 1]
    return others[int(rng.integers(len(others)))].sku if others else pack.sku


def _stack(rng: np.random.Generator, pack: Pack, packs: Sequence[Pack], shelf: Shelf,
           stress: Stress) -> tuple[str, ...]:  # fmt: skip
    """What stands on a unit: the same again, or with the stress mixed-stacking another pack as wide."""
    clear = shelf.clear_mm - HEADROOM_MM - pack.height_mm
    level = stress[StressKind.MIXED_STACKING]
    if pack.pack_type not in _STACKABLE or shelf.pitch_mm or rng.random() > 0.4 + 0.2 * level:
        return ()
    if rng.random() < _OTHER_ON_TOP[level]:
        others = [p for p in packs if p.height_mm <= clear and p.pack_type in _STACKABLE
                  and p.width_mm <= pack.width_mm + 1 and p.depth_mm <= pack.depth_mm + 1]  # fmt: skip
        if others:
            return (others[int(rng.integers(len(others)))].sku,)
    return (pack.sku,) * int(clear // pack.height_mm)


def _one_fallen(rng: np.random.Generator, units: list[Unit | None], pack: Pack, pitch: float,
                shelf: Shelf) -> list[Unit | None]:  # fmt: skip
    """One unit lies; what it needs of the lane's length is taken from the lane's rear."""
    standing = [depth for depth, unit in enumerate(units) if unit]
    if not standing or pack.pack_type == "multipack":
        return units
    at = standing[int(rng.integers(min(len(standing), 2)))]
    room = int((shelf.depth_mm - 8 - pack.height_mm) // pitch) + 1
    if room <= at:
        return units
    return [*units[:at], Unit(pack.sku, fallen=True), *units[at + 1 : room]]


def breadth(pack: Pack) -> float:
    """Least width of a lane for the pack."""
    return pack.width_mm + (1.0 if is_round(pack) else 0.04 * pack.depth_mm + 1.5)
