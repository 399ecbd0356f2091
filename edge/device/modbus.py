"""The cooler's controller over Modbus TCP: one look at all its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pymodbus.client import ModbusTcpClient
from pymodbus.exceptions import ModbusException
from pymodbus.pdu import ModbusPDU

from edge.settings import ControllerSettings
from facings import registers
from facings.errors import UnavailableError
from facings.registers import Register, Table


@dataclass(frozen=True)
class ControllerReading:
    """What the controller says at one moment; None where a sensor failed.

    Attributes:
        door_openings: since the controller was made, modulo 2**32.
        door_unchanged_s: since the door last opened or closed; `facings.registers.UINT16_MAX` and more read the same.
        compressor_duty: share of the last hour, 0 to 1.
        firmware: major and minor version, as "2.05".
    """

    door_open: bool
    light_on: bool
    compressor_running: bool
    defrost_active: bool
    high_temperature: bool
    sensor_failure: bool
    door_ajar: bool
    cabinet_c: float | None
    evaporator_c: float | None
    ambient_c: float | None
    door_openings: int
    door_unchanged_s: float
    compressor_duty: float
    uptime_s: float
    supply_v: float
    firmware: str


class ModbusController:
    """Reads the controller; connects when needed, and anew after an error."""

    def __init__(self, settings: ControllerSettings) -> None:
        self._address = f"{settings.host}:{settings.port}"
        self._unit = settings.unit
        self._client = ModbusTcpClient(
            settings.host, port=settings.port, timeout=settings.timeout_s, retries=0, name="controller"
        )

    def read(self) -> ControllerReading:
        """All values, in two requests.

        Raises:
            UnavailableError: no answer in time, or an answer that is none.
        """
        try:
            if not self._client.connected and not self._client.connect():  # type: ignore[no-untyped-call]
                raise UnavailableError(f"{self._address} cannot be reached: check controller.url and its power")
            bits = self._client.read_discrete_inputs(
                0, count=registers.size(Table.DISCRETE_INPUT), device_id=self._unit
            )
            words = self._client.read_input_registers(0, count=registers.size(Table.INPUT), device_id=self._unit)
        except (ModbusException, OSError) as error:
            self.close()
            raise UnavailableError(f"{self._address} does not answer: {error}") from error
        return _reading(
            self._checked(bits, Table.DISCRETE_INPUT).bits,
            self._checked(words, Table.INPUT).registers,
        )

    def close(self) -> None:
        """Hang up; the next `read` connects again."""
        self._client.close()  # type: ignore[no-untyped-call]

    def _checked(self, answer: ModbusPDU, table: Table) -> ModbusPDU:
        held = answer.bits if table is Table.DISCRETE_INPUT else answer.registers
        if answer.isError() or len(held) < registers.size(table):
            self.close()
            raise UnavailableError(f"{self._address} refuses its {table.value}s ({answer}): check controller.unit")
        return answer


def _reading(bits: Sequence[bool], words: Sequence[int]) -> ControllerReading:
    def bit(register: Register) -> bool:
        return bool(bits[register.address])

    def value(register: Register) -> float | None:
        return register.decode(words[register.address : register.address + register.words])

    def number(register: Register) -> float:
        return value(register) or 0.0

    major, minor = divmod(int(number(registers.FIRMWARE_VERSION)), 100)
    return ControllerReading(
        door_open=bit(registers.DOOR_OPEN),
        light_on=bit(registers.LIGHT_ON),
        compressor_running=bit(registers.COMPRESSOR_RUNNING),
        defrost_active=bit(registers.DEFROST_ACTIVE),
        high_temperature=bit(registers.HIGH_TEMPERATURE_ALARM),
        sensor_failure=bit(registers.SENSOR_FAILURE_ALARM),
        door_ajar=bit(registers.DOOR_AJAR_ALARM),
        cabinet_c=value(registers.CABINET_TEMPERATURE),
        evaporator_c=value(registers.EVAPORATOR_TEMPERATURE),
        ambient_c=value(registers.AMBIENT_TEMPERATURE),
        door_openings=int(number(registers.DOOR_OPENINGS)),
        door_unchanged_s=number(registers.DOOR_UNCHANGED),
        compressor_duty=min(1.0, number(registers.COMPRESSOR_DUTY) / 100),
        uptime_s=number(registers.UPTIME),
        supply_v=number(registers.SUPPLY_VOLTAGE),
        firmware=f"{major}.{minor:02}",
    )
