"""Sell-out per outlet, SKU and day, with intervals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from cloud.analytics.measures import Z
from cloud.analytics.sellout.records import CoolerRecord, FloatArray

LEVEL = 0.9
"""An interval holds the truth nine times of ten."""
FOLLOWING = 6
"""Days after a day whose sales are told to be bound to its own: deliveries are seldom further apart."""
_NOTHING = 1e-6
_ROUNDING = 1 / 12
"""Variance that rounding to whole units takes away."""


class Range(NamedTuple):
    """An estimate that lies from `low` to `high` nine times of ten; numbers or arrays."""

    value: FloatArray
    low: FloatArray
    high: FloatArray


def ranged(mean: FloatArray, variance: FloatArray) -> Range:
    """The interval of a gamma distribution of this mean and variance, rounded to whole units.

    Sales are not below zero, and err more upward than downward. The cube root of a gamma variable is nearly normal:
    Wilson and Hilferty (1931), Proceedings of the National Academy of Sciences 17(12). As units are whole, the bounds
    are; as those seldom make nine tenths exactly, one moves inward where what is inside then comes nearer to it.

    Example:
        >>> [float(bound) for bound in ranged(np.array(3.2), np.array(1.5))]
        [3.2, 2.0, 5.0]
    """
    mean, variance = np.asarray(mean, float), np.asarray(variance, float)
    ninth = np.divide(variance + _ROUNDING, 9 * mean**2, out=np.ones_like(mean), where=mean > _NOTHING)
    low, high = (np.round(mean * np.maximum(1 - ninth + sign * Z * np.sqrt(ninth), 0.0) ** 3) for sign in (-1, 1))
    nearer = _off(mean, ninth, low, high - 1) < _off(mean, ninth, low, high)
    high = np.where(nearer & (high - 1 >= mean), high - 1, high)
    nearer = _off(mean, ninth, low + 1, high) < _off(mean, ninth, low, high)
    low = np.where(nearer & (low + 1 <= mean), low + 1, low)
    return Range(mean, np.minimum(low, mean), np.maximum(high, mean))


def _off(mean: FloatArray, ninth: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """By how much the chance to lie from `low` to `high` misses nine tenths."""
    missed: FloatArray = np.abs(_chance(mean, ninth, high + 0.5) - _chance(mean, ninth, low - 0.5) - LEVEL)
    return missed


def _chance(mean: FloatArray, ninth: FloatArray, units: FloatArray) -> FloatArray:
    """That there are no more."""
    scaled = np.divide(np.maximum(units, 0.0), mean, out=np.zeros_like(mean), where=mean > _NOTHING)
    chance: FloatArray = np.where(units < 0, 0.0, ndtr((np.cbrt(scaled) - 1 + ninth) / np.sqrt(ninth)))
    return chance


@dataclass(frozen=True, slots=True, eq=False)
class CoolerSellOut:
    """What was sold out of one cooler, (SKUs, days) where nothing else is said."""

    cooler: str
    outlet: str
    skus: tuple[str, ...]
    sold: FloatArray
    sold_variance: FloatArray
    sold_shared: FloatArray
    """Standard deviation of the error that all SKUs of the outlet share on a day: how busy it was."""
    lost: FloatArray
    """Units wanted while there were none."""
    lost_variance: FloatArray
    opening: FloatArray
    """Mean stock at the beginning of the day."""
    covered: FloatArray
    """(days,) share of the open hours that photos cover."""
    sold_following: FloatArray | None = None
    """(SKUs, days, `FOLLOWING`) covariance of what was sold with that of each of the days after, the shared error left
    out; None where it is not known."""


class SoldRow(NamedTuple):
    """What a cooler sold of a SKU on a day in an outlet, as it is stored."""

    sold: float
    sold_variance: float
    sold_shared: float
    lost: float
    lost_variance: float
    opening: float
    covered: float
    following: tuple[float, ...]

    def and_then(self, later: SoldRow) -> SoldRow:
        """Both parts of a day on which the cooler changed its planogram; the opening stock is that of the first."""
        sums = [a + b for a, b in zip(self[:-1], later[:-1], strict=True)]
        following = tuple(a + b for a, b in zip(self.following, later.following, strict=True))
        return SoldRow._make([*sums, following])._replace(opening=self.opening)


def sold_rows(
    records: Sequence[CoolerRecord], found: Sequence[CoolerSellOut], days: Iterable[int]
) -> dict[tuple[str, str, int, str], SoldRow]:
    """The rows of some days by cooler, SKU, day and outlet."""
    days, rows = list(days), dict[tuple[str, str, int, str], SoldRow]()
    for record, one in zip(records, found, strict=True):
        parts = (one.sold, one.sold_variance, one.sold_shared, one.lost, one.lost_variance, one.opening)
        for day in filter(record.stood_on, days):
            for number, sku in enumerate(one.skus):
                following = () if one.sold_following is None else tuple(one.sold_following[number, day].tolist())
                numbers = (float(part[number, day]) for part in parts)
                row = SoldRow._make([*numbers, float(one.covered[day]), following])
                before = rows.get(key := (one.cooler, sku, day, one.outlet))
                rows[key] = row if before is None else before.and_then(row)
    return rows


class OutletDay(NamedTuple):
    """Sell-out of a SKU at an outlet on a day."""

    outlet: str
    sku: str
    day: int
    sold: Range
    lost: Range
    opening: float
    covered: float


def by_outlet(coolers: list[CoolerSellOut]) -> Iterator[OutletDay]:
    """The coolers of an outlet together: errors are independent but for how busy the day was; the least coverage."""
    sums: dict[tuple[str, str], list[FloatArray]] = {}
    covered: dict[tuple[str, str], FloatArray] = {}
    for one in coolers:
        for number, sku in enumerate(one.skus):
            key = one.outlet, sku
            variance = one.sold_variance[number], one.sold_shared[number]
            parts = [one.sold[number], *variance, one.lost[number], one.lost_variance[number], one.opening[number]]
            known = sums.get(key)
            sums[key] = parts if known is None else [a + b for a, b in zip(known, parts, strict=True)]
            covered[key] = np.minimum(covered[key], one.covered) if key in covered else one.covered
    for (outlet, sku), (sold, sold_variance, shared, lost, lost_variance, opening) in sums.items():
        sold_range, lost_range = ranged(sold, sold_variance + shared**2), ranged(lost, lost_variance)
        for day in range(len(sold)):
            yield OutletDay(
                outlet,
                sku,
                day,
                Range(*(part[day] for part in sold_range)),
                Range(*(part[day] for part in lost_range)),
                float(opening[day]),
                float(covered[outlet, sku][day]),
            )
