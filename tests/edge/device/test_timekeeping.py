"""A clock that was never set, one that is set while the daemon runs, and photos taken before that."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.device.timekeeping import CALM_S, HELD_AT_MOST_S, ClockWatch, dated, is_held
from edge.uplink.spool import SpooledPhoto
from facings.messages import ClockState
from tests.support.kept import LOG, NOON, HandClock, Telling, telling

POWER_CUT = datetime(1970, 1, 1, 0, 2, tzinfo=UTC)
UNSURE = ClockState(synced=False, source="system")
SURE = ClockState(synced=True, source="ntp")


def test_a_clock_that_was_never_set_is_one_alarm_until_it_is(tmp_path: Path) -> None:
    with telling(tmp_path, HandClock(POWER_CUT)) as device:
        watch, woken = ClockWatch(device.identity, device.alarms, LOG), []
        watch.on_set = lambda: woken.append(True)
        for _ in range(3):
            watch.look()
            device.clock.pass_s(5)
        assert device.identity.clock_state() == UNSURE
        assert not woken
        device.clock.wall = NOON
        watch.look()
        began, over = device.events()
    assert "1970-01-01" in began.reason
    assert over.detail == {"alarm": "clock-not-set", "over": True, "jump_s": (NOON - POWER_CUT).total_seconds() - 15}
    assert woken == [True]


JUMPS = {"forward": 7200.0, "back": -86_400.0, "a slip that is none": 4.0}


@pytest.mark.parametrize("jump_s", JUMPS.values(), ids=JUMPS)
def test_a_clock_that_is_set_by_seconds_is_told_with_them(tmp_path: Path, jump_s: float) -> None:
    with telling(tmp_path) as device:
        watch = ClockWatch(device.identity, device.alarms, LOG)
        for _ in range(20):
            watch.look()
            device.clock.pass_s(5)
        device.clock.wall += timedelta(seconds=jump_s)
        watch.look()
        if abs(jump_s) < 5:
            assert not device.told()
            return
        assert device.events()[0].detail == {"alarm": "clock-jumped", "jump_s": jump_s}
        device.clock.pass_s(CALM_S / 2)
        device.clock.wall += timedelta(hours=1)
        watch.look()
        device.clock.pass_s(CALM_S + 1)
        watch.look()
        over = device.events()[1]
        assert over.detail == {"alarm": "clock-jumped", "over": True, "jumps": 2, "jump_s": jump_s + 3600}


def test_a_clock_set_back_to_1970_is_not_set(tmp_path: Path) -> None:
    with telling(tmp_path) as device:
        watch = ClockWatch(device.identity, device.alarms, LOG)
        for wall in (NOON, POWER_CUT, NOON):
            device.clock.wall = wall
            watch.look()
        assert device.told() == ["clock-not-set", "clock-not-set over"]


def photo(device: Telling, **changes: object) -> SpooledPhoto:
    now = device.clock.now()
    taken = SpooledPhoto(
        photo_id=uuid.uuid4(),
        sha256="0" * 64,
        bytes=1,
        captured_at=now,
        due_at=now - timedelta(seconds=1),
        taken_at=now,
        trigger="door",
        clock=device.identity.clock_state(),
        width=None,
        height=None,
        media_type=None,
        boot_id=str(device.identity.boot_id),
        steady_s=device.clock.monotonic(),
    )
    return replace(taken, **changes)


def test_a_photo_taken_before_the_clock_was_set_waits_for_it_and_gets_its_true_time(tmp_path: Path) -> None:
    with telling(tmp_path, HandClock(POWER_CUT)) as device:
        taken = photo(device)
        device.clock.pass_s(120)
        assert is_held(taken, device.identity)
        device.clock.wall = NOON
        assert not is_held(taken, device.identity)
        found = dated(taken, device.identity)
    assert found.taken_at == found.captured_at == NOON - timedelta(seconds=120)
    assert found.due_at == NOON - timedelta(seconds=121)


LEFT_AS_THEY_ARE = {
    "of an earlier run": {"boot_id": str(uuid.uuid4())},
    "kept by an earlier version": {"boot_id": None, "steady_s": None},
    "replayed": {"steady_s": None},
}


@pytest.mark.parametrize("changes", LEFT_AS_THEY_ARE.values(), ids=LEFT_AS_THEY_ARE)
def test_a_photo_whose_age_nobody_knows_is_left_as_it_is(tmp_path: Path, changes: dict[str, object]) -> None:
    with telling(tmp_path, HandClock(POWER_CUT)) as device:
        taken = photo(device, **changes)
        assert not is_held(taken, device.identity)
        device.clock.wall = NOON
        assert dated(taken, device.identity) is taken


def test_a_photo_does_not_wait_for_ever_and_a_sure_time_stays(tmp_path: Path) -> None:
    with telling(tmp_path, HandClock(POWER_CUT)) as device:
        taken = photo(device)
        device.clock.pass_s(HELD_AT_MOST_S + 1)
        assert not is_held(taken, device.identity)
        assert dated(taken, device.identity) is taken
    with telling(tmp_path / "sure") as device:
        sure = photo(device, clock=SURE)
        device.clock.wall += timedelta(hours=5)
        assert dated(sure, device.identity) is sure
