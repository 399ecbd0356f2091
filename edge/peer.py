"""A peer that comes and goes: logged once when lost, once when back."""

from __future__ import annotations

import logging
import random


class Peer:
    """Whether the broker, the cloud or a camera is there, told to the log only when that changes."""

    def __init__(self, name: str, log: logging.Logger) -> None:
        self._name = name
        self._log = log
        self._told: set[str] = set()

    @property
    def is_lost(self) -> bool:
        """Whether it was lost and has not come back."""
        return bool(self._told)

    def lost(self, reason: str) -> None:
        """Note that it is not there; a reason not told since it went is news too."""
        if reason not in self._told:
            self._log.warning("%s: %s", self._name, reason)
        self._told.add(reason)

    def back(self) -> None:
        """Note that it is there."""
        if self._told:
            self._log.info("%s is back", self._name)
        self._told.clear()


class Backoff:
    """Waiting times between tries: random up to a ceiling that doubles (full jitter), so that a fleet spreads out."""

    def __init__(self, first_s: float = 1.0, most_s: float = 60.0) -> None:
        self._first_s = first_s
        self._most_s = most_s
        self._tries = 0

    def next_s(self) -> float:
        """How long to wait before the next try."""
        ceiling = min(self._most_s, self._first_s * 2.0 ** min(self._tries, 32))
        self._tries += 1
        return random.uniform(0, ceiling)

    def reset(self) -> None:
        """Begin anew after a success."""
        self._tries = 0
