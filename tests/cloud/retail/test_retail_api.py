"""The loop over HTTP: who may do what, what another tenant sees, and that the pages hear of it."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from cloud.api import errors
from cloud.http_server import HttpServer
from cloud.identity.service import create_key, operator
from cloud.retail.routes import router
from cloud.settings import HttpSettings


class Pages:
    """Notes what the live numbers are asked to publish."""

    def __init__(self) -> None:
        self.refreshed: list[str] = []

    def refresh(self, tenant: str) -> None:
        self.refreshed.append(tenant)


@pytest.fixture
def pages() -> Pages:
    return Pages()


@pytest.fixture
def clients(shop: Any, pages: Pages) -> Iterator[dict[str, httpx.Client]]:
    """One client each: a manager and a viewer of acme, and a manager of another tenant."""
    app = FastAPI()
    app.include_router(router)
    errors.install(app)
    app.state.services = SimpleNamespace(records=shop.records, live=pages)
    made = {}
    server = HttpServer(HttpSettings(port=0))
    server.start()
    server.serve(app)
    for name, tenant, role in CALLERS:
        with shop.records.session(tenant) as session:
            _, key = create_key(session, operator(tenant), name, role)
        made[name] = httpx.Client(
            base_url=f"http://127.0.0.1:{server.port}", headers={"authorization": f"Bearer {key}"}, timeout=30
        )
    yield made
    for client in made.values():
        client.close()
    server.stop()


CALLERS = (("manager", "acme", "manager"), ("viewer", "acme", "viewer"), ("other", "other", "admin"))


def test_from_proposal_to_delivery(shop: Any, clients: dict[str, httpx.Client], pages: Pages) -> None:
    client, proposal = clients["manager"], shop.propose()
    listed = client.get("/api/v1/proposals", params={"state": "open", "outlet": "kiosk"}).json()
    assert [(item["id"], item["units"], item["cases"]) for item in listed["items"]] == [(proposal, 18, 3)]

    order = client.post(f"/api/v1/proposals/{proposal}/confirm")
    assert (order.status_code, order.json()["state"]) == (201, "confirmed")
    number = order.json()["id"]
    line = order.json()["lines"][0]
    assert client.post(f"/api/v1/orders/{number}/dispatch").json()["state"] == "dispatched"
    part = {"lines": [{"line": line["id"], "units": 6}], "at": "2026-03-04T08:00:00Z"}
    for _ in range(2):
        answer = client.post(f"/api/v1/orders/{number}/deliver", json=part, headers={"idempotency-key": "note 1"})
        assert (answer.json()["state"], answer.json()["lines"][0]["units_delivered"]) == ("dispatched", 6)
    assert client.post(f"/api/v1/orders/{number}/deliver").json()["state"] == "delivered"

    assert client.get(f"/api/v1/orders/{number}").json()["lines"][0]["units_delivered"] == 18
    ledger = client.get("/api/v1/outlets/kiosk/stock-movements").json()["items"]
    assert [(row["kind"], row["units"]) for row in ledger] == [("delivery", 6), ("delivery", 12)]
    assert ledger[0]["at"] == "2026-03-04T08:00:00.000Z"
    assert pages.refreshed == ["acme"] * 5


def test_joint_confirmation_dismissal_and_cancel(shop: Any, clients: dict[str, httpx.Client]) -> None:
    client = clients["manager"]
    ids = [shop.propose(), shop.propose(id=2, sku="lemon")]
    order = client.post("/api/v1/proposals/confirm", json={"ids": ids}).json()
    assert client.post("/api/v1/proposals/confirm", json={"ids": ids}).status_code == 409
    assert client.post(f"/api/v1/orders/{order['id']}/cancel").json()["state"] == "cancelled"
    again = shop.propose()
    dismissed = client.post(f"/api/v1/proposals/{again}/dismiss", json={"reason": "closed for winter"}).json()
    assert (dismissed["state"], dismissed["decision_reason"]) == ("dismissed", "closed for winter")
    assert dismissed["decided_by"] == "key:manager"


def test_a_list_comes_in_pages(shop: Any, clients: dict[str, httpx.Client]) -> None:
    shop.propose()
    shop.propose(id=2, sku="lemon")
    client = clients["viewer"]
    first = client.get("/api/v1/proposals", params={"limit": 1}).json()
    second = client.get("/api/v1/proposals", params={"limit": 1, "after": first["next"]}).json()
    assert [page["items"][0]["sku"] for page in (first, second)] == ["cola", "lemon"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("who", "method", "path", "body", "status"),
    [
        ("viewer", "GET", "/proposals", None, 200),
        ("viewer", "POST", "/proposals/1/confirm", None, 403),
        ("viewer", "POST", "/proposals/1/dismiss", None, 403),
        ("viewer", "POST", "/orders/1/dispatch", None, 403),
        ("viewer", "POST", "/orders/1/deliver", None, 403),
        ("viewer", "POST", "/orders/1/cancel", None, 403),
        ("other", "POST", "/proposals/1/confirm", None, 404),
        ("other", "POST", "/proposals/confirm", {"ids": [1]}, 404),
        ("other", "POST", "/proposals/1/dismiss", None, 404),
        ("other", "GET", "/orders/1", None, 404),
        ("other", "POST", "/orders/1/dispatch", None, 404),
        ("other", "POST", "/orders/1/deliver", None, 404),
        ("other", "POST", "/orders/1/cancel", None, 404),
        ("manager", "GET", "/outlets/nowhere/stock-movements", None, 404),
        ("manager", "POST", "/orders/1/deliver", {"lines": [{"line": 1, "units": -1}]}, 422),
        ("manager", "POST", "/orders/1/deliver", {"lines": [{"line": 1, "units": 1}] * 2}, 422),
        ("manager", "POST", "/orders/1/deliver", {"at": "2026-03-04T08:00:00"}, 422),
        ("manager", "POST", "/proposals/confirm", {"ids": []}, 422),
        ("manager", "POST", "/proposals/confirm", {"ids": [1], "colour": "red"}, 422),
    ],
)
def test_refusals(
    shop: Any, clients: dict[str, httpx.Client], who: str, method: str, path: str, body: Any, status: int
) -> None:
    shop.propose()
    if "/orders" in path:
        clients["manager"].post("/api/v1/proposals/1/confirm")
    answer = clients[who].request(method, f"/api/v1{path}", json=body)
    assert answer.status_code == status
    assert status == 200 or answer.json()["error"]["message"]
    assert clients["other"].get("/api/v1/orders").json()["items"] == []


@pytest.mark.parametrize(
    ("correction", "status"),
    [
        ({"kind": "adjustment", "units": 3}, 201),
        ({"kind": "return", "units": -3, "cooler": "cooler-01", "note": "broken"}, 201),
        ({"kind": "return", "units": 3}, 422),
        ({"kind": "adjustment", "units": 0}, 422),
        ({"kind": "delivery", "units": 3}, 422),
        ({"kind": "adjustment", "units": 3, "cooler": "cooler-99"}, 404),
        ({"kind": "adjustment", "units": 3, "sku": "nothing"}, 404),
    ],
)
def test_corrections_of_the_ledger(clients: dict[str, httpx.Client], correction: dict[str, Any], status: int) -> None:
    path = "/api/v1/outlets/kiosk/stock-movements"
    assert clients["manager"].post(path, json={"sku": "cola", **correction}).status_code == status
    assert len(clients["manager"].get(path).json()["items"]) == (status == 201)
