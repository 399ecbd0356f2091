"""`FleetOutbox`: what a device has said and the cloud has not stored yet, in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from facings.messages import BootAck
from firmware_sim.fleet.totals import Totals

WINDOW = 64
"""Messages on the way at once, as with the daemon."""
RESEND_AFTER_S = 30.0
RESEND_AT_MOST_AFTER_S = 960.0
MISSING_AFTER_S = 5.0


@dataclass
class _Waiting:
    topic: str
    payload: bytes
    first_sent: float = 0.0
    sent: float = 0.0
    times: int = 0


class FleetOutbox:
    """Sends in order, at most `WINDOW` unacknowledged; again what the cloud misses or stays silent about.

    Args:
        totals: of the fleet.
        publish: hands a payload to the broker; False where there is no session.
        late: makes of a payload what is sent again.
    """

    def __init__(
        self, totals: Totals, publish: Callable[[str, bytes, bool], bool], late: Callable[[bytes], bytes]
    ) -> None:
        self._totals, self._publish, self._late = totals, publish, late
        self._all: dict[int, _Waiting] = {}
        self._queue: deque[int] = deque()
        self._last_seq = 0
        self._patience_s, self._last_progress = RESEND_AFTER_S, 0.0

    def __len__(self) -> int:
        return len(self._all)

    def next_seq(self) -> int:
        """The number of the next message of this boot."""
        self._last_seq += 1
        return self._last_seq

    def add(self, seq: int, topic: str, payload: bytes, now: float) -> None:
        """Keep a message until the cloud has it, and send it if there is room."""
        self._all[seq] = _Waiting(topic, payload)
        self._queue.append(seq)
        self._totals.unacked += 1
        self.pump(now)

    def pump(self, now: float) -> None:
        """Send what may be sent now."""
        while self._queue and len(self._all) - len(self._queue) < WINDOW:
            if not self._send(self._queue[0], now):
                return
            self._queue.popleft()

    def start_over(self, now: float) -> None:
        """After a new connection: all of it again, oldest first."""
        self._patience_s = RESEND_AFTER_S
        self._send_all(now)

    def remind(self, now: float) -> None:
        """Send everything again where acks stay away, ever more rarely: a busy cloud must not get more to do."""
        if len(self._all) > len(self._queue) and now - self._last_progress > self._patience_s:
            self._patience_s = min(2 * self._patience_s, RESEND_AT_MOST_AFTER_S)
            self._send_all(now)

    def _send_all(self, now: float) -> None:
        self._queue, self._last_progress = deque(sorted(self._all)), now
        self.pump(now)

    def acknowledge(self, boot: BootAck, now: float) -> None:
        """Forget what the cloud has stored or refused; send again what it misses."""
        missing = {seq for gap in boot.missing for seq in range(gap.first, min(gap.last, self._last_seq) + 1)}
        refused = {refusal.seq for refusal in boot.refused}
        settled = [seq for seq in self._all if seq in refused or (seq <= boot.through and seq not in missing)]
        for seq in settled:
            waiting = self._all.pop(seq)
            self._totals.unacked -= 1
            self._totals.settled(now - waiting.first_sent, refused=seq in refused)
        if settled:
            self._patience_s, self._last_progress = RESEND_AFTER_S, now
        gone = set(settled)
        self._queue = deque(seq for seq in self._queue if seq not in gone)
        overdue = sorted(seq for seq in missing & self._all.keys() if now - self._all[seq].sent > MISSING_AFTER_S)
        if overdue:
            again = set(overdue) - set(self._queue)
            self._queue.extendleft(sorted(again, reverse=True))
        self.pump(now)

    def _send(self, seq: int, now: float) -> bool:
        waiting = self._all[seq]
        again = waiting.times > 0
        if len(self._all) == len(self._queue):
            self._last_progress = now  # nothing was on its way: patience begins anew
        payload = self._late(waiting.payload) if again else waiting.payload
        if not self._publish(waiting.topic, payload, again):
            return False
        if not again:
            waiting.first_sent = now
        waiting.sent = now
        waiting.times += 1
        self._totals.sent += 1
        self._totals.resent += again
        return True
