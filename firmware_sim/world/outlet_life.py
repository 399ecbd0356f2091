"""`simulate_outlet`: lets the days of one outlet pass, event by event."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from firmware_sim.world.calendar import hours_of
from firmware_sim.world.cooler_life import CoolerLife
from firmware_sim.world.demand import Wants, cooler_demand, mean_units, wants_of
from firmware_sim.world.history import DeliveryLine, OutletHistory, PromotionTally, Source
from firmware_sim.world.job import WorldJob
from firmware_sim.world.places import Outlet
from firmware_sim.world.plan import WorldPlan, plan_world
from firmware_sim.world.supply import delivered, visits_of

_CLOSED_HOURS_MARGIN_S = 600


@dataclass(frozen=True)
class _Happening:
    """Something other than a shopper; at the same moment the lower rank comes first."""

    at: int
    rank: int
    act: Callable[[int], None]


def simulate_outlet(job: WorldJob, number: int, *, promoted: bool = True) -> OutletHistory:
    """Everything that happens in one outlet; the same job and number give the same history in any process.

    Args:
        job: which world.
        number: of the outlet, from 0.
        promoted: False simulates its twin: the same shoppers, weather and deliveries, but no promotion.

    Raises:
        BadInputError: the job cannot be a world.
        IndexError: it has no such outlet.
    """
    plan = plan_world(job)
    return _OutletLife(plan, plan.outlets[number], promoted).run()


class _OutletLife:
    """The days of one outlet."""

    def __init__(self, plan: WorldPlan, outlet: Outlet, promoted: bool) -> None:
        self._plan, self._outlet = plan, outlet
        coolers = plan.coolers(outlet)
        self._hours = hours_of(outlet.region.timezone, plan.job.settings.start, plan.job.days)
        self._demands = [cooler_demand(plan, outlet, cooler) for cooler in coolers]
        executions = plan.executions(outlet) if promoted else ()
        self._tallies = [PromotionTally(execution) for execution in executions]
        span = int(self._hours[0, 0]), int(self._hours[-1, 24])
        self._lives = [CoolerLife(plan, outlet, cooler, span) for cooler in coolers]
        self._target = self._backroom_target()
        self._backroom = list(self._target)
        self._deliveries: list[DeliveryLine] = []

    def run(self) -> OutletHistory:
        """Lets the days pass."""
        wants = wants_of(self._plan, self._outlet, self._demands, self._tallies)
        times = wants.at.tolist()
        shoppers = _Shoppers(self._lives, wants)
        served = 0
        for happening in sorted(self._happenings(), key=lambda each: (each.at, each.rank)):
            until = bisect_left(times, happening.at, served)
            shoppers.serve(served, until)
            served = until
            happening.act(happening.at)
        shoppers.serve(served, len(times))
        return OutletHistory(
            plan=self._plan,
            outlet=self._outlet,
            coolers=tuple(life.finish() for life in self._lives),
            deliveries=self._deliveries,
            backroom_opening=self._target,
            backroom_closing=self._backroom,
            tallies=self._tallies,
        )

    def _happenings(self) -> list[_Happening]:
        found = []
        for number, visit in enumerate(visits_of(self._plan, self._outlet)):
            come = {"van": self._van, "depot": self._depot, "round": self._round}[visit.kind]
            found.append(_Happening(visit.at, 2, partial(come, number)))
        for life in self._lives:
            for day, act in life.planned():
                # Before the shop opens, so that it is done when the first shopper comes.
                at = int(self._hours[day, self._outlet.store.opens]) - _CLOSED_HOURS_MARGIN_S
                found.append(_Happening(max(at, int(self._hours[0, 0])), 0, act))
            for at, act in life.disturbances(self._hours):
                found.append(_Happening(at, 3, act))
            for tally in self._tallies:
                found += self._facings(life, tally)
        return found

    def _facings(self, life: CoolerLife, tally: PromotionTally) -> list[_Happening]:
        """More lanes for the SKUs of a promotion that was set up so, and fewer again at its end."""
        execution, opens = tally.execution, self._outlet.store.opens
        promotion = execution.promotion
        if promotion.mechanic != "extra-facings" or not execution.executed:
            return []
        happenings = [
            _Happening(int(self._hours[promotion.begins, opens]), 1, partial(life.widen, promotion.skus)),
        ]
        if promotion.ends < self._plan.job.days:
            happenings.append(_Happening(int(self._hours[promotion.ends, opens]), 1, life.narrow))
        return happenings

    def _chance(self, stream: int, number: int) -> np.random.Generator:
        return np.random.default_rng([self._plan.job.seed, stream, self._outlet.number, number])

    def _van(self, number: int, at: int) -> None:
        """The driver fills every cooler from his van, as far as he has the goods."""
        settings = self._plan.job.settings.supply
        draws = self._chance(23, number).random((len(self._plan.skus), 2))
        ordered: dict[int, int] = {}
        brought: dict[int, int] = {}
        for life in self._lives:
            chance = self._chance(24 + life.spot, number)
            wanted = life.visit(at, chance)
            stock = {sku: delivered(settings, units, draws[sku]) for sku, units in wanted.items()}
            placed = life.fill(at, stock, Source.DELIVERY, chance)
            for sku, units in wanted.items():
                ordered[sku] = ordered.get(sku, 0) + units
                brought[sku] = brought.get(sku, 0) + placed.get(sku, 0)
        self._deliveries += [DeliveryLine(at, sku, units, brought[sku]) for sku, units in ordered.items()]

    def _depot(self, number: int, at: int) -> None:
        """Goods for the backroom: up to its target, and what the coolers have room for."""
        settings = self._plan.job.settings.supply
        draws = self._chance(23, number).random((len(self._plan.skus), 2))
        gone = [0] * len(self._plan.skus)
        for life in self._lives:
            for sku, units in life.room().items():
                gone[sku] += units
        for sku, target in enumerate(self._target):
            ordered = target + gone[sku] - self._backroom[sku] if target else 0
            if ordered > 0:
                come = delivered(settings, ordered, draws[sku])
                self._backroom[sku] += come
                self._deliveries.append(DeliveryLine(at, sku, ordered, come))

    def _round(self, number: int, at: int) -> None:
        """Staff fill the coolers from the backroom; some rounds end before all is done."""
        for life in self._lives:
            chance = self._chance(24 + life.spot, number)
            wanted = life.visit(at, chance)
            todo = list(wanted)
            if chance.random() < self._plan.job.settings.supply.incomplete:
                todo = todo[: int(chance.random() * len(todo))]
            stock = {sku: min(wanted[sku], self._backroom[sku]) for sku in todo}
            for sku, units in life.fill(at, stock, Source.BACKROOM, chance).items():
                self._backroom[sku] -= units

    def _backroom_target(self) -> list[int]:
        """Units of each SKU that a backroom should hold after a delivery; none where there is no backroom."""
        settings = self._plan.job.settings
        if self._outlet.supply == "van":
            return [0] * len(self._plan.skus)
        cycle = 7 / len(self._outlet.delivery_weekdays)
        daily = sum(demand.daily_units(mean_units(settings.demand.several)) for demand in self._demands)
        return [int(np.ceil(settings.supply.cover * cycle * units)) for units in np.asarray(daily).tolist()]


class _Shoppers:
    """Serves shoppers in order of time."""

    def __init__(self, lives: list[CoolerLife], wants: Wants) -> None:
        self._lives = lives
        columns = (wants.at, wants.cooler, wants.sku, wants.units, wants.promotion)
        self._rows = list(zip(*(column.tolist() for column in columns), wants.draws.tolist(), strict=True))

    def serve(self, first: int, until: int) -> None:
        """Serves shoppers `first` to `until` - 1."""
        lives = self._lives
        for at, cooler, sku, units, promotion, draws in self._rows[first:until]:
            life = lives[cooler]
            if life.shelf.showing[sku]:
                life.sell(at, sku, units, promotion, draws[0])
            elif not (len(lives) > 1 and self._elsewhere(at, cooler, sku, units, promotion, draws)):
                life.miss(at, sku, units, promotion, draws)

    def _elsewhere(self, at: int, cooler: int, sku: int, units: int, promotion: int, draws: list[float]) -> bool:
        """Whether the shopper finds the SKU in another cooler of the outlet, and takes it."""
        if draws[2] >= self._lives[cooler].looks_further:
            return False
        for number, life in enumerate(self._lives):
            if number != cooler and life.shelf.showing[sku]:
                life.sell(at, sku, units, promotion, draws[0])
                return True
        return False
