"""A cooler's controller: reads sensors, switches compressor, defrost and light, counts the door, raises alarms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from facings.errors import BadInputError
from facings.registers import (
    ACKNOWLEDGE_ALARMS,
    DEFROST_INTERVAL,
    DOOR_AJAR_AFTER,
    LIGHT,
    SET_POINT,
    START_DEFROST,
    LightCommand,
    Register,
)
from firmware_sim.device.alarms import Alarms
from firmware_sim.device.door import Door
from firmware_sim.device.refrigeration import Compressor, Defrost
from firmware_sim.device.thermal import LONGEST_STEP_S, Cabinet, Influences, Temperatures, step

FIRMWARE = 1.04
MAINS_V = 230.0


class Sensor(StrEnum):
    """A temperature sensor, which can fail."""

    CABINET = "cabinet"
    EVAPORATOR = "evaporator"
    AMBIENT = "ambient"


LIMITS = {SET_POINT: (-5.0, 15.0), LIGHT: (0, 2), DEFROST_INTERVAL: (30, 1_440), DOOR_AJAR_AFTER: (10, 3_600)}
"""What may be written, in the register's unit."""


@dataclass
class Controller:
    """The controller and the cooler around it. Time goes only by `advance`.

    Example:
        >>> cooler = Controller(ambient_c=30.0)
        >>> cooler.advance(3600.0)
        >>> abs(cooler.values()["cabinet_temperature"] - 4.0) < 3.0
        True
    """

    ambient_c: float = 25.0
    set_point_c: float = 4.0
    light: LightCommand = LightCommand.AUTO
    defrost_interval_min: float = 360.0
    door_ajar_after_s: float = 120.0
    lit_by_schedule: bool = True
    cabinet: Cabinet = field(default_factory=Cabinet)
    door: Door = field(default_factory=Door)
    failed: set[Sensor] = field(default_factory=set)
    temperatures: Temperatures = field(default=Temperatures(4.0, 4.0, 4.0))
    uptime_s: float = 0.0
    _compressor: Compressor = field(default_factory=Compressor)
    _defrost: Defrost = field(default_factory=Defrost)
    _alarms: Alarms = field(default_factory=Alarms)

    def advance(self, seconds: float) -> None:
        """Let time go by, in steps small enough for the heat model."""
        while seconds > 0:
            piece = min(seconds, LONGEST_STEP_S)
            self._step(piece)
            seconds -= piece

    @property
    def light_on(self) -> bool:
        """Whether the lamp is on: as commanded, or by door and opening hours."""
        if self.light is LightCommand.AUTO:
            return self.lit_by_schedule or self.door.reads_open
        return self.light is LightCommand.ON

    def measured(self, sensor: Sensor) -> float | None:
        """What a sensor says, degrees Celsius; None where it failed."""
        truth = {
            Sensor.CABINET: self.temperatures.air,
            Sensor.EVAPORATOR: self.temperatures.evaporator,
            Sensor.AMBIENT: self.ambient_c,
        }
        return None if sensor in self.failed else truth[sensor]

    def values(self) -> dict[str, float | None]:
        """Every register's value in its own unit, by name; the coils read 0."""
        return {
            "door_open": self.door.reads_open,
            "compressor_running": self._compressor.running,
            "defrost_active": self._defrost.active,
            "light_on": self.light_on,
            "high_temperature_alarm": self._alarms.high_temperature,
            "sensor_failure_alarm": self._alarms.sensor_failure,
            "door_ajar_alarm": self._alarms.door_ajar,
            "cabinet_temperature": self.measured(Sensor.CABINET),
            "evaporator_temperature": self.measured(Sensor.EVAPORATOR),
            "ambient_temperature": self.measured(Sensor.AMBIENT),
            "door_openings": self.door.openings % 2**32,
            "door_unchanged": self.door.unchanged_s,
            "compressor_duty": self._compressor.duty,
            "uptime": self.uptime_s,
            # The mains sag a little under the compressor.
            "supply_voltage": MAINS_V - (2.5 if self._compressor.running else 0.0),
            "firmware_version": FIRMWARE * 100,
            "set_point": self.set_point_c,
            "light": self.light,
            "defrost_interval": self.defrost_interval_min,
            "door_ajar_after": self.door_ajar_after_s,
            "start_defrost": 0,
            "acknowledge_alarms": 0,
        }

    def check(self, register: Register, value: float | None) -> float:
        """The value, where it may be written to the register.

        Raises:
            BadInputError: the register cannot be written, or the value is outside `LIMITS`.
        """
        if not register.is_writable:
            raise BadInputError(f"{register.name} is read only")
        low, high = LIMITS.get(register, (0, 1))
        if value is None or not low <= value <= high:
            raise BadInputError(f"{register.name} must be {low:g} to {high:g} {register.unit}, this is {value}")
        return value

    def write(self, register: Register, value: float | None) -> None:
        """Take a setting or an order from the bus.

        Raises:
            BadInputError: the register cannot be written, or the value is outside `LIMITS`.
        """
        self._writers()[register](self.check(register, value))

    def _writers(self) -> dict[Register, Callable[[float], None]]:
        return {
            SET_POINT: lambda value: setattr(self, "set_point_c", value),
            LIGHT: lambda value: setattr(self, "light", LightCommand(int(value))),
            DEFROST_INTERVAL: lambda value: setattr(self, "defrost_interval_min", value),
            DOOR_AJAR_AFTER: lambda value: setattr(self, "door_ajar_after_s", value),
            START_DEFROST: lambda value: self._defrost.begin() if value else None,
            ACKNOWLEDGE_ALARMS: lambda value: self._alarms.acknowledge() if value else None,
        }

    def _step(self, seconds: float) -> None:
        measured = self.measured(Sensor.CABINET)
        self._defrost.decide(self.measured(Sensor.EVAPORATOR), self.defrost_interval_min * 60)
        self._compressor.decide(measured, self.set_point_c, allowed=not self._defrost.active)
        acts = Influences(
            self.ambient_c, self.door.is_open, self.light_on, self._compressor.running, self._defrost.active
        )
        self.temperatures = step(self.cabinet, self.temperatures, acts, seconds)
        for part in (self.door, self._compressor, self._defrost):
            part.pass_time(seconds)
        self._alarms.watch(
            measured,
            self.set_point_c,
            sensor_failed=bool(self.failed),
            door_ajar=self.door.reads_open and self.door.unchanged_s >= self.door_ajar_after_s,
            seconds=seconds,
        )
        self.uptime_s += seconds
