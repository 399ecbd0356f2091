"""Days and hours of an outlet in its own time zone, as seconds since 1970; holidays; when people shop."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from datasets.products.arrays import FloatArray

HOLIDAYS = {
    (1, 1): "New Year",
    (4, 5): "Spring Day",
    (5, 1): "Labour Day",
    (6, 21): "Midsummer",
    (10, 1): "Harvest Festival",
    (10, 2): "Harvest Festival",
    (10, 3): "Harvest Festival",
    (12, 31): "New Year's Eve",
}
"""The same in every region, by month and day."""

_WEEKDAY = np.array([0.9, 0.9, 0.95, 1.0, 1.15, 1.25, 1.1])
_WORKDAYS = np.array([1.15, 1.15, 1.15, 1.15, 1.1, 0.6, 0.45])

_EVENLY = (0, 0, 0, 0, 0, 0, 1, 3, 4, 4, 4, 6, 9, 7, 5, 5, 6, 8, 9, 7, 6, 5, 3, 1)
_COMMUTERS = (0, 0, 0, 0, 0, 1, 4, 9, 9, 5, 3, 4, 6, 4, 3, 4, 6, 9, 10, 7, 4, 3, 2, 1)
_LUNCH = (0, 0, 0, 0, 0, 0, 0, 2, 3, 4, 5, 9, 14, 11, 6, 5, 5, 6, 6, 4, 2, 1, 0, 0)
_EVENING = (1, 0, 0, 0, 0, 0, 0, 1, 2, 3, 3, 4, 6, 5, 5, 5, 6, 7, 9, 10, 10, 9, 6, 3)
_PROFILES = {"commuters": _COMMUTERS, "lunch": _LUNCH, "evening": _EVENING}


@lru_cache(maxsize=32)
def hours_of(timezone: str, start: date, days: int) -> npt.NDArray[np.int64]:
    """When each local hour begins: (days, 25) seconds since 1970; hour 24 is the next day's first."""
    zone = ZoneInfo(timezone)
    midnights = [start + timedelta(days=day) for day in range(days + 1)]
    begins = [[int(datetime.combine(day, time(hour), zone).timestamp()) for hour in range(24)] for day in midnights]
    return np.array([[*begins[day], begins[day + 1][0]] for day in range(days)], np.int64)


def dates_of(start: date, days: int) -> list[date]:
    """The days, in order."""
    return [start + timedelta(days=day) for day in range(days)]


def moment(seconds: int) -> datetime:
    """Seconds since 1970 as a time in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def shopping_hours(rhythm: str, opens: int, closes: int) -> FloatArray:
    """Share of a day's shoppers that come in each local hour: (24,), sum 1, nobody while the outlet is closed."""
    profile = np.array(_PROFILES.get(rhythm, _EVENLY), float) + 0.2
    profile[:opens] = profile[closes:] = 0.0
    shares: FloatArray = profile / profile.sum()
    return shares


def shopping_days(rhythm: str, start: date, days: int, holiday: float) -> FloatArray:
    """Demand of each day relative to an average one, by weekday and holiday: (days,)."""
    weekdays = _WORKDAYS if rhythm == "lunch" else _WEEKDAY
    dates = dates_of(start, days)
    relative: FloatArray = np.array([weekdays[day.weekday()] for day in dates])
    relative[[(day.month, day.day) in HOLIDAYS for day in dates]] *= holiday
    return relative
