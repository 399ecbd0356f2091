"""The cooler behind the registers: does it behave as a cooler does?"""

from __future__ import annotations

import pytest

from facings.registers import ACKNOWLEDGE_ALARMS, DEFROST_INTERVAL, LIGHT, SET_POINT
from firmware_sim.device.controller import Controller, Sensor

HOUR = 3600.0


def temperatures(cooler: Controller, hours: float) -> list[float]:
    """The cabinet's temperature, minute by minute."""
    seen = []
    for _ in range(round(hours * 60)):
        cooler.advance(60.0)
        seen.append(cooler.temperatures.air)
    return seen


@pytest.mark.parametrize("ambient_c", [18.0, 25.0, 35.0])
@pytest.mark.parametrize("set_point_c", [2.0, 6.0])
def test_it_stays_near_its_set_point(ambient_c: float, set_point_c: float) -> None:
    cooler = Controller(ambient_c=ambient_c, set_point_c=set_point_c)
    seen = temperatures(cooler, 24)[6 * 60 :]
    assert abs(sum(seen) / len(seen) - set_point_c) < 1.0
    assert max(seen) < set_point_c + 4
    assert min(seen) > set_point_c - 3


def test_a_warmer_room_costs_more_compressor() -> None:
    duty = []
    for ambient_c in (18.0, 25.0, 35.0):
        cooler = Controller(ambient_c=ambient_c)
        cooler.advance(12 * HOUR)
        duty.append(cooler.values()["compressor_duty"] or 0)
    assert duty == sorted(duty)
    assert 5 < duty[0] < duty[2] < 80


def test_an_open_door_warms_it_and_it_recovers() -> None:
    cooler = Controller()
    cooler.advance(6 * HOUR)
    before = cooler.temperatures.air
    cooler.door.move(True)
    cooler.advance(300)
    warm = cooler.temperatures.air
    assert 3 < warm - before < 15
    cooler.door.move(False)
    assert min(temperatures(cooler, 1)) < before + 1


def test_a_shoppers_opening_of_some_seconds_hardly_matters() -> None:
    cooler = Controller()
    cooler.advance(6 * HOUR)
    before = cooler.temperatures.air
    cooler.door.move(True)
    cooler.advance(8)
    assert 0 < cooler.temperatures.air - before < 1.5


def test_defrosts_come_at_their_interval_and_end_warm() -> None:
    cooler = Controller()
    cooler.write(DEFROST_INTERVAL, 60)
    begins, was = 0, False
    for _ in range(12 * 60):
        cooler.advance(60)
        active = bool(cooler.values()["defrost_active"])
        assert not (active and cooler.values()["compressor_running"])
        begins, was = begins + (active and not was), active
    assert 9 <= begins <= 12


def test_without_its_sensor_it_cools_by_the_clock_and_says_so() -> None:
    cooler = Controller(failed={Sensor.CABINET})
    seen = temperatures(cooler, 12)
    assert cooler.values()["cabinet_temperature"] is None
    assert cooler.values()["sensor_failure_alarm"]
    assert -5 < min(seen) < max(seen) < 10
    cooler.failed.clear()
    cooler.advance(10)
    assert not cooler.values()["sensor_failure_alarm"]


def test_a_door_left_open_is_an_alarm_until_it_is_closed() -> None:
    cooler = Controller(door_ajar_after_s=60)
    cooler.door.move(True)
    cooler.advance(50)
    assert not cooler.values()["door_ajar_alarm"]
    cooler.advance(20)
    assert cooler.values()["door_ajar_alarm"]
    cooler.door.move(False)
    cooler.advance(5)
    assert not cooler.values()["door_ajar_alarm"]


def test_a_warm_hour_is_an_alarm_until_acknowledged() -> None:
    cooler = Controller(ambient_c=32)
    cooler.door.move(True)
    cooler.advance(HOUR)
    assert cooler.values()["high_temperature_alarm"]
    cooler.write(ACKNOWLEDGE_ALARMS, 1)
    assert cooler.values()["high_temperature_alarm"], "it is still warm"
    cooler.door.move(False)
    cooler.advance(HOUR)
    assert cooler.values()["high_temperature_alarm"]
    cooler.write(ACKNOWLEDGE_ALARMS, 1)
    assert not cooler.values()["high_temperature_alarm"]


def test_the_switch_counts_openings_and_a_stuck_one_does_not() -> None:
    door = Controller().door
    for is_open in (True, False, True, False):
        door.move(is_open)
    assert (door.openings, door.reads_open) == (2, False)
    door.stick(reads_open=True)
    for is_open in (True, False, True, False):
        door.move(is_open)
    assert (door.openings, door.reads_open) == (3, True)
    door.free()
    assert not door.reads_open


LIGHT_IS_ON = [
    (0, True, True, False),
    (1, False, False, True),
    (2, True, False, True),
    (2, False, False, False),
    (2, False, True, True),
]


@pytest.mark.parametrize(("command", "by_schedule", "door_open", "on"), LIGHT_IS_ON)
def test_the_light_obeys_its_command_else_schedule_and_door(
    command: int, by_schedule: bool, door_open: bool, on: bool
) -> None:
    cooler = Controller(lit_by_schedule=by_schedule)
    cooler.write(LIGHT, command)
    cooler.door.move(door_open)
    assert cooler.light_on is on


def test_a_lower_set_point_is_followed() -> None:
    cooler = Controller()
    cooler.write(SET_POINT, 0.0)
    assert abs(sum(seen := temperatures(cooler, 24)[12 * 60 :]) / len(seen)) < 1.0
