"""Alerts over HTTP: who may do what, what is refused and why, what another tenant sees."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cloud.conftest import Api

RULE: dict[str, Any] = {"name": "Out of stock", "watch": "stock-out", "minutes": 60}
MAIL: dict[str, Any] = {"name": "Ann", "kind": "email", "address": "ann@acme.example"}
HOOK: dict[str, Any] = {"name": "Hook", "kind": "webhook", "address": "https://hooks.example.com/facings"}


def test_rules_are_made_read_changed_and_deleted(api: Api) -> None:
    made = api.acme.post("/api/v1/alert-rules", json=RULE | {"regions": ["north"]})
    assert made.status_code == 201, made.text
    address = f"/api/v1/alert-rules/{made.json()['id']}"
    assert api.acme.get(address).json() == made.json()
    changed = api.acme.put(address, json=RULE | {"severity": "critical"}).json()
    assert (changed["severity"], changed["regions"]) == ("critical", [])
    assert made.json()["id"] in [rule["id"] for rule in api.acme.get("/api/v1/alert-rules").json()["items"]]
    assert api.bravo.get(address).status_code == 404
    with api.role("viewer") as viewer:
        assert viewer.put(address, json=RULE).status_code == 403
    assert api.acme.delete(address).status_code == 204
    assert api.acme.get(address).status_code == 404


def test_the_secret_of_a_webhook_is_told_once(api: Api) -> None:
    made = api.acme.post("/api/v1/alert-destinations", json=HOOK).json()
    assert made["secret"].startswith("whsec_")
    listed = api.acme.get("/api/v1/alert-destinations").json()["items"]
    assert made["id"] in [one["id"] for one in listed]
    assert all("secret" not in one for one in listed)
    changed = api.acme.put(f"/api/v1/alert-destinations/{made['id']}", json=HOOK | {"enabled": False})
    assert (changed.json()["enabled"], "secret" in changed.json()) == (False, False)


def test_a_destination_that_a_rule_names_stays(api: Api) -> None:
    place = api.acme.post("/api/v1/alert-destinations", json=MAIL).json()["id"]
    rule = api.acme.post("/api/v1/alert-rules", json=RULE | {"destinations": [place, place]}).json()
    assert rule["destinations"] == [place]
    refused = api.acme.delete(f"/api/v1/alert-destinations/{place}")
    assert (refused.status_code, "Out of stock" in refused.text) == (409, True)
    api.acme.delete(f"/api/v1/alert-rules/{rule['id']}")
    assert api.acme.delete(f"/api/v1/alert-destinations/{place}").status_code == 204
    foreign = api.bravo.post("/api/v1/alert-rules", json=RULE | {"destinations": [place]})
    assert foreign.status_code == 422


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("alert-rules", RULE | {"watch": "weather"}, "stock-out"),
        ("alert-rules", RULE | {"watch": "temperature"}, "needs a threshold"),
        ("alert-rules", RULE | {"threshold": 3}, "has no threshold"),
        ("alert-rules", RULE | {"watch": "occupancy", "threshold": 25}, "write 0.25 for 25%"),
        ("alert-rules", RULE | {"watch": "device-silent", "minutes": 0}, "must be silent"),
        ("alert-rules", RULE | {"quiet_from": "22:00"}, "a beginning and an end"),
        ("alert-rules", RULE | {"quiet_from": "24:00", "quiet_to": "07:00"}, "quiet_from"),
        ("alert-rules", RULE | {"watch": "device-alarm", "brands": ["cola"]}, "is of no brand"),
        ("alert-rules", RULE | {"escalate_minutes": 5}, "and to whom"),
        ("alert-rules", RULE | {"minutes": -1}, "minutes"),
        ("alert-rules", RULE | {"destinations": [999]}, "there is no alert destination 999"),
        ("alert-rules", RULE | {"colour": "red"}, "colour"),
        ("alert-destinations", MAIL | {"address": "ann"}, "name@example.com"),
        ("alert-destinations", MAIL | {"address": "ann@acme.example\nBcc: all@acme.example"}, "name@example.com"),
        ("alert-destinations", MAIL | {"address": "a@acme.example,b@acme.example"}, "name@example.com"),
        ("alert-destinations", MAIL | {"address": "ann@[.example"}, "name@example.com"),
        ("alert-destinations", MAIL | {"secret": "whsec_x"}, "only a webhook"),
        ("alert-destinations", HOOK | {"address": "http://hooks.example.com"}, "https://"),
        ("alert-destinations", HOOK | {"address": "https://169.254.169.254/latest"}, "private network"),
        ("alert-destinations", HOOK | {"secret": "secret"}, "whsec_"),
        ("alert-destinations", HOOK | {"language": "fr"}, "language"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(api: Api, path: str, body: dict[str, Any], said: str) -> None:
    refused = api.acme.post(f"/api/v1/{path}", json=body)
    assert refused.status_code == 422, refused.text
    assert said in refused.text


def test_an_unknown_alert(api: Api) -> None:
    nobody = "01a201c2-8443-7210-871d-1f2e9a6195aa"
    assert api.acme.post(f"/api/v1/alerts/{nobody}/acknowledge").status_code == 404
    assert api.acme.get(f"/api/v1/alerts/{nobody}/deliveries").status_code == 404
    assert api.acme.get("/api/v1/alerts").json() == []
    assert api.acme.get("/api/v1/alerts?state=resolved").json() == []
