"""The faults of a scenario's timeline, each with its own parameters."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from facings.ids import Slug
from facings.messages import CoolerPart
from firmware_sim.device.controller import Sensor
from firmware_sim.scenario.times import Duration, Length, Shift

Place = Literal["camera", "controller", "link", "computer", "clock", "broker", "disk"]
"""The part of the hardware that a fault is in."""


class _Step(BaseModel):
    """One fault: when it begins, how long it lasts (without `for`, to the end), and on which cooler or link.

    Without `target` it is the only cooler or, for links, every link.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    PLACE: ClassVar[Place]
    MEANS: ClassVar[str]

    fault: str
    at: Duration = 0.0
    lasts: Annotated[Length | None, Field(alias="for")] = None
    target: Slug | None = None

    @property
    def ends_at(self) -> float | None:
        """When it is over, seconds from the begin of the scenario; None where it lasts to the end."""
        return None if self.lasts is None else self.at + self.lasts


class CameraStep(_Step):
    """Something is wrong with the camera, or with one of several."""

    PLACE = "camera"
    shows: CoolerPart | None = Field(default=None, description="only the camera of this part of the cooler")


class FrozenPicture(CameraStep):
    """The camera repeats one picture."""

    MEANS = "the camera gives its last picture again and again"
    fault: Literal["frozen-picture"] = "frozen-picture"


class CameraTimeout(CameraStep):
    """The camera does not answer."""

    MEANS = "the camera takes requests and never answers"
    fault: Literal["camera-timeout"] = "camera-timeout"


class TruncatedJpeg(CameraStep):
    """The picture breaks off."""

    MEANS = "the camera sends the first half of its JPEG"
    fault: Literal["truncated-jpeg"] = "truncated-jpeg"


class BlackFrame(CameraStep):
    """The picture is black."""

    MEANS = "the camera sends black pictures"
    fault: Literal["black-frame"] = "black-frame"


class WhiteFrame(CameraStep):
    """The picture is white."""

    MEANS = "the camera sends burnt-out pictures"
    fault: Literal["white-frame"] = "white-frame"


class MovedCamera(CameraStep):
    """The camera hangs otherwise than before."""

    MEANS = "someone knocks the camera to another place"
    fault: Literal["moved-camera"] = "moved-camera"
    shift_x: float = Field(default=0.18, ge=-1, le=1, description="in shares of the picture's width")
    shift_y: float = Field(default=0.1, ge=-1, le=1, description="in shares of the picture's height")
    turn_deg: float = Field(default=6.0, ge=-180, le=180)


class NetworkCut(_Step):
    """Nothing gets through."""

    PLACE = "link"
    MEANS = "the network is cut"
    fault: Literal["network-cut"] = "network-cut"
    silent: bool = Field(default=False, description="connections fall still instead of being reset")


class SlowLink(_Step):
    """The network is slow."""

    PLACE = "link"
    MEANS = "the network is slow"
    fault: Literal["slow-link"] = "slow-link"
    delay: Duration = 0.3
    bytes_per_s: float | None = Field(default=None, gt=0)


class BrokerRestart(_Step):
    """The broker is killed; whoever watches it starts it again."""

    PLACE = "broker"
    MEANS = "the broker is killed (kill -9) and comes back"
    fault: Literal["broker-restart"] = "broker-restart"


class Clock1970(_Step):
    """The clock loses the date."""

    PLACE = "clock"
    MEANS = "the clock falls back to 1970, as after a flat battery"
    fault: Literal["clock-1970"] = "clock-1970"


class ClockJump(_Step):
    """The clock is set wrong, and right again at the end."""

    PLACE = "clock"
    MEANS = "the clock jumps"
    fault: Literal["clock-jump"] = "clock-jump"
    by: Shift = Field(default=-7200.0, description="forward or, with a minus, back")


class PowerCut(_Step):
    """The computer is off."""

    PLACE = "computer"
    MEANS = "the power is cut (kill -9 of the daemon) and comes back"
    fault: Literal["power-cut"] = "power-cut"


class DiskFull(_Step):
    """There is no room left on the computer's disk."""

    PLACE = "disk"
    MEANS = "the disk is filled to the last byte"
    fault: Literal["disk-full"] = "disk-full"


class StuckDoorSwitch(_Step):
    """The door's switch says one thing for ever."""

    PLACE = "controller"
    MEANS = "the door switch is stuck"
    fault: Literal["stuck-door-switch"] = "stuck-door-switch"
    reads: Literal["open", "closed"] = "open"


class SensorFailure(_Step):
    """A temperature sensor fails."""

    PLACE = "controller"
    MEANS = "a temperature sensor fails"
    fault: Literal["sensor-failure"] = "sensor-failure"
    sensor: Sensor = Sensor.CABINET


Step = (
    FrozenPicture
    | CameraTimeout
    | TruncatedJpeg
    | BlackFrame
    | WhiteFrame
    | MovedCamera
    | NetworkCut
    | SlowLink
    | BrokerRestart
    | Clock1970
    | ClockJump
    | PowerCut
    | DiskFull
    | StuckDoorSwitch
    | SensorFailure
)

KINDS: dict[str, type[_Step]] = {kind.model_fields["fault"].default: kind for kind in Step.__args__}
"""Every known fault by its name."""
