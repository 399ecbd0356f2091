"""What each promotion really did in each outlet: beside its twin, which had the same shoppers but no promotion."""

from __future__ import annotations

from typing import Any

from firmware_sim.world.calendar import hours_of
from firmware_sim.world.history import Kind, OutletHistory, PromotionTally
from firmware_sim.world.promotions import Promotion

Sold = dict[int, int]
"""Units by SKU number."""


def promotion_rows(history: OutletHistory, twin: OutletHistory | None) -> list[dict[str, Any]]:
    """A row of the table `promotion_truth` for each promotion that the outlet was to run.

    What depends on the twin is None where there is none.
    """
    return [_row(history, twin, tally) for tally in history.tallies]


def _row(history: OutletHistory, twin: OutletHistory | None, tally: PromotionTally) -> dict[str, Any]:
    execution = tally.execution
    promotion = execution.promotion
    counted = {
        "promotion": promotion.id,
        "outlet": history.outlet.id,
        "executed": execution.executed,
        "lift": execution.lift,
        "expected_extra": tally.expected,
        "extra": tally.extra,
        "cannibalised": tally.cannibalised,
        "dipped": tally.dipped,
        "cost": promotion.cost,
    }
    return counted | (_beside(history, twin, tally) if twin else {})


def _beside(history: OutletHistory, twin: OutletHistory, tally: PromotionTally) -> dict[str, Any]:
    promotion = tally.execution.promotion
    days = history.plan.job.days
    runs = (promotion.begins, promotion.ends)
    after = (promotion.ends, min(promotion.over, days))
    pairs = {
        "sold": _pair(history, twin, promotion.skus, runs),
        "sisters_sold": _pair(history, twin, promotion.sisters, (runs[0], after[1])),
        "after_sold": _pair(history, twin, promotion.skus, after),
    }
    found: dict[str, Any] = {}
    for name, (with_it, without) in pairs.items():
        found |= {name: sum(with_it.values()), f"{name}_without": sum(without.values())}
    margin = _margin(history, promotion, pairs, tally.execution.executed)
    return found | {"incremental_margin": round(margin, 2)}


def _pair(history: OutletHistory, twin: OutletHistory, skus: tuple[str, ...], days: tuple[int, int]
          ) -> tuple[Sold, Sold]:  # fmt: skip
    return _sold(history, skus, days), _sold(twin, skus, days)


def _sold(history: OutletHistory, skus: tuple[str, ...], days: tuple[int, int]) -> Sold:
    """Units of each SKU sold in the outlet from the first day to the one before the last."""
    plan, outlet = history.plan, history.outlet
    hours = hours_of(outlet.region.timezone, plan.job.settings.start, plan.job.days)
    if days[0] >= days[1]:
        return {}
    begins, ends = int(hours[days[0], 0]), int(hours[days[1] - 1, 24])
    sold = dict.fromkeys((plan.number_of[sku] for sku in skus), 0)
    for cooler in history.coolers:
        for movement in cooler.movements:
            if movement.sku in sold and movement.kind == Kind.SALE and begins <= movement.at < ends:
                sold[movement.sku] += movement.units
    return sold


def _margin(history: OutletHistory, promotion: Promotion, pairs: dict[str, tuple[Sold, Sold]], executed: bool) -> float:
    """The owner's margin with the promotion less that without it, before its fixed cost."""
    settings = history.plan.job.settings.promotions
    discount = promotion.discount if executed else 0.0
    total = 0.0
    for name, (with_it, without) in pairs.items():
        cut = discount if name == "sold" else 0.0
        for sku, units in with_it.items():
            price = history.plan.packs[sku].price
            total += price * (units * (settings.margin - cut) - without[sku] * settings.margin)
    return total
