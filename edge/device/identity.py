"""Who speaks: the device, this start of the daemon, and how far its clock can be trusted."""

from __future__ import annotations

import ctypes
import sys
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from facings.clock import Clock, SystemClock
from facings.messages import ClockState
from facings.topics import DeviceTopics

_TIMEX_BYTES = 512
_TIME_ERROR = 5
NOT_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
"""No device ran this software earlier: a clock that says so was never set."""
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
            "clock": clock or self.clock_state(),
        }

    def clock_state(self) -> ClockState:
        """How far the time can be trusted now."""
        return system_clock_state() if is_set(self.clock.now()) else ClockState(synced=False, source="system")


def is_set(moment: datetime) -> bool:
    """Whether a clock that says `moment` was ever set: without a battery, it begins in 1970 at each power cut."""
    return moment >= NOT_BEFORE


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
