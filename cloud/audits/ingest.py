"""Ingest: from the broker into the stores, then the acknowledgement.

A message goes through: arrive, check, dedupe, facts, records, commit; only then the device is told (`ack`), the broker
is told, and the live numbers are told. A crash before that leaves the message with the device, which sends it again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

from clickhouse_connect.driver.exceptions import ClickHouseError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from cloud.audits.inbox import Arrival, Inbox
from cloud.audits.intake import read, refuse
from cloud.audits.models import NO_TENANT
from cloud.audits.store import Outcome, Reader, store
from cloud.broker.link import BrokerLink
from cloud.services import Services
from facings.errors import UnavailableError
from facings.messages import Ack
from facings.topics import DeviceTopics

MOST_IN_BATCH = 1_000
GATHER_S = 0.05
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 10.0

STORES_AWAY = (OperationalError, InterfaceError, PoolTimeoutError, ClickHouseError, UnavailableError, OSError)
"""What a store raises that is down, full or locked: the same batch is tried again, and nothing is acknowledged."""

log = logging.getLogger(__name__)


class Ingest:
    """Stores what devices send; start it before the link."""

    def __init__(self, services: Services, link: BrokerLink) -> None:
        self._services = services
        self._link = link
        self._inbox = Inbox()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ingest")

    def start(self) -> None:
        """Begin to take messages."""
        self._link.on_message(self._arrived)
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch at hand; what waits stays with the broker."""
        self._stopping.set()
        self._inbox.close()
        if self._thread.is_alive():
            self._thread.join()

    def _arrived(self, topic: str, payload: bytes, ack: Callable[[], None]) -> None:
        self._inbox.put(Arrival(topic, payload, ack, self._services.clock.now(), time.monotonic()))

    def _run(self) -> None:
        while batch := self._inbox.take(MOST_IN_BATCH, GATHER_S):
            self._settle(batch)
            for arrival in batch:
                self._services.metrics.store_seconds.observe(time.monotonic() - arrival.arrived)

    def _settle(self, batch: Sequence[Arrival]) -> None:
        try:
            self._persist(batch, read)
        except Exception:
            log.exception("cannot store %d messages in one go", len(batch))
            for arrival in batch:
                self._settle_alone(arrival)

    def _settle_alone(self, arrival: Arrival) -> None:
        try:
            self._persist([arrival], read)
        except Exception as error:
            # Our fault, not the message's: set aside for the operator, but not acknowledged, so the device keeps it.
            reason = f"storing it failed: {type(error).__name__}: {error}"
            try:
                self._persist([arrival], lambda bad: refuse(bad, reason))
            except Exception:
                log.exception("cannot even quarantine a message on %s", arrival.topic)

    def _persist(self, batch: Sequence[Arrival], reader: Reader) -> None:
        """Store the batch, however long the stores are away, and tell all who wait for it; nothing once stopped."""
        pause = SHORTEST_PAUSE_S
        while not self._stopping.is_set():
            try:
                outcomes = store(self._services, batch, reader)
            except STORES_AWAY as error:
                if pause == SHORTEST_PAUSE_S:
                    log.error("cannot store %d messages, trying again: %s", len(batch), error)
                self._stopping.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)
                continue
            if pause > SHORTEST_PAUSE_S:
                log.warning("storing again")
            for arrival in batch:
                arrival.ack()
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
