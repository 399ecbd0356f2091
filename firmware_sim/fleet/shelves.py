"""The coolers of a fleet and what stands in them, from the simulated world."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from datasets.products.packs import Catalogue
from firmware_sim.world.history import CoolerHistory
from firmware_sim.world.job import CatalogueName, WorldJob
from firmware_sim.world.outlet_life import simulate_outlet
from firmware_sim.world.places import Outlet
from firmware_sim.world.plan import plan_world
from firmware_sim.world.settings import PromotionSettings, WorldSettings
from firmware_sim.world.state import ShelfState

_COOLERS_PER_OUTLET = 2

Plan = tuple[tuple[tuple[str, int], ...], ...]
"""A planogram: rows of lanes, each a SKU and how many of it fit."""


@dataclass(frozen=True)
class FleetCooler:
    """One cooler: its place, its planogram at the beginning, and its history."""

    id: str
    outlet: Outlet
    history: CoolerHistory
    plan: Plan

    @property
    def names(self) -> tuple[str, str]:
        """In English and in Chinese."""
        return self.history.cooler.name, self.history.cooler.name_zh

    def photos(self, start: date, days: int, photos_per_day: int, seed: int) -> Iterator[ShelfState]:
        """What stands there at each photo, oldest first."""
        return self.history.shelf_states(self.photo_times(start, days, photos_per_day, seed))

    def photo_times(self, start: date, days: int, photos_per_day: int, seed: int) -> list[datetime]:
        """Spread over the outlet's opening hours, at a minute of the cooler's own, as installers set them."""
        store, zone = self.outlet.store, ZoneInfo(self.outlet.region.timezone)
        span = timedelta(hours=store.closes - store.opens)
        offset = random.Random(f"{seed}/{self.id}/minute").random()
        times = []
        for day in range(days):
            opens = datetime.combine(start + timedelta(days=day), time(store.opens), zone)
            times += [opens + span * ((number + offset) / photos_per_day) for number in range(photos_per_day)]
        return [at.astimezone(UTC).replace(microsecond=0) for at in times]


@dataclass(frozen=True)
class FleetWorld:
    """The outlets and coolers of a fleet, and the products in them."""

    catalogue: Catalogue
    owner: str
    coolers: tuple[FleetCooler, ...]

    def outlets(self) -> list[Outlet]:
        """Every outlet that has a cooler."""
        return list({cooler.outlet.id: cooler.outlet for cooler in self.coolers}.values())


def fleet_job(coolers: int, days: int, start: date, seed: int, catalogue: CatalogueName) -> WorldJob:
    """The world of a fleet: two coolers an outlet, no promotions."""
    settings = WorldSettings(start=start, promotions=PromotionSettings(count=0))
    outlets = ceil(coolers / _COOLERS_PER_OUTLET)
    return WorldJob(seed=seed, outlets=outlets, days=days, coolers=coolers, catalogue=catalogue, settings=settings)


def make_fleet_world(job: WorldJob, progress: Callable[[int, int], Any] = lambda _done, _all: None) -> FleetWorld:
    """Lets the days of every outlet pass: about 50 ms a week and outlet."""
    plan = plan_world(job)
    coolers: list[FleetCooler] = []
    for number, outlet in enumerate(plan.outlets):
        for history in simulate_outlet(job, number).coolers:
            rows = history.installed[0].planogram.rows
            planned = tuple(tuple((lane.sku, lane.depth) for lane in row) for row in rows)
            coolers.append(FleetCooler(history.cooler.id, outlet, history, planned))
        progress(number + 1, len(plan.outlets))
    return FleetWorld(plan.catalogue, job.settings.owner, tuple(coolers))
