"""`WeekJob`: a small world for the demo, and when its cameras take photos."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from firmware_sim.world.history import CoolerHistory
from firmware_sim.world.job import WorldJob
from firmware_sim.world.outlet_life import simulate_outlet
from firmware_sim.world.plan import WorldPlan, plan_world
from firmware_sim.world.settings import (
    DisturbanceSettings,
    OutletSettings,
    PromotionSettings,
    SupplySettings,
    WorldSettings,
)
from firmware_sim.world.supply import DELIVERY_HOUR

Renderer = Literal["compose", "mitsuba"]

MONDAY = date(2026, 11, 9)
"""The first day of the week."""

_SETTINGS = WorldSettings(
    start=MONDAY,
    outlets=OutletSettings(
        gold=3, silver=3, bronze=2, kiosk=0, regions=("east", "south", "west"), double_door=0, counter=0, van=1
    ),
    supply=SupplySettings(late=0, short=0.16, absent=0.12, tidy=1),
    disturbance=DisturbanceSettings(intrusion=0.03),
    promotions=PromotionSettings(count=0),
)


@dataclass(frozen=True)
class WeekJob:
    """What a week is made from; the same job always gives the same files.

    Attributes:
        renderer: how photos are made: quickly composed, or rendered as light makes them.
    """

    coolers: int
    outlets: int
    days: int
    photos_per_day: int
    seed: int
    renderer: Renderer = "compose"

    @property
    def world(self) -> WorldJob:
        """The world that it is a week of: uprights only, filled by vans, no promotions."""
        outlets = min(self.outlets, self.coolers)
        return WorldJob(self.seed, outlets, self.days, self.coolers, "demo", _SETTINGS)


@dataclass(frozen=True)
class Week:
    """A simulated week: what was settled beforehand, and what happened in every cooler, by number."""

    job: WeekJob
    plan: WorldPlan
    histories: tuple[CoolerHistory, ...]


@lru_cache(maxsize=4)
def simulate_week(job: WeekJob) -> Week:
    """Lets the week pass."""
    outlets = [simulate_outlet(job.world, number) for number in range(job.world.outlets)]
    coolers = [cooler for outlet in outlets for cooler in outlet.coolers]
    return Week(job, plan_world(job.world), tuple(sorted(coolers, key=lambda history: history.cooler.number)))


def photo_times(history: CoolerHistory, job: WeekJob) -> list[datetime]:
    """Spread over the opening hours, the first an hour after the delivery, at a minute of the cooler's own; UTC."""
    store, zone = history.outlet.store, ZoneInfo(history.outlet.region.timezone)
    first = max(store.opens, DELIVERY_HOUR) + 1
    minute = (history.cooler.number + 1) * 7 % 50
    span = min(store.closes, 23) - 1 - first
    gap = timedelta(minutes=round(60 * span / max(job.photos_per_day - 1, 1)))
    mornings = (
        datetime.combine(MONDAY + timedelta(days=day), time(first, minute), zone).astimezone(ZoneInfo("UTC"))
        for day in range(job.days)
    )
    return [morning + number * gap for morning in mornings for number in range(job.photos_per_day)]
