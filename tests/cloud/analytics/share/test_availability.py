"""Open hours and availability."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cloud.analytics.share.availability import Absence, Opening, ShelfTime, ShelfTimes, availability, hours_missing

DAY = datetime(2026, 3, 28, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("zone", "opens", "closes", "start", "end", "hours"),
    [
        ("UTC", 8, 20, 0, 24, 12),
        ("UTC", 8, 20, 9, 10, 1),
        ("UTC", 8, 20, 21, 23, 0),
        ("UTC", 0, 24, 0, 48, 48),
        ("Asia/Kolkata", 8, 20, 0, 14.5, 12),
        pytest.param("Europe/Berlin", 0, 24, 23, 46, 23, id="the day that the clock is put on has 23 hours"),
    ],
)
def test_open_hours(zone: str, opens: int, closes: int, start: float, end: float, hours: float) -> None:
    assert Opening(ZoneInfo(zone), opens, closes).hours(DAY + start * HOUR, DAY + end * HOUR) == hours


@pytest.mark.parametrize(
    ("absences", "low", "value", "high"),
    [
        ([], 1, 1, 1),
        ([(2, 4, 6, 8)], 0.4, 0.6, 0.8),
        pytest.param([(-9, -6, 5, 5)], 0.5, 0.5, 0.5, id="began before the first photo"),
        pytest.param([(4, 5, 20, None)], 0.4, 0.45, 0.5, id="lasts beyond the last photo"),
        pytest.param([(12, 13, 14, 15)], 1, 1, 1, id="after the last photo"),
    ],
)
def test_availability_lies_between_the_photos(
    absences: list[tuple[float, float, float, float | None]], low: float, value: float, high: float
) -> None:
    told = [Absence(*(DAY + at * HOUR if at is not None else None for at in one)) for one in absences]  # type: ignore[arg-type]
    opening, watched = Opening(ZoneInfo("UTC"), 0, 24), (DAY, DAY + 10 * HOUR)
    missing = hours_missing(watched, told, opening)
    times = ShelfTimes.of([ShelfTime("c", "o", "cola", opening.hours(*watched), missing)])
    found = availability(times, times.sku)["cola"]
    assert (found.low, found.value, found.high) == (low, value, high)
