"""Bad input of every kind: each gets a clear answer, or an entry that an operator can read, and the services go on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from cloud.outlets.models import Cooler
from tests.support.cloud import RunningCloud, furnish, wait_until
from tests.support.daemon import RunningDaemon, replay_of
from tests.support.messages import NOON, observation
from tests.support.mqtt_device import MqttDevice

DEVICE = "cooler-01"


@pytest.fixture
def mixed_photos(tmp_path: Path, rendered: list[Path]) -> Path:
    """A good photo, three that are none, and another good one."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    good, other = (photo.read_bytes() for photo in rendered[:2])
    pixel = cv2.imencode(".jpg", np.zeros((1, 1, 3), np.uint8))[1].tobytes()
    files = {"0.jpg": good, "1.jpg": good[: len(good) // 2], "2.jpg": pixel, "3.jpg": b"not a photo\n", "4.jpg": other}
    for name, encoded in files.items():
        (folder / name).write_bytes(encoded)
    return replay_of([folder / name for name in files], tmp_path / "photos", DEVICE)


def test_bad_photos_become_events_with_a_reason_and_the_good_ones_arrive(
    cloud: RunningCloud, daemon: Callable[..., RunningDaemon], mixed_photos: Path
) -> None:
    edge = daemon(DEVICE, mixed_photos)
    edge.start("--once")
    edge.finish()
    with cloud.client() as client:
        period = {"from": "2026-10-01T00:00:00Z"}
        seen = client.get(f"/api/v1/coolers/{DEVICE}/observations", params=period).json()["items"]
        events = client.get(f"/api/v1/devices/{DEVICE}/events", params=period).json()["items"]
    assert len(seen) == 2
    reasons = sorted(event["reason"] for event in events if event["kind"] == "photo-not-taken")
    assert len(reasons) == 3
    assert any("truncated" in reason or "cut" in reason for reason in reasons), reasons
    assert any("1" in reason and "pixel" in reason for reason in reasons), reasons
    assert any("neither" in reason or "no JPEG" in reason or "not a" in reason for reason in reasons), reasons


BAD_MESSAGES = {
    "no object": (b"[1, 2, 3]", "a message is a JSON object"),
    "unknown version": (b'{"schema": "facings/observation/99"}', "facings/observation/99"),
    "no json": (b"{broken", "not JSON"),
    "a megabyte and more": (b'{"pad": "' + b"x" * 1_000_100 + b'"}', "at most 1,000,000"),
}


def test_bad_messages_are_set_aside_for_the_operator_and_good_ones_stored(cloud: RunningCloud) -> None:
    key = cloud.add_device(DEVICE)
    wait_until(lambda: _admits(cloud, key), what="the broker admits the new device")
    with MqttDevice(cloud.mqtt_port, DEVICE, key) as device, cloud.client() as client:
        for payload, _ in BAD_MESSAGES.values():
            device.publish(device.topics.observation, payload)
        device.publish(device.topics.observation, observation(seq=1, captured_at=datetime.now(UTC)))
        device.wait_through(1)
        quarantine = client.get("/api/v1/quarantine").json()["items"]
        health = client.get("/healthz")
    for _, words in BAD_MESSAGES.values():
        assert any(words in item["reason"] for item in quarantine), (words, [item["reason"] for item in quarantine])
    assert health.status_code == 200


def test_a_message_of_ten_megabytes_harms_nobody(cloud: RunningCloud) -> None:
    key = cloud.add_device(DEVICE)
    wait_until(lambda: _admits(cloud, key), what="the broker admits the new device")
    with MqttDevice(cloud.mqtt_port, DEVICE, key) as device:
        device.publish(device.topics.observation, b"x" * 10_000_000, wait=False)
    with MqttDevice(cloud.mqtt_port, DEVICE, key) as device, cloud.client() as client:
        device.publish(device.topics.observation, observation(seq=1, captured_at=datetime.now(UTC)))
        device.wait_through(1)
        assert client.get("/healthz").status_code == 200


def test_a_clock_at_1970_loses_nothing(cloud: RunningCloud) -> None:
    key = cloud.add_device(DEVICE)
    wait_until(lambda: _admits(cloud, key), what="the broker admits the new device")
    document = json.loads(observation(seq=1).to_wire()) | {"captured_at": "1970-01-01T00:03:00.000Z"}
    with MqttDevice(cloud.mqtt_port, DEVICE, key) as device, cloud.client() as client:
        device.publish(device.topics.observation, json.dumps(document).encode())
        device.publish(device.topics.observation, observation(seq=2, captured_at=NOON, units=5))
        device.wait_through(2)
        assert client.get(f"/api/v1/coolers/{DEVICE}/kpi").json()["units"]["value"] == 5


WRONG_CALLS = {
    "a wrong API key": ("/api/v1/overview", {"authorization": "Bearer fak_wrong"}, 401, "not-signed-in"),
    "no key": ("/api/v1/overview", {"authorization": ""}, 401, "not-signed-in"),
    "another tenant's cooler": ("/api/v1/coolers/theirs/kpi", {}, 404, "not-found"),
    "an id that is none": ("/api/v1/coolers/..%2Fetc/kpi", {}, (404, 422), None),
}


@pytest.fixture(scope="module")
def shared_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCloud]:
    with RunningCloud(tmp_path_factory.mktemp("shared") / "cloud") as running:
        with running.records() as records:
            furnish(records, "rival", "admin@rival.example")
            with records.session("rival") as session:
                session.add(Cooler(id="theirs", outlet_id="kiosk", name="Theirs"))
        yield running


@pytest.mark.parametrize(("path", "headers", "status", "code"), WRONG_CALLS.values(), ids=WRONG_CALLS)
def test_wrong_calls_are_told_what_to_do(
    shared_cloud: RunningCloud, path: str, headers: dict[str, str], status: int | tuple[int, ...], code: str | None
) -> None:
    with shared_cloud.client() as client:
        answer = client.get(path, headers=headers)
    assert answer.status_code in (status if isinstance(status, tuple) else (status,))
    error = answer.json()["error"]
    assert code is None or error["code"] == code
    assert error["message"]


def _admits(cloud: RunningCloud, key: str) -> bool:
    try:
        with MqttDevice(cloud.mqtt_port, DEVICE, key):
            return True
    except AssertionError:
        return False
