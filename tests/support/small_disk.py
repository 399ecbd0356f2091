"""A disk that is soon full: tests that need one fail where none can be mounted, and say what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from facings.errors import UnavailableError
from firmware_sim.device.disk import SmallDisk


@cache
def can_mount() -> bool:
    """Whether a small disk can be mounted here; only root may, and in most containers not even root."""
    with TemporaryDirectory() as folder:
        disk = SmallDisk(Path(folder) / "disk", 1)
        try:
            disk.start()
        except UnavailableError:
            return False
        disk.stop()
        return True


def need_small_disk() -> None:
    """Fail the test where no small disk can be mounted."""
    assert can_mount(), "no small disk can be mounted here: run the tests as root, or by `unshare -rm make test`"


@contextmanager
def mounted(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of so many MB at `folder`."""
    need_small_disk()
    disk = SmallDisk(folder, megabytes)
    disk.start()
    try:
        yield folder
    finally:
        disk.stop()


def fill(folder: Path, leave: int = 0) -> Path:
    """Somebody else takes all room but `leave` bytes."""
    file = folder / "other"
    stat = os.statvfs(folder)
    with file.open("ab", buffering=0) as other:
        try:
            other.write(bytes(max(0, stat.f_bavail * stat.f_frsize - leave)))
        except OSError:
            assert not os.statvfs(folder).f_bavail
    return file
