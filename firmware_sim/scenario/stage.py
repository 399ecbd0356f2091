"""The simulated hardware of a scenario, all of it started and stopped together."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from facings.clock import Clock, SystemClock
from facings.errors import UnavailableError
from firmware_sim.device.camera import SnapshotCamera
from firmware_sim.device.computer import Computer
from firmware_sim.device.controller import Controller
from firmware_sim.device.disk import SmallDisk
from firmware_sim.device.link import Link
from firmware_sim.device.modbus import ControllerServer
from firmware_sim.device.scene import ReplayedScene, SceneSource
from firmware_sim.device.visits import Visit, visits
from firmware_sim.scenario.model import CameraPart, ControllerPart, Scenario
from firmware_sim.world.job import WorldJob
from firmware_sim.world.live_scene import LiveScene
from firmware_sim.world.settings import WorldSettings, with_promotions


class Part(Protocol):
    """Hardware that is started and stopped."""

    def start(self) -> None:
        """Begin."""
        ...

    def stop(self) -> None:
        """End."""
        ...


class SettableClock(Protocol):
    """A clock that a fault can set: `DriftingClock`, or that of a `Computer`."""

    def jump(self, by: timedelta) -> None:
        """Set it forward or back."""
        ...

    def reset(self) -> None:
        """It is 1970."""
        ...

    def correct(self) -> None:
        """Set it right."""
        ...


class PowerSwitch(Protocol):
    """A computer that can lose its power."""

    def cut_power(self) -> None:
        """It is off at once."""
        ...

    def start(self) -> None:
        """It is on again."""
        ...


class Killable(Protocol):
    """A program that someone restarts when it is killed."""

    def kill(self) -> None:
        """End it at once."""
        ...


@dataclass(frozen=True)
class WatchedBroker:
    """A broker of which only the process id is known."""

    pid_file: Path

    def kill(self) -> None:
        """kill -9.

        Raises:
            UnavailableError: it does not run.
        """
        try:
            os.kill(int(self.pid_file.read_text()), signal.SIGKILL)
        except (OSError, ValueError) as error:
            raise UnavailableError(f"the broker of {self.pid_file} cannot be killed: {error}") from error


@dataclass
class Stage:
    """What faults happen to. A test can put its own daemon, clock or broker on it."""

    cameras: dict[str, SnapshotCamera] = field(default_factory=dict)
    controllers: dict[str, ControllerServer] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    computer: PowerSwitch | None = None
    clock: SettableClock | None = None
    broker: Killable | None = None
    disk: SmallDisk | None = None
    _started: list[Part] = field(default_factory=list)

    @classmethod
    def of(cls, scenario: Scenario, clock: Clock | None = None) -> Stage:
        """The hardware that the scenario names, not started."""
        clock = clock or SystemClock()
        stage = cls()
        for name, cooler in scenario.coolers.items():
            if cooler.camera:
                stage.cameras[name] = camera_of(cooler.camera, clock)
            if cooler.controller:
                stage.controllers[name] = controller_of(cooler.controller, clock)
        stage.links = {name: Link(*link.far_end, port=link.port) for name, link in scenario.links.items()}
        if scenario.disk:
            stage.disk = SmallDisk(scenario.disk.folder, scenario.disk.size_mb)
        if scenario.broker:
            stage.broker = WatchedBroker(scenario.broker.pid_file)
        if scenario.computer:
            computer = Computer(scenario.computer.config, scenario.computer.log, scenario.computer.drift_ppm)
            stage.computer, stage.clock = computer, computer.clock
        return stage

    def start(self) -> None:
        """Start everything, the computer last; where a part cannot, those started are stopped again.

        Raises:
            FacingsError: a part cannot start.
        """
        try:
            for part in self._parts():
                part.start()
                self._started.append(part)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything, last first."""
        while self._started:
            self._started.pop().stop()

    def addresses(self) -> Iterator[tuple[str, str]]:
        """What to put into the daemon's settings: name of the part and its address."""
        for name, camera in self.cameras.items():
            yield f"camera of {name}", f"{camera.address}/capture"
        for name, controller in self.controllers.items():
            yield f"controller of {name}", "modbus://{}:{}".format(*controller.address)
        for name, link in self.links.items():
            yield f"link {name}", "{}:{}".format(*link.address)

    def visits(self, cooler: str) -> Iterator[Visit]:
        """Who opens the door of a cooler of the living world, in order; nobody elsewhere. The stage has started."""
        scene = self.cameras[cooler].scene
        return visits(scene.history, scene.begins, scene.speed) if isinstance(scene, LiveScene) else iter(())

    def _parts(self) -> Iterator[Part]:
        yield from self.cameras.values()
        yield from self.controllers.values()
        yield from self.links.values()
        if self.disk:
            yield self.disk
        if isinstance(self.computer, Computer):
            yield self.computer


def camera_of(part: CameraPart, clock: Clock) -> SnapshotCamera:
    """A camera that sees a replay or the living world."""
    return SnapshotCamera(_scene_of(part, clock), part.port)


def _scene_of(part: CameraPart, clock: Clock) -> SceneSource:
    if part.replay is not None:
        return ReplayedScene(part.replay, part.speed, clock)
    world = part.world
    assert world, "the model has seen to it"
    # A promotion needs weeks and many outlets; this world is for hours of one cooler.
    job = WorldJob(world.seed, world.outlets, world.days, settings=with_promotions(WorldSettings(), 0))
    return LiveScene(job, world.cooler, part.speed, clock)


def controller_of(part: ControllerPart, clock: Clock) -> ControllerServer:
    """A controller with its settings."""
    controller = Controller(
        ambient_c=part.ambient,
        set_point_c=part.set_point,
        light=part.light,
        door_ajar_after_s=part.door_ajar_after,
    )
    return ControllerServer(controller, part.port, part.speed, clock)
