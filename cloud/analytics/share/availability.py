"""On-shelf availability: hours with at least one unit / hours open, per cooler and SKU.

Counted are the planned SKUs that were ever seen in the cooler (one never seen is a void, told apart), over the hours in
which the outlet is open, from the cooler's first to its last photo of the period: of the time around nothing is known.
The true start and end of a stock-out lie between photos, so availability has three values too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from cloud.analytics.named import BoolArray, FloatArray, Named
from facings.messages import Estimate

HOUR = timedelta(hours=1)
NEVER = Estimate(value=0, low=0, high=0)


@dataclass(frozen=True, slots=True)
class Opening:
    """When an outlet is open, each day alike, in its own zone."""

    zone: ZoneInfo
    opens: int
    closes: int

    def hours(self, start: datetime, end: datetime) -> float:
        """Open hours from `start` to `end`; a day with a change of the clock has as many as it has.

        Example:
            >>> from datetime import UTC
            >>> opening = Opening(ZoneInfo("UTC"), 8, 20)
            >>> opening.hours(datetime(2026, 1, 1, 18, tzinfo=UTC), datetime(2026, 1, 2, 9, tzinfo=UTC))
            3.0
        """
        return _open_hours(self, start, end)


# All SKUs of a cooler ask for the same hours, all coolers of a zone for the same days.
@lru_cache(maxsize=1_024)
def _open_hours(opening: Opening, start: datetime, end: datetime) -> float:
    total, day = timedelta(0), start.astimezone(opening.zone).date()
    last = end.astimezone(opening.zone).date()
    while day <= last:
        opens, closes = _moment(opening.zone, day, opening.opens), _moment(opening.zone, day, opening.closes)
        total += max(min(end, closes) - max(start, opens), timedelta(0))
        day += timedelta(days=1)
    return total / HOUR


@lru_cache(maxsize=8_192)
def _moment(zone: ZoneInfo, day: date, hour: int) -> datetime:
    begin = datetime.combine(day, time(hour % 24), zone)
    # In UTC: differences of local times forget that the clock was put on or back.
    return (begin + timedelta(days=hour // 24)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Absence:
    """A stock-out: the last photo with the SKU, the first and the last without, the first with it again."""

    last_seen_at: datetime
    first_missed_at: datetime
    last_missed_at: datetime
    back_at: datetime | None


class ShelfTime(NamedTuple):
    """One planned SKU of one cooler over the period, in open hours."""

    cooler: str
    outlet: str
    sku: str
    watched: float
    missing: Estimate


def hours_missing(watched: tuple[datetime, datetime], absences: Iterable[Absence], opening: Opening) -> Estimate:
    """How long a SKU was missing while its cooler was `watched`, from the first photo to the last."""
    first, last = watched

    def within(start: datetime, end: datetime) -> float:
        return opening.hours(max(start, first), min(end, last)) if start < last and end > first else 0.0

    low = high = 0.0
    for one in absences:
        low += within(one.first_missed_at, one.last_missed_at)
        high += within(one.last_seen_at, one.back_at or one.last_missed_at)
    if not high:
        return NEVER
    return Estimate(value=round((low + high) / 2, 4), low=round(low, 4), high=round(high, 4))


@dataclass(frozen=True, slots=True, eq=False)
class ShelfTimes:
    """Many of them as columns, the hours missing by their three values."""

    cooler: Named[str]
    outlet: Named[str]
    sku: Named[str]
    watched: FloatArray
    missing: FloatArray
    missing_low: FloatArray
    missing_high: FloatArray

    @classmethod
    def of(cls, times: Iterable[ShelfTime]) -> ShelfTimes:
        """The columns of single ones."""
        columns = tuple(zip(*times, strict=True)) or ((),) * len(ShelfTime._fields)
        cooler, outlet, sku = map(Named.of, columns[:3])
        missing = np.array([(one.value, one.low, one.high) for one in columns[4]], float).reshape(-1, 3)
        return cls(cooler, outlet, sku, np.array(columns[3], float), *missing.T)

    def where(self, rows: BoolArray) -> ShelfTimes:
        """Some of them."""
        cooler, outlet, sku = (one.where(rows) for one in (self.cooler, self.outlet, self.sku))
        missing = (one[rows] for one in (self.missing, self.missing_low, self.missing_high))
        return ShelfTimes(cooler, outlet, sku, self.watched[rows], *missing)


def availability(times: ShelfTimes, key: Named[str]) -> dict[str, Estimate]:
    """Hours on the shelf / hours watched, by key; none of keys of which nothing was watched. The bounds of stock-outs
    are certain ones, so they add up."""
    columns = (times.watched, times.missing, times.missing_low, times.missing_high)
    sums = zip(*(key.sums(one).tolist() for one in columns), strict=True)
    return {name: _available(*one) for name, one in zip(key.names, sums, strict=True) if one[0]}


def _available(watched: float, missing: float, missing_low: float, missing_high: float) -> Estimate:
    value, low, high = (round(max(1 - one / watched, 0), 4) for one in (missing, missing_high, missing_low))
    return Estimate(value=value, low=low, high=high)
