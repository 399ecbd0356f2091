"""A disk that is really full: the alarm goes out, nothing stored is lost, and all goes on once there is room."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.capture.intake import Intake
from edge.capture.shot import Shot
from edge.device import disk as module
from edge.device.disk import DiskWatch
from edge.device.identity import REPLAY_CLOCK
from edge.uplink.quota import Quota
from edge.uplink.reserve import RESERVE_FILE, Reserve
from edge.uplink.spool import Spool
from facings.errors import UnavailableError
from facings.messages import Ack, BootAck
from tests.support.acking_peer import wait_until
from tests.support.cooler import FIRST
from tests.support.kept import LOG, NOON, telling
from tests.support.messages import observation
from tests.support.small_disk import fill, mounted

ROOMY = 10**9
MEGABYTE = 1_000_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MB."""
    with mounted(tmp_path / "disk", 6) as folder:
        yield folder


def shot(size: int) -> Shot:
    return Shot(os.urandom(size), FIRST, FIRST, FIRST, "replay", REPLAY_CLOCK)


def test_a_full_disk_is_told_loses_nothing_and_recovers(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.05)
    with telling(small_disk) as device:
        spool = Spool(device.store)
        spool.start()
        quota = Quota(device.store, device.outbox, spool, ROOMY, ROOMY)
        intake = Intake(device.store, device.outbox, spool, quota, LOG)
        watch = DiskWatch(Reserve(small_disk, size=MEGABYTE, least_free=MEGABYTE), device.alarms, LOG)
        device.store.on_full, watch.on_room = watch.on_full, intake.tell_untold
        watch.start()
        assert (small_disk / RESERVE_FILE).stat().st_size == MEGABYTE
        stored = [device.outbox.add(observation(boot_id=device.identity.boot_id, seq=None)) for _ in range(20)]
        photo = intake.keep(shot(50_000))
        other = fill(small_disk)

        with pytest.raises(UnavailableError):
            intake.keep(shot(2 * MEGABYTE))
        wait_until(lambda: device.told() == ["disk-full"], "the alarm, in the room that the reserve held")
        assert not (small_disk / RESERVE_FILE).exists()
        assert intake.not_taken("the disk is full", FIRST), "the reserve holds this too"

        other.write_bytes(b"")
        fill(small_disk)
        while intake.not_taken("the disk is full", FIRST):
            pass
        assert not intake.not_taken("the disk is full", FIRST)
        assert {row.seq for row in device.outbox.after(0, 1000)} >= set(stored)
        assert spool.encoded(photo)

        other.unlink()
        wait_until(lambda: device.told() == ["disk-full", "disk-full over"], "over, by itself")
        wait_until(lambda: device.events("photo-not-taken")[-1].detail == {"earlier_untold": 2}, "the photos untold")
        assert intake.keep(shot(50_000))
        assert (small_disk / RESERVE_FILE).stat().st_size == MEGABYTE
        watch.stop()


def test_a_full_disk_can_still_be_emptied_by_acks(small_disk: Path) -> None:
    with telling(small_disk) as device:
        reserve = Reserve(small_disk, size=MEGABYTE, least_free=MEGABYTE)
        reserve.refill()
        device.store.on_full = reserve.release
        boot_id = device.identity.boot_id
        for _ in range(50):
            device.outbox.add(observation(boot_id=boot_id, seq=None))
        fill(small_disk)
        with pytest.raises(UnavailableError):
            while True:
                device.outbox.add(observation(boot_id=boot_id, seq=None))
        held = device.outbox.depth()[0]
        ack = Ack(at=NOON, boots=(BootAck(boot_id=boot_id, through=held),))
        assert held > 60
        assert device.outbox.acknowledge(ack) == held


def test_a_photo_leaves_the_last_megabyte_to_messages(small_disk: Path) -> None:
    with telling(small_disk) as device:
        spool = Spool(device.store)
        spool.start()
        quota = Quota(device.store, device.outbox, spool, ROOMY, ROOMY)
        intake = Intake(device.store, device.outbox, spool, quota, LOG)
        fill(small_disk, leave=1_300_000)
        kept = [intake.keep(shot(200_000))]
        with pytest.raises(UnavailableError, match="is full: make room"):
            intake.keep(shot(200_000))
        assert intake.not_taken("the disk is full", FIRST)
        with quota.enforced():
            spool.mark_read(kept[0].photo_id, 640, 480, "image/jpeg")
        kept.append(intake.keep(shot(190_000)))  # for the one that waited for its upload, which is told
        assert spool.next_unread().photo_id == kept[1].photo_id
        assert device.outbox.tell_losses()
        assert device.events("outbox-dropped")[0].detail["photo_ids"] == [str(kept[0].photo_id)]


def test_a_device_starts_on_a_full_disk_with_what_the_reserve_held(small_disk: Path) -> None:
    reserve = Reserve(small_disk, size=MEGABYTE, least_free=MEGABYTE)
    with telling(small_disk) as device:
        stored = device.outbox.add(observation(boot_id=device.identity.boot_id, seq=None))
        assert reserve.refill()
    fill(small_disk)
    reserve.make_way()
    with telling(small_disk) as device:
        watch = DiskWatch(reserve, device.alarms, LOG)
        watch.start()
        assert device.told() == ["disk-full"]
        assert [row.seq for row in device.outbox.after(0, 1)] == [stored]
        watch.stop()


def test_a_disk_with_room_is_no_alarm(tmp_path: Path) -> None:
    with telling(tmp_path) as device:
        watch = DiskWatch(Reserve(tmp_path, least_free=0), device.alarms, LOG)
        watch.start()
        watch.stop()
        assert not device.told()
        assert (tmp_path / RESERVE_FILE).stat().st_size == MEGABYTE
