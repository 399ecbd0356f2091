"""`Scenario`: which simulated hardware there is, and what goes wrong with it when."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from facings.ids import Slug
from facings.registers import LightCommand
from firmware_sim.scenario.steps import Step
from firmware_sim.scenario.times import Duration, Length

Port = Annotated[int, Field(ge=0, le=65535)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class WorldPart(_Part):
    """A cooler of the living world, from the first morning on at which its outlet opens."""

    cooler: Slug = "cooler-01"
    seed: int = Field(default=0, ge=0)
    outlets: int = Field(default=1, ge=1, le=9999)
    days: int = Field(default=7, ge=1, le=366)


class CameraPart(_Part):
    """A camera that looks at a replay, or at a cooler of the living world; its time goes `speed` times as fast."""

    replay: Path | None = None
    world: WorldPart | None = None
    port: Port = 0
    speed: float = Field(default=1.0, gt=0)

    @model_validator(mode="after")
    def _sees_one_thing(self) -> Self:
        if (self.replay is None) == (self.world is None):
            raise ValueError("a camera looks at a `replay` or at a `world`: give one of them")
        return self


class DoorOpening(_Part):
    """The door is opened `at` and stays open `for`; with `every`, again and again."""

    at: Duration
    lasts: Annotated[Length, Field(alias="for")]
    every: Length | None = None

    @model_validator(mode="after")
    def _closes_between(self) -> Self:
        if self.every is not None and self.every <= self.lasts:
            raise ValueError("`every` must be longer than `for`: the door has to close in between")
        return self


class ControllerPart(_Part):
    """A controller; its own time, as temperatures and alarms, goes `speed` times as fast.

    With `shoppers`, whoever takes or brings something in the world that the camera sees opens the door as well.
    """

    port: Port = 0
    speed: float = Field(default=1.0, gt=0)
    set_point: float = Field(default=4.0, ge=-5, le=15)
    ambient: float = Field(default=25.0, ge=-20, le=50)
    light: LightCommand = LightCommand.AUTO
    door_ajar_after: Length = 120.0
    doors: tuple[DoorOpening, ...] = ()
    shoppers: bool = False


class CoolerPart(_Part):
    """The hardware in one cooler."""

    camera: CameraPart | None = None
    controller: ControllerPart | None = None

    @model_validator(mode="after")
    def _shoppers_are_somewhere(self) -> Self:
        lives = self.camera is not None and self.camera.world is not None
        if self.controller is not None and self.controller.shoppers and not lives:
            raise ValueError("`shoppers` needs a camera with a `world`, where the shoppers are")
        return self


class LinkPart(_Part):
    """A network connection that the daemon uses instead of the direct one."""

    to: Annotated[str, Field(pattern=r"^[^:\s]+:\d+$", description="HOST:PORT")]
    port: Port = 0

    @property
    def far_end(self) -> tuple[str, int]:
        """Host and port it leads to."""
        host, _, port = self.to.partition(":")
        return host, int(port)


class ComputerPart(_Part):
    """The daemon as a process of its own, whose power and clock can fail."""

    config: Path
    log: Path = Path("daemon.log")
    drift_ppm: float = Field(default=0.0, ge=-1000, le=1000)


class BrokerPart(_Part):
    """A broker that someone else runs and restarts, as `facings up` does; known by the file with its process id."""

    pid_file: Path


class DiskPart(_Part):
    """A small disk for the daemon's `state_dir`."""

    folder: Path
    size_mb: int = Field(default=24, ge=2, le=256)


class Scenario(_Part):
    """Simulated hardware and the timeline of its faults."""

    version: Literal[1] = 1
    name: str = ""
    coolers: dict[Slug, CoolerPart] = Field(default_factory=dict)
    links: dict[Slug, LinkPart] = Field(default_factory=dict)
    computer: ComputerPart | None = None
    broker: BrokerPart | None = None
    disk: DiskPart | None = None
    lasts: Annotated[Length | None, Field(alias="for")] = None
    timeline: tuple[Annotated[Step, Field(discriminator="fault")], ...] = ()

    @property
    def ends_at(self) -> float | None:
        """Seconds after which it is over; None where a fault, and with it the scenario, lasts until it is stopped."""
        if self.lasts is not None:
            return self.lasts
        ends = [step.ends_at for step in self.timeline]
        return None if not ends or None in ends else max(end for end in ends if end is not None)

    def targets(self, step: Step) -> list[str]:
        """The coolers or links that a step is about; empty for what there is one of."""
        if step.target is not None:
            return [step.target]
        return self._candidates(step)

    @model_validator(mode="after")
    def _every_step_can_happen(self) -> Self:
        wrong = [
            _complaint(("timeline", number, *where), text)
            for number, step in enumerate(self.timeline)
            for where, text in self._objections(step)
        ]
        wrong += self._overlaps()
        if wrong:
            raise ValidationError.from_exception_data("Scenario", wrong)
        return self

    def _objections(self, step: Step) -> list[tuple[tuple[str, ...], str]]:
        if step.PLACE in ("camera", "controller", "link"):
            return self._wrong_target(step)
        section = "computer" if step.PLACE == "clock" else step.PLACE
        if step.target is not None:
            return [(("target",), f"{step.fault} is about the {step.PLACE}, of which there is one: leave `target` out")]
        if getattr(self, section) is None:
            return [(("fault",), f"{step.fault} needs a section `{section}`")]
        return []

    def _wrong_target(self, step: Step) -> list[tuple[tuple[str, ...], str]]:
        known = self._candidates(step)
        what = "link" if step.PLACE == "link" else f"cooler with a {step.PLACE}"
        if not known:
            return [(("fault",), f"{step.fault} needs a {what}, and there is none")]
        if step.target is not None and step.target not in known:
            return [(("target",), f"there is no {what} {step.target!r}; known are {', '.join(known)}")]
        if step.target is None and step.PLACE != "link" and len(known) > 1:
            return [(("fault",), f"say with `target` which cooler {step.fault} is about: {', '.join(known)}")]
        return []

    def _candidates(self, step: Step) -> list[str]:
        if step.PLACE == "link":
            return list(self.links)
        if step.PLACE in ("camera", "controller"):
            return [name for name, cooler in self.coolers.items() if getattr(cooler, step.PLACE) is not None]
        return []

    def _overlaps(self) -> list[InitErrorDetails]:
        """Two faults of one part at a time would end each other."""
        by_part: dict[tuple[str, str], list[tuple[int, Step]]] = {}
        for number, step in enumerate(self.timeline):
            for target in self.targets(step) or [""]:
                by_part.setdefault((step.PLACE, target), []).append((number, step))
        wrong = []
        for (place, target), steps in by_part.items():
            for (_, first), (number, later) in pairwise(sorted(steps, key=lambda item: item[1].at)):
                if first.ends_at is None or first.ends_at > later.at:
                    name = f"{place} of {target}" if target else place
                    text = f"{later.fault} begins while {first.fault} still lasts on the {name}: end that one earlier"
                    wrong.append(_complaint(("timeline", number, "at"), text))
        return wrong


def _complaint(where: tuple[Any, ...], text: str) -> InitErrorDetails:
    complaint = PydanticCustomError("scenario", "{text}", {"text": text})
    return InitErrorDetails(type=complaint, loc=where, input=None)
