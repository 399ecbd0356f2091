"""What was wanted of SKUs in coolers, added up where it is stored: what was sold, and what was wanted in vain."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import func, select

from cloud.analytics.sellout.answer import Range, ranged
from cloud.analytics.sellout.sold_table import sellout_day
from cloud.audits.facts import Facts
from facings.messages import Estimate

CoolerSku = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Demand:
    """Units of one SKU in one cooler over some business days."""

    days: int
    sold: Estimate
    lost: Estimate
    """Wanted in vain."""

    def a_day(self) -> Estimate:
        """Units wanted a day.

        The bounds of what is sold and of what is lost are added: both err together, as one is told by the other.

        Example:
            >>> Demand(2, Estimate(value=9, low=7, high=11), Estimate(value=3, low=3, high=5)).a_day()
            Estimate(value=6.0, low=5.0, high=8.0)
        """
        value, low, high = (
            (getattr(self.sold, part) + getattr(self.lost, part)) / self.days for part in ("value", "low", "high")
        )
        return Estimate(value=round(value, 4), low=round(low, 4), high=round(high, 4))


def demand(
    facts: Facts, tenant: str, start: datetime, end: datetime, wanted: Collection[CoolerSku]
) -> Mapping[CoolerSku, Demand]:
    """Of the SKUs `wanted` in their coolers, those with sell-out on the business days that lie in the period.

    Errors of days are taken as independent. What was not sold on one day was on the next, so that intervals are rather
    too wide than too narrow.
    """
    if not wanted:
        return {}
    row = sellout_day.c
    first, last = start.date(), (end - timedelta(microseconds=1)).date()
    sums = (row.sold, row.sold_variance + row.sold_shared * row.sold_shared, row.lost, row.lost_variance)
    added = [func.sum(one).label(f"sum_{number}") for number, one in enumerate(sums)]
    chosen = (row.cooler.in_(sorted({cooler for cooler, _ in wanted})), row.sku.in_(sorted({sku for _, sku in wanted})))
    asked = select(row.cooler, row.sku, func.count().label("days"), *added).group_by(row.cooler, row.sku)
    rows = facts.select(tenant, asked.where(row.day.between(first, last), row.withdrawn == 0, *chosen), sellout_day)
    sold, sold_variance, lost, lost_variance = np.array([one[3:] for one in rows], float).reshape(-1, 4).T
    ranges = ranged(sold, sold_variance), ranged(lost, lost_variance)
    found = {
        (one.cooler, one.sku): Demand(one.days, *(_estimate(of, place) for of in ranges))
        for place, one in enumerate(rows)
    }
    return {key: found[key] for key in wanted if key in found}


def _estimate(of: Range, place: int) -> Estimate:
    value, low, high = (round(float(bound[place]), 4) for bound in of)
    return Estimate(value=value, low=low, high=high)
