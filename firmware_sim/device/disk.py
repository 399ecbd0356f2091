"""A small disk that can be filled to the last byte: a real file system, on which writing really fails."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from facings.errors import UnavailableError

MEGABYTE = 1_000_000
LARGEST_MB = 256
"""A disk with more room is not filled: it may be someone's own."""

BALLAST = "ballast"
_PIECE = bytes(64 * 1024)


@dataclass
class SmallDisk:
    """A file system of `size_mb` at `folder`: a tmpfs where root may mount one, else one mounted there already."""

    folder: Path
    size_mb: int = 24
    _mounted: bool = False

    def start(self) -> None:
        """Make the disk.

        Raises:
            UnavailableError: it cannot be mounted and the folder lies on no small disk; the text says what to do.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0 and not self._is_small_already():
            options = f"size={self.size_mb}m,mode=700"
            done = subprocess.run(
                ["mount", "-t", "tmpfs", "-o", options, "facings-disk", str(self.folder)],
                capture_output=True,
                text=True,
                check=False,
            )
            self._mounted = done.returncode == 0
        if not self._is_small_already():
            self.stop()
            raise UnavailableError(
                f"{self.folder} is on a disk too large to fill: run as root, or mount a small one there first "
                f"(mount -t tmpfs -o size={self.size_mb}m tmpfs {self.folder})"
            )

    def stop(self) -> None:
        """Unmount what was mounted; its content is gone."""
        if self._mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)
            self._mounted = False
        else:
            self.free()

    def fill(self) -> None:
        """Write until there is no room for one more byte."""
        with (self.folder / BALLAST).open("ab", buffering=0) as ballast:
            size = len(_PIECE)
            while size:
                try:
                    ballast.write(_PIECE[:size])
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    size //= 2

    def free(self) -> None:
        """Take the ballast away."""
        (self.folder / BALLAST).unlink(missing_ok=True)

    def _is_small_already(self) -> bool:
        return self.folder.is_mount() and shutil.disk_usage(self.folder).total <= LARGEST_MB * MEGABYTE
