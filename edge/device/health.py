"""Vital signs of the device, retained at the broker. What this hardware cannot tell is absent."""

from __future__ import annotations

import logging
import os
import resource
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from edge.device.identity import Identity
from edge.device.modbus import ControllerReading
from facings.messages import Health
from facings.worker import Worker, WorkingPart

EVERY_S = 60.0
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Backlog:
    """What waits on the device, and when it last took a photo worth looking at."""

    messages: int
    bytes: int
    uploads: int
    last_good_photo_at: datetime | None
    alarms: tuple[str, ...] = ()


class HealthReporter(WorkingPart):
    """Says how the device is, once a minute."""

    def __init__(
        self,
        identity: Identity,
        state_dir: Path,
        backlog: Callable[[], Backlog],
        controller: Callable[[], ControllerReading | None],
        say: Callable[[Health], bool],
        log: logging.Logger,
    ) -> None:
        super().__init__("health", log)
        self._identity = identity
        self._state_dir = state_dir
        self._backlog = backlog
        self._controller = controller
        self._say = say
        self._began = 0.0

    def start(self) -> None:
        """Begin to report."""
        self._began = self._identity.clock.monotonic()
        super().start()

    def measure(self) -> Health:
        """The vital signs now."""
        backlog = self._backlog()
        return Health(
            **self._identity.envelope(),
            uptime_s=round(self._identity.clock.monotonic() - self._began, 1),
            load_1m=round(os.getloadavg()[0], 2),
            memory_mb=resident_memory_mb(),
            disk_free_mb=round(shutil.disk_usage(self._state_dir).free / MEGABYTE, 1),
            temperature_c=temperature_c(),
            last_good_photo_at=backlog.last_good_photo_at,
            outbox_depth=backlog.messages,
            outbox_bytes=backlog.bytes,
            uploads_waiting=backlog.uploads,
            alarms=backlog.alarms,
            **_cooler_values(self._controller()),
        )

    def _work(self, worker: Worker) -> None:
        while worker.wait(EVERY_S):
            self._say(self.measure())


def _cooler_values(reading: ControllerReading | None) -> dict[str, Any]:
    if reading is None:
        return {}
    return {
        "cabinet_c": reading.cabinet_c,
        "evaporator_c": reading.evaporator_c,
        "ambient_c": reading.ambient_c,
        "compressor_duty": reading.compressor_duty,
        "supply_v": reading.supply_v,
        "door_openings": reading.door_openings,
        "door_open": reading.door_open,
    }


def resident_memory_mb(statm: Path = Path("/proc/self/statm")) -> float | None:
    """Resident memory of this process."""
    try:
        pages = int(statm.read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return round(pages * resource.getpagesize() / MEGABYTE, 1)


def temperature_c(zones: Path = Path("/sys/class/thermal")) -> float | None:
    """The hottest of the machine's thermal zones."""
    found = []
    for zone in zones.glob("thermal_zone*/temp"):
        try:
            found.append(int(zone.read_text()) / 1000)
        except (OSError, ValueError):
            continue
    return max(found, default=None)
