"""The live numbers: published, retained, on the KPI topics as soon as something behind them changes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.overview import overview, stockout_list
from cloud.analytics.present import Present
from cloud.broker.link import BrokerLink
from cloud.identity.models import Tenant
from cloud.outlets.models import Cooler
from cloud.services import Services
from facings.messages import Message
from facings.topics import KpiTopics
from facings.worker import Worker, WorkingPart

SHORTEST_INTERVAL_S = 0.3
"""Changes within it are published together, the last of them always."""

LONGEST_INTERVAL_S = 60.0
"""Coverage changes by the mere passing of time."""

log = logging.getLogger(__name__)


@dataclass
class Changes:
    """What waits to be published: some coolers, or everything that may have changed."""

    coolers: set[str] = field(default_factory=set)
    everything: bool = False

    def add(self, more: Changes) -> None:
        """Let `more` wait too."""
        self.coolers |= more.coolers
        self.everything |= more.everything


class Live(WorkingPart):
    """Publishes the numbers of coolers and tenants."""

    def __init__(self, services: Services, link: BrokerLink) -> None:
        super().__init__("live", log)
        self._services = services
        self._link = link
        self._waiting: dict[str, Changes] = {}
        self._present: dict[str, tuple[float, Present]] = {}
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin, with everything: what changed before a crash may not have been published."""
        with self._services.records.all_tenants(write=False) as session:
            for tenant, cooler in session.execute(
                select(Tenant.id, Cooler.id).outerjoin(Cooler, Cooler.tenant_id == Tenant.id)
            ):
                self._waiting.setdefault(tenant, Changes(everything=True)).coolers.update({cooler} if cooler else ())
        super().start()

    def refresh(self, tenant: str, coolers: Collection[str] | None = None) -> None:
        """Publish the tenant's overview and stock-outs anew, soon.

        Args:
            tenant: whose.
            coolers: those that changed, which are published too; None where anything else may have changed as well,
                such as the catalogue or an order.
        """
        with self._lock:
            self._waiting.setdefault(tenant, Changes()).add(Changes(set(coolers or ()), everything=coolers is None))
        self.wake()

    def _work(self, worker: Worker) -> None:
        tenants: set[str] = set()
        while True:
            with self._lock:
                waiting = self._waiting or {tenant: Changes(everything=True) for tenant in tenants}
                self._waiting = {}
            tenants |= waiting.keys()
            began = time.monotonic()
            if self._link.connected:
                for tenant, changes in waiting.items():
                    self._publish(tenant, changes)
            else:
                self._put_back(waiting)
            # Large tenants take longer: however busy the shelves, three quarters of the time are left to ingest.
            if not worker.pause(max(SHORTEST_INTERVAL_S, 3 * (time.monotonic() - began))):
                return
            if not worker.wait(0 if self._waiting else LONGEST_INTERVAL_S):
                return

    def _put_back(self, waiting: dict[str, Changes]) -> None:
        with self._lock:
            for tenant, changes in waiting.items():
                self._waiting.setdefault(tenant, Changes()).add(changes)

    def _publish(self, tenant: str, changes: Changes) -> None:
        topics = KpiTopics(tenant)
        try:
            messages = self._messages(tenant, changes, topics)
        except Exception:
            # The numbers are in the stores; the next change, or the next minute, publishes them.
            log.exception("cannot publish the numbers of %s", tenant)
            self._present.pop(tenant, None)
            return
        for topic, message in messages:
            self._link.publish(topic, message.to_wire(), qos=1, retain=True)

    def _messages(self, tenant: str, changes: Changes, topics: KpiTopics) -> list[tuple[str, Message]]:
        with self._services.records.session(tenant, write=False) as session:
            present = self._read(session, tenant, changes)
            whole = overview(session, present, self._services.settings.coverage_hours)
        numbers = ((topics.cooler(cooler), present.cooler_kpi(cooler)) for cooler in sorted(changes.coolers))
        messages = [(topic, kpi) for topic, kpi in numbers if kpi]
        return [*messages, (topics.overview, whole), (topics.stockouts, stockout_list(present))]

    def _read(self, session: Session, tenant: str, changes: Changes) -> Present:
        """What is known now: what changed is read anew; once a minute all, as another process may change it too."""
        now = self._services.clock.now()
        read_at, present = self._present.get(tenant, (-LONGEST_INTERVAL_S, None))
        if present is None or changes.everything or time.monotonic() - read_at >= LONGEST_INTERVAL_S:
            present = Present(session, now)
            self._present[tenant] = time.monotonic(), present
        else:
            present.renew(session, now, changes.coolers)
        return present
