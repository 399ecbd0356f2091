"""Sends the outbox: oldest first, a bounded number on the way, again where the cloud's ack stays away."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from edge.device.identity import Identity
from edge.peer import Peer
from edge.uplink.outbox import Outbox, Row
from facings.clock import format_utc
from facings.errors import MessageError
from facings.messages import Ack, BootAck

WINDOW = 64
RESEND_AFTER_S = 30.0
RESEND_AT_MOST_AFTER_S = 960.0
MISSING_AFTER_S = 5.0
LATE = timedelta(minutes=1)

Publish = Callable[[str, bytes], bool]
"""Hands a payload to the broker's connection under a topic; False where there is none."""


class Sender:
    """Keeps at most `WINDOW` messages on the way to the cloud.

    A PUBACK says only that the broker has a message, so it plays no part here: a message is on the way until the
    cloud's ack. When acks stay away everything is sent again, at intervals that double, lest a device fills the
    queues of a broker whose cloud is down.
    """

    def __init__(self, outbox: Outbox, identity: Identity, publish: Publish, log: logging.Logger) -> None:
        self._outbox = outbox
        self._identity = identity
        self._publish = publish
        self._log = log
        self._cloud = Peer("cloud", log)
        self._lock = threading.Lock()
        self._sent: dict[tuple[str, int], float] = {}
        self._cursor = 0
        self._patience_s = RESEND_AFTER_S
        self._last_progress = 0.0

    def start_over(self) -> None:
        """Send everything again: after a new connection, or when someone asks."""
        with self._lock:
            self._forget_sent()
            self._patience_s = RESEND_AFTER_S

    def pump(self) -> None:
        """Send what may be sent now."""
        self._outbox.tell_losses()
        with self._lock:
            now = self._identity.clock.monotonic()
            if self._sent and now - self._last_progress > self._patience_s:
                self._cloud.lost("no ack for what was sent; it is kept and sent again until there is one")
                self._patience_s = min(2 * self._patience_s, RESEND_AT_MOST_AFTER_S)
                self._forget_sent()
            while len(self._sent) < WINDOW:
                rows = self._outbox.after(self._cursor, WINDOW)
                if not rows or not all(self._send(row, now) for row in rows):
                    return

    def on_ack(self, payload: bytes) -> None:
        """Take the cloud's word for what is stored."""
        try:
            ack = Ack.from_wire(payload)
        except MessageError as error:
            self._log.error("an ack that cannot be read: %s", error)
            return
        gone = self._outbox.acknowledge(ack)
        with self._lock:
            now = self._identity.clock.monotonic()
            for boot in ack.boots:
                self._settle(boot, now)
            if gone:
                self._cloud.back()
                self._patience_s, self._last_progress = RESEND_AFTER_S, now

    def _send(self, row: Row, now: float) -> bool:
        """Hand one row over; False where the window is full or the connection is gone."""
        if len(self._sent) >= WINDOW:
            return False
        key = (row.boot_id, row.seq)
        if key not in self._sent:
            topics = self._identity.topics
            topic = topics.observation if row.kind == "observation" else topics.event
            if not self._publish(topic, self._payload(row)):
                return False
            if not self._sent:
                self._last_progress = now
            self._sent[key] = now
        self._cursor = row.id
        return True

    def _payload(self, row: Row) -> bytes:
        """The message as it was stored; only when it was sent, and whether that is late, differ at each sending."""
        now = self._identity.clock.now()
        message = json.loads(row.payload)
        message["sent_at"] = format_utc(now)
        message["historical"] = row.boot_id != str(self._identity.boot_id) or now - row.happened_at > LATE
        return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()

    def _settle(self, boot: BootAck, now: float) -> None:
        """Forget what arrived; of what is missing, forget what was sent long enough ago, so that it is sent again."""
        boot_id, refused = str(boot.boot_id), {refusal.seq for refusal in boot.refused}
        for key, sent_at in list(self._sent.items()):
            seq = key[1]
            if key[0] != boot_id or (seq > boot.through and seq not in refused):
                continue
            is_missing = any(gap.first <= seq <= gap.last for gap in boot.missing)
            if is_missing and now - sent_at < MISSING_AFTER_S:
                continue
            del self._sent[key]
            if is_missing:
                self._cursor = 0

    def _forget_sent(self) -> None:
        self._sent.clear()
        self._cursor = 0
        self._last_progress = self._identity.clock.monotonic()
