"""Outlets, coolers and their planograms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

import numpy as np

from datasets.compose.spec import Cabinet
from datasets.products.packs import Catalogue, Pack

CABINET = Cabinet(width_mm=740.0, depth_mm=470.0, compartments=(168.0, 168.0, 248.0, 248.0, 248.0), header_mm=110.0)
"""Every simulated cooler: two rows for cans, three for bottles."""

_BETWEEN_MM = 6.0
_LANE_DEPTH_MM = 440.0


@dataclass(frozen=True)
class LanePlan:
    """One lane of a planogram: the SKU it is for, how many fit behind each other, how wide it is."""

    sku: str
    depth: int
    width_mm: float


Planogram = tuple[tuple[LanePlan, ...], ...]
"""Rows from the top, lanes from the left."""


@dataclass(frozen=True)
class Outlet:
    """A shop: where it is, when it is open (its own time), on which weekdays (0 is Monday) goods arrive at 08:00."""

    id: str
    name: str
    name_zh: str
    region: str
    outlet_class: str
    timezone: str
    opens: time
    closes: time
    delivery_weekdays: tuple[int, ...]


@dataclass(frozen=True)
class Cooler:
    """A cooler in an outlet; in a gravity cooler the rear units slide forward when the front one is taken."""

    id: str
    name: str
    name_zh: str
    outlet_id: str
    planogram: Planogram
    gravity: bool

    def capacity(self) -> dict[str, int]:
        """Units that the planogram has room for, by SKU."""
        room: dict[str, int] = {}
        for lanes in self.planogram:
            for lane in lanes:
                room[lane.sku] = room.get(lane.sku, 0) + lane.depth
        return room


_OUTLETS: tuple[tuple[str, str, str, str, str], ...] = (
    ("Harbour Road Mini Market", "港湾路便利店", "east", "gold", "Asia/Shanghai"),
    ("Jade Garden Canteen", "翠园食堂", "east", "silver", "Asia/Shanghai"),
    ("Lakeside Station Kiosk", "湖滨站售货亭", "east", "bronze", "Asia/Shanghai"),
    ("Banyan Street Grocer", "榕树街杂货铺", "south", "gold", "Asia/Shanghai"),
    ("Pearl Tower Food Court", "珠塔美食广场", "south", "silver", "Asia/Shanghai"),
    ("Old Quay Corner Shop", "老码头小卖部", "south", "bronze", "Asia/Shanghai"),
    ("Tianshan Bus Terminal Shop", "天山客运站商店", "west", "silver", "Asia/Urumqi"),
    ("Red Poplar Campus Store", "胡杨校园超市", "west", "gold", "Asia/Urumqi"),
)
_HOURS = {"gold": (time(7), time(23)), "silver": (time(7), time(22)), "bronze": (time(8), time(21))}
_DELIVERY_DAYS = ((0, 2, 5), (1, 3, 6), (0, 3, 5), (1, 4, 6))
_COOLER_PLACES = (("entrance", "门口"), ("counter", "收银台旁"), ("aisle", "过道"))

# Candidates of each row, left to right: brand and pack types.
_OWN_ROWS: tuple[tuple[str, ...], ...] = (
    ("northwind-cola-can330", "northwind-zero-can330", "northwind-lime-can330"),
    ("solara-orange-can330", "solara-lemon-can330"),
    ("northwind-cola-pet500", "northwind-zero-pet500", "northwind-cola-glass250"),
    ("solara-orange-pet500", "solara-lemon-pet500", "solara-berry-pet500"),
    ("glacia-still-pet500", "glacia-sparkling-pet500", "glacia-still-pet330"),
)
_COMPETITOR_ROWS: tuple[tuple[str, ...], ...] = (
    ("rubia-cola-can330", "rubia-light-can330"),
    ("kestrel-energy-sleek250", "kestrel-mango-sleek250", "kestrel-zero-sleek250", "rubia-cherry-sleek330"),
    ("rubia-cola-pet500",),
    ("lumaye-green-pet500", "lumaye-jasmine-pet500"),
    (),
)
_COMPETITOR_SHARE = {"gold": 0.0, "silver": 0.5, "bronze": 1.0}
"""Chance that a competitor's SKU has lanes in a cooler of the class."""


def make_outlets(count: int) -> tuple[Outlet, ...]:
    """`count` outlets over three regions and three classes."""
    outlets = []
    for number in range(count):
        name, name_zh, region, outlet_class, timezone = _OUTLETS[number % len(_OUTLETS)]
        again = number // len(_OUTLETS)
        opens, closes = _HOURS[outlet_class]
        outlets.append(
            Outlet(
                id=f"outlet-{number + 1:02d}",
                name=f"{name} {again + 1}" if again else name,
                name_zh=f"{name_zh}{again + 1}号店" if again else name_zh,
                region=region,
                outlet_class=outlet_class,
                timezone=timezone,
                opens=opens,
                closes=closes,
                delivery_weekdays=_DELIVERY_DAYS[number % len(_DELIVERY_DAYS)],
            )
        )
    return tuple(outlets)


def make_coolers(outlets: tuple[Outlet, ...], count: int, catalogue: Catalogue, popularity: dict[str, float],
                 rng: np.random.Generator) -> tuple[Cooler, ...]:  # fmt: skip
    """`count` coolers, given to the outlets in turn, each with its own planogram."""
    coolers = []
    for number in range(count):
        outlet = outlets[number % len(outlets)]
        place, place_zh = _COOLER_PLACES[number // len(outlets) % len(_COOLER_PLACES)]
        coolers.append(
            Cooler(
                id=f"cooler-{number + 1:02d}",
                name=f"{outlet.name}, {place}",
                name_zh=f"{outlet.name_zh}（{place_zh}）",
                outlet_id=outlet.id,
                planogram=_planogram(outlet, catalogue, popularity, rng),
                gravity=bool(rng.random() < 0.6),
            )
        )
    return tuple(coolers)


def _planogram(
    outlet: Outlet, catalogue: Catalogue, popularity: dict[str, float], rng: np.random.Generator
) -> Planogram:
    share = _COMPETITOR_SHARE[outlet.outlet_class]
    rows = []
    for own, rivals in zip(_OWN_ROWS, _COMPETITOR_ROWS, strict=True):
        skus = [*own, *(sku for sku in rivals if rng.random() < share)]
        if "solara-orange-can330" in own and rng.random() < 0.4 + share / 2:
            skus.append("lumaye-peach-carton250")
        rows.append(_fill_row([catalogue[sku] for sku in skus], popularity))
    return tuple(rows)


def _fill_row(packs: list[Pack], popularity: dict[str, float]) -> tuple[LanePlan, ...]:
    """Lanes shared out by popularity (D'Hondt), at least one each while there is room; equal SKUs side by side."""
    lanes = dict.fromkeys((pack.sku for pack in packs), 0)
    free = CABINET.width_mm
    while True:
        fitting = [pack for pack in packs if pack.width_mm + _BETWEEN_MM <= free]
        if not fitting:
            break
        pack = max(fitting, key=lambda p: popularity[p.sku] / (lanes[p.sku] + 0.2))
        lanes[pack.sku] += 1
        free -= pack.width_mm + _BETWEEN_MM
    spare = free / max(sum(lanes.values()), 1)
    return tuple(
        LanePlan(pack.sku, int(_LANE_DEPTH_MM // (pack.depth_mm + 3)), pack.width_mm + _BETWEEN_MM + spare)
        for pack in packs
        for _ in range(lanes[pack.sku])
    )
