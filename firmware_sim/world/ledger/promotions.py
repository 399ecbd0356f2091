"""What each promotion really did in each outlet: beside its twin, which had the same shoppers but no promotion."""

from __future__ import annotations

from typing import Any

import numpy as np

from firmware_sim.world.calendar import hours_of
from firmware_sim.world.history import Kind, OutletHistory, PromotionTally

Sold = dict[int, int]
"""Units by SKU number."""


def promotion_rows(history: OutletHistory, twin: OutletHistory | None) -> list[dict[str, Any]]:
    """A row of the table `promotion_truth` for each promotion that the outlet was to run.

    What depends on the twin is None where there is none.
    """
    sales = (_Sales(history), _Sales(twin)) if twin else None
    return [_counted(history, tally) | (_beside(sales, tally) if sales else {}) for tally in history.tallies]


class _Sales:
    """What an outlet sold, and when."""

    def __init__(self, history: OutletHistory) -> None:
        self.plan = history.plan
        job = history.plan.job
        self._hours = hours_of(history.outlet.region.timezone, job.settings.start, job.days)
        sales = [
            (move.at, move.sku, move.units)
            for cooler in history.coolers
            for move in cooler.movements
            if move.kind is Kind.SALE
        ]
        self._at, self._sku, self._units = np.array(sales, np.int64).reshape(-1, 3).T

    def of(self, skus: tuple[str, ...], days: tuple[int, int]) -> Sold:
        """Units of each SKU sold from the first day to the one before the last."""
        if days[0] >= days[1]:
            return {}
        begins, ends = self._hours[days[0], 0], self._hours[days[1] - 1, 24]
        then = (self._at >= begins) & (self._at < ends)
        sold = np.bincount(self._sku[then], self._units[then], len(self.plan.skus))
        return {number: int(sold[number]) for number in map(self.plan.number_of.__getitem__, skus)}


def _counted(history: OutletHistory, tally: PromotionTally) -> dict[str, Any]:
    execution = tally.execution
    return {
        "promotion": execution.promotion.id,
        "outlet": history.outlet.id,
        "executed": execution.executed,
        "lift": execution.lift,
        "expected_extra": tally.expected,
        "extra": tally.extra,
        "cannibalised": tally.cannibalised,
        "dipped": tally.dipped,
        "cost": execution.promotion.cost,
    }


def _beside(sales: tuple[_Sales, _Sales], tally: PromotionTally) -> dict[str, Any]:
    """Units sold by the outlet and by its twin, and the margin between them."""
    plan, promotion = sales[0].plan, tally.execution.promotion
    over = min(promotion.over, plan.job.days)
    spans = {
        "sold": (promotion.skus, (promotion.begins, promotion.ends)),
        "sisters_sold": (promotion.sisters, (promotion.begins, over)),
        "after_sold": (promotion.skus, (promotion.ends, over)),
    }
    margin, found = plan.job.settings.promotions.margin, dict[str, Any]()
    incremental = 0.0
    for name, span in spans.items():
        with_it, without = (each.of(*span) for each in sales)
        found |= {name: sum(with_it.values()), f"{name}_without": sum(without.values())}
        cut = promotion.discount if name == "sold" and tally.execution.executed else 0.0
        for sku, units in with_it.items():
            incremental += plan.packs[sku].price * (units * (margin - cut) - without[sku] * margin)
    return found | {"incremental_margin": round(incremental, 2)}
