"""The catalogue over REST: put, import, list page by page."""

from typing import Any

import pytest

from cloud.api.fields import check_digit
from tests.cloud.conftest import Api

COLA = {"name": "Cola 330 ml", "name_zh": "可乐", "brand": "Cola", "owner": "Acme", "own": True, "price": "1.50"}


def row(sku: str, **changes: Any) -> dict[str, Any]:
    return COLA | {"sku": sku} | changes


@pytest.mark.parametrize("digits", ["629104150021", "07567816412", "9638507", "1234567890123"])
def test_check_digits_of_published_examples(digits: str) -> None:
    published = {"629104150021": "3", "07567816412": "5", "9638507": "4", "1234567890123": "1"}
    assert check_digit(digits) == published[digits]


def test_a_product_is_added_then_changed_then_left_alone(api: Api) -> None:
    added = api.acme.put("/api/v1/products/cola", json=COLA)
    assert (added.status_code, added.json()["group"], added.json()["price"]) == (201, "own", "1.50")
    changed = api.acme.put("/api/v1/products/cola", json=COLA | {"own": False})
    assert (changed.status_code, changed.json()["group"]) == (200, "competitor")
    before = len(api.acme.get("/api/v1/audit-log?limit=500").json()["items"])
    assert api.acme.put("/api/v1/products/cola", json=COLA | {"own": False}).status_code == 200
    assert len(api.acme.get("/api/v1/audit-log?limit=500").json()["items"]) == before, "nothing changed, nothing logged"
    assert api.acme.get("/api/v1/products/cola").json() == changed.json()
    assert api.bravo.get("/api/v1/products/cola").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"gtin": "6291041500214"}, "would be 3"),
        ({"gtin": "123"}, "8, 12, 13 or 14 digits"),
        ({"gtin": "٦٢٩١٠٤١٥٠٠٢١٣"}, "8, 12, 13 or 14 digits"),
        ({"price": "-1"}, "greater than or equal to 0"),
        ({"price": "1.234"}, "decimal places"),
        ({"size_ml": 0}, "greater than 0"),
        ({"width_mm": "NaN"}, "finite"),
        ({"currency": "usd"}, "match"),
        ({"case_units": 0}, "greater than or equal to 1"),
        ({"name": ""}, "at least 1 character"),
        ({"colour": "red"}, "not permitted"),
    ],
)
def test_a_wrong_product_is_refused_and_the_field_named(api: Api, wrong: dict[str, Any], complaint: str) -> None:
    answer = api.acme.put("/api/v1/products/wrong", json=COLA | wrong)
    assert answer.status_code == 422
    (field,) = answer.json()["error"]["fields"]
    assert field["field"] == f"body.{next(iter(wrong))}"
    assert complaint in field["message"]


def test_one_gtin_is_one_product(api: Api) -> None:
    assert api.acme.put("/api/v1/products/first", json=COLA | {"gtin": "6291041500213"}).status_code == 201
    second = api.acme.put("/api/v1/products/second", json=COLA | {"gtin": "6291041500213"})
    assert second.status_code == 409
    assert "'first'" in second.json()["error"]["message"]
    assert api.bravo.put("/api/v1/products/theirs", json=COLA | {"gtin": "6291041500213"}).status_code == 201


def test_an_import_adds_changes_and_leaves(api: Api) -> None:
    rows = [row(f"import-{number}") for number in range(3)]
    assert api.acme.put("/api/v1/products", json={"products": rows}).json() == {
        "added": 3,
        "changed": 0,
        "unchanged": 0,
    }
    rows[0]["name"] = "New name"
    rows.append(row("import-3"))
    assert api.acme.put("/api/v1/products", json={"products": rows}).json() == {
        "added": 1,
        "changed": 1,
        "unchanged": 2,
    }


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ([row("ok"), row("ok")], 422),
        ([row("ok"), row("No Slug")], 422),
        ([row("ok", gtin="96385074"), row("other", gtin="96385074")], 409),
        ([row("x")] * 5001, 422),
    ],
)
def test_an_import_with_one_wrong_row_changes_nothing(api: Api, rows: list[dict[str, Any]], status: int) -> None:
    assert api.acme.put("/api/v1/products", json={"products": rows}).status_code == status
    assert api.acme.get("/api/v1/products/ok").status_code == 404


def test_lists_come_page_by_page_and_can_be_narrowed(api: Api) -> None:
    rows = [row(f"p-{number:02}", brand="Paged", own=number % 2 == 0, name=f"Number {number}%") for number in range(7)]
    api.acme.put("/api/v1/products", json={"products": rows})
    found, after, pages = [], "", 0
    while after is not None:
        page = api.acme.get(
            "/api/v1/products", params={"brand": "Paged", "limit": 3} | ({"after": after} if after else {})
        )
        found += [item["sku"] for item in page.json()["items"]]
        after, pages = page.json()["next"], pages + 1
    assert (found, pages) == ([f"p-{number:02}" for number in range(7)], 3)
    for query, count in (("own=true", 4), ("contains=number 3", 1), ("contains=%25", 7), ("contains=_", 0)):
        narrowed = api.acme.get(f"/api/v1/products?brand=Paged&{query}").json()["items"]
        assert len(narrowed) == count, query
    assert api.bravo.get("/api/v1/products?brand=Paged").json() == {"items": [], "next": None}
