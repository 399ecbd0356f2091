import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from cloud.analytics.overview import reference_time
from cloud.analytics.present import Present
from cloud.identity.service import create_key, operator
from facings.clock import format_utc
from facings.messages import ClockState, CoolerKpi, OverviewKpi, Quality
from tests.support.cloud import running_services, serving
from tests.support.messages import NOON
from tests.support.shelf import Shelf

REPLAY = ClockState(synced=True, source="replay")
DAY = 24


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with running_services(tmp_path_factory.mktemp("kpis") / "cloud") as services:
        yield week(Shelf(services).furnish())


def week(shelf: Shelf) -> Shelf:
    """Two days of `cooler-01` (lemon never seen, cola missing on the second day at noon, back at two) and a photo of
    `cooler-02`, which has no planogram; the other tenant has one photo."""
    front = [
        (0, {"cola-330": 4, "rival-330": 4}),
        (2, {"cola-330": 2, "rival-330": 4}),
        (DAY, {"rival-330": 2, None: 2}),
        (DAY + 2, {"cola-330": 3, "rival-330": 1}),
    ]
    shelf.send(*(shelf.photo(hour, counts, clock=REPLAY) for hour, counts in front))
    shelf.send(
        shelf.photo(DAY + 1, {"cola-330": 1}, clock=REPLAY),
        shelf.photo(DAY + 3, {}, clock=REPLAY, quality=BLIND),
        device="cooler-02",
    )
    shelf.send(shelf.photo(0, {"cola-330": 40}), tenant="other")
    return shelf


BLIND = Quality(verdict="unusable", brightness=0.1, contrast=0, sharpness=0)


@pytest.fixture(scope="module")
def api(shelf: Shelf) -> Iterator[httpx.Client]:
    with shelf.services.records.session("acme") as session:
        key = create_key(session, operator("acme"), "tests", "viewer")[1]
    with serving(shelf.services, key) as client:
        yield client


@pytest.fixture(scope="module")
def get(api: httpx.Client) -> Callable[..., Any]:
    def getting(path: str, **query: Any) -> Any:
        answer = api.get(f"/api/v1{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return getting


def test_overview_is_the_message_of_the_topic(get: Callable[..., Any]) -> None:
    kpi = OverviewKpi.model_validate(get("/overview"))
    assert kpi.schema_id == OverviewKpi.SCHEMA
    assert (kpi.coverage.reporting, kpi.coverage.expected) == (2, 2)
    assert (kpi.units.value, kpi.facings, kpi.share.own.value, kpi.share.competitor.value) == (5, 5, 0.8, 0.2)
    assert kpi.occupancy and kpi.occupancy.value == 0.5, "3 of 6 places; cooler-02 has no planogram"
    assert (kpi.open_stockouts, kpi.open_proposals, kpi.observations) == (0, 0, 6)
    assert [(row.cooler, row.units, row.occupancy) for row in kpi.coolers] == [
        ("cooler-01", 4, 0.5),
        ("cooler-02", 1, None),
    ]


def test_a_cooler_keeps_its_numbers_over_an_unusable_photo(get: Callable[..., Any]) -> None:
    kpi = CoolerKpi.model_validate(get("/coolers/cooler-02/kpi"))
    assert (kpi.units.value, kpi.observed_at, kpi.occupancy) == (1, NOON + timedelta(hours=DAY + 1), None)
    kpi = CoolerKpi.model_validate(get("/coolers/cooler-01/kpi"))
    assert [(line.sku, line.group, line.share, line.planned_facings) for line in kpi.lines] == [
        ("cola-330", "own", 0.75, 4),
        ("rival-330", "competitor", 0.25, None),
    ]


def test_history_is_paged_newest_first(get: Callable[..., Any]) -> None:
    page = get("/coolers/cooler-01/observations", limit=3)
    assert [item["units"] for item in page["items"]] == [4, 4, 6]
    rest = get("/coolers/cooler-01/observations", limit=3, to=page["next"])
    assert ([item["units"] for item in rest["items"]], rest["next"]) == ([8], None)
    since = format_utc(NOON + timedelta(hours=DAY))
    assert len(get("/coolers/cooler-01/observations", **{"from": since})["items"]) == 2
    seen = get(f"/observations/{page['items'][0]['id']}")
    assert (seen["cooler"], [line["sku"] for line in seen["lines"]]) == ("cooler-01", ["cola-330", "rival-330"])


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({}, 1),
        ({"state": "closed"}, 1),
        ({"state": "open"}, 0),
        ({"cooler": "cooler-01"}, 1),
        ({"cooler": "cooler-02"}, 0),
        ({"outlet": "kiosk", "sku": "cola-330"}, 1),
        ({"outlet": "elsewhere"}, 0),
        ({"sku": "lemon-330"}, 0),
    ],
)
def test_stockouts_are_found_by_what_they_are(get: Callable[..., Any], query: dict[str, str], number: int) -> None:
    items = get("/stockouts", **query)["items"]
    assert len(items) == number
    for item in items:
        assert (item["sku"], item["hours"]) == ("cola-330", {"value": 12.0, "low": 0.0, "high": 24.0})


