"""Promotions over HTTP: kept, changed, taken away, and refused with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from cloud.catalog.models import Product
from cloud.outlets.models import Outlet
from tests.cloud.conftest import Api

BODY: dict[str, Any] = {
    "name": "Summer cola",
    "discount": 0.2,
    "skus": ["cola-330"],
    "sisters": ["lemon-330"],
    "outlets": ["north-1"],
    "first": "2026-05-04",
    "last": "2026-05-17",
    "margins": {"cola-330": 0.4, "lemon-330": 0.5},
    "cost": "150.00",
}


@pytest.fixture(scope="module", autouse=True)
def furnished(api: Api) -> None:
    with api.services.records.session("acme") as session:
        for sku in ("cola-330", "lemon-330"):
            session.add(Product(sku=sku, name=sku, brand="Korra", owner="Acme", own=True))
        for number in (1, 2):
            session.add(Outlet(id=f"north-{number}", name="North", region="north", outlet_class="store"))


def test_a_promotion_lives_from_post_to_delete(api: Api) -> None:
    made = api.acme.post("/api/v1/promotions", json=BODY)
    assert made.status_code == 201, made.text
    where = f"/api/v1/promotions/{made.json()['id']}"
    assert made.json()["overlap"] is None
    (listed,) = api.acme.get("/api/v1/promotions").json()["items"]
    assert listed.items() <= made.json().items()
    assert made.json().items() >= (BODY | {"mechanic": "price-cut", "currency": "USD", "least_facings": 1}).items()
    waiting = api.acme.get(f"{where}/study").json()
    assert (waiting["state"], waiting["study"], waiting["studied_at"]) == ("waiting", None, None)
    changed = api.acme.put(where, json=BODY | {"outlets": [], "regions": ["north"], "mechanic": "display"})
    assert changed.json()["regions"] == ["north"]
    assert api.bravo.get(where).status_code == api.bravo.delete(where).status_code == 404
    with api.role("viewer") as viewer:
        assert viewer.delete(where).status_code == 403
    assert api.acme.delete(where).status_code == 204
    assert api.acme.get(where).status_code == api.acme.get(f"{where}/study").status_code == 404


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        pytest.param({"last": "2026-05-03"}, "body.last", id="the field"),
        pytest.param({"last": "2026-05-03"}, "last day lies before the first", id="dates the wrong way round"),
        pytest.param({"last": "2028-05-03"}, "a year at most", id="too long"),
        pytest.param({"sisters": ["cola-330"]}, "both promoted and sister", id="a SKU twice"),
        pytest.param({"margins": {"cola-330": 0.4}}, "lemon-330 is missing", id="a margin is missing"),
        pytest.param({"regions": ["north"]}, "either the outlets, or", id="outlets and a rule"),
        pytest.param({"outlets": []}, "either the outlets, or", id="neither"),
        pytest.param({"outlets": ["nord-1"]}, "no outlets nord-1", id="an unknown outlet"),
        pytest.param({"outlets": [], "regions": ["south"]}, "no outlet is of these", id="a rule that fits none"),
        pytest.param({"cost": 0}, "greater than 0", id="no cost"),
        pytest.param({"discount": 1}, "less than 1", id="given away"),
        pytest.param(
            {"skus": ["kola"], "margins": {"kola": 1, "lemon-330": 1}}, "no SKUs kola: add them", id="an unknown SKU"
        ),
    ],
)
def test_what_makes_no_promotion_is_refused(api: Api, changed: dict[str, Any], told: str) -> None:
    answer = api.acme.post("/api/v1/promotions", json=BODY | changed)
    assert answer.status_code == 422
    assert told in answer.text
    assert api.acme.get("/api/v1/promotions").json()["items"] == []


def test_all_that_is_wrong_is_told_at_once_with_its_field(api: Api) -> None:
    wrong = BODY | {"name": "", "last": "2026-05-03", "outlets": [], "margins": {}, "cost": "-1"}
    answer = api.acme.post("/api/v1/promotions", json=wrong)
    fields = [one["field"] for one in answer.json()["error"]["fields"]]
    assert fields == ["body.name", "body.outlet_classes", "body.last", "body.margins", "body.cost"]


@pytest.mark.parametrize(
    ("other", "overlaps"),
    [
        pytest.param({}, True, id="same SKUs, outlets and days"),
        pytest.param({"outlets": [], "regions": ["north"]}, True, id="the outlet by its region"),
        pytest.param({"first": "2026-05-17", "last": "2026-05-20"}, True, id="its last day"),
        pytest.param({"outlets": ["north-2"]}, False, id="another outlet"),
        pytest.param({"first": "2026-05-18", "last": "2026-05-20"}, False, id="the day after"),
        pytest.param({"skus": ["lemon-330"], "sisters": []}, False, id="another SKU"),
    ],
)
def test_another_promotion_beside_it_is_named_and_no_reason_to_refuse(
    api: Api, other: dict[str, Any], overlaps: bool
) -> None:
    first = api.acme.post("/api/v1/promotions", json=BODY | {"name": "Spring"} | other).json()
    second = api.acme.post("/api/v1/promotions", json=BODY)
    told = {"promotions": ["Spring"], "apart_by": "nothing", "left_out": []} if overlaps else None
    where = f"/api/v1/promotions/{second.json()['id']}"
    try:
        assert (second.status_code, second.json()["overlap"]) == (201, told)
        assert api.acme.get(where).json()["overlap"] == told
        assert api.acme.put(where, json=BODY | {"skus": ["cola-330"]}).json()["overlap"] == told
    finally:
        for made in (first, second.json()):
            api.acme.delete(f"/api/v1/promotions/{made['id']}")
