"""When goods come to an outlet, and how much of what was ordered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from datasets.products.arrays import FloatArray
from firmware_sim.world.calendar import hours_of
from firmware_sim.world.places import Outlet
from firmware_sim.world.plan import WorldPlan
from firmware_sim.world.settings import SupplySettings

DELIVERY_HOUR = 8
_LONGEST_DELAY_MIN = 150
_FAR_KM = 25.0


@dataclass(frozen=True)
class Visit:
    """Somebody comes to the outlet with goods, or goes to its coolers with them; `at` in seconds since 1970."""

    at: int
    kind: str


def visits_of(plan: WorldPlan, outlet: Outlet) -> list[Visit]:
    """Deliveries (`van` into the coolers, `depot` into the backroom) and, out of a backroom, refill rounds."""
    rng = np.random.default_rng([plan.job.seed, 17, outlet.number])
    deliveries = _deliveries(plan, outlet, rng)
    return deliveries if outlet.supply == "van" else deliveries + _rounds(plan, outlet, rng)


def _deliveries(plan: WorldPlan, outlet: Outlet, rng: np.random.Generator) -> list[Visit]:
    settings, start, days = plan.job.settings.supply, plan.job.settings.start, plan.job.days
    hours = hours_of(outlet.region.timezone, start, days)
    kind = "van" if outlet.supply == "van" else "depot"
    draws = rng.random((days, 2))
    planned = [day for day in range(days) if (start + timedelta(days=day)).weekday() in outlet.delivery_weekdays]
    late = min(settings.late * (0.5 + 0.5 * outlet.depot_km / _FAR_KM), 1.0)
    visits = []
    for day in planned:
        come = day + int(draws[day, 0] < late)
        delay = min(-np.log(1 - draws[day, 1]) * (4 + 0.3 * outlet.depot_km), _LONGEST_DELAY_MIN)
        if come < days:
            visits.append(Visit(int(hours[come, DELIVERY_HOUR]) + int(delay) * 60, kind))
    return visits


def _rounds(plan: WorldPlan, outlet: Outlet, rng: np.random.Generator) -> list[Visit]:
    """Spread over the opening hours, up to an hour late; some do not take place."""
    settings = plan.job.settings.supply
    hours = hours_of(outlet.region.timezone, plan.job.settings.start, plan.job.days)
    opens, closes = outlet.store.opens, outlet.store.closes
    draws = rng.random((plan.job.days, settings.rounds, 2))
    each = (closes - opens - 1) / settings.rounds
    return [
        Visit(int(hours[day, opens] + 3600 * (0.5 + number * each) + 3600 * draws[day, number, 1]), "round")
        for day in range(plan.job.days)
        for number in range(settings.rounds)
        if draws[day, number, 0] >= settings.skipped
    ]


def delivered(settings: SupplySettings, ordered: int, draws: FloatArray) -> int:
    """How many units of an order come, by two chances: most orders come whole, some short, some not at all."""
    if draws[0] < settings.absent:
        return 0
    if draws[0] < settings.absent + settings.short:
        low, high = settings.short_share
        return round(ordered * (low + float(draws[1]) * (high - low)))
    return ordered