def points(get: Callable[..., Any], name: str, by: str, **query: Any) -> dict[str, float]:
    period = {"from": format_utc(NOON), "to": format_utc(NOON + timedelta(days=2))}
    series = get(f"/kpis/{name}", by=by, **(period | query))
    nothing_hidden = {"in_part": 0, "part_hours": 0, "parts": []}
    assert series["coverage"] == {"reporting": 2, "expected": 2, **nothing_hidden}
    return {point["key"]: point["value"]["value"] for point in series["points"]}


@pytest.mark.parametrize(
    ("name", "by", "expected"),
    [
        ("units", "day", {"2026-11-02": 7, "2026-11-03": 5}),
        ("units", "cooler", {"cooler-01": 5.5, "cooler-02": 1}),
        ("units", "outlet", {"kiosk": 6.5}),
        ("units", "region", {"north": 6.5}),
        ("units", "sku", {"cola-330": 3.25, "rival-330": 2.75, "": 0.5}),
        ("facings", "brand", {"cola": 3.25, "rival": 2.75, "": 0.5}),
        ("share-of-facings", "day", {"2026-11-02": 0.4286, "2026-11-03": 0.5}),
        ("share-of-facings", "sku", {"cola-330": 0.5, "rival-330": 0.4231, "": 0.0769}),
        ("linear-share", "cooler", {"cooler-01": 0.3958, "cooler-02": 1}),
        ("stockout-hours", "day", {"2026-11-03": 12}),
        ("stockout-hours", "sku", {"cola-330": 12}),
        ("void", "sku", {"lemon-330": 1}),
        ("void", "cooler", {"cooler-01": 1}),
    ],
)
def test_periods(get: Callable[..., Any], name: str, by: str, expected: dict[str, float]) -> None:
    assert points(get, name, by) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/coolers/cooler-99/kpi", 404, "not-found"),
        ("/coolers/cooler-99/observations", 404, "not-found"),
        (f"/photos/{uuid.UUID(int=1)}", 404, "not-found"),
        (f"/observations/{uuid.UUID(int=1)}", 404, "not-found"),
        ("/kpis/sales", 404, "not-found"),
        ("/kpis/units?by=shelf", 422, "bad-input"),
        ("/kpis/occupancy", 422, "bad-input"),
        ("/kpis/units?from=2026-11-02T12:00:00Z&to=2026-11-01T12:00:00Z", 422, "bad-input"),
        ("/kpis/units?from=2020-01-01T00:00:00Z", 422, "bad-input"),
        ("/kpis/units?from=yesterday", 422, "bad-input"),
        ("/stockouts?state=perhaps", 422, "bad-input"),
    ],
)
def test_errors_say_what_to_do(api: httpx.Client, path: str, status: int, code: str) -> None:
    answer = api.get(f"/api/v1{path}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_cooler_without_photo_says_so(shelf: Shelf, tmp_path: Any) -> None:
    with shelf.services.records.session("other") as session:
        key = create_key(session, operator("other"), "tests", "viewer")[1]
    with serving(shelf.services, key) as other:
        assert other.get("/api/v1/coolers/cooler-02/kpi").json()["error"]["code"] == "no-photo-yet"
        kpi = OverviewKpi.model_validate(other.get("/api/v1/overview").json())
    assert (kpi.coverage.reporting, kpi.units.value) == (0, 0), "a photo of long ago says nothing of now"
    assert kpi.coolers[0].units == 40


def test_coverage_looks_back_from_the_newest_replayed_photo(shelf: Shelf) -> None:
    def reference(tenant: str) -> Any:
        with shelf.services.records.session(tenant, write=False) as session:
            return reference_time(Present(session, NOON + timedelta(days=30)))

    assert reference("acme") == NOON + timedelta(hours=DAY + 2)
    assert reference("other") == NOON + timedelta(days=30)


def test_every_kpi_is_explained(get: Callable[..., Any]) -> None:
    for kpi in get("/kpis"):
        assert all(kpi[field] for field in ("name", "title", "title_zh", "formula", "unit", "grain", "source"))
