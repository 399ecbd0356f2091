"""KPIs of a small world, each worked out by hand: a kiosk with two coolers.

`cooler-01` shall have 4 cola and 2 lemon; its past is that of `run_short`, and its last photo shows one cola and two
empty lanes where lemon stood. `cooler-02` has three shelves:

    planned                       seen
    cola cola lemon lemon         cola cola lemon lemon
    lemon lemon lemon             lemon rival rival lemon
    cola                          lemon
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from cloud.analytics.judging.work import judge_photos
from cloud.identity.service import create_key, operator
from cloud.outlets.planograms import add_planogram
from cloud.outlets.schemas import PlanogramBody
from cloud.outlets.service import assign_planogram
from facings.clock import SystemClock, format_utc
from facings.messages import Product
from tests.support.cloud import running_services, serving
from tests.support.messages import NOON, products_of
from tests.support.shelf import Shelf
from tests.support.shortages import run_short

COLA, LEMON, RIVAL = "cola-330", "lemon-330", "rival-330"
PLANNED = [[COLA, COLA, LEMON, LEMON], [LEMON, LEMON, LEMON], [COLA]]
SEEN = [[COLA, COLA, LEMON, LEMON], [LEMON, RIVAL, RIVAL, LEMON], [LEMON]]
NOW = SystemClock().now()


def lived(shelf: Shelf) -> Shelf:
    run_short(shelf, NOW)
    hour = (NOW - NOON) / timedelta(hours=1) - 1
    with shelf.services.records.session("acme") as session:
        rows = [[{"sku": sku} for sku in row] for row in PLANNED]
        plan = add_planogram(session, operator("acme"), PlanogramBody.model_validate({"name": "door", "rows": rows}))
        assign_planogram(session, operator("acme"), "cooler-02", plan.id)
    shelf.send(shelf.photo(hour, {COLA: 1}))
    counts: dict[str | None, int] = {COLA: 2, LEMON: 5, RIVAL: 2}
    shelf.send(shelf.photo(hour, counts, products=standing(SEEN), gaps=(), rows=3), device="cooler-02")
    judge_photos(shelf.services, "acme", ["cooler-01", "cooler-02"])
    return shelf


def standing(shelves: list[list[str]]) -> tuple[Product, ...]:
    """Each shelf in its order, from the left."""
    found: list[Product] = []
    for row, skus in enumerate(shelves):
        one_by_one = products_of({str(place): 1 for place in range(len(skus))})
        found += [
            product.model_copy(update={"row": row, "sku": sku}) for product, sku in zip(one_by_one, skus, strict=True)
        ]
    return tuple(found)


@pytest.fixture(scope="module")
def get(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Any]]:
    with running_services(tmp_path_factory.mktemp("kpis") / "cloud") as services:
        lived(Shelf(services).furnish())
        with services.records.session("acme") as session:
            key = create_key(session, operator("acme"), "tests", "viewer")[1]
        with serving(services, key) as api:

            def getting(path: str, **query: Any) -> Any:
                answer: httpx.Response = api.get(f"/api/v1{path}", params=query)
                assert answer.status_code == 200, answer.text
                return answer.json()

            yield getting


@pytest.mark.parametrize(
    ("name", "query", "expected"),
    [
        pytest.param("repeated-stockouts", {"by": "sku"}, {COLA: 1, LEMON: 1}, id="rival was out twice only"),
        pytest.param("last-units", {"by": "cooler,sku"}, {f"cooler-01 / {COLA}": 1}, id="one of four lanes"),
        pytest.param("lost-sales-value", {"by": "sku"}, {COLA: 25}, id="one a day on ten days at 2.50"),
        pytest.param("planogram-present", {"by": "cooler"}, {"cooler-02": 7 / 8}, id="2 of 3 cola, 5 of 5 lemon"),
        pytest.param("planogram-shelf", {"by": "cooler"}, {"cooler-02": 6 / 8}, id="4 of 4, 2 of 3, 0 of 1"),
        pytest.param("planogram-count", {"by": "cooler"}, {"cooler-02": 5 / 8}, id="lemon as planned, not cola"),
        pytest.param("eye-level-share", {"by": "outlet"}, {"kiosk": 2 / 4}, id="2 of 4 on the middle shelf"),
    ],
)
def test_a_period(get: Callable[..., Any], name: str, query: dict[str, str], expected: dict[str, float]) -> None:
    period = {"from": format_utc(NOW - timedelta(days=28)), "to": format_utc(NOW)}
    found = {one["key"]: one["value"]["value"] for one in get(f"/kpis/{name}", **period, **query)["points"]}
    if name.startswith("planogram"):
        del found["cooler-01"]  # the mean of several photos
    assert found == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("open-stockouts", 1, id="lemon in cooler-01"),
        pytest.param("occupancy", (1 + 7) / (6 + 8), id="1 of 6 places, and 2 cola and 5 lemon for 8"),
        pytest.param("coverage", {"reporting": 2, "in_part": 0, "expected": 2}, id="both sent a photo within the day"),
    ],
)
def test_the_present(get: Callable[..., Any], name: str, expected: Any) -> None:
    found = get("/overview")[name.replace("-", "_")]
    assert (found["value"] if name == "occupancy" else found) == pytest.approx(expected, abs=1e-4)


def test_what_is_to_come(get: Callable[..., Any]) -> None:
    """`demand-forecast`: six a day were wanted on each of ten days, of which five were sold."""
    (cola,) = get("/outlets/kiosk/forecast", horizon=7)["series"]
    assert cola["series"] == COLA
    assert cola["total"] == pytest.approx(7 * 6, rel=0.02)
