"""What comes late is found, and the days that it touches are computed anew."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cloud.analytics.sellout.apart import estimate_apart
from cloud.analytics.sellout.background import SellOutRounds
from cloud.analytics.sellout.learning import Learning
from cloud.analytics.sellout.service import stale
from cloud.retail.models import StockMovement
from facings.errors import UnavailableError
from facings.messages import Quality
from tests.support.sellout import watch, world_job
from tests.support.shelf import Shelf

BLIND = Quality(verdict="unusable", brightness=0.1, contrast=0, sharpness=0)


def test_what_came_late_is_found_and_computed_anew(shelf: Shelf) -> None:
    """Photos of yesterday and the day before; then one more of the day before, and a delivery booked afterwards."""
    services = shelf.services
    midnight = datetime.combine(services.clock.now().date(), datetime.min.time(), UTC)
    before, yesterday = (midnight - timedelta(days=days) for days in (2, 1))

    def photo(at: datetime, cola: int, **fields: Any) -> Any:
        return shelf.photo(0, {"cola-330": cola, "lemon-330": 2}, captured_at=at, **fields)

    hours = [timedelta(hours=hour) for hour in (8, 12, 16, 20)]
    shelf.send(*(photo(day + hour, 4) for day in (before, yesterday) for hour in hours))
    shelf.send(photo(yesterday + timedelta(hours=21), 1, quality=BLIND))
    rounds = SellOutRounds(services)
    assert stale(services, "acme") == {"kiosk": (before.date(), yesterday.date())}
    assert rounds.round() == 4
    assert (stale(services, "acme"), rounds.round()) == ({}, 0)
    shelf.send(photo(before + timedelta(hours=14), 3))
    assert stale(services, "acme") == {"kiosk": (before.date(), before.date())}
    assert rounds.round() == 2
    with services.records.session("acme") as session:
        now = services.clock.now()
        session.add(
            StockMovement(outlet_id="kiosk", cooler_id="cooler-01", sku="cola-330", kind="delivery", units=3,
                          at=yesterday + timedelta(hours=9), recorded_at=now, recorded_by="tests")
        )  # fmt: skip
    assert stale(services, "acme") == {"kiosk": (yesterday.date(), yesterday.date())}


def test_an_estimate_that_takes_long_ends_when_the_cloud_stops() -> None:
    stopping = threading.Event()
    records = [one.record for one in watch(world_job(4, 60, seed=1), range(4), "all", known="nothing")]
    threading.Timer(0.1, stopping.set).start()
    with pytest.raises(UnavailableError, match="computed later"):
        estimate_apart(records, Learning(rounds=1000, settled=0.0), stopping)
