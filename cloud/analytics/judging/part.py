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

TOGETHER = 50
"""Coolers that are judged at once."""

AGAIN_S = 600.0
"""Everything is looked through this often: what a crash or a store that was away has left undone is found then."""

SHORTEST_PAUSE_S = 0.2

log = logging.getLogger(__name__)


class Judging:
    """Judges the photos of the coolers it hears of, and at its start and from time to time those of all."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._waiting: dict[str, set[str]] = {}
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="judging")

    def start(self) -> None:
        """Begin, with everything; also with what was set aside: another version may be able to read it."""
        self._thread.start()

    def stop(self) -> None:
        """End after the coolers at hand."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def refresh(self, tenant: str, coolers: Collection[str] | None = None) -> None:
        """Judge the new photos of `coolers`, soon."""
        if coolers:
            with self._changed:
                self._waiting.setdefault(tenant, set()).update(coolers)
                self._changed.notify_all()

    def _run(self) -> None:
        self._take_up_aside()
        everything_at = time.monotonic()
        while not self._stopping.is_set():
            if time.monotonic() >= everything_at:
                self._take_all()
                everything_at = time.monotonic() + AGAIN_S
            with self._changed:
                self._changed.wait_for(self._due, max(everything_at - time.monotonic(), 0))
                waiting, self._waiting = self._waiting, {}
            for tenant, coolers in waiting.items():
                self._judge(tenant, sorted(coolers))
            self._stopping.wait(SHORTEST_PAUSE_S)

    def _due(self) -> bool:
        return bool(self._waiting) or self._stopping.is_set()

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
        with self._changed:
            for tenant, cooler in rows:
                self._waiting.setdefault(tenant, set()).add(cooler)

    def _judge(self, tenant: str, coolers: list[str]) -> None:
        for at in range(0, len(coolers), TOGETHER):
            if self._stopping.is_set():
                return
            try:
                judge_photos(self._services, tenant, coolers[at : at + TOGETHER], rest=self._rest)
            except Exception:
                # They stay unjudged: the next photo of these coolers, or the next look through all, finds them.
                log.exception("cannot judge photos of %s", tenant)

    def _rest(self, worked_s: float) -> bool:
        # However many photos come, most of the time is left to ingest.
        return not self._stopping.wait(self._services.pace.rest(2 * worked_s))


class Together:
    """Several that are told of changes."""

    def __init__(self, *listeners: LiveNumbers) -> None:
        self._listeners = listeners

    def refresh(self, tenant: str, coolers: Collection[str] | None = None) -> None:
        """Tell all of them."""
        for listener in self._listeners:
            listener.refresh(tenant, coolers)
