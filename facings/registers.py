"""The register map of a cooler controller on Modbus TCP: one table that the daemon and the simulated hardware share.

Words are big-endian, as Modbus has them; a value of two words has its high word first. Temperatures are signed tenths
of a degree; a sensor that failed reads `SENSOR_FAILED`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

UNIT_ID = 1
SENSOR_FAILED = 0x8000
"""What the word of a failed sensor holds: the smallest signed value, -32768."""
UINT16_MAX = 0xFFFF


class Table(StrEnum):
    """The four tables of Modbus."""

    DISCRETE_INPUT = "discrete input"
    INPUT = "input register"
    HOLDING = "holding register"
    COIL = "coil"


class Encoding(StrEnum):
    """How a value lies in its words."""

    BIT = "bit"
    INT16 = "int16"
    UINT16 = "uint16"
    UINT32 = "uint32"


class LightCommand(IntEnum):
    """What the `light` register asks for."""

    OFF = 0
    ON = 1
    AUTO = 2


@dataclass(frozen=True)
class Register:
    """One value of the controller; a stored number times `scale` is the value in `unit`."""

    name: str
    table: Table
    address: int
    encoding: Encoding
    description: str
    unit: str = ""
    scale: float = 1.0

    @property
    def words(self) -> int:
        """How many addresses it takes."""
        return 2 if self.encoding is Encoding.UINT32 else 1

    @property
    def is_writable(self) -> bool:
        """Whether a client may write it."""
        return self.table in (Table.HOLDING, Table.COIL)

    def encode(self, value: float | None) -> list[int]:
        """The words that hold `value`; None is a failed sensor. What is out of range saturates.

        Example:
            >>> CABINET_TEMPERATURE.encode(-1.5), DOOR_OPENINGS.encode(70000), CABINET_TEMPERATURE.encode(None)
            ([65521], [1, 4464], [32768])
        """
        if value is None:
            return [SENSOR_FAILED]
        low, high = _RANGES[self.encoding]
        number = min(high, max(low, round(value / self.scale)))
        return [number >> 16, number & UINT16_MAX] if self.words == 2 else [number & UINT16_MAX]

    def decode(self, words: Sequence[int]) -> float | None:
        """The value in `words`; None where its sensor failed.

        Example:
            >>> CABINET_TEMPERATURE.decode([65521]), DOOR_OPENINGS.decode([1, 4464])
            (-1.5, 70000.0)
        """
        if self.words == 2:
            return float((words[0] << 16 | words[1]) * self.scale)
        number = words[0]
        if self.encoding is Encoding.INT16:
            if number == SENSOR_FAILED:
                return None
            number -= 0x10000 if number > 0x7FFF else 0
        return round(number * self.scale, 6)


_RANGES = {
    Encoding.BIT: (0, 1),
    Encoding.INT16: (-0x7FFF, 0x7FFF),
    Encoding.UINT16: (0, UINT16_MAX),
    Encoding.UINT32: (0, 0xFFFFFFFF),
}


def _bit(name: str, table: Table, address: int, description: str) -> Register:
    return Register(name, table, address, Encoding.BIT, description)


def _celsius(name: str, address: int, description: str, table: Table = Table.INPUT) -> Register:
    return Register(name, table, address, Encoding.INT16, description, "°C", 0.1)


DOOR_OPEN = _bit("door_open", Table.DISCRETE_INPUT, 0, "the door stands open")
COMPRESSOR_RUNNING = _bit("compressor_running", Table.DISCRETE_INPUT, 1, "the compressor runs")
DEFROST_ACTIVE = _bit("defrost_active", Table.DISCRETE_INPUT, 2, "the evaporator is being defrosted")
LIGHT_ON = _bit("light_on", Table.DISCRETE_INPUT, 3, "the light is on")
HIGH_TEMPERATURE_ALARM = _bit("high_temperature_alarm", Table.DISCRETE_INPUT, 4, "the cabinet has been warm too long")
SENSOR_FAILURE_ALARM = _bit("sensor_failure_alarm", Table.DISCRETE_INPUT, 5, "a temperature sensor failed")
DOOR_AJAR_ALARM = _bit("door_ajar_alarm", Table.DISCRETE_INPUT, 6, "the door has stood open too long")

CABINET_TEMPERATURE = _celsius("cabinet_temperature", 0, "air in the cabinet")
EVAPORATOR_TEMPERATURE = _celsius("evaporator_temperature", 1, "at the evaporator")
AMBIENT_TEMPERATURE = _celsius("ambient_temperature", 2, "air around the cooler")
DOOR_OPENINGS = Register(
    "door_openings", Table.INPUT, 3, Encoding.UINT32, "door openings since the controller was made; it wraps"
)
DOOR_UNCHANGED = Register(
    "door_unchanged", Table.INPUT, 5, Encoding.UINT16, "since the door last opened or closed; stays at 65535", "s"
)
COMPRESSOR_DUTY = Register(
    "compressor_duty", Table.INPUT, 6, Encoding.UINT16, "share of the last hour that the compressor ran", "%"
)
UPTIME = Register("uptime", Table.INPUT, 7, Encoding.UINT32, "since the controller started", "s")
SUPPLY_VOLTAGE = Register("supply_voltage", Table.INPUT, 9, Encoding.UINT16, "mains voltage", "V", 0.1)
FIRMWARE_VERSION = Register(
    "firmware_version", Table.INPUT, 10, Encoding.UINT16, "major number times 100 plus minor number"
)

SET_POINT = _celsius("set_point", 0, "cabinet temperature to hold", Table.HOLDING)
LIGHT = Register("light", Table.HOLDING, 1, Encoding.UINT16, "0 off, 1 on, 2 by door and schedule")
DEFROST_INTERVAL = Register(
    "defrost_interval", Table.HOLDING, 2, Encoding.UINT16, "from one defrost to the next", "min"
)
DOOR_AJAR_AFTER = Register(
    "door_ajar_after", Table.HOLDING, 3, Encoding.UINT16, "an open door becomes an alarm after this", "s"
)

START_DEFROST = _bit("start_defrost", Table.COIL, 0, "write 1: defrost now; reads 0")
ACKNOWLEDGE_ALARMS = _bit("acknowledge_alarms", Table.COIL, 1, "write 1: clear alarms whose cause is gone; reads 0")

REGISTERS: tuple[Register, ...] = (
    DOOR_OPEN,
    COMPRESSOR_RUNNING,
    DEFROST_ACTIVE,
    LIGHT_ON,
    HIGH_TEMPERATURE_ALARM,
    SENSOR_FAILURE_ALARM,
    DOOR_AJAR_ALARM,
    CABINET_TEMPERATURE,
    EVAPORATOR_TEMPERATURE,
    AMBIENT_TEMPERATURE,
    DOOR_OPENINGS,
    DOOR_UNCHANGED,
    COMPRESSOR_DUTY,
    UPTIME,
    SUPPLY_VOLTAGE,
    FIRMWARE_VERSION,
    SET_POINT,
    LIGHT,
    DEFROST_INTERVAL,
    DOOR_AJAR_AFTER,
    START_DEFROST,
    ACKNOWLEDGE_ALARMS,
)


def of_table(table: Table) -> tuple[Register, ...]:
    """The registers of one table, by address."""
    return tuple(sorted((register for register in REGISTERS if register.table is table), key=lambda r: r.address))


def size(table: Table) -> int:
    """Addresses of one table: a client can read them all with one request from address 0."""
    last = of_table(table)[-1]
    return last.address + last.words


def as_markdown() -> str:
    """The tables of docs/registers.md."""
    parts = []
    for table in Table:
        parts += [f"## {table.value.capitalize()}s", "", "| address | name | type | unit | scale | meaning |"]
        parts.append("|---|---|---|---|---|---|")
        parts += [_row(register) for register in of_table(table)]
        parts.append("")
    return "\n".join(parts)


def _row(register: Register) -> str:
    last = register.address + register.words - 1
    address = f"{register.address}" if register.words == 1 else f"{register.address}-{last}"
    scale = "" if register.scale == 1 else f"{register.scale:g}"
    cells = address, f"`{register.name}`", register.encoding.value, register.unit, scale, register.description
    return f"| {' | '.join(cells)} |"


PAGE = """# The controller's registers

Modbus TCP, unit 1, big-endian; a value of two words has its high word first. A stored number times the scale is the
value in the unit. A temperature sensor that failed reads 0x8000 (-32768). Each table can be read with one request from
address 0. The daemon speaks this map (section `[controller]` of its settings), and so does the simulated controller of
`facings sim run`. Made from `facings/registers.py` by `python -m facings.registers > docs/registers.md`.
"""

if __name__ == "__main__":
    sys.stdout.write(f"{PAGE}\n{as_markdown()}")
