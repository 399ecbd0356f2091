"""A disk that is soon full."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of so many MB at `folder`; where none can be mounted, which only root may, the test is skipped."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder]
    made = subprocess.run(mount, check=False, capture_output=True)
    if made.returncode:
        assert os.environ.get("CI") != "true", f"CI must mount a small disk: {made.stderr.decode().strip()}"
        pytest.skip(f"no small disk can be mounted here: {made.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


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
