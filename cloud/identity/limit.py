"""How often a password may be tried."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque

MOST_TRIES = 8
WINDOW_S = 300.0
_MOST_REMEMBERED = 10_000


class SignInLimit:
    """Counts failed sign-ins by email and address, in memory: `MOST_TRIES` within `WINDOW_S`, then a pause.

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
            tries = self._failures.get((email, address), deque())
            while tries and tries[0] <= now - WINDOW_S:
                tries.popleft()
            return 0.0 if len(tries) < MOST_TRIES else tries[0] + WINDOW_S - now

    def failed(self, email: str, address: str, now: float) -> None:
        """Remember a failed try."""
        with self._lock:
            self._failures.setdefault((email, address), deque(maxlen=MOST_TRIES)).append(now)
            self._failures.move_to_end((email, address))
            while len(self._failures) > _MOST_REMEMBERED:
                self._failures.popitem(last=False)

    def succeeded(self, email: str, address: str) -> None:
        """Forget the failures before it."""
        with self._lock:
            self._failures.pop((email, address), None)
