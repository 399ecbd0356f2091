"""What shoppers want: who comes when, to which cooler, for what, before anyone knows whether it is there.

Demand of a SKU in a cooler is a Poisson process whose rate is the product of the outlet's level, the day, the hour,
the temperature and the SKU's share. A promotion adds shoppers of its own for its SKUs and takes away some of those who
would have come for the sisters, or for the SKUs after its end; so each of its effects can be counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from datasets.products.arrays import FloatArray
from firmware_sim.world.calendar import hours_of, shopping_days, shopping_hours
from firmware_sim.world.coolers import Cooler
from firmware_sim.world.history import NONE, PromotionTally
from firmware_sim.world.places import Outlet
from firmware_sim.world.plan import WorldPlan
from firmware_sim.world.promotions import Execution

_THREE = 0.25
"""Of those who want several units, the share that wants three; the others want two."""
_MOST_SUPPRESSED = 0.8
_REFERENCE_C = 15.0

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Wants:
    """Shoppers of one outlet in order of time, each array (shoppers,).

    Attributes:
        at: seconds since 1970.
        cooler: which of the outlet's coolers.
        sku, units: what is wanted.
        promotion: number of the promotion that made the shopper come, or -1.
        draws: (shoppers, 3) chances of what the shopper does next.
    """

    at: IntArray
    cooler: IntArray
    sku: IntArray
    units: IntArray
    promotion: IntArray
    draws: FloatArray


@dataclass(frozen=True)
class CoolerDemand:
    """Rates of one cooler: `hourly` (days, 24) shoppers, `shares` (days, SKUs) of them that want each SKU."""

    hourly: FloatArray
    shares: FloatArray

    def daily_units(self, mean_units: float) -> FloatArray:
        """Mean units wanted a day over the whole time, by SKU: (SKUs,)."""
        units: FloatArray = (self.hourly.sum(1)[:, None] * self.shares).mean(0) * mean_units
        return units


def mean_units(several: float) -> float:
    """Units that a shopper wants on average."""
    return 1 + several * (1 + _THREE)


def cooler_demand(plan: WorldPlan, outlet: Outlet, cooler: Cooler) -> CoolerDemand:
    """The rates at which shoppers come to a cooler, without promotions."""
    job, demand = plan.job, plan.job.settings.demand
    heat = plan.temperatures[outlet.region.id]
    liking = _liking(plan, outlet)
    listed = _listed(plan, outlet, cooler)
    at_reference = listed * liking
    wanted = at_reference * np.exp(plan.thirst * (heat.mean(1)[:, None] - _REFERENCE_C) / 10)
    breadth = at_reference.sum(1)
    # Who finds a wider assortment buys more, though not as much more as it is wider.
    level = wanted.sum(1) / breadth * np.sqrt(breadth / breadth[0])
    capacity = sum(plan.installed(outlet, cooler)[0].planogram.capacity().values())
    shoppers = outlet.turnover * capacity / mean_units(demand.several)
    days = shopping_days(outlet.store.rhythm, job.settings.start, job.days, demand.holiday)
    hours = shopping_hours(outlet.store.rhythm, outlet.store.opens, outlet.store.closes)
    hourly_heat = np.exp(demand.temperature * (heat - heat.mean(1, keepdims=True)) / 10)
    hourly = shoppers * (level * days)[:, None] * hours * hourly_heat
    return CoolerDemand(hourly, wanted / wanted.sum(1, keepdims=True))


def _liking(plan: WorldPlan, outlet: Outlet) -> FloatArray:
    """Demand of each SKU in this outlet at the reference temperature, relative: (SKUs,)."""
    demand = plan.job.settings.demand
    rng = np.random.default_rng([plan.job.seed, 20, outlet.number])
    prices = np.array([pack.price for pack in plan.packs])
    dear = demand.price * (prices / prices.mean() - 1) * (1.3 - 0.3 * outlet.income)
    liking: FloatArray = plan.popularity * np.exp(demand.taste * rng.normal(size=len(prices)) - dear)
    return liking


def _listed(plan: WorldPlan, outlet: Outlet, cooler: Cooler) -> FloatArray:
    """1 where the planogram that the cooler follows on the day has the SKU, else 0: (days, SKUs)."""
    listed: FloatArray = np.zeros((plan.job.days, len(plan.skus)))
    for installed in plan.installed(outlet, cooler):
        listed[installed.day :] = 0
        listed[installed.day :, [plan.number_of[sku] for sku in installed.planogram.capacity()]] = 1
    return listed


def wants_of(plan: WorldPlan, outlet: Outlet, demands: list[CoolerDemand], tallies: list[PromotionTally]) -> Wants:
    """Draws the shoppers of an outlet; what promotions do is counted in `tallies`, none of which means no promotions.

    The shoppers who come without a promotion are the same whatever promotions there are.
    """
    base = np.random.default_rng([plan.job.seed, 21, outlet.number])
    parts = [_ordinary(plan, outlet, demand, number, base, tallies) for number, demand in enumerate(demands)]
    for tally in tallies:
        if tally.execution.lift:
            promotion = tally.execution.promotion
            chance = np.random.default_rng([plan.job.seed, 22, outlet.number, promotion.number])
            parts += [_extra(plan, outlet, demand, number, chance, tally) for number, demand in enumerate(demands)]
    at, cooler, sku, units, promotion_numbers = (np.concatenate([part[0][i] for part in parts]) for i in range(5))
    order = np.argsort(at, kind="stable")
    draws = np.concatenate([part[1] for part in parts])
    return Wants(at[order], cooler[order], sku[order], units[order], promotion_numbers[order], draws[order])


_Part = tuple[tuple[IntArray, IntArray, IntArray, IntArray, IntArray], FloatArray]
"""at, cooler, SKU, units, promotion; draws."""


def _moments(plan: WorldPlan, outlet: Outlet, counts: IntArray, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """For (days, 24) counts: the moments, (shoppers,) seconds since 1970, and the day of each, in order of day."""
    hours = hours_of(outlet.region.timezone, plan.job.settings.start, plan.job.days)
    cells = np.repeat(np.arange(counts.size), counts.ravel())
    days, clock = np.divmod(cells, 24)
    begins = hours[days, clock]
    lasts = np.clip(hours[days, clock + 1] - begins, 0, 3600)
    return begins + (rng.random(len(cells)) * lasts).astype(np.int64), days


def _units(draws: FloatArray, several: float) -> IntArray:
    return 1 + (draws < several).astype(np.int64) + (draws < several * _THREE)


def _ordinary(plan: WorldPlan, outlet: Outlet, demand: CoolerDemand, cooler: int, rng: np.random.Generator,
              tallies: list[PromotionTally]) -> _Part:  # fmt: skip
    at, days = _moments(plan, outlet, rng.poisson(demand.hourly), rng)
    draws = rng.random((len(at), 6))
    sku = np.empty(len(at), np.int64)
    edges = np.searchsorted(days, np.arange(plan.job.days + 1))
    cumulative = demand.shares.cumsum(1)
    cumulative /= cumulative[:, -1:]
    for day in range(plan.job.days):
        today = slice(edges[day], edges[day + 1])
        sku[today] = np.searchsorted(cumulative[day], draws[today, 3], side="right")
    units = _units(draws[:, 4], plan.job.settings.demand.several)
    stays = np.ones(len(at), bool)
    for tally in tallies:
        stays &= ~_kept_away(plan, demand, tally, (days, sku, units), draws[:, 5])
    of_cooler = np.full(len(at), cooler)
    nobody = np.full(len(at), NONE)
    columns = (at[stays], of_cooler[stays], sku[stays], units[stays], nobody[stays])
    return columns, draws[stays, :3]


def _kept_away(plan: WorldPlan, demand: CoolerDemand, tally: PromotionTally, wants: tuple[IntArray, IntArray, IntArray],
               draws: FloatArray) -> npt.NDArray[np.bool_]:  # fmt: skip
    """Which shoppers a promotion takes away: from the sisters while it runs, from its own SKUs afterwards."""
    days, sku, units = wants
    execution = tally.execution
    promotion = execution.promotion
    own, sisters = _numbers(plan, promotion.skus), _numbers(plan, promotion.sisters)
    if not execution.lift:
        return np.zeros(len(sku), bool)
    runs = (days >= promotion.begins) & (days < promotion.ends)
    after = (days >= promotion.ends) & (days < promotion.over)
    cannibalised = runs & np.isin(sku, sisters) & (draws < _sisters_loss(demand, execution, own, sisters)[days])
    dipped = after & np.isin(sku, own) & (draws < promotion.dip)
    tally.cannibalised += int(units[cannibalised].sum())
    tally.dipped += int(units[dipped].sum())
    return cannibalised | dipped


def _sisters_loss(demand: CoolerDemand, execution: Execution, own: list[int], sisters: list[int]) -> FloatArray:
    """Share of the sisters' demand that goes to the promoted SKUs, by day."""
    theirs = demand.shares[:, sisters].sum(1)
    taken = execution.promotion.cannibalisation * execution.lift * demand.shares[:, own].sum(1)
    loss: FloatArray = np.minimum(np.divide(taken, theirs, out=np.zeros_like(taken), where=theirs > 0),
                                  _MOST_SUPPRESSED)  # fmt: skip
    return loss


