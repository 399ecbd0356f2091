"""Alarms: each is told once when it begins and once when it is over, also over restarts and a full disk."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Collection
from typing import Any, Literal, get_args

from edge.device.reporter import Reporter
from edge.uplink.store import Store

KEPT = "alarms"

AlarmName = Literal[
    "camera-frozen",
    "camera-moved",
    "camera-dark",
    "camera-white",
    "camera-lost",
    "door-stuck",
    "high-temperature",
    "sensor-failure",
    "door-ajar",
    "clock-not-set",
    "clock-jumped",
    "disk-full",
    "controller-lost",
]
ALARM_NAMES: tuple[AlarmName, ...] = get_args(AlarmName)
CAMERA_ALARMS: tuple[AlarmName, ...] = (
    "camera-frozen",
    "camera-moved",
    "camera-dark",
    "camera-white",
    "camera-lost",
)
CONTROLLER_ALARMS: tuple[AlarmName, ...] = (
    "door-stuck",
    "high-temperature",
    "sensor-failure",
    "door-ajar",
    "controller-lost",
)


class Alarms:
    """Which alarms are on. Whoever watches something says at every look whether its alarm is on or over; what is the
    same as before is not told again.

    `unwatched` are those that nobody looks after in this configuration: left on by an earlier one, they are over.
    """

    def __init__(
        self, store: Store, reporter: Reporter, log: logging.Logger, unwatched: Collection[AlarmName] = ()
    ) -> None:
        self._store = store
        self._reporter = reporter
        self._log = log
        self._unwatched = unwatched
        self._lock = threading.Lock()
        self._on: set[str] = set()

    def start(self) -> None:
        """Remember what was on at the end of the last run."""
        with self._lock:
            self._on |= set(json.loads(self._store.kept(KEPT) or "[]")) & set(ALARM_NAMES)
        for name in self._unwatched:
            self.over(name, "this device no longer watches it")

    def stop(self) -> None:
        """Nothing to end: what is on stays on until someone sees that it is over."""

    @property
    def on(self) -> tuple[str, ...]:
        """The alarms that have begun and are not over, by name."""
        with self._lock:
            return tuple(sorted(self._on))

    def begin(self, name: AlarmName, reason: str, **detail: Any) -> bool:
        """Note that `name` is on; True where it was not before, and is told now."""
        with self._lock:
            if name in self._on:
                return False
            self._on.add(name)
            self._log.warning("alarm %s: %s", name, reason)
            self._tell(reason, {"alarm": name, **detail})
            return True

    def over(self, name: AlarmName, reason: str = "", **detail: Any) -> bool:
        """Note that `name` is not on; True where it was before, and its end is told now."""
        with self._lock:
            if name not in self._on:
                return False
            self._on.discard(name)
            text = f"alarm {name} is over" + (f": {reason}" if reason else "")
            self._log.info("%s", text)
            self._tell(text, {"alarm": name, "over": True, **detail})
            return True

    def _tell(self, reason: str, detail: dict[str, Any]) -> None:
        self._reporter.tell("alarm", reason, detail=detail, bookmark=(KEPT, json.dumps(sorted(self._on))))
