"""Tells events that must not be lost by those who cannot wait: what the disk does not take now, it takes later."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from edge.peer import Peer
from edge.uplink.outbox import Outbox
from edge.uplink.store import Store
from facings.clock import Clock
from facings.errors import UnavailableError
from facings.messages import EventKind
from facings.worker import Worker, WorkingPart

RETRY_S = 5.0
MOST_WAITING = 1_000


@dataclass(frozen=True)
class Notice:
    """An event to tell, and what is remembered in the same transaction."""

    kind: EventKind
    reason: str
    happened_at: datetime
    detail: Mapping[str, Any] = field(default_factory=dict)
    bookmark: tuple[str, str] | None = None


class Reporter(WorkingPart):
    """Writes events to the outbox in the order they happened; on a full disk they wait in memory, the newest 1,000."""

    def __init__(self, store: Store, outbox: Outbox, clock: Clock, log: logging.Logger) -> None:
        super().__init__("events", log)
        self._store = store
        self._outbox = outbox
        self._clock = clock
        self._disk = Peer("events wait in memory", log)
        self._lock = threading.Lock()
        self._waiting: deque[Notice] = deque(maxlen=MOST_WAITING)

    def stop(self) -> None:
        """Write what waits once more, and no more after that."""
        super().stop()
        self._write_all()

    @property
    def waits(self) -> int:
        """How many events are in memory only."""
        return len(self._waiting)

    def tell(
        self,
        kind: EventKind,
        reason: str,
        *,
        ago_s: float = 0.0,
        detail: Mapping[str, Any] | None = None,
        bookmark: tuple[str, str] | None = None,
    ) -> None:
        """Tell what happened `ago_s` seconds ago; `bookmark` is kept in the store together with the event."""
        happened_at = self._clock.now() - timedelta(seconds=ago_s)
        with self._lock:
            self._waiting.append(Notice(kind, reason, happened_at, dict(detail or {}), bookmark))
        if not self._write_all():
            self._worker.wake()

    def _work(self, worker: Worker) -> None:
        while worker.wait(RETRY_S if self._waiting else None):
            self._write_all()

    def _write_all(self) -> bool:
        with self._lock:
            while self._waiting:
                try:
                    self._write(self._waiting[0])
                except UnavailableError as error:
                    self._disk.lost(str(error))
                    return False
                self._waiting.popleft()
            self._disk.back()
            return True

    def _write(self, notice: Notice) -> None:
        with self._store.transaction():
            self._outbox.report(notice.kind, notice.reason, captured_at=notice.happened_at, detail=notice.detail)
            if notice.bookmark:
                self._store.keep(*notice.bookmark)
