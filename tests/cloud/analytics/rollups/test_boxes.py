"""Touched buckets are gathered so that nothing is left out and no statement becomes too large."""

from datetime import UTC, datetime, timedelta

import pytest

from cloud.analytics.rollups.boxes import LARGEST, Touched, boxes, by_coolers

START = datetime(2026, 1, 1, tzinfo=UTC)


def touched(coolers: int, days: int) -> list[Touched]:
    """The two ends of a stretch of days, for each cooler."""
    ends = START, START + timedelta(days=days) - timedelta(hours=1)
    return [Touched(hour, f"cooler-{number:04d}", "kiosk") for number in range(coolers) for hour in ends]


@pytest.mark.parametrize(
    ("coolers", "days", "lots"), [(1, 400, 1), (10, 30, 1), (2_000, 1, 1), (2_000, 30, 16), (0, 1, 0)]
)
def test_some_coolers_at_a_time_make_one_box_each(coolers: int, days: int, lots: int) -> None:
    some = touched(coolers, days)
    found = list(by_coolers(some))
    assert len(found) == lots
    assert [one for lot in found for one in lot] == some
    for lot in found:
        (box,) = boxes(lot)
        assert box.cooler_days <= LARGEST
        assert (box.end - box.start).days == days
