"""The computer in the cooler: it runs the daemon while it has power, by a clock of its own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from facings.errors import UnavailableError

_TERM_WAIT_S = 20.0


@dataclass
class Computer:
    """`facings edge run CONFIG` as a process whose power and clock can fail.

    The process is the daemon as it is shipped, started by `firmware_sim.device.boot`, which puts a `DriftingClock`
    in the place of the machine's.
    """

    config: Path
    log: Path
    drift_ppm: float = 0.0
    clock: RemoteClock = field(init=False)
    _process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        """The clock is reached through the computer."""
        self.clock = RemoteClock(self)

    def start(self) -> None:
        """Switch it on.

        Raises:
            UnavailableError: there is no such settings file.
        """
        if not self.config.is_file():
            raise UnavailableError(f"there is no settings file {self.config} for the daemon")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "firmware_sim.device.boot", str(self.drift_ppm), str(self.config)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log)

    def cut_power(self) -> None:
        """It is off, in the middle of what it did."""
        if self._process:
            self._process.kill()
            self._end()

    def stop(self) -> None:
        """Shut it down properly."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_TERM_WAIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._end()

    @property
    def is_on(self) -> bool:
        """Whether the daemon runs."""
        return self._process is not None and self._process.poll() is None

    def order(self, line: str) -> None:
        """Tell the running computer something about its clock."""
        if self.is_on and self._process and self._process.stdin:
            self._process.stdin.write(f"{line}\n".encode())
            self._process.stdin.flush()

    def _end(self) -> None:
        assert self._process
        self._process.wait()
        if self._process.stdin:
            self._process.stdin.close()
        self._process = None


@dataclass(frozen=True)
class RemoteClock:
    """The clock of a `Computer`, set from outside as `DriftingClock` is."""

    computer: Computer

    def jump(self, by: timedelta) -> None:
        """Set the clock forward or back."""
        self.computer.order(f"jump {by.total_seconds()}")

    def reset(self) -> None:
        """It is 1970."""
        self.computer.order("reset")

    def correct(self) -> None:
        """Set it right."""
        self.computer.order("correct")
