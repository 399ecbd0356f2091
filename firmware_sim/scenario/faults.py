"""Makes a fault happen, and undoes it: one function for each kind of step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import singledispatch

from facings.messages import CoolerPart
from firmware_sim.device.fault import Fault, Knock
from firmware_sim.scenario import steps
from firmware_sim.scenario.stage import Stage
from firmware_sim.scenario.steps import Step

Undo = Callable[[], None]
"""Ends a fault."""

_CAMERA_FAULTS: dict[str, Fault] = {
    "frozen-picture": Fault.FROZEN,
    "camera-timeout": Fault.TIMEOUT,
    "truncated-jpeg": Fault.TRUNCATED,
    "black-frame": Fault.BLACK,
    "white-frame": Fault.WHITE,
    "moved-camera": Fault.MOVED,
}


@singledispatch
def begin(step: Step, stage: Stage, targets: Sequence[str]) -> Undo:
    """Make the fault of `step` happen on `stage`, to the coolers or links in `targets`.

    Returns:
        What ends it.

    Raises:
        FacingsError: it cannot be made to happen.
    """
    assert isinstance(step, steps.CameraStep), "every other kind has a function of its own"
    return _camera(stage, targets, _CAMERA_FAULTS[step.fault], step.shows)


@begin.register
def _(step: steps.MovedCamera, stage: Stage, targets: Sequence[str]) -> Undo:
    for name in targets:
        stage.cameras[name].knock = Knock(step.shift_x, step.shift_y, step.turn_deg)
    return _camera(stage, targets, Fault.MOVED, step.shows)


@begin.register
def _(step: steps.NetworkCut, stage: Stage, targets: Sequence[str]) -> Undo:
    for name in targets:
        stage.links[name].cut(silent=step.silent)
    return lambda: _mend(stage, targets)


@begin.register
def _(step: steps.SlowLink, stage: Stage, targets: Sequence[str]) -> Undo:
    for name in targets:
        stage.links[name].slow(step.delay, step.bytes_per_s)
    return lambda: _mend(stage, targets)


@begin.register
def _(_step: steps.BrokerRestart, stage: Stage, _targets: Sequence[str]) -> Undo:
    assert stage.broker
    stage.broker.kill()
    return _nothing


@begin.register
def _(_step: steps.Clock1970, stage: Stage, _targets: Sequence[str]) -> Undo:
    assert stage.clock
    stage.clock.reset()
    return stage.clock.correct


@begin.register
def _(step: steps.ClockJump, stage: Stage, _targets: Sequence[str]) -> Undo:
    assert stage.clock
    stage.clock.jump(timedelta(seconds=step.by))
    return stage.clock.correct


@begin.register
def _(_step: steps.PowerCut, stage: Stage, _targets: Sequence[str]) -> Undo:
    assert stage.computer
    stage.computer.cut_power()
    return stage.computer.start


@begin.register
def _(_step: steps.DiskFull, stage: Stage, _targets: Sequence[str]) -> Undo:
    assert stage.disk
    stage.disk.fill()
    return stage.disk.free


@begin.register
def _(step: steps.StuckDoorSwitch, stage: Stage, targets: Sequence[str]) -> Undo:
    for name in targets:
        with stage.controllers[name].now() as controller:
            controller.door.stick(reads_open=step.reads == "open")

    def undo() -> None:
        for name in targets:
            with stage.controllers[name].now() as controller:
                controller.door.free()

    return undo


@begin.register
def _(step: steps.SensorFailure, stage: Stage, targets: Sequence[str]) -> Undo:
    for name in targets:
        with stage.controllers[name].now() as controller:
            controller.failed.add(step.sensor)

    def undo() -> None:
        for name in targets:
            with stage.controllers[name].now() as controller:
                controller.failed.discard(step.sensor)

    return undo


def _camera(stage: Stage, targets: Sequence[str], fault: Fault, shows: CoolerPart | None) -> Undo:
    for name in targets:
        stage.cameras[name].fault, stage.cameras[name].faulty = fault, shows

    def undo() -> None:
        for name in targets:
            stage.cameras[name].fault = Fault.NONE

    return undo


def _mend(stage: Stage, targets: Sequence[str]) -> None:
    for name in targets:
        stage.links[name].mend()


def _nothing() -> None:
    """A restart is over by itself."""
