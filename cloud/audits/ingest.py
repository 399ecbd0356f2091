"""Ingest: from the broker into the stores, then the acknowledgement.

A message goes through: arrive, check, dedupe, facts, records, commit; only then the device is told (`ack`), the broker
is told, and the live numbers are told. A crash before that leaves the message with the device, which sends it again.

Two threads share the work: one checks the messages of a batch while the other has the batch before on its way to disk.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Sequence

from cloud.audits.inbox import Arrival, Inbox
from cloud.audits.intake import Accepted, Refused, read, refuse
from cloud.audits.models import NO_TENANT
from cloud.audits.store import Outcome, store
from cloud.broker.link import BrokerLink, Receipt
from cloud.services import Services
from cloud.stores import STORES_AWAY
from facings.messages import Ack
from facings.topics import DeviceTopics

MOST_IN_BATCH = 1_000
"""A quarter of what the broker hands out unacknowledged: one batch is stored, one is checked, the next is there."""
GATHER_S = 0.05
BUSY = 500
"""With so many in a batch more come than is usual, and for a while work that can wait makes room."""
BUSY_FOR_S = 2.0
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 10.0

Items = Sequence[Accepted | Refused]

log = logging.getLogger(__name__)


class Ingest:
    """Stores what devices send; start it before the link."""

    def __init__(self, services: Services, link: BrokerLink) -> None:
        self._services = services
        self._link = link
        self._inbox = Inbox()
        self._checked: queue.Queue[Items] = queue.Queue(maxsize=1)
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._check_all, name="ingest-check"),
            threading.Thread(target=self._store_all, name="ingest-store"),
        ]

    def start(self) -> None:
        """Begin to take messages."""
        self._link.on_message(self._arrived)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the batch at hand; what waits stays with the broker."""
        self._stopping.set()
        self._inbox.close()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def _arrived(self, topic: str, payload: bytes, receipt: Receipt) -> None:
        self._inbox.put(Arrival(topic, payload, receipt, self._services.clock.now(), time.monotonic()))

    def _check_all(self) -> None:
        while batch := self._inbox.take(MOST_IN_BATCH, GATHER_S):
            if len(batch) >= BUSY:
                self._services.pace.slow_down(BUSY_FOR_S)
            self._checked.put([_checked(arrival) for arrival in batch])
        self._checked.put([])

    def _store_all(self) -> None:
        while items := self._checked.get():
            self._settle(items)
            for item in items:
                self._services.metrics.store_seconds.observe(time.monotonic() - item.arrival.arrived)

    def _settle(self, items: Items) -> None:
        try:
            self._persist(items)
        except Exception:
            log.exception("cannot store %d messages in one go", len(items))
            for item in items:
                self._settle_alone(item)

    def _settle_alone(self, item: Accepted | Refused) -> None:
        try:
            self._persist([item])
        except Exception as error:
            # Our fault, not the message's: set aside for the operator, but not acknowledged, so the device keeps it.
            try:
                self._persist([refuse(item.arrival, f"storing it failed: {type(error).__name__}: {error}")])
            except Exception:
                log.exception("cannot even quarantine a message on %s", item.arrival.topic)
                self._inbox.settle([item.arrival])  # the broker will send it again

    def _persist(self, items: Items) -> None:
        """Store the batch, however long the stores are away, and tell all who wait for it; nothing once stopped."""
        pause = SHORTEST_PAUSE_S
        while not self._stopping.is_set():
            try:
                outcomes = store(self._services, items)
            except STORES_AWAY as error:  # nothing is acknowledged
                if pause == SHORTEST_PAUSE_S:
                    log.error("cannot store %d messages, trying again: %s", len(items), error)
                self._stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)
                continue
            if pause > SHORTEST_PAUSE_S:
                log.warning("storing again")
            self._inbox.settle(item.arrival for item in items)
            self._link.acknowledge(item.arrival.receipt for item in items)
            for outcome in outcomes:
                self._tell(outcome)
            return

    def _tell(self, outcome: Outcome) -> None:
        for device, boots in outcome.acks.items():
            ack = Ack(at=self._services.clock.now(), boots=tuple(boots))
            self._link.publish(DeviceTopics(outcome.tenant, device).ack, ack.to_wire())
        for (kind, what), number in outcome.counts.items():
            self._services.metrics.messages.labels(kind, what).inc(number)
        if outcome.tenant != NO_TENANT and (outcome.changed or outcome.signs_changed):
            self._services.live.refresh(outcome.tenant, outcome.changed)


def _checked(arrival: Arrival) -> Accepted | Refused:
    try:
        return read(arrival)
    except Exception as error:  # our fault: as one that cannot be stored
        log.exception("cannot check a message on %s", arrival.topic)
        return refuse(arrival, f"checking it failed: {type(error).__name__}: {error}")
