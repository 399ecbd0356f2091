"""The alarms of a device with several cameras: each is on while any of them has it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Protocol

from edge.device.alarms import AlarmName, Alarms


class AlarmBook(Protocol):
    """Where somebody who watches says what is on and what is over: `Alarms`, or one camera's part in them."""

    def begin(self, name: AlarmName, reason: str, **detail: Any) -> bool:
        """Note that `name` is on; True where that is news."""

    def over(self, name: AlarmName, reason: str = "", **detail: Any) -> bool:
        """Note that `name` is not on; True where that is news."""


class CameraAlarms:
    """Who of several cameras has which alarm; `of` is what each of them says so to.

    After a restart any of them may be the one that had an alarm: it is over when each has said so.
    """

    def __init__(self, alarms: Alarms, cameras: Sequence[str]) -> None:
        self._alarms = alarms
        self._cameras = tuple(cameras)
        self._has: dict[AlarmName, set[str]] = {}
        self._lock = threading.Lock()  # cameras are asked at the same time

    def of(self, camera: str) -> AlarmBook:
        """The alarms of one camera."""
        return _OneCamera(self, camera)

    def begin(self, camera: str, name: AlarmName, reason: str, **detail: Any) -> bool:
        """A camera has an alarm: told where it is the first."""
        with self._lock:
            self._who_has(name).add(camera)
            return self._alarms.begin(name, f"{camera}: {reason}", camera=camera, **detail)

    def over(self, camera: str, name: AlarmName, reason: str = "", **detail: Any) -> bool:
        """A camera does not have an alarm: its end is told where it was the last."""
        told = f"{camera}: {reason}" if reason else ""
        with self._lock:
            has = self._who_has(name)
            has.discard(camera)
            return not has and self._alarms.over(name, told, camera=camera, **detail)

    def _who_has(self, name: AlarmName) -> set[str]:
        if name not in self._has:
            self._has[name] = set(self._cameras) if name in self._alarms.on else set()
        return self._has[name]


class _OneCamera:
    def __init__(self, together: CameraAlarms, camera: str) -> None:
        self._together = together
        self._camera = camera

    def begin(self, name: AlarmName, reason: str, **detail: Any) -> bool:
        return self._together.begin(self._camera, name, reason, **detail)

    def over(self, name: AlarmName, reason: str = "", **detail: Any) -> bool:
        return self._together.over(self._camera, name, reason, **detail)