def _numbers(plan: WorldPlan, skus: tuple[str, ...]) -> list[int]:
    return [plan.number_of[sku] for sku in skus]


def _extra(plan: WorldPlan, outlet: Outlet, demand: CoolerDemand, cooler: int, rng: np.random.Generator,
           tally: PromotionTally) -> _Part:  # fmt: skip
    """The shoppers whom a promotion brings."""
    execution = tally.execution
    promotion = execution.promotion
    several = plan.job.settings.demand.several
    each = 2.0 if promotion.mechanic == "multi-buy" else mean_units(several)
    runs = np.zeros(plan.job.days)
    runs[promotion.begins : promotion.ends] = execution.lift * mean_units(several) / each
    parts: list[_Part] = []
    for sku in _numbers(plan, promotion.skus):
        rates = demand.hourly * (demand.shares[:, sku] * runs)[:, None]
        at, _ = _moments(plan, outlet, rng.poisson(rates), rng)
        draws = rng.random((len(at), 4))
        units = np.full(len(at), 2) if promotion.mechanic == "multi-buy" else _units(draws[:, 3], several)
        tally.expected += float(rates.sum()) * each
        tally.extra += int(units.sum())
        fixed = (np.full(len(at), number) for number in (cooler, sku, promotion.number))
        of_cooler, of_sku, of_promotion = fixed
        parts.append(((at, of_cooler, of_sku, units, of_promotion), draws[:, :3]))
    columns = tuple(np.concatenate([part[0][i] for part in parts]) for i in range(5))
    return (columns[0], columns[1], columns[2], columns[3], columns[4]), np.concatenate([part[1] for part in parts])
