"""The programs the demo runs: each with its log file, and none outlives the demo."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from facings.errors import FacingsError, UnavailableError

_FACINGS = (sys.executable, "-m", "facings.cli")
_TERM_WAIT_S = 20.0
_LAST_LINES = 4


class Child:
    """One program, running beside the demo; it writes to a log file of its own."""

    def __init__(self, name: str, arguments: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.log = log
        self._arguments = list(arguments)
        self._env = {**os.environ, **(env or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start `facings ARGUMENTS`."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            # A session of its own: Ctrl-C reaches the demo alone, which then stops its children in order.
            self._process = subprocess.Popen(
                [*_dies_with_parent(), *_FACINGS, *self._arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._env,
                start_new_session=True,
            )

    @property
    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        assert self._process, "not started"
        return self._process.poll()

    def stop(self) -> int:
        """Ask it to end, insist if it does not, and return its exit code."""
        assert self._process, "not started"
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(_TERM_WAIT_S)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
        return self._process.wait()

    def check(self) -> None:
        """Complain where it has ended with an error.

        Raises:
            FacingsError: it did; the text names the log and shows its end.
        """
        if self.code:
            raise FacingsError(f"{self.name} ended with exit code {self.code}: {self._ending()}; see {self.log}")

    def _ending(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").split("\n")
        return " / ".join(line.strip() for line in lines[-_LAST_LINES - 1 :] if line.strip()) or "it wrote nothing"


class Children:
    """All of them, stopped last first, whatever happens."""

    def __init__(self) -> None:
        self._running: list[Child] = []

    def start(self, child: Child) -> Child:
        """Start one more."""
        self._running.append(child)
        child.start()
        return child

    def check(self) -> None:
        """Complain where one has ended with an error."""
        for child in self._running:
            child.check()

    def stop(self) -> dict[str, int]:
        """Stop all; the exit code of each by its name."""
        codes = {}
        while self._running:
            child = self._running.pop()
            codes[child.name] = child.stop()
        return codes


def facings(*arguments: str, cwd: Path | None = None) -> str:
    """What `facings ARGUMENTS` prints.

    Raises:
        FacingsError: it failed; the text is its own.
    """
    done = subprocess.run([*_FACINGS, *arguments], capture_output=True, text=True, check=False, cwd=cwd)
    if done.returncode:
        complaint = (done.stderr or done.stdout).strip().removeprefix("error ")
        raise FacingsError(f"`facings {' '.join(arguments[:3])}`: {complaint or f'exit code {done.returncode}'}")
    return done.stdout


def wait_for_file(file: Path, child: Child, seconds: float) -> None:
    """Wait until a child has written `file`.

    Raises:
        UnavailableError: it did not in time.
        FacingsError: the child has ended.
    """
    deadline = time.monotonic() + seconds
    while not file.exists():
        child.check()
        if child.code is not None:
            raise FacingsError(f"{child.name} has ended; see {child.log}")
        if time.monotonic() > deadline:
            raise UnavailableError(f"{child.name} is not ready after {seconds:.0f} s; see {child.log}")
        time.sleep(0.1)


def _dies_with_parent() -> Sequence[str]:
    # Linux's own way to end a child whose parent was killed; elsewhere only a kill -9 of the demo leaves it running.
    return ("setpriv", "--pdeathsig", "TERM") if shutil.which("setpriv") else ()
