"""Who speaks: the device, this start of the daemon, and how far its clock can be trusted."""

from __future__ import annotations

import ctypes
import sys
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from typing import Any

from facings.clock import Clock, SystemClock
from facings.messages import ClockState
from facings.topics import DeviceTopics

_TIMEX_BYTES = 512
_TIME_ERROR = 5
REPLAY_CLOCK = ClockState(synced=True, source="replay")


@dataclass(frozen=True)
class Identity:
    """One device during one run of the daemon."""

    tenant: str
    device: str
    clock: Clock = field(default_factory=SystemClock)
    boot_id: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def topics(self) -> DeviceTopics:
        """Where the device speaks and listens."""
        return DeviceTopics(self.tenant, self.device)

    def envelope(self, captured_at: datetime | None = None, clock: ClockState | None = None) -> dict[str, Any]:
        """The fields every upward message begins with; without `captured_at` it happened now."""
        now = self.clock.now()
        return {
            "boot_id": self.boot_id,
            "captured_at": captured_at or now,
            "sent_at": now,
            "clock": clock or system_clock_state(),
        }


def system_clock_state() -> ClockState:
    """What the kernel says of its clock; any NTP client (timesyncd, chrony, ntpd) tells the kernel."""
    if not sys.platform.startswith("linux"):
        return ClockState(synced=False, source="unknown")
    state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    synced = 0 <= state < _TIME_ERROR
    return ClockState(synced=synced, source="ntp" if synced else "system")


def software_version() -> str:
    """Version of the installed distribution."""
    return version("facings")
