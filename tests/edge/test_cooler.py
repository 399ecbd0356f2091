"""The daemon with a cooler's controller on Modbus TCP: door, temperatures, alarms, photos after the door closes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge.check import check_device
from edge.settings import EdgeSettings
from facings.messages import Birth, Event, Health
from firmware_sim.device.controller import Controller, Sensor
from firmware_sim.device.modbus import ControllerServer
from tests.support.acking_peer import AckingPeer, wait_until
from tests.support.broker import Broker, free_port
from tests.support.cooler import SquareReader, square_photo
from tests.support.http_peer import Answer, HttpPeer
from tests.support.live_device import NEVER, ask, device, live


@pytest.fixture
def cooler() -> Iterator[ControllerServer]:
    server = ControllerServer(Controller(), port=free_port())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def camera() -> Iterator[HttpPeer]:
    shades = iter(range(100))
    with HttpPeer(lambda _: Answer(body=square_photo(3, next(shades) + 30))) as peer:
        yield peer


@pytest.fixture
def peer(broker: Broker) -> Iterator[AckingPeer]:
    with AckingPeer(broker.port) as listening:
        yield listening


def with_controller(
    folder: Path, broker: Broker, camera: HttpPeer, cooler: ControllerServer, **schedule: Any
) -> EdgeSettings:
    host, port = cooler.host, cooler.port
    controller = {"url": f"modbus://{host}:{port}", "poll_s": 0.05, "timeout_s": 2}
    wanted = {"cron": [NEVER], "after_door_s": 0.1, "door_interval_s": 0} | schedule
    return live(folder, broker, camera, controller=controller, schedule=wanted)


def move(cooler: ControllerServer, *positions: bool) -> None:
    with cooler.now() as controller:
        for is_open in positions:
            controller.door.move(is_open)


def wait_for_first_poll(cooler: ControllerServer, peer: AckingPeer) -> None:
    """Until the device knows how the door stands: what moved before is no news to it."""
    with cooler.now() as controller:
        controller.failed.add(Sensor.AMBIENT)
    wait_until(lambda: bool(alarms(peer, "sensor-failure")), "the first poll")
    with cooler.now() as controller:
        controller.failed.clear()


def alarms(peer: AckingPeer, name: str) -> list[Event]:
    return [event for event in peer.events("alarm") if event.detail["alarm"] == name]


def test_the_door_is_told_and_a_photo_follows_its_closing(
    tmp_path: Path, broker: Broker, camera: HttpPeer, cooler: ControllerServer, peer: AckingPeer
) -> None:
    with device(with_controller(tmp_path, broker, camera, cooler)):
        wait_until(lambda: bool(peer.on("birth")), "birth")
        assert {"controller", "door"} <= set(Birth.from_wire(peer.on("birth")[0]).capabilities)
        wait_for_first_poll(cooler, peer)
        move(cooler, True)
        wait_until(lambda: len(peer.events("door-opened")) == 1, "opened")
        assert not camera.requests
        move(cooler, False)
        wait_until(lambda: len(peer.observations()) == 1, "a photo after the door")
        move(cooler, True, False)  # between two polls
        wait_until(lambda: len(peer.observations()) == 2, "a photo after the opening that no poll saw")
    assert {observation.trigger for observation in peer.observations()} == {"door"}
    closings = peer.events("door-closed")
    assert [(event.detail["openings"], event.detail.get("missed", 0)) for event in closings] == [(1, 0), (2, 1)]
    assert closings[0].detail["open_s"] >= 0


def test_health_carries_what_the_controller_measures(
    tmp_path: Path, broker: Broker, camera: HttpPeer, cooler: ControllerServer, peer: AckingPeer
) -> None:
    with cooler.now() as controller:
        controller.failed.add(Sensor.EVAPORATOR)
    with device(with_controller(tmp_path, broker, camera, cooler)) as running:
        wait_until(lambda: bool(alarms(peer, "sensor-failure")), "the controller's own alarm")
        running.report_health()
        wait_until(
            lambda: any(Health.from_wire(said).alarms == ("sensor-failure",) for said in peer.on("health")), "health"
        )
        with cooler.now() as controller:
            controller.failed.clear()
        wait_until(lambda: len(alarms(peer, "sensor-failure")) == 2, "the alarm is over")
    health = Health.from_wire(peer.on("health")[-1])
    assert health.cabinet_c == pytest.approx(4, abs=3)
    assert (health.evaporator_c, health.door_openings, health.door_open) == (None, 0, False)
    assert health.supply_v == pytest.approx(230, abs=10)
    assert alarms(peer, "sensor-failure")[1].detail["over"]


def test_a_controller_that_is_lost_is_one_alarm_until_it_is_back(
    tmp_path: Path,
    broker: Broker,
    camera: HttpPeer,
    cooler: ControllerServer,
    peer: AckingPeer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", logger="edge")
    with device(with_controller(tmp_path, broker, camera, cooler)):
        wait_until(lambda: bool(peer.on("birth")), "birth")
        wait_for_first_poll(cooler, peer)
        cooler.stop()
        wait_until(lambda: len(alarms(peer, "controller-lost")) == 1, "lost")
        assert ask(peer, "snapshot").ok
        back = ControllerServer(cooler.controller, port=cooler.port)
        back.controller.door.openings += 1  # while nobody looked
        back.start()
        wait_until(lambda: len(alarms(peer, "controller-lost")) == 2, "back")
        wait_until(lambda: len(peer.events("door-closed")) == 1, "the opening nobody saw")
        back.stop()
        wait_until(lambda: len(alarms(peer, "controller-lost")) == 3, "lost again")
    assert [event.detail.get("over", False) for event in alarms(peer, "controller-lost")] == [False, True, False]
    assert len([record for record in caplog.records if "controller is back" in record.message]) == 1
    with device(with_controller(tmp_path, broker, camera, cooler)):
        wait_until(lambda: len(peer.on("birth")) == 2, "birth")
    assert len(alarms(peer, "controller-lost")) == 3, "an alarm that is still on is not told again after a restart"
    with device(live(tmp_path, broker, camera)):
        wait_until(lambda: len(alarms(peer, "controller-lost")) == 4, "over: there is no controller in the settings")


def test_a_fluttering_switch_makes_no_storm_of_photos(
    tmp_path: Path, broker: Broker, camera: HttpPeer, cooler: ControllerServer, peer: AckingPeer
) -> None:
    with device(with_controller(tmp_path, broker, camera, cooler, door_interval_s=3600)):
        wait_for_first_poll(cooler, peer)
        while not alarms(peer, "door-stuck"):
            move(cooler, True, False)
            seen = cooler.controller.door.openings
            wait_until(
                lambda seen=seen: (
                    seen in {e.detail.get("openings") for e in peer.events()} or bool(alarms(peer, "door-stuck"))
                ),
                "the opening, or the alarm",
            )
        assert ask(peer, "snapshot").ok
        wait_until(lambda: len(peer.observations()) >= 1, "the photo asked for")
    assert [observation.trigger for observation in peer.observations()].count("door") <= 1
    assert len(alarms(peer, "door-stuck")) == 1


def test_check_looks_at_the_controller(
    tmp_path: Path, broker: Broker, camera: HttpPeer, cooler: ControllerServer
) -> None:
    def found(settings: EdgeSettings) -> tuple[bool, str]:
        findings = {finding.what: finding for finding in check_device(settings, SquareReader)}
        return findings["controller"].ok, findings["controller"].text

    settings = with_controller(tmp_path, broker, camera, cooler)
    ok, text = found(settings)
    assert ok
    assert "door closed" in text
    wrong = settings.model_copy(update={"controller": settings.controller.model_copy(update={"unit": 9})})
    assert found(wrong)[0] is False
    cooler.stop()
    ok, text = found(settings)
    assert not ok
    assert "controller.url" in text
