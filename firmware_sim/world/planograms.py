"""Planograms: which SKU belongs into which lane, by outlet class and cooler type, in versions over time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np

from datasets.compose.spec import Cabinet
from datasets.products.packs import Catalogue, Pack
from firmware_sim.world.coolers import CABINETS, CoolerType
from firmware_sim.world.job import WorldJob
from firmware_sim.world.places import OutletClass

_BETWEEN_MM = 6.0
_LANE_DEPTH_MM = 440.0
_HEADROOM_MM = 12.0
_LANES_PER_SKU = 2.0
"""An assortment is so large that each SKU has so many lanes on average."""

RIVALS: dict[OutletClass, float] = {"gold": 0.0, "silver": 0.35, "bronze": 0.8, "kiosk": 0.5}
"""How much a rival's SKU counts against an own one in an outlet's choice of what to sell."""


@dataclass(frozen=True)
class LanePlan:
    """One lane of a planogram: the SKU it is for, how many fit behind each other, how wide it is."""

    sku: str
    depth: int
    width_mm: float


@dataclass(frozen=True)
class Planogram:
    """What belongs where in the coolers of one type in the outlets of one class.

    Attributes:
        id: names class, type, variant and version.
        version: from 1; it comes into force on `valid_from`, a day of the world from 0.
        rows: shelf rows from the top, lanes from the left.
    """

    id: str
    version: int
    valid_from: int
    rows: tuple[tuple[LanePlan, ...], ...]

    @cached_property
    def lanes(self) -> tuple[LanePlan, ...]:
        """Every lane, row by row."""
        return tuple(lane for row in self.rows for lane in row)

    def capacity(self) -> dict[str, int]:
        """Units that there is room for, by SKU."""
        room: dict[str, int] = {}
        for lane in self.lanes:
            room[lane.sku] = room.get(lane.sku, 0) + lane.depth
        return room


def make_planograms(job: WorldJob, catalogue: Catalogue, popularity: dict[str, float], outlet_class: OutletClass,
                    cooler_type: CoolerType, variant: int) -> tuple[Planogram, ...]:  # fmt: skip
    """Every version of one planogram, in order of time; the first is valid from day 0."""
    settings = job.settings.planograms
    kinds = (list(RIVALS).index(outlet_class), list(CABINETS).index(cooler_type), variant)
    rng = np.random.default_rng([job.seed, 14, *kinds])
    packs = list(catalogue)
    liking = np.array([_liking(pack, popularity, job.settings.owner, outlet_class) for pack in packs])
    liking = liking * np.exp(rng.normal(0, 0.35, len(packs)))
    versions = []
    for number, day in enumerate(range(0, job.days, settings.every_days), start=1):
        scores = dict(zip(catalogue.skus(), liking * np.exp(rng.normal(0, settings.change, len(packs))), strict=True))
        rows = _fill(CABINETS[cooler_type], packs, scores, popularity, job.settings.owner)
        name = f"{outlet_class}-{cooler_type}-{variant + 1}-v{number}"
        versions.append(Planogram(name, number, day, rows))
    return tuple(versions)


def _liking(pack: Pack, popularity: dict[str, float], owner: str, outlet_class: OutletClass) -> float:
    return popularity[pack.sku] * (1.0 if pack.owner == owner else RIVALS[outlet_class])


def _fill(cabinet: Cabinet, packs: list[Pack], scores: dict[str, float], popularity: dict[str, float],
          owner: str) -> tuple[tuple[LanePlan, ...], ...]:  # fmt: skip
    """Rows of one height share the packs that fit there but into no lower row, brand by brand, own ones first."""
    rows: dict[int, tuple[LanePlan, ...]] = {}
    lower = 0.0
    heights = sorted((clear, row) for row, clear in enumerate(cabinet.compartments))
    for clear, group in groupby(heights, key=lambda pair: pair[0]):
        numbers = [row for _, row in group]
        fitting = [pack for pack in packs if lower < pack.height_mm + _HEADROOM_MM <= clear and scores[pack.sku] > 0]
        lower = clear
        chosen = _assortment(fitting, scores, cabinet.width_mm * len(numbers))
        chosen.sort(key=lambda pack: (pack.owner != owner, pack.owner, pack.brand, pack.sku))
        for row, shared in zip(numbers, _shared_out(chosen, len(numbers), popularity), strict=True):
            rows[row] = _lanes(shared, cabinet.width_mm, popularity)
    return tuple(rows[row] for row in range(len(cabinet.compartments)))


def _assortment(packs: list[Pack], scores: dict[str, float], width_mm: float) -> list[Pack]:
    """The best packs until each has its share of the width."""
    chosen: list[Pack] = []
    for pack in sorted(packs, key=lambda pack: -scores[pack.sku]):
        width_mm -= _LANES_PER_SKU * (pack.width_mm + _BETWEEN_MM)
        if width_mm < 0 and chosen:
            break
        chosen.append(pack)
    return chosen


def _shared_out(packs: list[Pack], rows: int, popularity: dict[str, float]) -> list[list[Pack]]:
    """The packs in their order, cut into rows of about the same demand; no row stays empty if there are any packs."""
    shares: list[list[Pack]] = [[] for _ in range(rows)]
    total = sum(popularity[pack.sku] ** 0.5 for pack in packs)
    before = 0.0
    for number, pack in enumerate(packs):
        weight = popularity[pack.sku] ** 0.5
        row = min(int((before + weight / 2) / total * rows), rows - 1)
        # No row stays empty while packs are left for it.
        row = max(row, rows - (len(packs) - number)) if len(packs) >= rows else row
        shares[row].append(pack)
        before += weight
    filled = next((share for share in shares if share), [])
    return [share or filled for share in shares]


def _lanes(packs: list[Pack], width_mm: float, popularity: dict[str, float]) -> tuple[LanePlan, ...]:
    """Lanes shared out by popularity (D'Hondt), one each while there is room; equal SKUs side by side."""
    lanes = dict.fromkeys((pack.sku for pack in packs), 0)
    free = width_mm
    while fitting := [pack for pack in packs if pack.width_mm + _BETWEEN_MM <= free]:
        pack = max(fitting, key=lambda pack: popularity[pack.sku] / (lanes[pack.sku] + 0.2))
        lanes[pack.sku] += 1
        free -= pack.width_mm + _BETWEEN_MM
    spare = free / max(sum(lanes.values()), 1)
    return tuple(
        LanePlan(pack.sku, max(int(_LANE_DEPTH_MM // (pack.depth_mm + 3)), 1), pack.width_mm + _BETWEEN_MM + spare)
        for pack in packs
        for _ in range(lanes[pack.sku])
    )
