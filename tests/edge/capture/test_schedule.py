"""When photos are due: zones, summer time, the device's own delay, clocks that jump."""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from edge.capture import schedule as module
from edge.capture.schedule import Schedule, Timetable, offset_s
from facings.clock import SystemClock
from tests.support.acking_peer import wait_until

BERLIN = ZoneInfo("Europe/Berlin")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NEXT = {
    "hourly": (("0 * * * *",), UTC, 0, "2026-05-01 10:00:00", ["2026-05-01 11:00:00", "2026-05-01 12:00:00"]),
    "delay": (("0 * * * *",), UTC, 90, "2026-05-01 10:00:30", ["2026-05-01 10:01:30", "2026-05-01 11:01:30"]),
    "the earliest of two": (
        ("0 8 * * *", "30 9 * * *"),
        UTC,
        0,
        "2026-05-01 08:30:00",
        ["2026-05-01 09:30:00", "2026-05-02 08:00:00"],
    ),
    "the outlet's zone": (("0 8 * * *",), BERLIN, 0, "2026-01-01 00:00:00", ["2026-01-01 07:00:00"]),
    "a time that summer skips": (
        ("30 2 * * *",),
        BERLIN,
        0,
        "2026-03-28 12:00:00",
        ["2026-03-29 01:00:00", "2026-03-30 00:30:00"],
    ),
    "a time that winter repeats": (
        ("30 2 * * *",),
        BERLIN,
        0,
        "2026-10-24 12:00:00",
        ["2026-10-25 00:30:00", "2026-10-26 01:30:00"],
    ),
    "every quarter through the repeated hour": (
        ("*/15 * * * *",),
        BERLIN,
        0,
        "2026-10-25 00:40:00",
        ["2026-10-25 00:45:00", "2026-10-25 01:00:00", "2026-10-25 01:15:00"],
    ),
}


@pytest.mark.parametrize(("cron", "zone", "delay", "now", "due"), NEXT.values(), ids=NEXT)
def test_next_times(cron: tuple[str, ...], zone: ZoneInfo, delay: float, now: str, due: list[str]) -> None:
    moment, found = utc(now), []
    for _ in due:
        moment = Schedule(cron, zone, delay).next_after(moment)
        found.append(moment)
    assert found == [utc(text) for text in due]


def test_a_fleet_is_spread_over_the_minute() -> None:
    offsets = [offset_s("acme", f"cooler-{number:03}", 60) for number in range(600)]
    assert all(0 <= offset < 60 for offset in offsets)
    per_quarter = [sum(15 * q <= offset < 15 * (q + 1) for offset in offsets) for q in range(4)]
    assert min(per_quarter) > 110
    assert offset_s("acme", "cooler-001", 60) == offsets[1] != offset_s("other", "cooler-001", 60)


class SetClock(SystemClock):
    """The machine's clock, which someone sets."""

    shift = timedelta()

    def now(self) -> datetime:
        return super().now() + self.shift


@pytest.mark.parametrize("jump", [timedelta(hours=5), timedelta(hours=-5)], ids=["forward", "back"])
def test_a_clock_that_was_set_neither_bursts_nor_silences(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, jump: timedelta
) -> None:
    monkeypatch.setattr(module, "LONGEST_SLEEP_S", 0.02)
    clock, fired = SetClock(), []
    hour = (clock.now() + timedelta(hours=1)).hour
    hourly = Schedule((f"0 {hour} * * *",), UTC, 0)
    timetable = Timetable(hourly, fired.append, fired.append, clock, logging.getLogger("test"))
    timetable.start()
    time.sleep(0.05)
    clock.shift = jump
    wait_until(lambda: "clock was set" in caplog.text, "the jump is told")
    assert fired == []
    timetable.change(Schedule(("* * * * * *",), UTC, 0))
    wait_until(lambda: bool(fired), "a photo after the jump")
    timetable.stop()
    assert abs(fired[0] - clock.now()) < timedelta(seconds=5)


@pytest.mark.parametrize("jump", [timedelta(hours=5), timedelta(hours=-5)], ids=["forward", "back"])
def test_a_clock_that_is_set_while_a_photo_is_taken_silences_nothing(jump: timedelta) -> None:
    clock, fired = SetClock(), []

    def fire(due: datetime) -> None:
        fired.append(due)
        clock.shift = jump

    timetable = Timetable(Schedule(("* * * * * *",), UTC, 0), fire, fired.append, clock, logging.getLogger("test"))
    timetable.start()
    wait_until(lambda: len(fired) == 2, "a photo after the jump")
    timetable.stop()
    assert abs(fired[1] - fired[0] - jump) < timedelta(seconds=30)


def test_times_that_pass_while_the_camera_is_busy_are_missed_not_made_up() -> None:
    clock, fired, missed, busy = SystemClock(), [], [], threading.Event()

    def fire(due: datetime) -> None:
        fired.append(due)
        if len(fired) == 1:
            busy.wait(2.1)

    timetable = Timetable(Schedule(("* * * * * *",), UTC, 0), fire, missed.append, clock, logging.getLogger("test"))
    timetable.start()
    wait_until(lambda: len(fired) == 2, "two photos")
    timetable.stop()
    assert missed == [fired[0] + timedelta(seconds=1)]
    assert fired[1] - fired[0] >= timedelta(seconds=3)
