"""Photos in the stores become daily sell-out, KPIs, and are computed anew where something came late."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from cloud.analytics.sellout.reading import Window, cooler_records
from cloud.analytics.sellout.service import compute
from cloud.analytics.sellout.sold_table import sellout_day
from cloud.identity.service import create_key, operator
from cloud.outlets.models import Cooler, Outlet, Planogram
from facings.clock import format_utc
from facings.messages import ClockState, Quality
from tests.support.cloud import running_services, serving
from tests.support.messages import NOON
from tests.support.shelf import Shelf

REPLAY = ClockState(synced=True, source="replay")
BLIND = Quality(verdict="unusable", brightness=0.1, contrast=0, sharpness=0)
FIRST = NOON.date()
DAYS = 5
FULL, SOLD_A_PHOTO = 12, 2


def monday_to_friday(shelf: Shelf) -> None:
    """Four photos a day of `cooler-01`: cola falls by two from photo to photo, and is full again each morning."""
    photos = []
    for day in range(DAYS):
        for number in range(4):
            counts: dict[str | None, int] = {"cola-330": FULL - SOLD_A_PHOTO * number, "lemon-330": 6}
            photos.append(shelf.photo(24 * day - 3 + 3 * number, counts, clock=REPLAY))
    shelf.send(*photos)


def whole_lanes_in_sight(shelf: Shelf) -> None:
    """Flat lanes, so that every unit is in front: 12 for cola, 6 for lemon."""
    for tenant in ("acme", "other"):
        with shelf.services.records.session(tenant) as session:
            flat = [
                {"sku": sku, "depth": 1} for sku, places in (("cola-330", 12), ("lemon-330", 6)) for _ in range(places)
            ]
            plan = Planogram(name="flat", rows=[flat], created_at=NOON)
            session.add(plan)
            session.flush()
            session.get_one(Cooler, (tenant, "cooler-01")).planogram_id = plan.id


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with running_services(tmp_path_factory.mktemp("sellout") / "cloud") as services:
        shelf = Shelf(services).furnish()
        whole_lanes_in_sight(shelf)
        monday_to_friday(shelf)
        yield shelf


@pytest.fixture(scope="module")
def computed(shelf: Shelf) -> Shelf:
    assert compute(shelf.services, "acme", FIRST, FIRST + timedelta(days=DAYS - 1)) == DAYS * 2
    return shelf


@pytest.fixture(scope="module")
def get(computed: Shelf) -> Iterator[Callable[..., Any]]:
    with computed.services.records.session("acme") as session:
        key = create_key(session, operator("acme"), "tests", "manager")[1]
    with serving(computed.services, key) as api:

        def getting(name: str, by: str) -> Any:
            period = {"from": format_utc(NOON - timedelta(hours=12)), "to": format_utc(NOON + timedelta(hours=108))}
            answer = api.get(f"/api/v1/kpis/{name}", params={"by": by, **period})
            assert answer.status_code == 200, answer.text
            return {point["key"]: point["value"] for point in answer.json()["points"]}

        getting.api = api  # type: ignore[attr-defined]
        yield getting


def test_records_are_made_of_photos_lanes_and_deliveries(shelf: Shelf) -> None:
    with shelf.services.records.session("acme", write=False) as session:
        outlets = [session.get_one(Outlet, ("acme", "kiosk"))]
        window = Window(FIRST, DAYS)
        (record,) = cooler_records(
            session, shelf.services.facts, "acme", outlets, window, shelf.services.settings.sellout
        )
    assert (record.cooler, record.outlet, record.skus) == ("cooler-01", "kiosk", ("cola-330", "lemon-330"))
    assert record.lanes == ((1,) * 12, (1,) * 6)
    assert record.counts.shape == (DAYS * 4, 2)
    assert record.counts[:5, 0].tolist() == [12, 10, 8, 6, 12]
    assert record.restocked == "unseen", "nobody booked what filled it each morning"


def test_sell_out_of_a_day(get: Callable[..., Any]) -> None:
    """Six are seen to go from the first photo to the last of each day, in nine of sixteen open hours."""
    days = get("sell-out", "day")
    assert len(days) == DAYS
    for value in days.values():
        assert 6 <= value["value"] <= 12
        assert value["low"] <= value["value"] <= value["high"]
    skus = get("sell-out", "sku")
    assert skus["cola-330"]["value"] == pytest.approx(sum(day["value"] for day in days.values()), rel=0.1)
    assert skus["lemon-330"]["value"] < 4


@pytest.mark.parametrize("by", ["day", "cooler", "outlet", "region", "brand", "sku"])
@pytest.mark.parametrize("name", ["sell-out", "lost-sales", "velocity", "sell-through", "sell-through-of-stock"])
def test_every_kpi_of_sell_out_is_served_by_every_dimension(get: Callable[..., Any], name: str, by: str) -> None:
    points = get(name, by)
    assert points
    for value in points.values():
        assert 0 <= value["low"] <= value["value"] <= value["high"]


def test_the_kpis_of_one_outlet_by_hand(computed: Shelf, get: Callable[..., Any]) -> None:
    sold = get("sell-out", "outlet")["kiosk"]["value"]
    assert get("velocity", "outlet")["kiosk"]["value"] == pytest.approx(sold / DAYS, rel=1e-3)
    cola = get("sell-out", "sku")["cola-330"]["value"]
    row = sellout_day.c
    opening = select(row.opening).where(row.sku == "cola-330", row.day == FIRST)
    ((stock,),) = computed.services.facts.select("acme", opening, sellout_day)
    assert 0 < stock < FULL
    assert get("sell-through-of-stock", "sku")["cola-330"]["value"] == pytest.approx(cola / stock, rel=1e-3)
    assert get("sell-through", "sku")["cola-330"] == {"value": 1, "low": 1, "high": 1}
    assert get("lost-sales", "sku")["cola-330"]["value"] < 1


def test_another_tenant_sees_none_of_it(computed: Shelf) -> None:
    with computed.services.records.session("other") as session:
        key = create_key(session, operator("other"), "tests", "viewer")[1]
    with serving(computed.services, key) as other:
        answer = other.get(
            "/api/v1/kpis/sell-out", params={"from": format_utc(NOON), "to": format_utc(NOON + timedelta(days=5))}
        )
    assert answer.json()["points"] == []


def test_the_unfinished_day_is_left_out_and_computing_again_replaces(computed: Shelf) -> None:
    rows = computed.facts(sellout_day)
    assert compute(computed.services, "acme", FIRST, FIRST + timedelta(days=1)) == 4
    assert computed.facts(sellout_day) == rows
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    assert compute(computed.services, "acme", tomorrow, tomorrow) == 0


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 200),
        ({"outlets": ["nowhere"]}, 404),
        ({"outlets": []}, 422),
        ({"last": "2026-11-01"}, 422),
        ({"last": "2027-11-01"}, 422),
        ({"first": "yesterday"}, 422),
    ],
)
def test_a_manager_has_it_computed(get: Any, change: dict[str, Any], status: int) -> None:
    api: httpx.Client = get.api
    body = {"first": FIRST.isoformat(), "last": (FIRST + timedelta(days=1)).isoformat(), "outlets": ["kiosk"]}
    answer = api.post("/api/v1/sell-out/computations", json=body | change)
    assert answer.status_code == status, answer.text
    assert status != 200 or answer.json() == {"rows": 4}
