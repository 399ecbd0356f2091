"""One instance per data folder."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from facings.errors import UnavailableError


class InstanceLock:
    """Held while an instance runs on `data_dir`; the kernel frees it when the process ends, however it ends."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._file: IO[str] | None = None

    def start(self) -> None:
        """Take the lock.

        Raises:
            UnavailableError: another instance runs there, or the folder cannot be written.
        """
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            self._file = (self.data_dir / "lock").open("a", encoding="ascii")
        except OSError as error:
            raise UnavailableError(
                f"cannot write to {self.data_dir}: {error.strerror}; set data_dir to a folder that can be written"
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UnavailableError(
                f"another instance runs on {self.data_dir.resolve()}: stop it, or set another data_dir"
            ) from error

    def stop(self) -> None:
        """Free the lock."""
        if self._file:
            self._file.close()
