"""How often a password may be tried."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque

MOST_TRIES = 8
"""Failures for one email from one address, within `WINDOW_S`."""

MOST_FROM_ADDRESS = 100
"""Failures from one address, whatever the emails: an office may share one."""

WINDOW_S = 300.0
_MOST_REMEMBERED = 10_000


class SignInLimit:
    """Counts failed sign-ins in memory; after too many within `WINDOW_S`, a pause.

    Example:
        >>> limit = SignInLimit()
        >>> limit.wait_s("ann@example.com", "192.0.2.1", now=0.0)
        0.0
    """

    def __init__(self) -> None:
        self._failures: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, email: str, address: str, now: float) -> float:
        """Seconds until the next try is allowed; 0 where it is allowed now."""
        with self._lock:
            return max(self._wait(email, address, MOST_TRIES, now), self._wait("", address, MOST_FROM_ADDRESS, now))

    def failed(self, email: str, address: str, now: float) -> None:
        """Remember a failed try."""
        with self._lock:
            for key in ((email, address), ("", address)):
                self._failures.setdefault(key, deque(maxlen=MOST_FROM_ADDRESS)).append(now)
                self._failures.move_to_end(key)
            while len(self._failures) > _MOST_REMEMBERED:
                self._failures.popitem(last=False)

    def succeeded(self, email: str, address: str) -> None:
        """Forget the failures of this email before it."""
        with self._lock:
            self._failures.pop((email, address), None)

    def _wait(self, email: str, address: str, most: int, now: float) -> float:
        recent = [at for at in self._failures.get((email, address), ()) if at > now - WINDOW_S]
        return 0.0 if len(recent) < most else recent[-most] + WINDOW_S - now
