"""The parts of the daemon and of the cloud, and the thread that most of them own."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Protocol

PAUSE_AFTER_FAILURE_S = 5.0


class Part(Protocol):
    """Something that is started and stopped: its constructor only keeps, work begins in `start` and ends in `stop`."""

    def start(self) -> None:
        """Begin to work."""
        ...

    def stop(self) -> None:
        """End all work; nothing of it runs afterwards."""
        ...


class Worker:
    """One thread that runs `work(worker)`, which returns once `wait` answers False.

    An error that nobody foresaw is logged with its trace and the work begins anew: a cooler has no one to restart it.
    """

    def __init__(self, name: str, work: Callable[[Worker], None], log: logging.Logger) -> None:
        self._name = name
        self._work = work
        self._log = log
        self._signal = threading.Event()
        self.stop_asked = threading.Event()
        """Set when the work is to end; for those who wait for something of their own."""
        self._thread: threading.Thread | None = None

    @property
    def stopping(self) -> bool:
        """Whether the work is to end."""
        return self.stop_asked.is_set()

    def start(self) -> None:
        """Start the thread."""
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ask the work to end and wait until it has."""
        self.stop_asked.set()
        self._signal.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def wake(self) -> None:
        """End a wait now."""
        self._signal.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Sleep until woken, stopped or the time is over; False when it is time to stop."""
        self._signal.wait(seconds)
        if self.stopping:
            return False
        self._signal.clear()
        return not self.stopping

    def pause(self, seconds: float) -> bool:
        """Sleep for `seconds` whoever wakes; False when it is time to stop."""
        return not self.stop_asked.wait(seconds)

    def _run(self) -> None:
        while not self.stopping:
            try:
                self._work(self)
                return
            except Exception:
                self._log.exception("%s failed; it starts again in %.0f s", self._name, PAUSE_AFTER_FAILURE_S)
                self.pause(PAUSE_AFTER_FAILURE_S)


class WorkingPart(ABC):
    """A part that is one thread: `_work` runs from `start` until `stop`; `wake` ends a wait in it."""

    def __init__(self, name: str, log: logging.Logger) -> None:
        self._log = log
        self._worker = Worker(name, self._work, log)

    @abstractmethod
    def _work(self, worker: Worker) -> None:
        """Work until `worker.wait` answers False."""

    def start(self) -> None:
        """Begin to work."""
        self._worker.start()

    def stop(self) -> None:
        """End after what is at hand."""
        self._worker.stop()

    def wake(self) -> None:
        """There is something to do: end the wait now."""
        self._worker.wake()
