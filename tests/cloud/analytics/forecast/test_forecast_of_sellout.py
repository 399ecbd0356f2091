"""Forecasts from the daily sell-out in the facts store, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from cloud.analytics.forecast.sellout import in_stock
from cloud.analytics.sellout.sold_table import sellout_day
from cloud.outlets.models import Outlet
from tests.cloud.conftest import Api

DAYS = 90


def fill(api: Api) -> None:
    """Twelve outlets: six wanted a day, of which the shelf of every third day was empty for half the time."""
    draw, now = np.random.default_rng(7), datetime.now(UTC)
    with api.services.records.session("acme") as session:
        session.add_all([Outlet(id=f"shop-{number}", name="Shop", region="north") for number in range(12)])
    rows = []
    for number in range(12):
        for day in range(DAYS):
            short = day % 3 == 0
            sold, lost = float(draw.poisson(3 if short else 6)), 3.0 if short else 0.0
            key = ("acme", f"cooler-{number}", "cola-330", (now - timedelta(days=DAYS - day)).date(), f"shop-{number}")
            rows.append((*key, sold, sold, 0.0, lost, 1.0, 10.0, 1.0, 0, now))
    api.services.facts.insert(sellout_day, rows)


def test_an_outlets_demand_is_what_was_wanted_not_what_was_sold(api: Api) -> None:
    fill(api)
    answer = api.acme.get("/api/v1/outlets/shop-3/forecast?horizon=7&service=0.9")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert [one["series"] for one in found["series"]] == ["cola-330"]
    cola = found["series"][0]
    assert cola["total"] == pytest.approx(42, rel=0.12), "35 were sold in a week, 42 wanted"
    assert cola["total"] < cola["order_up_to"] < 75
    assert cola["forecast"][0]["time"] == datetime.now(UTC).date().isoformat()
    assert abs(found["backtest"]["bias"]) < 0.05
    assert api.bravo.get("/api/v1/outlets/shop-3/forecast").status_code == 404
    unknown = api.acme.get("/api/v1/outlets/kiosk/forecast")
    assert (unknown.status_code, "no sell-out is known" in unknown.text) == (404, True)
    assert api.acme.get("/api/v1/outlets/shop-3/forecast?horizon=0").status_code == 422


def test_the_part_of_a_day_in_stock() -> None:
    sold, lost = np.array([[4.0, 0.0, 2.0, np.nan]]), np.array([[0.0, 4.0, 2.0, 0.0]])
    assert in_stock(sold, lost)[0].tolist() == [1.0, 0.0, 0.5, 1.0]
