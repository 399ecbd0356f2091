"""A real file system that is really full."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from facings.errors import UnavailableError
from firmware_sim.device.disk import BALLAST, SmallDisk
from tests.support.small_disk import need_small_disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    need_small_disk()
    made = SmallDisk(tmp_path / "disk", size_mb=2)
    made.start()
    yield made
    made.stop()
    assert not (tmp_path / "disk").is_mount()


def test_a_full_disk_takes_not_one_byte_until_there_is_room(disk: SmallDisk) -> None:
    file = disk.folder / "note"
    file.write_bytes(b"before")
    disk.fill()
    with pytest.raises(OSError, match="No space left"):
        (disk.folder / "photo").write_bytes(b"x")
    assert file.read_bytes() == b"before"
    disk.free()
    file.write_bytes(b"after")
    assert not (disk.folder / BALLAST).exists()


def test_nobodys_own_disk_is_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(UnavailableError, match="too large to fill: run as root"):
        SmallDisk(tmp_path / "disk").start()
