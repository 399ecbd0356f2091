"""A file that holds some room of the disk, given up when the disk is full: enough to tell so, and to take acks."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

RESERVE_FILE = "reserve"
RESERVE_BYTES = 1_000_000
LEAST_FREE_BYTES = 10_000_000


class Reserve:
    """`size` bytes of the disk under `folder`. Acks delete rows, and even that takes room in SQLite's log: without a
    reserve, a full disk could not be emptied. It is taken only where `least_free` bytes stay free beside it.
    """

    def __init__(self, folder: Path, size: int = RESERVE_BYTES, least_free: int = LEAST_FREE_BYTES) -> None:
        self._file = folder / RESERVE_FILE
        self._size = size
        self._least_free = least_free

    def make_way(self) -> None:
        """Before a start: give the room up where the start itself may need it."""
        if self._file.exists() and self.free() < self._size:
            self.release()

    def release(self) -> None:
        """Give the room to whoever needs it now."""
        self._file.unlink(missing_ok=True)

    def refill(self) -> bool:
        """Hold the room again, where there is enough; whether it is held."""
        try:
            if self._file.exists() and self._file.stat().st_size == self._size:
                return True
            if self.free() < self._size + self._least_free:
                return False
            with self._file.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, self._size)
        except OSError:
            self._file.unlink(missing_ok=True)
            return False
        return True

    def free(self) -> int:
        """Bytes that are free on the disk."""
        return shutil.disk_usage(self._file.parent).free
