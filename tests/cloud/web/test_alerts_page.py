"""The alerts page: rules and destinations kept by its forms, alerts acknowledged, in both languages."""

from __future__ import annotations

import re

import httpx
import pytest

from cloud.alerts.rounds import AlertRounds
from cloud.alerts.sending import AlertSender
from cloud.broker.link import BrokerLink
from cloud.services import NoLiveNumbers
from tests.cloud.web.conftest import signed_in
from tests.support.shelf import Shelf

HTMX = {"hx-request": "true"}
RULE = {"name": "Out of stock", "watch": "stock-out", "minutes": "0", "enabled": "true"}


def alert_on(shelf: Shelf) -> None:
    """A stock-out, found."""
    shelf.send(shelf.photo(0, {"cola-330": 4, "lemon-330": 2}))
    shelf.send(shelf.photo(2, {"lemon-330": 2}))
    link = BrokerLink("mqtt://127.0.0.1:1", "nobody", "", "nobody")
    AlertRounds(shelf.services, link, NoLiveNumbers(), AlertSender(shelf.services, link)).look("acme")


def test_from_the_usual_rules_to_an_acknowledged_alert(manager: httpx.Client, shelf: Shelf) -> None:
    assert "Start with the usual rules" in manager.get("/alerts").text
    made = manager.post("/alerts/rules/usual", headers=HTMX)
    assert "Stock-out of an own product" in made.text
    assert "<html" not in made.text
    alert_on(shelf)
    page = manager.get("/alerts").text
    assert "Cola-330 is out of stock" in page
    address = re.search(r'hx-post="(/alerts/[0-9a-f-]{36}/acknowledge)"', page)
    assert address
    done = manager.post(address[1], headers=HTMX).text
    assert "Acknowledged." in done
    assert "acknowledged by manager@acme.example" in done
    assert address[1] not in done


def test_a_rule_and_a_destination_by_their_forms(manager: httpx.Client) -> None:
    kept = manager.post("/alerts/destinations", data={"name": "Ann", "kind": "email", "address": "ann@acme.example"})
    assert "Kept." in kept.text
    hook = {"name": "Hook", "kind": "webhook", "address": "https://hooks.example.com/"}
    assert "whsec_" in manager.post("/alerts/destinations", data=hook).text
    assert "whsec_" not in manager.get("/alerts").text
    form = RULE | {"watch": "occupancy", "threshold": "25", "regions": "north, south", "destinations": "1"}
    page = manager.post("/alerts/rules", data=form).text
    assert "25%" in page
    assert "north, south" in page
    editing = manager.get("/alerts?rule=1").text
    assert 'name="threshold" value="25"' in editing
    changed = manager.post("/alerts/rules?rule_id=1", data=form | {"name": "Half empty", "enabled": ""}).text
    assert "Half empty" in changed
    refused = manager.post("/alerts/destinations/1/delete", headers=HTMX).text
    assert "A rule alerts there" in refused
    assert "Half empty" not in manager.post("/alerts/rules/1/delete", headers=HTMX).text
    assert "ann@acme.example" not in manager.post("/alerts/destinations/1/delete", headers=HTMX).text


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        ("rules", RULE | {"watch": "temperature"}, "needs a threshold"),
        ("rules", RULE | {"minutes": "soon"}, "is not a number"),
        ("rules", RULE | {"quiet_from": "22:00"}, "a beginning and an end"),
        ("destinations", {"name": "x", "kind": "webhook", "address": "https://127.0.0.1/"}, "private network"),
        ("destinations", {"name": "<b>x", "kind": "email", "address": "x"}, "name@example.com"),
    ],
)
def test_what_cannot_be_kept_stays_in_the_form_with_the_reason(
    manager: httpx.Client, path: str, form: dict[str, str], said: str
) -> None:
    answer = manager.post(f"/alerts/{path}", data=form)
    assert answer.status_code == 422
    assert said in answer.text
    assert "<b>x" not in answer.text


def test_in_chinese_and_for_viewers(web: httpx.Client, shelf: Shelf) -> None:
    viewer = signed_in(web, "viewer@acme.example")
    viewer.cookies.set("facings_language", "zh-Hans")
    page = viewer.get("/alerts").text
    assert "当前告警" in page
    assert '<form class="fields"' not in page
    assert viewer.post("/alerts/rules", data=RULE).status_code == 403
