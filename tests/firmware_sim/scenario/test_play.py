"""A scenario's timeline on real simulated hardware, in a time that the test makes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from facings.messages import CoolerPart
from firmware_sim.device.clock import DriftingClock
from firmware_sim.device.computer import Computer
from firmware_sim.device.fault import Fault
from firmware_sim.device.link import Link
from firmware_sim.scenario.model import Scenario
from firmware_sim.scenario.play import Happening, Player
from firmware_sim.scenario.reading import parse_scenario
from firmware_sim.scenario.stage import Stage
from tests.firmware_sim.device.conftest import ToldClock


class Waiting(threading.Event):
    """Instead of waiting, lets the clock go on."""

    def __init__(self, clock: ToldClock) -> None:
        super().__init__()
        self._clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None, "nothing would end this"
        self._clock.seconds += timeout
        return self.is_set()


@contextmanager
def on_stage(scenario: Scenario, clock: ToldClock) -> Iterator[Stage]:
    stage = Stage.of(scenario, clock)
    stage.start()
    try:
        yield stage
    finally:
        stage.stop()


def scenario_of(replay: Path, timeline: str, doors: str = "[]") -> Scenario:
    return parse_scenario(
        f"""
coolers:
  cooler-01:
    camera: {{replay: {replay}}}
    controller: {{doors: {doors}}}
timeline: {timeline}
""",
        "test",
    )


PARTS: tuple[CoolerPart, CoolerPart] = ("upper", "lower")
CAMERA = {
    "frozen-picture": Fault.FROZEN,
    "camera-timeout": Fault.TIMEOUT,
    "truncated-jpeg": Fault.TRUNCATED,
    "black-frame": Fault.BLACK,
    "white-frame": Fault.WHITE,
    "moved-camera": Fault.MOVED,
}


@pytest.mark.parametrize(("name", "fault"), CAMERA.items())
def test_a_camera_is_ill_for_its_time(replay: Path, name: str, fault: Fault) -> None:
    clock = ToldClock()
    scenario = scenario_of(replay, f"[{{fault: {name}, at: 5s, for: 10s}}]")
    seen = []
    with on_stage(scenario, clock) as stage:
        camera = stage.cameras["cooler-01"]
        Player(scenario, stage, lambda _: seen.append((clock.seconds, camera.fault)), clock, Waiting(clock)).play()
    assert seen == [(5.0, fault), (15.0, Fault.NONE)]


def test_one_of_several_cameras_is_ill(replay: Path) -> None:
    clock = ToldClock()
    scenario = scenario_of(replay, "[{fault: black-frame, at: 5s, for: 10s, shows: upper}]")
    dark: list[tuple[bool, bool]] = []
    with on_stage(scenario, clock) as stage:
        camera = stage.cameras["cooler-01"]

        def look(_: Happening) -> None:
            upper, lower = (cv2.imdecode(np.frombuffer(camera.capture(part), np.uint8), 0) for part in PARTS)
            dark.append((bool(upper.max() < 20), bool(lower.max() < 20)))

        Player(scenario, stage, look, clock, Waiting(clock)).play()
    assert dark == [(True, False), (False, False)]


def test_the_controller_is_ill_and_shoppers_come(replay: Path) -> None:
    clock = ToldClock()
    told: list[Happening] = []
    timeline = (
        "[{fault: sensor-failure, at: 1s, for: 2s, sensor: evaporator},"
        " {fault: stuck-door-switch, at: 10s, for: 5s, reads: closed}]"
    )
    scenario = scenario_of(replay, timeline, "[{at: 4s, for: 1s, every: 8s}]")
    with on_stage(scenario, clock) as stage:
        controller = stage.controllers["cooler-01"].controller
        states: list[Any] = []

        def tell(happening: Happening) -> None:
            told.append(happening)
            states.append((happening.at, bool(controller.failed), controller.door.is_open, controller.door.reads_open))

        Player(scenario, stage, tell, clock, Waiting(clock)).play()
    assert states == [
        (1.0, True, False, False),
        (3.0, False, False, False),
        (4.0, False, True, True),
        (5.0, False, False, False),
        (10.0, False, False, False),
        (12.0, False, True, False),
        (13.0, False, False, False),
        (15.0, False, False, False),
    ]
    assert told[0].text == "a temperature sensor fails for 2s"
    assert [happening.what for happening in told].count("door") == 4


def test_shoppers_of_the_living_world_take_drinks_and_open_the_door() -> None:
    clock = ToldClock()
    scenario = parse_scenario(
        "for: 1h\ncoolers: {cooler-01: {camera: {speed: 24, world: {seed: 3, days: 2}}, controller: {shoppers: true}}}",
        "test",
    )
    told: list[Happening] = []
    with on_stage(scenario, clock) as stage:
        camera = stage.cameras["cooler-01"]
        before, picture = camera.scene.describe()["units"], camera.scene.pixels()
        Player(scenario, stage, told.append, clock, Waiting(clock)).play()
        after = camera.scene.describe()
        openings = stage.controllers["cooler-01"].controller.door.openings
        assert (camera.scene.pixels() != picture).any()
    assert openings == sum(happening.text == "the door is opened" for happening in told) > 5
    assert after["units"] != before
    assert all(ends.at > begins.at for begins, ends in pairwise(told))


def test_what_is_still_wrong_at_the_end_is_put_right(replay: Path) -> None:
    clock = ToldClock()
    scenario = scenario_of(replay, "[{fault: black-frame}]").model_copy(update={"lasts": 3.0})
    with on_stage(scenario, clock) as stage:
        Player(scenario, stage, lambda _: None, clock, Waiting(clock)).play()
        assert stage.cameras["cooler-01"].fault is Fault.NONE


def test_a_clock_is_reset_and_jumps(tmp_path: Path) -> None:
    clock = ToldClock()
    scenario = parse_scenario(
        "computer: {config: edge.toml}\n"
        "timeline: [{fault: clock-1970, at: 1s, for: 2s}, {fault: clock-jump, at: 4s, for: 2s, by: 3h}]",
        "test",
    )
    drifting = DriftingClock(source=clock)
    drifting.now()
    seen = []
    stage = Stage(clock=drifting)
    Player(scenario, stage, lambda _: seen.append(drifting.error()), clock, Waiting(clock)).play()
    years = timedelta(days=20_454)
    assert [seen[0] < -years, *seen[1:]] == [True, timedelta(0), timedelta(hours=3), timedelta(0)]


def test_a_part_that_cannot_start_leaves_nothing_running(replay: Path) -> None:
    scenario = scenario_of(replay, "[]")
    stage = Stage.of(scenario, ToldClock())
    stage.links["broker"] = Link("127.0.0.1", 1, port=1)
    stage.computer = Computer(replay / "absent.toml", replay / "log")
    with pytest.raises(Exception, match=r"absent\.toml"):
        stage.start()
    assert not any(thread.name in ("camera", "controller", "link") for thread in threading.enumerate())
