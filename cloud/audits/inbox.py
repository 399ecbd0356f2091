"""Messages that arrived and are not stored yet: bounded in bytes, taken in batches.

The broker sends again what it has waited for too long. Where storing is slow that is what is still in our hands: it
would be checked twice, and make storing slower still.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cloud.broker.link import Receipt

LARGEST_WAITING_BYTES = 64_000_000
"""More than this waits at the broker, which holds back once its unacknowledged messages are too many."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as the broker handed it over, with the receipt by which it is acknowledged to the broker."""

    topic: str
    payload: bytes
    receipt: Receipt
    received_at: datetime
    arrived: float
    """`time.monotonic()` of its arrival."""


class Inbox:
    """A queue between the broker's thread and the one that stores."""

    def __init__(self, limit_bytes: int = LARGEST_WAITING_BYTES) -> None:
        self._limit = limit_bytes
        self._waiting: deque[Arrival] = deque()
        self._bytes = 0
        self._held: set[Receipt] = set()
        self._closed = False
        self._changed = threading.Condition()

    def put(self, arrival: Arrival) -> None:
        """Add a message; waits while the inbox is full, and drops it once closed: the broker still has it.

        One that was put in before and is not settled is dropped, too.
        """
        with self._changed:
            if arrival.receipt in self._held:
                return
            self._changed.wait_for(lambda: self._bytes < self._limit or self._closed)
            if not self._closed:
                self._waiting.append(arrival)
                if arrival.receipt.number:
                    self._held.add(arrival.receipt)
                self._bytes += len(arrival.payload)
                self._changed.notify_all()

    def take(self, most: int, gather_s: float) -> list[Arrival]:
        """The next messages: waits for the first, then up to `gather_s` for others; empty once closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            until = time.monotonic() + gather_s
            self._changed.wait_for(
                lambda: len(self._waiting) >= most or self._bytes >= self._limit or self._closed,
                timeout=max(until - time.monotonic(), 0),
            )
            if self._closed:
                return []
            batch = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
            self._bytes -= sum(len(arrival.payload) for arrival in batch)
            self._changed.notify_all()
            return batch

    def settle(self, arrivals: Iterable[Arrival]) -> None:
        """Let go of messages that were taken, before the broker is told: it then gives their numbers to others."""
        with self._changed:
            self._held.difference_update([arrival.receipt for arrival in arrivals])

    def close(self) -> None:
        """End: nobody waits any longer, what is left stays with the broker."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
