"""The KPIs of daily sell-out worked out day by day: what `cloud.analytics.sellout.by_cut` must come to, too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

import numpy as np
from sqlalchemy import select

from cloud.analytics.sellout.answer import ranged
from cloud.analytics.sellout.by_cut import LEAST_SOLD
from cloud.analytics.sellout.sold_table import sellout_day
from cloud.audits.facts import Facts
from facings.messages import Estimate


class SoldDay(NamedTuple):
    """A row of `sellout_day`."""

    cooler: str
    outlet: str
    sku: str
    day: date
    sold: float
    sold_variance: float
    sold_shared: float
    lost: float
    lost_variance: float
    opening: float
    sold_following: Sequence[float] = ()
    """Covariances of `sold` with that of the days after, the next one first."""


Key = Callable[[SoldDay], str | None]
"""Where a row belongs; None where it belongs nowhere."""


def sold_days(facts: Facts, tenant: str, start: datetime, end: datetime) -> list[SoldDay]:
    """The business days, local at each outlet, whose dates lie in the period."""
    row = sellout_day.c
    first, last = start.date(), (end - timedelta(microseconds=1)).date()
    wanted = select(*(row[name] for name in SoldDay._fields)).where(row.day.between(first, last), row.withdrawn == 0)
    return [SoldDay._make(one) for one in facts.select(tenant, wanted, sellout_day)]


def sell_out(rows: Iterable[SoldDay], key: Key) -> dict[str, Estimate]:
    """Units sold."""
    return {name: _units(some) for name, some in _grouped(rows, key).items()}


def lost_sales(rows: Iterable[SoldDay], key: Key) -> dict[str, Estimate]:
    """Units wanted while there were none."""
    return {
        name: _estimate(sum(row.lost for row in some), sum(row.lost_variance for row in some))
        for name, some in _grouped(rows, key).items()
    }


def velocity(rows: Iterable[SoldDay], key: Key) -> dict[str, Estimate]:
    """Units sold / selling outlets / days with sell-out."""
    found = {}
    for name, some in _grouped(rows, key).items():
        by_outlet: dict[str, float] = defaultdict(float)
        for row in some:
            by_outlet[row.outlet] += row.sold
        selling = sum(sold >= LEAST_SOLD for sold in by_outlet.values())
        found[name] = _scaled(_units(some), selling * len({row.day for row in some}))
    return found


def sell_through(rows: Iterable[SoldDay], key: Key) -> dict[str, Estimate]:
    """SKUs with a sale / SKUs present, each counted once in each outlet; present is what stood there or was sold."""
    found = {}
    for name, some in _grouped(rows, key).items():
        ranges = [_units(each) for each in _grouped(some, lambda row: f"{row.outlet}/{row.sku}", present=True).values()]
        if ranges:
            value, low, high = (
                sum(getattr(one, part) >= LEAST_SOLD for one in ranges) / len(ranges)
                for part in ("value", "low", "high")
            )
            found[name] = Estimate(value=round(value, 4), low=round(low, 4), high=round(high, 4))
    return found


def sold_of_stock(rows: Iterable[SoldDay], key: Key) -> dict[str, Estimate]:
    """Units sold / units in stock at the beginning of each cooler's first day; over 1 where it was refilled."""
    found = {}
    for name, some in _grouped(rows, key).items():
        first: dict[str, date] = {}
        for row in some:
            first[row.cooler] = min(first.get(row.cooler, row.day), row.day)
        opening = sum(row.opening for row in some if row.day == first[row.cooler])
        if opening >= LEAST_SOLD:
            found[name] = _scaled(_units(some), opening)
    return found


KPIS: Mapping[str, Callable[[Iterable[SoldDay], Key], dict[str, Estimate]]] = {
    "sell-out": sell_out,
    "lost-sales": lost_sales,
    "velocity": velocity,
    "sell-through": sell_through,
    "sell-through-of-stock": sold_of_stock,
}
"""By the name in the registry."""


def _grouped(rows: Iterable[SoldDay], key: Key, *, present: bool = False) -> dict[str, list[SoldDay]]:
    groups: dict[str, list[SoldDay]] = defaultdict(list)
    for row in rows:
        name = key(row)
        if name is not None:
            groups[name].append(row)
    if not present:
        return groups
    return {name: some for name, some in groups.items() if max(row.opening + row.sold for row in some) >= LEAST_SOLD}


def _units(rows: Sequence[SoldDay]) -> Estimate:
    """How busy an outlet's day was, all its SKUs share: such errors add up. Those of a SKU's days are bound to each
    other: what was not sold today was sold tomorrow. All others are independent."""
    shared: dict[tuple[str, date], float] = defaultdict(float)
    for row in rows:
        shared[row.outlet, row.day] += row.sold_shared
    own = max(sum(row.sold_variance for row in rows) + _between_days(rows), 0.0)
    variance = own + sum(one**2 for one in shared.values())
    return _estimate(sum(row.sold for row in rows), variance)


def _between_days(rows: Sequence[SoldDay]) -> float:
    """What the covariances between the days of each SKU in each cooler add to the variance of their sum."""
    if len({row.day for row in rows}) == 1:
        return 0.0  # as where days are told apart
    days: dict[tuple[str, str, str], set[date]] = defaultdict(set)
    for row in rows:
        days[row.cooler, row.outlet, row.sku].add(row.day)
    return 2 * sum(
        covariance
        for row in rows
        for lag, covariance in enumerate(row.sold_following, start=1)
        if row.day + timedelta(days=lag) in days[row.cooler, row.outlet, row.sku]
    )


def _estimate(mean: float, variance: float) -> Estimate:
    value, low, high = (round(float(part), 4) for part in ranged(np.array(mean), np.array(variance)))
    return Estimate(value=value, low=low, high=high)


def _scaled(units: Estimate, by: float) -> Estimate:
    if not by:
        return Estimate(value=0, low=0, high=0)
    return Estimate(value=round(units.value / by, 4), low=round(units.low / by, 4), high=round(units.high / by, 4))
