"""Coolers of the simulated world as the sell-out estimator sees them, beside what was really sold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np

from cloud.analytics.sellout.records import CoolerRecord, Delivery, FloatArray
from cloud.analytics.sellout.sight import Sight
from firmware_sim.fleet.errors import VisionErrors, read_errors
from firmware_sim.world.calendar import hours_of
from firmware_sim.world.history import CoolerHistory, Kind, OutletHistory, Source
from firmware_sim.world.job import WorldJob
from firmware_sim.world.outlet_life import simulate_outlet
from firmware_sim.world.settings import OutletSettings, PromotionSettings, WorldSettings
from firmware_sim.world.state import ShelfState

View = Literal["all", "half", "front"]
"""How much of each lane, 5 to 7 deep, the camera sees, counted from its first unit: everything, three units, one."""
_DEPTH: dict[View, int] = {"all": 99, "half": 3, "front": 1}
SIGHTS: dict[View, Sight] = {
    "all": Sight((0.93,)),
    "half": Sight((0.93, 0.93, 0.93, 0.0)),
    "front": Sight((0.93, 0.0)),
}
"""What the cloud is told of such cameras."""
Known = Literal["deliveries", "doors", "nothing"]
"""What is known of refills: the vans' deliveries, the times at which somebody refilled, or nothing."""


@dataclass(frozen=True)
class Watched:
    """A cooler, and the truth about it: (SKUs, days) units sold and units wanted in vain."""

    record: CoolerRecord
    sold: FloatArray
    lost: FloatArray


def world_job(outlets: int, days: int, seed: int, *, van: float = 1.0, turnover: float = 0.14) -> WorldJob:
    """A world without promotions; `van` is the share of outlets whose coolers are filled by known deliveries alone."""
    settings = WorldSettings(promotions=PromotionSettings(count=0), outlets=OutletSettings(van=van))
    settings = settings.model_copy(update={"demand": settings.demand.model_copy(update={"turnover": turnover})})
    return WorldJob(seed=seed, outlets=outlets, days=days, settings=settings)


def watch(job: WorldJob, numbers: Iterable[int], view: View, *, photos_a_day: int = 4, seed: int = 1,
          known: Known = "deliveries", errors: VisionErrors | None = None) -> list[Watched]:  # fmt: skip
    """The coolers of some outlets; `known` as far as there is such a thing there."""
    found = []
    for number in numbers:
        outlet = simulate_outlet(job, number)
        for cooler in outlet.coolers:
            rng = np.random.default_rng([seed, cooler.cooler.number])
            found.append(_watched(job, outlet, cooler, Camera(view, errors or read_errors(), rng), photos_a_day, known))
    return found


@dataclass(frozen=True)
class Camera:
    """Counts units with the errors that were measured of vision."""

    view: View
    errors: VisionErrors
    rng: np.random.Generator

    def count(self, state: ShelfState, skus: tuple[str, ...]) -> list[int]:
        """Units counted of each SKU."""
        named = self.errors.named
        draws, counted = self.rng.random, Counter[str]()
        for row in state.rows:
            for lane in row:
                units = [(place, unit.sku) for place, unit in enumerate(lane.places) if unit]
                for position, (place, sku) in enumerate(units[: _DEPTH[self.view]]):
                    empty = place - position  # places in front that nothing stands in
                    if draws() < self.errors.front(empty if self.view == "front" else 0):
                        counted[self._name(sku, skus, named.right, named.unknown)] += 1
        for _ in range(self.rng.poisson(self.errors.false_per_photo)):
            counted[skus[self.rng.integers(len(skus))]] += 1
        return [counted[sku] for sku in skus]

    def _name(self, sku: str, skus: tuple[str, ...], right: float, unknown: float) -> str:
        draw = self.rng.random()
        if draw < right:
            return sku
        return "" if draw < right + unknown else skus[self.rng.integers(len(skus))]


def _watched(job: WorldJob, outlet: OutletHistory, cooler: CoolerHistory, camera: Camera, photos_a_day: int,
             known: Known) -> Watched:  # fmt: skip
    place = outlet.outlet
    plan = cooler.installed[0].planogram
    skus = tuple(plan.capacity())
    photos = _photo_times(job, outlet, photos_a_day, camera.rng)
    hours = hours_of(place.region.timezone, job.settings.start, job.days)
    counts = [camera.count(state, skus) for state in cooler.shelf_states(photos)]
    booked = place.supply == "van" and known == "deliveries"
    record = CoolerRecord(
        cooler=cooler.cooler.id,
        outlet=place.id,
        skus=skus,
        lanes=tuple(tuple(lane.depth for lane in plan.lanes if lane.sku == sku) for sku in skus),
        days=np.append(hours[:, 0], hours[-1, 24]).astype(float),
        opening=hours[:, [place.store.opens, place.store.closes]].astype(float),
        first_weekday=job.settings.start.weekday(),
        photos=np.array([at.timestamp() for at in photos]),
        counts=np.array(counts),
        deliveries=tuple(_deliveries(cooler, skus)) if booked else (),
        restocked="as-delivered" if booked else "unseen",
        doors=_doors(cooler) if known == "doors" else np.zeros(0),
    )
    return Watched(record, *_truth(cooler, skus, record.days))


def _photo_times(job: WorldJob, outlet: OutletHistory, photos: int, rng: np.random.Generator) -> list[datetime]:
    """Spread over the opening hours, at a minute of the cooler's own."""
    store, zone, offset = outlet.outlet.store, ZoneInfo(outlet.outlet.region.timezone), rng.random()
    span = timedelta(hours=store.closes - store.opens)
    days: list[date] = [job.settings.start + timedelta(days=day) for day in range(job.days)]
    opens = [datetime.combine(day, time(store.opens), zone) for day in days]
    return [(at + span * ((n + offset) / photos)).replace(microsecond=0) for at in opens for n in range(photos)]


def _deliveries(cooler: CoolerHistory, skus: tuple[str, ...]) -> Iterable[Delivery]:
    for move in cooler.movements:
        sku = cooler.skus[move.sku]
        if move.kind is Kind.REFILL and move.source is Source.DELIVERY and sku in skus:
            yield Delivery(move.at, sku, move.units)


def _doors(cooler: CoolerHistory) -> FloatArray:
    staff = (Source.DELIVERY, Source.BACKROOM, Source.MERCHANDISER)
    return np.unique([float(move.at) for move in cooler.movements if move.source in staff])


def _truth(cooler: CoolerHistory, skus: tuple[str, ...], days: FloatArray) -> tuple[FloatArray, FloatArray]:
    sold, lost = np.zeros((len(skus), len(days) - 1)), np.zeros((len(skus), len(days) - 1))
    number = {sku: index for index, sku in enumerate(skus)}
    moves = [(m.at, m.sku, m.units, sold) for m in cooler.movements if m.kind is Kind.SALE]
    for at, sku, units, table in [*moves, *((one.at, one.sku, one.units, lost) for one in cooler.lost)]:
        if (index := number.get(cooler.skus[sku])) is not None:
            table[index, int(np.searchsorted(days, at, side="right")) - 1] += units
    return sold, lost
