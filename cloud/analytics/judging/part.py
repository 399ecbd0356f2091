"""Judging in the background: soon after photos are stored, beside ingest and never in its way."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection

from sqlalchemy import select

from cloud.analytics.judging.set_aside import take_up_again
from cloud.analytics.judging.work import judge_photos
from cloud.identity.models import Tenant
from cloud.outlets.models import Cooler
from cloud.services import LiveNumbers, Services
from facings.worker import Worker, WorkingPart

TOGETHER = 50
"""Coolers that are judged at once."""

AGAIN_S = 600.0
"""Everything is looked through this often: what a crash or a store that was away has left undone is found then."""

SHORTEST_PAUSE_S = 0.2

log = logging.getLogger(__name__)


class Judging(WorkingPart):
    """Judges the photos of the coolers it hears of, and at its start and from time to time those of all.

    At its start it also takes up what was set aside: another version may be able to read it.
    """

    def __init__(self, services: Services) -> None:
        super().__init__("judging", log)
        self._services = services
        self._waiting: dict[str, set[str]] = {}
        self._lock = threading.Lock()

    def refresh(self, tenant: str, coolers: Collection[str] | None = None) -> None:
        """Judge the new photos of `coolers`, soon."""
        if coolers:
            with self._lock:
                self._waiting.setdefault(tenant, set()).update(coolers)
            self.wake()

    def _work(self, worker: Worker) -> None:
        self._take_up_aside()
        everything_at = time.monotonic()
        while True:
            if time.monotonic() >= everything_at:
                self._take_all()
                everything_at = time.monotonic() + AGAIN_S
            for tenant, coolers in self._taken().items():
                self._judge(worker, tenant, sorted(coolers))
            if not worker.pause(SHORTEST_PAUSE_S) or not worker.wait(max(everything_at - time.monotonic(), 0)):
                return

    def _taken(self) -> dict[str, set[str]]:
        with self._lock:
            taken, self._waiting = self._waiting, {}
        return taken

    def _take_up_aside(self) -> None:
        try:
            with self._services.records.all_tenants() as session:
                take_up_again(session)
        except Exception:
            log.exception("cannot take up again what was set aside, as the next start will")

    def _take_all(self) -> None:
        try:
            with self._services.records.all_tenants(write=False) as session:
                rows = session.execute(select(Tenant.id, Cooler.id).join(Cooler, Cooler.tenant_id == Tenant.id)).all()
        except Exception:
            log.exception("cannot look for photos to judge, trying again later")
            return
        with self._lock:
            for tenant, cooler in rows:
                self._waiting.setdefault(tenant, set()).add(cooler)

    def _judge(self, worker: Worker, tenant: str, coolers: list[str]) -> None:
        def rest(worked_s: float) -> bool:
            # However many photos come, most of the time is left to ingest.
            return worker.pause(self._services.pace.rest(2 * worked_s))

        for at in range(0, len(coolers), TOGETHER):
            if worker.stopping:
                return
            try:
                judge_photos(self._services, tenant, coolers[at : at + TOGETHER], rest=rest)
            except Exception:
                # They stay unjudged: the next photo of these coolers, or the next look through all, finds them.
                log.exception("cannot judge photos of %s", tenant)


class Together:
    """Several that are told of changes."""

    def __init__(self, *listeners: LiveNumbers) -> None:
        self._listeners = listeners

    def refresh(self, tenant: str, coolers: Collection[str] | None = None) -> None:
        """Tell all of them."""
        for listener in self._listeners:
            listener.refresh(tenant, coolers)
