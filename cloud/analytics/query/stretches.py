"""From which rollups a period is summed up.

Days, weeks and months are made of whole business days: those whose dates lie in the period. Hours, and a period that is
not cut by time, are those of UTC, the first and the last taken whole; where an outlet's days begin with an hour of UTC,
the days inside the period come from the daily rollup, which is shorter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days (dates, the last included) or hours (moments, the last not included), of all outlets or of some."""

    first: date | datetime
    last: date | datetime
    outlets: tuple[str, ...] | None = None

    @property
    def grain(self) -> str:
        """`hour` or `day`."""
        return "hour" if isinstance(self.first, datetime) else "day"


def whole_hours(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """The period widened to whole hours."""
    last = _floor(end)
    return _floor(start), last if last == end else last + _HOUR


def dates(start: datetime, end: datetime) -> tuple[date, date]:
    """The first and the last date that lie in a period."""
    return start.date(), (end - timedelta(microseconds=1)).date()


def stretches(start: datetime, end: datetime, time: str | None, zones: Mapping[str, Sequence[str]]) -> list[Stretch]:
    """What to sum up for a period cut by `time`; `zones` are the outlets of each time zone."""
    if time in ("day", "week", "month"):
        return [Stretch(*dates(start, end))]
    start, end = whole_hours(start, end)
    if time == "hour":
        return [Stretch(start, end)]
    if len(zones) <= 1:
        return list(_of_zone(start, end, next(iter(zones), "UTC"), None))
    return [one for zone, outlets in zones.items() for one in _of_zone(start, end, zone, tuple(outlets))]


def _of_zone(start: datetime, end: datetime, zone: str, outlets: tuple[str, ...] | None) -> Iterator[Stretch]:
    local = ZoneInfo(zone)
    first = start.astimezone(local).date()
    if _midnight(first, local) < start:
        first += _DAY
    after = end.astimezone(local).date()
    begin, until = _midnight(first, local), _midnight(after, local)
    if begin >= until or begin != _floor(begin) or until != _floor(until):
        yield Stretch(start, end, outlets)
        return
    yield Stretch(first, after - _DAY, outlets)
    for edge in ((start, begin), (until, end)):
        if edge[0] < edge[1]:
            yield Stretch(*edge, outlets)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _floor(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
