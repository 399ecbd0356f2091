"""An alarm is told once when it begins and once when it is over, whatever happens in between."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from edge.device import reporter as module
from tests.support.acking_peer import wait_until
from tests.support.kept import NOON, telling


def test_an_alarm_is_told_once_when_it_begins_and_once_when_it_is_over(tmp_path: Path) -> None:
    with telling(tmp_path) as device:
        for _ in range(3):
            device.alarms.begin("camera-dark", "the picture is black", brightness=0.01)
        assert device.alarms.on == ("camera-dark",)
        for _ in range(3):
            device.alarms.over("camera-dark", "there is light")
        began, over = device.events()
    assert (began.reason, began.detail) == ("the picture is black", {"alarm": "camera-dark", "brightness": 0.01})
    assert over.reason == "alarm camera-dark is over: there is light"
    assert over.detail == {"alarm": "camera-dark", "over": True}


def test_an_alarm_that_is_on_is_not_told_again_after_a_restart(tmp_path: Path) -> None:
    with telling(tmp_path) as device:
        device.alarms.begin("door-stuck", "the switch flutters")
        device.alarms.begin("disk-full", "no room")
        device.alarms.over("disk-full")
    with telling(tmp_path) as device:
        assert device.alarms.on == ("door-stuck",)
        device.alarms.begin("door-stuck", "the switch flutters")
        device.alarms.over("door-stuck")
        assert device.told() == ["door-stuck", "disk-full", "disk-full over", "door-stuck over"]


def test_an_alarm_that_nobody_watches_any_more_is_over(tmp_path: Path) -> None:
    with telling(tmp_path) as device:
        device.alarms.begin("controller-lost", "no answer")
    with telling(tmp_path, unwatched=("controller-lost", "door-ajar")) as device:
        assert device.told() == ["controller-lost", "controller-lost over"]


def test_what_the_disk_does_not_take_is_told_later_in_order_and_with_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.02)
    with telling(tmp_path) as device:
        with device.store.transaction() as db:
            db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0]}")
        while device.reporter.tell("door-opened", "filler " * 200) is None and not device.reporter.waits:
            pass
        kept = len(device.events("door-opened"))
        device.clock.pass_s(60)
        device.alarms.begin("disk-full", "no room")
        device.clock.pass_s(60)
        device.alarms.over("disk-full")
        assert not device.told()
        with device.store.transaction() as db:
            db.execute("PRAGMA max_page_count = 100000")
        wait_until(lambda: not device.reporter.waits, "everything is told")
        assert device.told() == ["disk-full", "disk-full over"]
        assert [event.captured_at - NOON for event in device.events()] == [timedelta(minutes=1), timedelta(minutes=2)]
        assert len(device.events("door-opened")) == kept + 1
