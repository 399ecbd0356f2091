"""On-shelf availability: hours with at least one unit / hours open, per cooler and SKU.

Counted are the planned SKUs that were ever seen in the cooler (one never seen is a void, told apart), over the hours in
which the outlet is open, from the cooler's first to its last photo of the period: of the time around nothing is known.
The true start and end of a stock-out lie between photos, so availability has three values too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

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


def shelf_time(
    cooler: str,
    outlet: str,
    sku: str,
    watched: tuple[datetime, datetime],
    absences: Iterable[Absence],
    opening: Opening,
) -> ShelfTime:
    """How long a SKU was missing while its cooler was `watched`, from the first photo to the last."""
    first, last = watched

    def within(start: datetime, end: datetime) -> float:
        return opening.hours(max(start, first), min(end, last)) if start < last and end > first else 0.0

    low = high = 0.0
    for one in absences:
        low += within(one.first_missed_at, one.last_missed_at)
        high += within(one.last_seen_at, one.back_at or one.last_missed_at)
    missing = NEVER
    if high:
        missing = Estimate(value=round((low + high) / 2, 4), low=round(low, 4), high=round(high, 4))
    return ShelfTime(cooler, outlet, sku, opening.hours(first, last), missing)


def availability(times: Iterable[ShelfTime], key: Callable[[ShelfTime], str]) -> dict[str, Estimate]:
    """Hours on the shelf / hours watched, by key; the bounds of stock-outs are certain ones, so they add up."""
    groups: Mapping[str, list[ShelfTime]] = _grouped(times, key)
    return {name: share for name, some in groups.items() if (share := available(some))}


def available(times: Sequence[ShelfTime]) -> Estimate | None:
    """Hours on the shelf / hours watched of all of them; None where nothing was watched."""
    watched = sum(one.watched for one in times)
    if not watched:
        return None
    value, low, high = (
        round(max(1 - sum(getattr(one.missing, part) for one in times) / watched, 0), 4)
        for part in ("value", "high", "low")
    )
    return Estimate(value=value, low=low, high=high)


def _grouped(times: Iterable[ShelfTime], key: Callable[[ShelfTime], str]) -> dict[str, list[ShelfTime]]:
    groups: dict[str, list[ShelfTime]] = defaultdict(list)
    for one in times:
        groups[key(one)].append(one)
    return groups
