"""Commands and wished settings over REST; how they travel is shown over a real broker in tests/cloud/audits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cloud.fleet.models import Device, DeviceCommand
from cloud.fleet.wishes import Wishes
from facings.messages import Command, ConfigDesired
from tests.cloud.conftest import Api
from tests.support.cloud import wait_until


class Line:
    """Keeps what is said to devices."""

    def __init__(self) -> None:
        self.said: list[tuple[str, bytes, bool]] = []

    def publish(self, topic: str, payload: bytes, qos: int = 1, retain: bool = False) -> bool:
        assert qos == 1
        self.said.append((topic, payload, retain))
        return True


@pytest.fixture(scope="module", autouse=True)
def _devices(api: Api) -> None:
    api.acme.put("/api/v1/coolers/front", json={"outlet_id": "kiosk", "name": "Front"}).raise_for_status()
    for name in ("front-1", "revoked", "silent"):
        api.acme.post("/api/v1/devices", json={"id": name, "cooler": "front"}).raise_for_status()
    api.acme.delete("/api/v1/devices/revoked").raise_for_status()
    with api.services.records.session("acme") as session:
        session.get_one(Device, ("acme", "front-1")).birth = {"capabilities": ["snapshot", "flush"]}


@pytest.fixture
def line(api: Api) -> Iterator[Line]:
    before, api.services.devices = api.services.devices, Line()
    yield api.services.devices
    api.services.devices = before


def test_a_command_goes_to_its_device_and_waits(api: Api, line: Line) -> None:
    with api.role("manager") as manager:
        asked = manager.post("/api/v1/devices/front-1/commands", json={"name": "snapshot"})
    assert asked.status_code == 202
    answer = asked.json()
    assert (answer["name"], answer["state"], answer["answered_at"]) == ("snapshot", "waiting", None)
    ((topic, payload, retain),) = wait_until(lambda: line.said, 5, "the command")
    assert (topic, retain) == ("facings/1/acme/front-1/cmd/snapshot", False)
    command = Command.from_wire(payload)
    assert str(command.id) == answer["id"]
    assert command.expires_at is not None
    assert timedelta(0) < command.expires_at - datetime.now(UTC) <= timedelta(seconds=120)
    assert api.acme.get("/api/v1/devices/front-1/commands").json()["items"][0] == answer
    assert api.bravo.get(f"/api/v1/devices/front-1/commands/{answer['id']}").status_code == 404


def test_a_command_that_nobody_answered_in_time_has_expired(api: Api, line: Line) -> None:
    asked = api.acme.post("/api/v1/devices/front-1/commands", json={"name": "flush"}).json()
    with api.services.records.session("acme") as session:
        for row in session.query(DeviceCommand):
            row.expires_at = datetime.now(UTC) - timedelta(seconds=1)
    assert api.acme.get(f"/api/v1/devices/front-1/commands/{asked['id']}").json()["state"] == "expired"
    wait_until(lambda: line.said, 5, "it was sent")


@pytest.mark.parametrize(
    ("device", "body", "status", "words"),
    [
        ("nobody", {"name": "snapshot"}, 404, "there is no device"),
        ("revoked", {"name": "snapshot"}, 409, "is revoked"),
        ("silent", {"name": "snapshot"}, 409, "was never online"),
        ("front-1", {"name": "dance"}, 409, "it can do snapshot, flush"),
        ("front-1", {"name": "Dance!"}, 422, "name"),
        ("front-1", {"name": "snapshot", "within_seconds": 0}, 422, "within_seconds"),
    ],
)
def test_what_cannot_be_asked_is_told(
    api: Api, line: Line, device: str, body: dict[str, Any], status: int, words: str
) -> None:
    refused = api.acme.post(f"/api/v1/devices/{device}/commands", json=body)
    assert refused.status_code == status
    assert words in refused.text
    assert not line.said


def test_who_may_only_look_asks_for_nothing(api: Api, line: Line) -> None:
    with api.role("viewer") as viewer:
        assert viewer.post("/api/v1/devices/front-1/commands", json={"name": "snapshot"}).status_code == 403
        assert viewer.put("/api/v1/devices/front-1/config", json={"settings": {}}).status_code == 403
        assert viewer.get("/api/v1/devices/front-1/commands").status_code == 200
    assert not line.said


def test_a_wish_replaces_the_one_before_and_is_sent_again_until_reported(api: Api, line: Line) -> None:
    def wish(cron: str) -> dict[str, Any]:
        settings = {"schedule": {"cron": [cron]}}
        answer: dict[str, Any] = api.acme.put("/api/v1/devices/front-1/config", json={"settings": settings}).json()
        return answer

    assert wish("0 8 * * *")["revision"] + 1 == wish("0 9 * * *")["revision"]
    wait_until(lambda: len(line.said) == 2, 5, "both wishes")
    topic, payload, retain = line.said[-1]
    assert (topic, retain) == ("facings/1/acme/front-1/config/desired", True)
    desired = ConfigDesired.from_wire(payload)
    assert desired.settings == {"schedule": {"cron": ["0 9 * * *"]}}

    restarted = Line()
    Wishes(api.services, restarted).start()
    assert [json.loads(said[1]) for said in restarted.said] == [json.loads(payload)]
    with api.services.records.session("acme") as session:
        session.get_one(Device, ("acme", "front-1")).reported = {"revision": desired.revision, "settings": {}}
    settled = Line()
    Wishes(api.services, settled).start()
    assert not settled.said
    assert api.acme.get("/api/v1/devices/front-1/config").json()["reported"]["revision"] == desired.revision
