"""Outlooks for replenishment: made of daily sell-out in the background, from one delivery to the next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from scipy.stats import poisson
from sqlalchemy import select

from cloud.analytics.forecast.outlooks import RENEWED, due
from cloud.analytics.forecast.rounds import OutlookRounds
from cloud.analytics.forecast.study import forecast
from cloud.catalog.models import Product
from cloud.retail.models import DemandOutlook, StockMovement
from tests.cloud.analytics.forecast.test_forecast_of_sellout import fill
from tests.cloud.conftest import Api
from tests.support.promoted_cloud import SetClock


@pytest.fixture
def api(api: Api) -> Iterator[Api]:
    """Six wanted a day in each of twelve shops; goods come to shop-3 each third day."""
    clock = api.services.clock
    fill(api)
    now = clock.now()
    with api.services.records.session("acme") as session:
        if session.get(Product, ("acme", "cola-330")) is None:
            session.add(Product(sku="cola-330", name="Cola", brand="cola", owner="x", own=True))
            session.flush()
        for days in (2, 5, 8, 11):
            session.add(
                StockMovement(
                    outlet_id="shop-3", sku="cola-330", kind="delivery", units=6, recorded_by="tests",
                    at=now - timedelta(days=days), recorded_at=now,
                )
            )  # fmt: skip
    yield api
    api.services.clock = clock


def outlooks(api: Api) -> dict[str, DemandOutlook]:
    with api.services.records.session("acme", write=False) as session:
        return {one.outlet_id: one for one in session.scalars(select(DemandOutlook))}


def test_outlooks_cover_the_days_from_one_delivery_to_the_next(api: Api) -> None:
    rounds = OutlookRounds(api.services, forecast)
    assert rounds.round() == 12
    found = outlooks(api)
    shop, other = found["shop-3"], found["shop-4"]
    today = api.services.clock.now().date()
    assert (shop.days, shop.begins) == (3, today + timedelta(days=1))
    assert shop.expected == pytest.approx(18, rel=0.15), "six a day were wanted, though fewer were sold"
    assert shop.wanted == pytest.approx(poisson.ppf(0.95, 18), abs=4)
    assert (other.days, other.service) == (7, 0.95), "as set, where no delivery tells"
    assert other.expected == pytest.approx(42, rel=0.15)
    assert rounds.round() == 0, "nothing is due"
    api.services.clock = SetClock(api.services.clock.now() + RENEWED)
    assert len(due(api.services, "acme")) == 1, "they are made anew after half a day"
    assert due(api.services, "bravo") == {}
