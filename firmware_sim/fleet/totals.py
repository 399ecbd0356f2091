"""`Totals`: what the fleet has done so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class Totals:
    """Counts of the whole fleet.

    Attributes:
        made: durable messages, each counted once.
        sent: publishes of durable messages, resends and repeats too.
        resent: publishes of a message that had been sent before, because the cloud missed it or was silent.
        repeated: messages published twice on purpose, to see that the cloud keeps one.
        acked: messages that the cloud has stored.
        refused: messages that it put into its quarantine.
        unacked: messages it has not told of yet.
        reconnects: sessions that were lost and opened again.
        lag_s: by how much the message sent last came later than its time, in seconds of the clock on the wall.
    """

    made: int = 0
    sent: int = 0
    resent: int = 0
    repeated: int = 0
    acked: int = 0
    refused: int = 0
    unacked: int = 0
    connected: int = 0
    reconnects: int = 0
    lag_s: float = 0.0
    worst_lag_s: float = 0.0
    latencies: list[float] = field(default_factory=list)

    def settled(self, latency_s: float, *, refused: bool) -> None:
        """The cloud has told of a message."""
        self.acked += not refused
        self.refused += refused
        self.latencies.append(latency_s)

    def behind(self, lag_s: float) -> None:
        """A message was made so much later than its time."""
        self.lag_s = max(lag_s, 0.0)
        self.worst_lag_s = max(self.worst_lag_s, self.lag_s)

    def summary(self, seconds: float) -> dict[str, Any]:
        """The totals as JSON, over the `seconds` that messages were sent in."""
        quantiles = np.quantile(self.latencies, (0.5, 0.95, 1.0)).tolist() if self.latencies else [None] * 3
        rounded = [None if value is None else round(value, 3) for value in quantiles]
        return {
            "messages": self.made,
            "sent": self.sent,
            "acked": self.acked,
            "refused": self.refused,
            "unacked": self.unacked,
            "resent": self.resent,
            "duplicates": self.repeated,
            "reconnects": self.reconnects,
            "seconds": round(seconds, 2),
            "rate_per_s": round(self.acked / seconds, 1) if seconds else 0.0,
            "worst_lag_s": round(self.worst_lag_s, 2),
            "ack_s": dict(zip(("median", "p95", "most"), rounded, strict=True)),
        }
