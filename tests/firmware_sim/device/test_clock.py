"""A computer's clock that is wrong, as those of coolers are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from firmware_sim.device.boot import obey
from firmware_sim.device.clock import EPOCH, DriftingClock
from tests.firmware_sim.device.conftest import NEW_YEAR, ToldClock

DAY = 86_400.0


@pytest.mark.parametrize(("ppm", "ahead_s"), [(0.0, 0.0), (50.0, 4.32), (-100.0, -8.64)])
def test_it_drifts(clock: ToldClock, ppm: float, ahead_s: float) -> None:
    drifting = DriftingClock(drift_ppm=ppm, source=clock)
    assert drifting.now() == NEW_YEAR
    clock.seconds = DAY
    assert drifting.error().total_seconds() == pytest.approx(ahead_s, abs=1e-3)
    assert drifting.monotonic() == pytest.approx(DAY + ahead_s)


def test_it_jumps_and_goes_on_from_there(clock: ToldClock) -> None:
    drifting = DriftingClock(offset=timedelta(minutes=5), source=clock)
    drifting.jump(timedelta(hours=-2))
    clock.seconds = 60.0
    assert drifting.now() == NEW_YEAR + timedelta(minutes=6) - timedelta(hours=2)
    assert drifting.monotonic() == 60.0


def test_it_forgets_the_date_until_it_is_set(clock: ToldClock) -> None:
    drifting = DriftingClock(source=clock)
    drifting.reset()
    clock.seconds = 30.0
    assert drifting.now() == EPOCH + timedelta(seconds=30)
    drifting.correct()
    clock.seconds = 40.0
    assert drifting.now() == NEW_YEAR + timedelta(seconds=40)


def test_the_clock_of_another_process_is_set_by_lines(clock: ToldClock) -> None:
    drifting = DriftingClock(source=clock)
    obey(drifting, [b"jump -7200.0\n"])
    assert drifting.error() == timedelta(hours=-2)
    obey(drifting, [b"reset\n"])
    assert drifting.now() == EPOCH
    obey(drifting, [b"jump 60\n", b"correct\n", b"\n"])
    assert drifting.error() == timedelta(0)
