"""Do the intervals of ROI cover the truth of the simulated world, where promotions overlap and shelves run empty?

Run it with `python -m bench.promo_world [outlets [promotions]]`; it prints JSON. Half of the promotions do nothing.
What each truly earned is told by its outlets' twins: the same shoppers, weather and deliveries without promotions.
Targets: 90% intervals cover between 85% and 95%, at most 10% of the promotions without effect are called a success.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from typing import Any

import numpy as np

from bench.parts.running import Count, run
from bench.parts.saying import say
from cloud.analytics.promo.overlaps import Apart, Ran, told_apart
from cloud.analytics.promo.panel import FloatArray, PanelError
from cloud.analytics.promo.prepared import Horizon
from cloud.analytics.promo.sellout import Outlet, Promotion, SellOut
from cloud.analytics.promo.study import PromotionStudy, StudyAnswer
from cloud.analytics.promo.verdict import despite_overlap
from firmware_sim.world.calendar import hours_of
from firmware_sim.world.history import Kind, OutletHistory
from firmware_sim.world.job import WorldJob
from firmware_sim.world.ledger.promotions import promotion_rows
from firmware_sim.world.outlet_life import simulate_outlet
from firmware_sim.world.plan import WorldPlan, plan_world
from firmware_sim.world.promotions import Promotion as WorldPromotion
from firmware_sim.world.settings import PromotionSettings, WorldSettings

OUTLETS, PROMOTIONS, DAYS, SEED = 500, 200, 112, 3
PROCESSES = 2
SETTINGS = PromotionSettings(
    count=PROMOTIONS, days=(7, 14), outlets=(0.03, 0.08), no_effect=0.5, discount=(0.0, 0.0), dip_days=(3, 6)
)
"""No price is cut, so that a unit more earns the same before, during and after."""


@dataclass(frozen=True)
class Lived:
    """An outlet: units sold, (SKUs, days), and what each of its promotions truly earned, by its id."""

    units: FloatArray
    earned: dict[str, float]


def live(job: WorldJob, number: int) -> Lived:
    """Let an outlet and its twin live."""
    history = simulate_outlet(job, number)
    twin = simulate_outlet(job, number, promoted=False) if history.tallies else None
    rows = promotion_rows(history, twin)
    return Lived(_units(job, history), {row["promotion"]: row["incremental_margin"] for row in rows})


def _units(job: WorldJob, history: OutletHistory) -> FloatArray:
    begins = hours_of(history.outlet.region.timezone, job.settings.start, job.days)[:, 0]
    units = np.zeros((len(history.plan.skus), job.days))
    for cooler in history.coolers:
        for move in cooler.movements:
            if move.kind is Kind.SALE:
                units[move.sku, int(np.searchsorted(begins, move.at, side="right")) - 1] += move.units
    return units


class World:
    """What came of all outlets, and what is asked of it."""

    def __init__(self, plan: WorldPlan, lived: list[Lived]) -> None:
        self._plan, self._lived = plan, lived
        kinds = [Outlet(one.id, one.region.id, one.outlet_class) for one in plan.outlets]
        start, days = plan.job.settings.start, plan.job.days
        dates = tuple(start + timedelta(days=day) for day in range(days))
        self._sell_out = SellOut(tuple(kinds), tuple(plan.skus), dates, np.array([one.units for one in lived]))
        self._ran = [self._as_ran(one) for one in plan.promotions]

    def study(self, promotion: WorldPromotion) -> tuple[Apart, StudyAnswer | None]:
        """How it was told apart from others, and its study; None where that was refused."""
        mine, others = self._ran[promotion.number], [one for one in self._ran if one.name != promotion.id]
        apart = told_apart(mine, others, Horizon())
        left = self._sell_out.without((apart.elsewhere | mine.outlets) - apart.outlets)
        inside = [number for number, day in enumerate(left.days) if apart.days.first <= day <= apart.days.last]
        days = tuple(left.days[number] for number in inside)
        sell_out = SellOut(left.outlets, left.skus, days, left.units[:, :, inside])
        sold = sell_out.before(mine.first).of_skus(mine.skus).sum(axis=1) > 0
        idle = {one.id for one, some in zip(sell_out.outlets, sold, strict=True) if not some} - mine.outlets
        try:
            return apart, PromotionStudy().answer(sell_out.without(idle), self._planned(promotion, apart))
        except PanelError:
            return apart, None

    def roi(self, promotion: WorldPromotion, outlets: frozenset[str]) -> float:
        """What it truly earned in some of its outlets, against its cost there."""
        earned = [self._lived[n].earned[promotion.id] for n in promotion.outlets if self._plan.outlets[n].id in outlets]
        return sum(earned) / (promotion.cost * len(earned)) - 1

    def _planned(self, promotion: WorldPromotion, apart: Apart) -> Promotion:
        margin, prices = self._plan.job.settings.promotions.margin, self._plan.packs
        skus = (*promotion.skus, *promotion.sisters)
        mine = self._ran[promotion.number]
        return Promotion(
            skus=apart.skus,
            outlets=apart.outlets,
            first=mine.first,
            last=mine.last,
            margins={sku: prices[self._plan.number_of[sku]].price * margin for sku in skus},
            cost=promotion.cost * len(apart.outlets),
            sisters=frozenset(promotion.sisters),
        )

    def _as_ran(self, one: WorldPromotion) -> Ran:
        start = self._plan.job.settings.start
        outlets = frozenset(self._plan.outlets[number].id for number in one.outlets)
        first, last = start + timedelta(days=one.begins), start + timedelta(days=one.ends - 1)
        return Ran(one.id, frozenset(one.skus), frozenset(one.sisters), outlets, first, last)


def _verdict(apart: Apart, answer: StudyAnswer) -> str:
    return despite_overlap(answer.verdict, answer.reason, apart.overlap)[0] if apart.overlap else answer.verdict


def scores(world: World, promotions: Iterable[WorldPromotion]) -> dict[str, Any]:
    """How often intervals held the truth, and what was called what."""
    found: dict[str, dict[str, Any]] = {}
    kinds: dict[str, list[WorldPromotion]] = defaultdict(list)
    for one in promotions:
        kinds["with effect" if one.lift else "without effect"].append(one)
    for kind, members in kinds.items():
        held, errors, verdicts = list[bool](), list[float](), list[str]()
        for one in members:
            apart, answer = world.study(one)
            verdicts.append("refused" if answer is None else _verdict(apart, answer))
            if answer is None or (apart.overlap and apart.overlap.apart_by != "outlets"):
                continue
            interval, truth = answer.roi.roi, world.roi(one, apart.outlets)
            held.append((interval.low or -np.inf) <= truth <= (interval.high or np.inf))
            errors.append(interval.value - truth)
        found[kind] = {
            "promotions": len(members),
            "told_apart": len(held),
            "roi_held": round(float(np.mean(held)), 3) if held else None,
            "roi_error_median": round(float(np.median(errors)), 3) if errors else None,
            "verdicts": {word: verdicts.count(word) for word in sorted(set(verdicts))},
            "called_a_success": round(verdicts.count("success") / len(members), 3),
        }
    return found


def main(outlets: Count = OUTLETS, promotions: Count = PROMOTIONS) -> None:
    """Measure and print."""
    began = time.perf_counter()
    settings = WorldSettings(promotions=SETTINGS.model_copy(update={"count": promotions}))
    job = WorldJob(seed=SEED, outlets=outlets, days=DAYS, settings=settings)
    plan = plan_world(job)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        lived = list(pool.map(partial(live, job), range(outlets), chunksize=10))
    result = {"outlets": outlets, "days": DAYS, **scores(World(plan, lived), plan.promotions)}
    say(result | {"seconds": round(time.perf_counter() - began)})


if __name__ == "__main__":
    run(main)
