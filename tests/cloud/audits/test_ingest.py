"""Ingest over the real broker, in a cloud of its own process."""

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest

from facings.logins import mqtt_username
from facings.messages import (
    Birth,
    Command,
    CommandReply,
    ConfigDesired,
    ConfigReported,
    CoolerKpi,
    Observation,
    OverviewKpi,
    StockoutList,
)
from facings.topics import DeviceTopics, KpiTopics
from tests.support.cloud import TENANT, RunningCloud, wait_until
from tests.support.messages import BOOT, CLOCK, NOON, observation
from tests.support.mqtt_device import MqttDevice, MqttPeer
from tests.support.postgres import server

TOPICS = KpiTopics(TENANT)
ENVELOPE = {"boot_id": BOOT, "captured_at": NOON, "sent_at": NOON, "clock": CLOCK}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def cloud(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[RunningCloud]:
    records_url = "" if request.param == "sqlite" else server().new_database()
    with RunningCloud(tmp_path_factory.mktemp("ingest") / "cloud", records_url=records_url) as running:
        yield running


@pytest.fixture(scope="module")
def key(cloud: RunningCloud) -> str:
    product = {"sku": "cola-330", "name": "Cola", "brand": "Cola", "owner": "us", "own": True}
    with cloud.client() as http:
        http.put("/api/v1/products", json={"products": [product]}).raise_for_status()
        rows = [[{"sku": "cola-330", "depth": 3}]]
        plan = http.post("/api/v1/planograms", json={"name": "one lane", "rows": rows}).raise_for_status().json()
        cooler = {"id": "cooler-01", "outlet_id": "kiosk", "name": "Front", "planogram_id": plan["id"]}
        http.put("/api/v1/coolers", json={"coolers": [cooler]}).raise_for_status()
    return cloud.add_device("cooler-01")


@pytest.fixture
def device(cloud: RunningCloud, key: str) -> Iterator[MqttDevice]:
    with MqttDevice(cloud.mqtt_port, "cooler-01", key) as connected:
        yield connected


@pytest.fixture
def page(cloud: RunningCloud) -> Iterator[MqttPeer]:
    with MqttPeer(cloud.mqtt_port, *cloud.page_login(), [f"{TOPICS.base}/#"]) as connected:
        yield connected


def test_a_photo_becomes_live_numbers_and_a_stock_out(device: MqttDevice, page: MqttPeer) -> None:
    full = observation(units=3, seq=1)
    device.publish(device.topics.observation, full)
    device.wait_through(1)

    def cooler_of(message: Observation) -> CoolerKpi | None:
        payload = page.last(TOPICS.cooler("cooler-01"))
        kpi = CoolerKpi.from_wire(payload) if payload else None
        return kpi if kpi and kpi.observation == message.id else None

    kpi = wait_until(lambda: cooler_of(full), what="the cooler's numbers")
    assert (kpi.units.value, kpi.facings, kpi.share.own.value, kpi.occupancy.value) == (3, 3, 1, 1)
    later = NOON + timedelta(hours=2)
    empty = observation(counts={}, seq=2, captured_at=later)
    device.publish(device.topics.observation, empty)
    kpi = wait_until(lambda: cooler_of(empty), what="the numbers of the empty cooler")
    assert [(s.sku, s.first_missed_at, s.back_at) for s in kpi.stockouts] == [("cola-330", later, None)]

    def listed() -> StockoutList | None:
        found = StockoutList.from_wire(page.last(TOPICS.stockouts))
        return found if found.total else None

    assert wait_until(listed, what="the stock-out").stockouts[0].proposal
    overview = OverviewKpi.from_wire(page.last(TOPICS.overview))
    assert (overview.open_stockouts, overview.open_proposals, overview.observations) == (1, 1, 2)


def quarantined(cloud: RunningCloud) -> list[dict[str, object]]:
    with cloud.client() as client:
        items: list[dict[str, object]] = client.get("/api/v1/quarantine").json()["items"]
    return items


def test_bad_messages_stop_nothing(cloud: RunningCloud, device: MqttDevice) -> None:
    boot = uuid.uuid4()
    before = len(quarantined(cloud))
    device.publish(device.topics.observation, b"[1, 2, 3]")
    version_9 = json.loads(observation(boot_id=boot, seq=1).to_wire()) | {"schema": "facings/observation/9"}
    device.publish(device.topics.observation, json.dumps(version_9).encode())
    device.publish(device.topics.observation, observation(boot_id=boot, seq=2))
    ack = wait_until(
        lambda: next((b for a in device.acks() for b in a.boots if b.boot_id == boot and b.through == 2), None),
        what="the ack of the good one",
    )
    assert ack.missing == ()
    refused = [r for a in device.acks() for b in a.boots if b.boot_id == boot for r in b.refused]
    assert [(r.seq, "facings/observation/9" in r.reason) for r in refused] == [(1, True)]
    assert len(quarantined(cloud)) == before + 2


def test_a_message_of_10_mb_is_refused_by_the_broker_and_stops_nothing(cloud: RunningCloud, key: str) -> None:
    with MqttDevice(cloud.mqtt_port, "cooler-01", key) as huge:
        huge.publish(huge.topics.observation, b"{" + b" " * 10_000_000, wait=False)
        wait_until(lambda: not huge.connected, what="the end of the connection")
    boot = uuid.uuid4()
    with MqttDevice(cloud.mqtt_port, "cooler-01", key) as device:
        device.publish(device.topics.observation, observation(boot_id=boot, seq=1))
        wait_until(lambda: any(b.boot_id == boot for a in device.acks() for b in a.boots), what="an ack")


def test_a_device_cannot_speak_for_another(cloud: RunningCloud, device: MqttDevice) -> None:
    cloud.add_device("cooler-02")
    for topic in ("facings/1/acme/cooler-02/observation", "facings/1/other/cooler-01/observation"):
        device.publish(topic, observation(boot_id=uuid.uuid4(), seq=1), wait=False)
    boot = uuid.uuid4()
    device.publish(device.topics.observation, observation(boot_id=boot, seq=1))
    wait_until(lambda: any(b.boot_id == boot for a in device.acks() for b in a.boots), what="an ack of its own")
    with cloud.client() as client:
        assert client.get("/api/v1/coolers/cooler-02/kpi").json()["error"]["code"] == "no-photo-yet"


def test_kill_9_in_the_middle_stores_everything_once(cloud: RunningCloud, key: str) -> None:
    boot = uuid.uuid4()
    photos = [
        observation(units=1, boot_id=boot, seq=seq, captured_at=NOON + timedelta(days=1, seconds=seq))
        for seq in range(1, 201)
    ]
    with MqttDevice(cloud.mqtt_port, "cooler-01", key) as device:
        for photo in photos:
            device.publish(device.topics.observation, photo, wait=False)
        wait_until(device.acks, what="the first ack")
        cloud.kill9()
    cloud.restart()
    with MqttDevice(cloud.mqtt_port, "cooler-01", key) as device:
        for photo in photos:
            device.publish(device.topics.observation, photo, wait=False)
        wait_until(
            lambda: any(
                b.boot_id == boot and b.through == 200 and not b.missing for a in device.acks() for b in a.boots
            ),
            what="an ack of all",
        )
    since = {"from": "2026-11-03T12:00:00Z", "to": "2026-11-03T13:00:00Z", "limit": "500"}
    with cloud.client() as client:
        stored = client.get("/api/v1/coolers/cooler-01/observations", params=since).json()["items"]
    assert sorted(item["id"] for item in stored) == sorted(str(photo.id) for photo in photos)


def test_a_command_reaches_its_device_and_its_answer_comes_back(cloud: RunningCloud, key: str) -> None:
    topics = DeviceTopics(TENANT, "cooler-01")
    username = mqtt_username(TENANT, "cooler-01")
    with cloud.client() as http, MqttPeer(cloud.mqtt_port, username, key, [topics.commands]) as device:
        device.publish(
            topics.birth, Birth(**ENVELOPE, version="1", models={}, outbox_depth=0, capabilities=("snapshot",))
        )
        commands = "/api/v1/devices/cooler-01/commands"
        wait_until(lambda: http.get("/api/v1/devices/cooler-01").json()["birth"], what="birth")
        asked = http.post(commands, json={"name": "snapshot"}).raise_for_status().json()
        heard = wait_until(lambda: device.last(topics.command("snapshot")), what="the command")
        command = Command.from_wire(heard)
        photo = str(uuid.uuid4())
        reply = CommandReply(**ENVELOPE, request=command.id, ok=True, detail={"photo_id": photo})
        device.publish(topics.reply("snapshot"), reply)
        device.publish(topics.reply("snapshot"), reply.model_copy(update={"ok": False, "error": "twice"}))
        wait_until(lambda: http.get(f"{commands}/{asked['id']}").json()["state"] != "waiting", what="the answer")
        answer = http.get(f"{commands}/{asked['id']}").json()
        assert (answer["state"], answer["detail"], answer["error"]) == ("done", {"photo_id": photo}, "")


def test_a_device_takes_up_the_settings_wished_for_when_it_comes(cloud: RunningCloud, key: str) -> None:
    topics = DeviceTopics(TENANT, "cooler-01")
    config = "/api/v1/devices/cooler-01/config"
    with cloud.client() as http:
        settings = {"schedule": {"cron": ["0 8 * * *"]}}
        wished = http.put(config, json={"settings": settings}).raise_for_status().json()
        with MqttPeer(cloud.mqtt_port, mqtt_username(TENANT, "cooler-01"), key, [topics.config_desired]) as device:
            desired = ConfigDesired.from_wire(wait_until(lambda: device.last(topics.config_desired), what="the wish"))
            assert (desired.revision, desired.settings) == (wished["revision"], settings)
            device.publish(
                topics.config_reported, ConfigReported(**ENVELOPE, revision=desired.revision, settings=settings)
            )
            reported = wait_until(lambda: http.get(config).json()["reported"], what="what the device reports")
            assert (reported["revision"], reported["errors"]) == (wished["revision"], {})
