"""Lost sales in money: units wanted in vain, at the price of the catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cloud.analytics.sellout.kpis import Key, SoldDay, lost_sales
from facings.errors import BadInputError
from facings.messages import Estimate


@dataclass(frozen=True, slots=True)
class Price:
    """What a unit sells for."""

    amount: float
    currency: str

    def of(self, units: Estimate) -> Estimate:
        """What so many units sell for."""
        value, low, high = (round(part * self.amount, 2) for part in (units.value, units.low, units.high))
        return Estimate(value=value, low=low, high=high)


def lost_money(rows: Iterable[SoldDay], prices: Mapping[str, Price], key: Key) -> dict[str, Estimate]:
    """Value of the units lost, by group; SKUs without a price are left out, and so are groups of nothing else.

    The interval is that of units of the group's mean price: errors of dear SKUs weigh as much as they cost.

    Raises:
        BadInputError: prices in several currencies.
    """
    groups: dict[str, list[SoldDay]] = defaultdict(list)
    for row in rows:
        name = key(row)
        if name is not None and row.sku in prices:
            groups[name].append(row)
    every = {prices[row.sku].currency for some in groups.values() for row in some}
    if len(every) > 1:
        raise BadInputError(
            f"prices in {', '.join(sorted(every))} do not add up: narrow the question to SKUs of one currency"
        )
    return {name: _value(some, prices) for name, some in groups.items()}


def _value(rows: list[SoldDay], prices: Mapping[str, Price]) -> Estimate:
    units = sum(row.lost for row in rows)
    amount = sum(row.lost * prices[row.sku].amount for row in rows)
    mean = amount / units if units else 0.0
    if not mean:
        return Estimate(value=0, low=0, high=0)
    weighed = [_at_mean(row, prices[row.sku].amount / mean) for row in rows]
    found = lost_sales(weighed, lambda _row: "")[""]
    value, low, high = (round(part * mean, 2) for part in (found.value, found.low, found.high))
    return Estimate(value=value, low=low, high=high)


def _at_mean(row: SoldDay, share: float) -> SoldDay:
    return row._replace(lost=row.lost * share, lost_variance=row.lost_variance * share**2)
