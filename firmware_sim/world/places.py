"""Outlets: their class, their neighbourhood, what they are like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from firmware_sim.world.job import WorldJob
from firmware_sim.world.regions import REGIONS, Region
from firmware_sim.world.settings import OutletSettings

OutletClass = Literal["gold", "silver", "bronze", "kiosk"]
Supply = Literal["van", "backroom"]


@dataclass(frozen=True)
class StoreType:
    """A kind of shop: its names, where it stands, when people come (a rhythm of `calendar`), its hours."""

    id: str
    name: str
    name_zh: str
    neighbourhood: str
    rhythm: str
    opens: int
    closes: int


@dataclass(frozen=True)
class Outlet:
    """A shop.

    Attributes:
        number: from 0; which of the random streams is its own.
        footfall: people passing a day.
        income: of the neighbourhood, 1 is the average.
        depot_km: distance to the depot.
        delivery_weekdays: 0 is Monday.
        supply: who fills the coolers.
        turnover: units wanted a day, as a share of what its coolers hold, at 15 °C; the covariates tell part of it.
    """

    id: str
    number: int
    name: str
    name_zh: str
    region: Region
    outlet_class: OutletClass
    store: StoreType
    footfall: int
    income: float
    depot_km: float
    delivery_weekdays: tuple[int, ...]
    supply: Supply
    turnover: float


_STORES = (
    StoreType("mini-market", "Mini Market", "便利店", "residential", "evenly", 7, 23),
    StoreType("canteen", "Canteen", "食堂", "offices", "lunch", 7, 20),
    StoreType("station-kiosk", "Station Kiosk", "车站售货亭", "transit", "commuters", 6, 22),
    StoreType("grocer", "Grocer", "杂货铺", "residential", "evening", 7, 22),
    StoreType("food-court", "Food Court", "美食广场", "offices", "lunch", 8, 22),
    StoreType("corner-shop", "Corner Shop", "小卖部", "old-town", "evening", 8, 22),
    StoreType("terminal-shop", "Terminal Shop", "客运站商店", "transit", "commuters", 6, 23),
    StoreType("campus-store", "Campus Store", "校园超市", "campus", "evenly", 7, 22),
    StoreType("bar", "Bar", "酒吧", "old-town", "evening", 12, 24),
)
_OF_CLASS: dict[OutletClass, tuple[str, ...]] = {
    "gold": ("mini-market", "campus-store", "food-court", "terminal-shop"),
    "silver": ("mini-market", "canteen", "grocer", "food-court", "terminal-shop"),
    "bronze": ("corner-shop", "grocer", "canteen", "bar"),
    "kiosk": ("station-kiosk", "station-kiosk", "corner-shop"),
}
_STREETS = (
    ("Harbour Road", "港湾路"), ("Jade Garden", "翠园"), ("Lakeside", "湖滨"), ("Banyan Street", "榕树街"),
    ("Pearl Tower", "珠塔"), ("Old Quay", "老码头"), ("Red Poplar", "胡杨"), ("North Gate", "北门"),
    ("Willow Lane", "柳巷"), ("Drum Hill", "鼓山"), ("Orchard Way", "果园路"), ("Silk Market", "丝市"),
    ("Lantern Square", "灯笼广场"), ("Bamboo Court", "竹苑"), ("Stone Bridge", "石桥"), ("Magpie Row", "喜鹊里"),
    ("Saltworks", "盐场"), ("River Bend", "河湾"), ("Temple Steps", "寺阶"), ("Cedar Park", "雪松公园"),
)  # fmt: skip
_CLASS_TURNOVER: dict[OutletClass, float] = {"gold": 1.15, "silver": 1.0, "bronze": 0.85, "kiosk": 1.0}
_CLASS_FOOTFALL: dict[OutletClass, float] = {"gold": 1400, "silver": 900, "bronze": 500, "kiosk": 1100}
_DELIVERY_DAYS: dict[OutletClass, tuple[tuple[int, ...], ...]] = {
    "gold": ((0, 2, 5), (1, 3, 6), (0, 3, 5), (1, 4, 6)),
    "silver": ((0, 2, 5), (1, 3, 6), (0, 3, 5), (1, 4, 6)),
    "bronze": ((0, 2, 5), (1, 4, 6), (0, 3), (2, 5)),
    "kiosk": ((0, 2, 4, 5), (1, 3, 5), (0, 3, 5)),
}


def make_outlets(job: WorldJob) -> tuple[Outlet, ...]:
    """The outlets of a world; each depends on the seed and its own number alone, but for class and region."""
    classes = _classes(job.settings.outlets, job.outlets)
    return tuple(_outlet(job, number, outlet_class) for number, outlet_class in enumerate(classes))


def _classes(settings: OutletSettings, count: int) -> list[OutletClass]:
    """A class for each outlet, in such an order that the first few already have the shares of all."""
    shares: dict[OutletClass, float] = {
        "gold": settings.gold,
        "silver": settings.silver,
        "bronze": settings.bronze,
        "kiosk": settings.kiosk,
    }
    given = dict.fromkeys(shares, 0)
    classes: list[OutletClass] = []
    for _ in range(count):
        chosen = max(shares, key=lambda name: shares[name] / (given[name] + 0.5))
        given[chosen] += 1
        classes.append(chosen)
    return classes


def _outlet(job: WorldJob, number: int, outlet_class: OutletClass) -> Outlet:
    settings, demand = job.settings.outlets, job.settings.demand
    rng = np.random.default_rng([job.seed, 12, number])
    region = REGIONS[settings.regions[number % len(settings.regions)]]
    kinds = [store for store in _STORES if store.id in _OF_CLASS[outlet_class]]
    store = kinds[int(rng.integers(len(kinds)))]
    footfall, income, distance = (float(value) for value in rng.normal(0, 1, 3))
    told = 0.3 * footfall + 0.12 * income - 0.08 * distance
    turnover = demand.turnover * np.exp(demand.covariates * told + demand.spread * rng.normal())
    if demand.covariates:
        turnover *= _CLASS_TURNOVER[outlet_class]
    days = _DELIVERY_DAYS[outlet_class]
    name, name_zh = _names(number, store)
    return Outlet(
        id=f"outlet-{number + 1:0{_digits(job.outlets)}d}",
        number=number,
        name=name,
        name_zh=name_zh,
        region=region,
        outlet_class=outlet_class,
        store=store,
        footfall=round(_CLASS_FOOTFALL[outlet_class] * float(np.exp(0.4 * footfall))),
        income=round(float(np.exp(0.25 * income)), 3),
        depot_km=round(25 * float(np.exp(0.6 * distance)), 1),
        delivery_weekdays=days[int(rng.integers(len(days)))],
        supply="van" if rng.random() < settings.van else "backroom",
        turnover=float(turnover),
    )


def _digits(count: int) -> int:
    return 2 if count < 100 else 4


def _names(number: int, store: StoreType) -> tuple[str, str]:
    street, street_zh = _STREETS[number % len(_STREETS)]
    again = number // len(_STREETS)
    name, name_zh = f"{street} {store.name}", f"{street_zh}{store.name_zh}"
    return (f"{name} {again + 1}", f"{name_zh}{again + 1}号店") if again else (name, name_zh)
