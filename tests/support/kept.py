"""The part of a device that remembers and tells, on a disk of its own, with clocks that a test sets."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from edge.device.alarms import AlarmName, Alarms
from edge.device.identity import Identity
from edge.device.reporter import Reporter
from edge.uplink.outbox import Outbox
from edge.uplink.store import Store
from facings.messages import Event

LOG = logging.getLogger("test")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class HandClock:
    """Both clocks of a machine, moved by hand."""

    def __init__(self, wall: datetime = NOON) -> None:
        self.wall, self.steady = wall, 1_000.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.steady

    def pass_s(self, seconds: float) -> None:
        """Time goes by."""
        self.wall += timedelta(seconds=seconds)
        self.steady += seconds


@dataclass
class Telling:
    """What a device needs to raise an alarm."""

    identity: Identity
    clock: HandClock
    store: Store
    outbox: Outbox
    reporter: Reporter
    alarms: Alarms

    def events(self, kind: str = "alarm") -> list[Event]:
        """The events kept so far."""
        found = [Event.from_wire(row.payload) for row in self.outbox.after(0, 10_000) if row.kind == "event"]
        return [event for event in found if event.kind == kind]

    def told(self) -> list[str]:
        """The alarms told so far: `name` where it began, `name over` where it ended."""
        return [event.detail["alarm"] + " over" * event.detail.get("over", False) for event in self.events()]


@contextmanager
def telling(folder: Path, clock: HandClock | None = None, unwatched: tuple[AlarmName, ...] = ()) -> Iterator[Telling]:
    """Store, outbox, reporter and alarms, started."""
    clock = clock or HandClock()
    identity = Identity("acme", "cooler-01", clock)
    store = Store(folder, LOG)
    outbox = Outbox(store, identity, LOG)
    reporter = Reporter(store, outbox, clock, LOG)
    alarms = Alarms(store, reporter, LOG, unwatched)
    parts = (store, outbox, reporter, alarms)
    for part in parts:
        part.start()
    try:
        yield Telling(identity, clock, store, outbox, reporter, alarms)
    finally:
        for part in reversed(parts):
            part.stop()
