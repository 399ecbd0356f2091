"""The days that pages look back over: whole ones, by the clocks of most outlets."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from cloud.analytics.latest_days import LatestDays, latest_days
from cloud.analytics.query.stretches import Stretch, stretches
from cloud.outlets.models import Outlet
from cloud.services import Services
from tests.support.messages import CLOCK
from tests.support.shelf import Shelf


@pytest.fixture
def shelf(services: Services) -> Shelf:
    return Shelf(services).furnish()


def days_of(shelf: Shelf, zone: str, now: datetime, days: int = 7) -> LatestDays:
    with shelf.services.records.session("acme") as session:
        session.execute(update(Outlet).values(timezone=zone))
        return latest_days(session, now, days)


def test_the_day_of_now_is_the_last_by_the_outlets_clocks(shelf: Shelf) -> None:
    found = days_of(shelf, "Asia/Shanghai", datetime(2026, 3, 2, 17, tzinfo=UTC))
    assert (found.first, found.last) == (date(2026, 2, 25), date(2026, 3, 3))
    assert found.start == datetime(2026, 2, 24, 16, tzinfo=UTC)
    assert found.end == datetime(2026, 3, 3, 16, tzinfo=UTC)


def test_they_are_read_from_daily_sums_alone(shelf: Shelf) -> None:
    zone = "Europe/Brussels"
    found = days_of(shelf, zone, datetime(2026, 3, 30, 9, 41, tzinfo=UTC))
    assert found.end - found.start == timedelta(days=7), "as clocks count"
    assert found.end.astimezone(UTC) - found.start.astimezone(UTC) == timedelta(days=7, hours=-1), "summer time began"
    assert stretches(found.start, found.end, None, {zone: ["kiosk"]}) == [Stretch(date(2026, 3, 24), date(2026, 3, 30))]


def test_where_all_coolers_replay_another_time_the_newest_photo_says_the_day(shelf: Shelf) -> None:
    shelf.send(shelf.photo(30, {"cola-330": 2}, clock=CLOCK.model_copy(update={"source": "replay"})))
    replayed = days_of(shelf, "UTC", datetime(2027, 1, 1, tzinfo=UTC), days=2)
    assert replayed.last == shelf.photo(30, {}).captured_at.date()
    assert replayed.last - replayed.first == timedelta(days=1)
