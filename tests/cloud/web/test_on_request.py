"""'Take a photo now': who may, where a device can, and what became of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from cloud.fleet.models import Device, DeviceCommand
from cloud.web.pages import LANGUAGE_COOKIE
from tests.cloud.web.conftest import signed_in
from tests.support.shelf import Shelf

ADDRESS = "/coolers/cooler-01/photo-now"
BUTTON, POLL = "Take a photo now", "hx-get"


def set_device(shelf: Shelf, state: str = "online", capabilities: tuple[str, ...] = ("snapshot",)) -> None:
    with shelf.services.records.session("acme") as session:
        device = session.get_one(Device, ("acme", "cooler-01"))
        device.state, device.birth = state, {"capabilities": list(capabilities)}


@pytest.mark.parametrize(
    ("state", "capabilities", "offered"),
    [("online", ("snapshot",), True), ("offline", ("snapshot",), False), ("online", ("flush",), False)],
)
def test_the_button_is_there_where_a_device_can(
    shelf: Shelf, manager: httpx.Client, state: str, capabilities: tuple[str, ...], offered: bool
) -> None:
    set_device(shelf, state, capabilities)
    assert (BUTTON in manager.get(ADDRESS).text) is offered
    assert (manager.post(ADDRESS).status_code == 200) is offered


def test_who_may_only_look_has_no_button(shelf: Shelf, web: httpx.Client) -> None:
    set_device(shelf)
    viewer = signed_in(web, "viewer@acme.example")
    assert BUTTON not in viewer.get(ADDRESS).text
    assert viewer.post(ADDRESS).status_code == 403


def test_another_tenants_cooler_is_none(shelf: Shelf, web: httpx.Client) -> None:
    assert signed_in(web, "manager@other.example").get("/coolers/nowhere/photo-now").status_code == 404


def test_a_device_that_goes_away_meanwhile_is_told(shelf: Shelf, manager: httpx.Client) -> None:
    set_device(shelf)
    manager.post(ADDRESS)
    set_device(shelf, "offline")
    with shelf.services.records.session("acme") as session:
        row = session.query(DeviceCommand).one()
        row.expires_at = datetime.now(UTC) - timedelta(minutes=1)
    text = manager.get(ADDRESS, params={"command": str(row.id)}).text
    assert "The device did not answer" in text
    assert BUTTON not in text
    assert manager.get("/coolers/cooler-02/photo-now", params={"command": str(row.id)}).status_code == 404


@pytest.mark.parametrize(
    ("became", "words", "asks_again"),
    [
        ({}, "Asking the camera", True),
        ({"answered_at": datetime.now(UTC), "ok": True}, "It appears here once it has been read", False),
        ({"answered_at": datetime.now(UTC), "ok": False, "error": "lens covered"}, "No photo: lens covered", False),
        ({"expires_at": datetime.now(UTC) - timedelta(minutes=1)}, "The device did not answer", False),
    ],
    ids=["waiting", "done", "failed", "expired"],
)
def test_the_page_follows_what_became_of_it(
    shelf: Shelf, manager: httpx.Client, became: dict[str, object], words: str, asks_again: bool
) -> None:
    set_device(shelf)
    assert POLL in manager.post(ADDRESS).text
    with shelf.services.records.session("acme") as session:
        row = session.query(DeviceCommand).one()
        for name, value in became.items():
            setattr(row, name, value)
    text = manager.get(ADDRESS, params={"command": str(row.id)}).text
    assert words in text
    assert (POLL in text) is asks_again
    manager.cookies.set(LANGUAGE_COOKIE, "zh-Hans")
    assert "立即拍照" in manager.get(ADDRESS).text
