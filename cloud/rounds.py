"""Work that the cloud does again and again in the background."""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

from cloud.stores import in_short, is_away, is_full
from facings.errors import UnavailableError
from facings.worker import Worker, WorkingPart


class Rounds(WorkingPart):
    """A thread that does one round after another, the first at once; the next finds what a failed one left undone."""

    name: ClassVar[str]
    purpose: ClassVar[str]
    """What a round does, as the log says it: 'cannot PURPOSE, trying again'."""

    def __init__(self) -> None:
        super().__init__(self.name, logging.getLogger(type(self).__module__))
        self._told: set[type[Exception]] = set()
        self._told_of: dict[str, type[Exception]] = {}

    @abstractmethod
    def round(self) -> object:
        """Do what is to be done now."""

    @abstractmethod
    def pause_s(self) -> float:
        """How long to wait after a round, unless woken."""

    def part(self, of: str, work: Callable[[], int]) -> int:
        """Do one part of a round, that `of` a company; where it fails that is logged once, and holds up no other.

        Args:
            of: as the log says it.
            work: how much it did.

        Raises:
            UnavailableError: a store is away, and is so for the others too; or the round is to end.
            Exception: so is one whose disk is full, in its own words.
        """
        try:
            done = work()
        except Exception as error:
            if isinstance(error, UnavailableError) or is_full(error):
                raise
            if self._told_of.get(of) is not type(error):
                self._told_of[of] = type(error)
                self._log.exception("cannot %s of %s, trying again", self.purpose, of)
            return 0
        if self._told_of.pop(of, None):
            self._log.info("can %s of %s again", self.purpose, of)
        return done

    def _work(self, worker: Worker) -> None:
        while True:
            try:
                self.round()
            except Exception as error:
                self._failed(error)
            else:
                self._succeeded()
            if not worker.wait(self.pause_s()):
                return

    def _failed(self, error: Exception) -> None:
        """Told once until it works again: a round may come every two seconds, and a full disk last for days."""
        if type(error) in self._told:
            return
        self._told.add(type(error))
        if is_away(error):
            self._log.warning("cannot %s, trying again: %s", self.purpose, in_short(error))
        else:
            self._log.error("cannot %s, trying again", self.purpose, exc_info=error)

    def _succeeded(self) -> None:
        if self._told:
            self._log.info("can %s again", self.purpose)
            self._told.clear()
