"""Competition, grades and advice over REST, in a world of four outlets whose truth is known by construction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from cloud.analytics.judging.work import judge_photos
from cloud.analytics.models import StockoutEpisode
from cloud.analytics.sellout.sold_table import sellout_day
from cloud.catalog.models import Product
from cloud.fleet.service import add_device
from cloud.identity.service import create_key, operator
from cloud.outlets.models import Cooler, Outlet
from cloud.outlets.planograms import add_planogram
from cloud.outlets.schemas import PlanogramBody
from facings.clock import format_utc
from tests.support.cloud import running_services, serving
from tests.support.messages import NOON
from tests.support.shelf import Shelf

SHOPS = ["shop-1", "shop-2", "shop-3", "shop-4"]
DAYS = 8
FULL = {"cola-330": 4, "lemon-330": 2}
WEEKS = {"from": format_utc(NOON), "to": format_utc(NOON + timedelta(days=DAYS))}
OUT = {
    "last_seen_at": NOON + timedelta(days=DAYS - 3),
    "first_missed_at": NOON + timedelta(days=DAYS - 2),
    "last_missed_at": NOON + timedelta(days=DAYS - 2),
    "back_at": NOON + timedelta(days=DAYS - 1),
}
LAST_WEEK = {"from": format_utc(NOON + timedelta(days=DAYS / 2)), "to": WEEKS["to"]}


def furnish(shelf: Shelf) -> None:
    with shelf.services.records.session("acme") as session:
        plan = add_planogram(
            session,
            operator("acme"),
            PlanogramBody(name="shop", rows=[[{"sku": sku} for sku, places in FULL.items() for _ in range(places)]]),
        )
        session.add(Product(sku="ale-330", name="Ale", brand="ale", owner="x", own=True))
        for shop in SHOPS:
            session.add(Outlet(id=shop, name=shop.title(), region="south", outlet_class="shop"))
            session.flush()
            session.add(Cooler(id=f"{shop}-door", outlet_id=shop, name=f"{shop} door", planogram_id=plan.id))
            session.flush()
            add_device(session, operator("acme"), f"{shop}-door", f"{shop}-door")


def lived(shelf: Shelf) -> None:
    """A photo at noon each day: from the fifth day on shop-1 has a rival beside and a lemon less, and on the last but
    one a cola less, which was out before and after it; the others are as planned, and sell ale as well."""
    for number, shop in enumerate(SHOPS):
        for day in range(DAYS):
            counts: dict[str | None, int] = dict(FULL)
            if number == 0 and day >= DAYS / 2:
                counts = {"cola-330": 3 if day == DAYS - 2 else 4, "lemon-330": 1, "rival-330": 2}
            shelf.send(shelf.row(24 * day, counts), device=f"{shop}-door")
    with shelf.services.records.session("acme") as session:
        session.add(StockoutEpisode(cooler_id="shop-1-door", sku="cola-330", confidence=0.9, **OUT))
    judge_photos(shelf.services, "acme", [f"{shop}-door" for shop in SHOPS])
    rows = []
    for number, shop in enumerate(SHOPS):
        sold = {"cola-330": 10.0, "lemon-330": 5.0} | ({"ale-330": 4.0} if number else {})
        for day in range(DAYS):
            for sku, units in sold.items():
                on = (NOON + timedelta(days=day)).date()
                rows.append(("acme", f"{shop}-door", sku, on, shop, units, 0.01, 0.0, 0.0, 0.0, 9.0, 1.0, 0, NOON))
    shelf.services.facts.insert(sellout_day, rows)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with running_services(tmp_path_factory.mktemp("competition") / "cloud") as services:
        shelf = Shelf(services).furnish()
        furnish(shelf)
        lived(shelf)
        with services.records.session("acme") as session:
            key = create_key(session, operator("acme"), "tests", "manager")[1]
        with serving(services, key) as client:
            client.base_url = client.base_url.join("/api/v1/")
            yield client


@pytest.fixture(scope="module")
def get(api: httpx.Client) -> Callable[..., Any]:
    def getting(path: str, **query: Any) -> Any:
        answer = api.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return getting


def test_an_intrusion_is_told_with_its_begin(get: Callable[..., Any]) -> None:
    (found,) = get("intrusions", state="open")["items"]
    assert (found["outlet"], found["sku"], found["facings"], found["gone_at"]) == ("shop-1", "rival-330", 2, None)
    assert found["hours"] == {"value": 84.0, "low": 72.0, "high": 96.0}
    assert get("intrusions", state="closed")["items"] == []
    assert get("intrusions", outlet="shop-2")["items"] == []
    assert len(get("intrusions", sku="rival-330", cooler="shop-1-door")["items"]) == 1


def test_a_lost_share_is_explained(get: Callable[..., Any], api: httpx.Client) -> None:
    found = get("share/changes", **LAST_WEEK)
    assert found["before"]["value"] == 1
    assert found["change"] == pytest.approx(found["after"]["value"] - 1, abs=1e-4)
    assert {one["key"] for one in found["by_outlet"]} == {"shop-1"}
    assert [(one["sku"], one["why"]) for one in found["changes"]] == [
        ("rival-330", "new"),
        ("lemon-330", "fewer"),
        ("cola-330", "fewer"),
    ]
    assert sum(one["effect"] for one in found["by_sku"]) == pytest.approx(found["change"], abs=1e-4)
    nothing = api.get("share/changes", params={"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"})
    assert (nothing.status_code, nothing.json()["error"]["code"]) == (404, "nothing-to-compare")


@pytest.mark.parametrize(
    ("name", "query", "expected"),
    [
        ("purity", {"by": "outlet", "class": "shop"}, {"shop-1": 0.8431} | dict.fromkeys(SHOPS[1:], 1)),
        ("purity", {"by": "day", "outlet": "shop-1"}, {"2026-11-05": 1, "2026-11-06": 0.7143}),
        ("share-of-facings", {"by": "category", "outlet": "shop-1"}, {"": 1}),
        ("intrusions", {"by": "outlet"}, {"shop-1": 1}),
        ("intrusions", {"by": "owner"}, {"x": 1}),
        ("intrusion-hours", {"by": "day"}, {"2026-11-06": 84}),
        ("numeric-distribution", {"by": "sku"}, {"cola-330": 0.97, "lemon-330": 0.97, "rival-330": 0.2425}),
        ("numeric-distribution", {"by": "sku", "outlet": "shop-1"}, dict.fromkeys((*FULL, "rival-330"), 0.97)),
        ("weighted-distribution", {"by": "sku", "sku": "rival-330"}, {"rival-330": 0.2021}),
        ("assortment-depth", {"by": "outlet", "class": "shop"}, dict.fromkeys(SHOPS, 0.97)),
        ("planogram-present", {"by": "outlet"}, {"shop-1": 0.8958} | dict.fromkeys(SHOPS[1:], 1)),
        (
            "planogram-position",
            {"by": "day", "outlet": "shop-1"},
            {"2026-11-05": 1, "2026-11-06": 0.8333, "2026-11-08": 0.6667},
        ),
        ("outlet-grade", {"by": "class"}, {"shop": 98.2}),
    ],
)
def test_kpis(get: Callable[..., Any], name: str, query: dict[str, str], expected: dict[str, float]) -> None:
    series = get(f"kpis/{name}", **(WEEKS | query))
    found = {point["key"]: point["value"]["value"] for point in series["points"]}
    assert {key: found.get(key) for key in expected} == pytest.approx(expected, abs=1e-4)
    assert all(point["value"]["low"] <= point["value"]["value"] <= point["value"]["high"] for point in series["points"])


def test_availability_counts_the_open_hours_without_stock(get: Callable[..., Any]) -> None:
    series = get("kpis/on-shelf-availability", by="sku", outlet="shop-1", **WEEKS)
    found = {point["key"]: point["value"] for point in series["points"]}
    # Seven days of 16 open hours, of which cola was away for 0 to 32.
    assert found["cola-330"] == {"value": 0.8571, "low": 0.7143, "high": 1.0}
    assert found["lemon-330"] == {"value": 1.0, "low": 1.0, "high": 1.0}


def test_grades_are_listed_worst_first_with_what_would_raise_them(get: Callable[..., Any], api: httpx.Client) -> None:
    found = get("grades", **WEEKS, outlet_class="shop")
    assert [one["outlet"] for one in found["outlets"]] == SHOPS
    worst, *others = found["outlets"]
    assert worst["grade"]["low"] < worst["grade"]["value"] < 95
    assert all(one["grade"]["value"] > worst["grade"]["value"] for one in others)
    assert worst["missing"] == []
    assert sum(part["points"] for part in worst["parts"]) == pytest.approx(worst["grade"]["value"], abs=0.05)
    best = worst["raises"][0]
    assert (best["doing"], best["sku"], best["cooler"]) == ("take-out", "rival-330", None)
    assert api.get("outlets/shop-1/grade", params=WEEKS).json()["grade"] == worst["grade"]
    assert api.get("outlets/none/grade").status_code == 404
    unknown = api.get("outlets/shop-1/grade", params={"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"})
    assert unknown.json()["error"]["code"] == "not-graded"


def test_weights_are_set_by_class(get: Callable[..., Any], api: httpx.Client) -> None:
    assert [one["outlet_class"] for one in get("grade-schemes")] == [""]
    only_purity = {"outlet_class": "shop", "weights": {"availability": 0, "share": 0, "planogram": 0, "sell-out": 0}}
    answer = api.put("grade-schemes", json=only_purity)
    assert (answer.status_code, answer.json()["weights"]["purity"]) == (200, 15)
    graded = get("outlets/shop-2/grade", **WEEKS)
    assert ([part["pillar"] for part in graded["parts"]], graded["grade"]["value"]) == (["purity"], 100)
    for wrong in ({"weights": {"beauty": 1}}, {"weights": {"share": -1}}, {"weights": {}, "targets": {"share": 0}}):
        assert api.put("grade-schemes", json=wrong).status_code == 422
    nothing = {"weights": dict.fromkeys(("availability", "share", "purity", "planogram", "sell-out"), 0)}
    assert api.put("grade-schemes", json=nothing).status_code == 422


def test_advice_says_what_sells_in_similar_outlets(get: Callable[..., Any], api: httpx.Client) -> None:
    found = get("outlets/shop-1/advice", **WEEKS)
    assert (found["compared"], found["drop"]) == (3, [])
    (ale,) = found["take_up"]
    assert (ale["sku"], ale["expected"]["value"], ale["outlets"], ale["certain"]) == ("ale-330", 4, 3, True)
    assert get("outlets/shop-2/advice", **WEEKS)["take_up"] == []
    assert api.get("outlets/none/advice").status_code == 404
    displays = get("advice/displays", **WEEKS)
    assert {one["verdict"] for one in displays["effects"]} == {"cannot-tell"}, "four shops are too few"
