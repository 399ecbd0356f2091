"""Outlets, coolers and planograms over REST."""

from typing import Any

import pytest

from tests.cloud.conftest import Api

PRODUCT = {"name": "Cola", "brand": "Cola", "owner": "Acme", "own": True}
ROWS = [[{"sku": "cola", "depth": 6}, {"sku": "cola"}], [{"sku": "lemon", "depth": 4}]]


@pytest.fixture(scope="module", autouse=True)
def _furnished(api: Api) -> None:
    for tenant in (api.acme, api.bravo):
        for sku in ("cola", "lemon"):
            assert tenant.put(f"/api/v1/products/{sku}", json=PRODUCT).status_code == 201
        assert tenant.put("/api/v1/coolers/front", json={"outlet_id": "kiosk", "name": "Front"}).status_code == 201


def planogram(api: Api, name: str = "Summer", rows: Any = ROWS) -> dict[str, Any]:
    made = api.acme.post("/api/v1/planograms", json={"name": name, "rows": rows})
    assert made.status_code == 201, made.text
    document: dict[str, Any] = made.json()
    return document


def test_an_outlet_is_added_and_changed(api: Api) -> None:
    body = {"name": "Corner shop", "name_zh": "街角商店", "region": "North", "timezone": "Asia/Shanghai"}
    assert api.acme.put("/api/v1/outlets/corner", json=body).status_code == 201
    assert api.acme.put("/api/v1/outlets/corner", json=body | {"region": "South"}).json()["region"] == "South"
    assert [row["id"] for row in api.acme.get("/api/v1/outlets?region=South").json()["items"]] == ["corner"]
    assert api.bravo.get("/api/v1/outlets/corner").status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("outlets/x", {"name": "X", "timezone": "Mars/Olympus"}),
        ("outlets/x", {"name": ""}),
        ("outlets/x", {"name": "X", "owner": "Y"}),
        ("outlets/X", {"name": "X"}),
        ("coolers/x", {"name": "X"}),
        ("coolers/kpi--", {"name": "X", "outlet_id": "kiosk"}),
        ("outlets", {"outlets": [{"id": "x", "name": "X"}, {"id": "x", "name": "X"}]}),
        ("coolers", {"coolers": [{"id": "x", "name": "X", "outlet_id": "kiosk"}] * 2}),
    ],
)
def test_wrong_bodies_are_refused(api: Api, path: str, body: dict[str, Any]) -> None:
    assert api.acme.put(f"/api/v1/{path}", json=body).status_code == 422
    assert api.acme.get("/api/v1/outlets/x").status_code == 404


def test_imports_are_all_or_none(api: Api) -> None:
    outlets = [{"id": f"o-{number}", "name": f"Outlet {number}"} for number in range(3)]
    assert api.acme.put("/api/v1/outlets", json={"outlets": outlets}).json()["added"] == 3
    coolers = [{"id": f"c-{number}", "name": "C", "outlet_id": f"o-{number}"} for number in range(4)]
    assert api.acme.put("/api/v1/coolers", json={"coolers": coolers}).status_code == 404
    assert api.acme.get("/api/v1/coolers/c-0").status_code == 404
    assert api.acme.put("/api/v1/coolers", json={"coolers": coolers[:3]}).json()["added"] == 3
    page = api.acme.get("/api/v1/coolers?limit=2&after=c-0").json()
    assert [row["id"] for row in page["items"]] == ["c-1", "c-2"]
    assert api.acme.get("/api/v1/coolers?outlet=o-1").json()["items"][0]["id"] == "c-1"


def test_a_planogram_has_versions_that_never_change(api: Api) -> None:
    first, second = planogram(api), planogram(api, rows=ROWS[:1])
    assert (first["version"], second["version"]) == (1, 2)
    assert api.acme.get(f"/api/v1/planograms/{first['id']}").json()["rows"][0][1] == {"sku": "cola", "depth": 1}
    for method in ("PUT", "PATCH", "DELETE"):
        assert api.acme.request(method, f"/api/v1/planograms/{first['id']}").status_code == 405
    assert len(api.acme.get("/api/v1/planograms?name=Summer").json()["items"]) == 2
    assert api.bravo.get(f"/api/v1/planograms/{first['id']}").status_code == 404


@pytest.mark.parametrize(
    "rows",
    [[], [[{"sku": "unheard-of"}]], [[{"sku": "cola", "depth": 0}]], [[{"sku": "cola"}] * 201], [[]] * 51, "cola"],
)
def test_a_wrong_planogram_is_refused(api: Api, rows: Any) -> None:
    assert api.acme.post("/api/v1/planograms", json={"name": "Wrong", "rows": rows}).status_code == 422
    assert api.acme.get("/api/v1/planograms?name=Wrong").json()["items"] == []


def test_a_cooler_follows_a_planogram_of_its_tenant(api: Api) -> None:
    made = planogram(api, "Winter")
    assigned = api.acme.put("/api/v1/coolers/front/planogram", json={"planogram_id": made["id"]})
    assert assigned.json()["planogram_id"] == made["id"]
    assert api.bravo.put("/api/v1/coolers/front/planogram", json={"planogram_id": made["id"]}).status_code == 404
    assert api.acme.put("/api/v1/coolers/front/planogram", json={"planogram_id": 10_000}).status_code == 404
    assert api.acme.put("/api/v1/coolers/none/planogram", json={"planogram_id": None}).status_code == 404
    assert api.acme.put("/api/v1/coolers/front/planogram", json={"planogram_id": None}).json()["planogram_id"] is None
    logged = api.acme.get("/api/v1/audit-log?limit=500").json()["items"]
    assert [e["detail"]["planogram"] for e in logged if e["action"] == "cooler.changed"] == [made["id"], None]
