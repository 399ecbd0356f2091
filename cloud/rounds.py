"""Work that the cloud does again and again in the background."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

from facings.errors import UnavailableError
from facings.worker import Worker


class Rounds(ABC):
    """A thread that does one round after another; a failed one is logged, and the next finds what it left undone."""

    name: ClassVar[str]
    purpose: ClassVar[str]
    """What a round does, as the log says it: 'cannot PURPOSE, trying again'."""

    def __init__(self) -> None:
        self._log = logging.getLogger(type(self).__module__)
        self.worker = Worker(self.name, self._work, self._log)

    @abstractmethod
    def round(self) -> object:
        """Do what is to be done now."""

    @abstractmethod
    def pause_s(self) -> float:
        """How long to wait after a round, unless woken."""

    def part(self, of: str, work: Callable[[], int]) -> int:
        """Do one part of a round, that `of` a company; where it fails that is logged, and holds up no other.

        Args:
            of: as the log says it.
            work: how much it did.

        Raises:
            UnavailableError: a store is away, and is so for the others too; or the round is to end.
        """
        try:
            return work()
        except UnavailableError:
            raise
        except Exception:
            self._log.exception("cannot %s of %s, trying again", self.purpose, of)
            return 0

    def start(self) -> None:
        """Begin, with a first round at once."""
        self.worker.start()

    def stop(self) -> None:
        """End after what is at hand; the next start goes on."""
        self.worker.stop()

    def wake(self) -> None:
        """There is something to do: begin the next round now."""
        self.worker.wake()

    def _work(self, worker: Worker) -> None:
        while True:
            try:
                self.round()
            except UnavailableError as error:
                self._log.info("cannot %s, trying again: %s", self.purpose, error)
            except Exception:
                self._log.exception("cannot %s, trying again", self.purpose)
            if not worker.wait(self.pause_s()):
                return
