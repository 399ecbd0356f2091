"""The register map over a real Modbus connection: what the controller holds is what a client reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from facings import registers
from facings.registers import REGISTERS, UNIT_ID, Register, Table
from firmware_sim.device.controller import Sensor
from firmware_sim.device.thermal import Temperatures
from tests.firmware_sim.device.conftest import Bench, ToldClock

READ = {
    Table.DISCRETE_INPUT: lambda client, *at: client.read_discrete_inputs(at[0], count=at[1], device_id=UNIT_ID).bits,
    Table.COIL: lambda client, *at: client.read_coils(at[0], count=at[1], device_id=UNIT_ID).bits,
    Table.INPUT: lambda client, *at: client.read_input_registers(at[0], count=at[1], device_id=UNIT_ID).registers,
    Table.HOLDING: lambda client, *at: client.read_holding_registers(at[0], count=at[1], device_id=UNIT_ID).registers,
}


def read(bench: Bench, register: Register) -> float | None:
    words = READ[register.table](bench.client, register.address, register.words)[: register.words]
    return register.decode([int(word) for word in words])


CODES = {
    "zero": (registers.CABINET_TEMPERATURE, 0.0, [0]),
    "below zero": (registers.CABINET_TEMPERATURE, -12.3, [65413]),
    "a failed sensor": (registers.AMBIENT_TEMPERATURE, None, [0x8000]),
    "colder than can be told": (registers.CABINET_TEMPERATURE, -9000.0, [0x8001]),
    "more than a word": (registers.DOOR_OPENINGS, 65_536, [1, 0]),
    "saturated": (registers.DOOR_UNCHANGED, 1e6, [0xFFFF]),
    "volts": (registers.SUPPLY_VOLTAGE, 230.4, [2304]),
    "a bit": (registers.DOOR_OPEN, True, [1]),
}


@pytest.mark.parametrize(("register", "value", "words"), CODES.values(), ids=CODES)
def test_a_value_in_words(register: Register, value: float | None, words: list[int]) -> None:
    assert register.encode(value) == words
    back = register.decode(words)
    assert back is None if value is None else abs((back or 0) - value) <= register.scale or abs(value) > 6000


def test_no_two_registers_share_an_address() -> None:
    taken = [(r.table, r.address + word) for r in REGISTERS for word in range(r.words)]
    assert len(taken) == len(set(taken))


def test_every_register_reads_what_the_controller_holds(bench: Bench, clock: ToldClock) -> None:
    bench.controller.temperatures = Temperatures(air=-3.4, goods=1.0, evaporator=-17.8)
    bench.controller.failed.add(Sensor.AMBIENT)
    bench.controller.door.openings = 70_001
    bench.controller.door.move(True)
    clock.seconds = 200.0
    with bench.server.now() as controller:
        held = controller.values()
    assert {name for name, value in held.items() if value is None} == {"ambient_temperature"}
    for register in REGISTERS:
        wanted = held[register.name]
        found = read(bench, register)
        if wanted is None:
            assert found is None, register
        else:
            assert found == pytest.approx(float(wanted), abs=register.scale / 2), register


WRITES: dict[str, tuple[Register, float, bool]] = {
    "a set point": (registers.SET_POINT, -2.5, True),
    "a set point that boils": (registers.SET_POINT, 90.0, False),
    "the light on": (registers.LIGHT, 1, True),
    "a light that is none": (registers.LIGHT, 3, False),
    "a defrost every two hours": (registers.DEFROST_INTERVAL, 120, True),
    "a defrost every minute": (registers.DEFROST_INTERVAL, 1, False),
    "an early door alarm": (registers.DOOR_AJAR_AFTER, 30, True),
}


@pytest.mark.parametrize(("register", "value", "taken"), WRITES.values(), ids=WRITES)
def test_a_setting_is_taken_or_refused(bench: Bench, register: Register, value: float, taken: bool) -> None:
    before = read(bench, register)
    answer = bench.client.write_register(register.address, register.encode(value)[0], device_id=UNIT_ID)
    assert answer.isError() is not taken
    assert read(bench, register) == (value if taken else before)


def test_a_write_of_several_settings_takes_all_or_none(bench: Bench) -> None:
    assert bench.client.write_registers(1, [1, 5, 60], device_id=UNIT_ID).isError()
    assert bench.controller.light == 2
    assert not bench.client.write_registers(1, [1, 60, 60], device_id=UNIT_ID).isError()
    assert (read(bench, registers.LIGHT), read(bench, registers.DEFROST_INTERVAL)) == (1, 60)


def test_an_order_is_done_at_once_and_reads_zero(bench: Bench, clock: ToldClock) -> None:
    answer = bench.client.write_coil(registers.START_DEFROST.address, True, device_id=UNIT_ID)
    assert answer.bits[:1] == [True]
    clock.seconds += 10
    assert read(bench, registers.START_DEFROST) == 0
    assert read(bench, registers.DEFROST_ACTIVE) == 1


WRONG_REQUESTS: dict[str, Any] = {
    "beyond the input registers": lambda client: client.read_input_registers(8, count=9, device_id=UNIT_ID),
    "beyond the holding registers": lambda client: client.write_register(4, 1, device_id=UNIT_ID),
    "beyond the coils": lambda client: client.write_coil(2, True, device_id=UNIT_ID),
    "another unit": lambda client: client.read_input_registers(0, count=1, device_id=7),
}


@pytest.mark.parametrize("request_of", WRONG_REQUESTS.values(), ids=WRONG_REQUESTS)
def test_a_request_that_cannot_be_met_is_an_exception_response(bench: Bench, request_of: Any) -> None:
    assert request_of(bench.client).isError()
    assert read(bench, registers.UPTIME) == 0


def test_the_page_of_the_map_is_up_to_date(root: Path) -> None:
    page = (root / "docs" / "registers.md").read_text(encoding="utf-8")
    assert registers.as_markdown().strip() in page, "write it anew: python -m facings.registers > docs/registers.md"
