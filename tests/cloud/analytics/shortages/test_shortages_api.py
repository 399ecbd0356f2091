"""What runs out again and again, and what runs out next, over REST, in a cooler whose past is written down."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from cloud.identity.service import create_key, operator
from facings.clock import SystemClock
from tests.support.cloud import running_services, serving
from tests.support.shelf import Shelf
from tests.support.shortages import run_short


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with running_services(tmp_path_factory.mktemp("shortages") / "cloud") as services:
        yield run_short(Shelf(services).furnish(), SystemClock().now())


@pytest.fixture(scope="module")
def api(shelf: Shelf) -> Iterator[httpx.Client]:
    with shelf.services.records.session("acme") as session:
        key = create_key(session, operator("acme"), "tests", "viewer")[1]
    with serving(shelf.services, key) as client:
        client.base_url = client.base_url.join("/api/v1/stockouts/")
        yield client


def test_a_repeat_offender_is_told_with_its_reason_and_its_cost(api: httpx.Client) -> None:
    """Cola: 4 lanes take 12, 5 + 1 a day are wanted, so they last two days; somebody comes every third."""
    cola, lemon = api.get("repeated").json()
    assert cola["hours"] == {"value": 27.0, "low": 18.0, "high": 36.0}, "three times 6 to 12"
    told = ("episodes", "reason", "holds", "wanted_a_day", "visit_every_hours", "currency")
    assert [cola[name] for name in told] == [3, "visits-too-rare", 12, 6.0, 72.0, "USD"]
    assert cola["lost_units"] == {"value": 10.0, "low": 10.0, "high": 10.0}, "one on each of ten days"
    assert cola["lost_value"] == {"value": 25.0, "low": 25.0, "high": 25.0}
    assert [lemon[name] for name in told] == [3, "unknown", 6, None, 96.0, None]
    assert (lemon["lost_units"], lemon["lost_value"]) == (None, None)


@pytest.mark.parametrize(
    ("query", "skus"),
    [
        pytest.param({}, ["cola-330", "lemon-330"], id="three times in four weeks"),
        pytest.param({"least": 2}, ["cola-330", "lemon-330", "rival-330"], id="twice"),
        pytest.param({"least": 4}, [], id="four times"),
        pytest.param({"days": 10, "least": 2}, ["cola-330", "lemon-330", "rival-330"], id="ten days"),
        pytest.param({"days": 5, "least": 2}, [], id="the days of one episode each"),
    ],
)
def test_offenders_are_those_of_the_period(api: httpx.Client, query: dict[str, int], skus: list[str]) -> None:
    found = api.get("repeated", params=query).json()
    assert [(one["cooler"], one["outlet"], one["sku"]) for one in found] == [
        ("cooler-01", "kiosk", sku) for sku in skus
    ]


@pytest.mark.parametrize("query", [{"days": 0}, {"days": 401}, {"least": 1}, {"least": "often"}])
def test_a_period_of_no_sense_is_refused(api: httpx.Client, query: dict[str, str]) -> None:
    answer = api.get("repeated", params=query)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad-input")


def test_last_units_say_how_many_are_left_and_how_long_they_last(api: httpx.Client) -> None:
    """One of four lanes shows a unit, counted with a standard deviation of 0.2; its lane takes three; six a day go.

    1 + 1.645 x 0.2 is not yet over a third of four lanes."""
    (cola,) = api.get("last-units").json()
    told = ("cooler", "outlet", "sku", "facings", "planned_facings", "surely")
    assert [cola[name] for name in told] == ["cooler-01", "kiosk", "cola-330", 1, 4, True]
    assert cola["left"] == pytest.approx({"value": 1, "low": 1 - 1.645 * 0.2, "high": 3}, abs=1e-4)
    assert cola["hours_left"] == pytest.approx({"value": 4, "low": 4 * (1 - 1.645 * 0.2), "high": 12}, abs=0.01)


def test_nothing_of_another_tenant_is_told(shelf: Shelf) -> None:
    with shelf.services.records.session("other") as session:
        key = create_key(session, operator("other"), "tests", "viewer")[1]
    with serving(shelf.services, key) as other:
        assert other.get("/api/v1/stockouts/repeated").json() == []
        assert other.get("/api/v1/stockouts/last-units").json() == []
