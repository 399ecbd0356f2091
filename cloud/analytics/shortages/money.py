"""Lost sales in money: units wanted in vain, at the price of the catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cloud.analytics.sellout.answer import ranged
from cloud.analytics.sellout.by_cut import LostUnits
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


def lost_money(rows: Iterable[LostUnits], prices: Mapping[str, Price]) -> dict[str, Estimate]:
    """Value of the units lost, by group; SKUs without a price are left out, and so are groups of nothing else.

    The interval is that of units of the group's mean price: errors of dear SKUs weigh as much as they cost.

    Raises:
        BadInputError: prices in several currencies.
    """
    groups: dict[str, list[LostUnits]] = defaultdict(list)
    for row in rows:
        if row.sku in prices:
            groups[row.group].append(row)
    every = {prices[row.sku].currency for some in groups.values() for row in some}
    if len(every) > 1:
        raise BadInputError(
            f"prices in {', '.join(sorted(every))} do not add up: narrow the question to SKUs of one currency"
        )
    return {name: _value(some, prices) for name, some in groups.items()}


def _value(rows: Sequence[LostUnits], prices: Mapping[str, Price]) -> Estimate:
    units = sum(row.units for row in rows)
    amount = sum(row.units * prices[row.sku].amount for row in rows)
    mean = amount / units if units else 0.0
    if not mean:
        return Estimate(value=0, low=0, high=0)
    variance = sum(row.variance * (prices[row.sku].amount / mean) ** 2 for row in rows)
    value, low, high = (round(float(part) * mean, 2) for part in ranged(np.array(units), np.array(variance)))
    return Estimate(value=value, low=low, high=high)
