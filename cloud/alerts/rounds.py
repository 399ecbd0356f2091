"""Looks for alerts: at once where something has changed, and from time to time for what only time brings."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Mapping

from sqlalchemy import select

from cloud.alerts.book import AlertBook
from cloud.alerts.models import Alert, AlertRule
from cloud.alerts.outbox import Outbox
from cloud.alerts.sending import AlertSender
from cloud.alerts.told import alert_list
from cloud.alerts.watches import Finding, Look, findings
from cloud.broker.link import BrokerLink
from cloud.identity.models import Tenant
from cloud.services import LiveNumbers, Services
from facings.topics import KpiTopics
from facings.worker import Worker, WorkingPart

SHORTEST_INTERVAL_S = 0.5
SHARES_KEPT_S = 900.0
"""A share's drop against a week is no matter of seconds, and reading it is."""

log = logging.getLogger(__name__)


class AlertRounds(WorkingPart):
    """Takes the place of the live numbers, which it passes every change on to: what changes them may raise an alert.

    It begins with a look at everything.
    """

    def __init__(self, services: Services, link: BrokerLink, live: LiveNumbers, sender: AlertSender) -> None:
        super().__init__("alerts", log)
        self._services = services
        self._link = link
        self._live = live
        self._sender = sender
        self._waiting: set[str] = set()
        self._lock = threading.Lock()
        self._shares: dict[str, tuple[float, Mapping[str, tuple[float, float]]]] = {}

    def refresh(self, tenant: str, coolers: Collection[str] | None = None) -> None:
        """Something of `tenant` has changed."""
        self._live.refresh(tenant, coolers)
        with self._lock:
            self._waiting.add(tenant)
        self.wake()

    def _work(self, worker: Worker) -> None:
        every = self._services.settings.alerts.every_seconds
        due = 0.0
        first = True
        while True:
            tenants = self._tenants() if time.monotonic() >= due else self._taken()
            if time.monotonic() >= due:
                due = time.monotonic() + every
            began = time.monotonic()
            for tenant in sorted(tenants):
                self._round(tenant, publish=first)
            first = False
            if not worker.pause(max(SHORTEST_INTERVAL_S, 3 * (time.monotonic() - began))):
                return
            if not worker.wait(max(0.0, due - time.monotonic())):
                return

    def _taken(self) -> set[str]:
        with self._lock:
            taken, self._waiting = self._waiting, set()
        return taken

    def _tenants(self) -> set[str]:
        try:
            with self._services.records.all_tenants(write=False) as session:
                return self._taken() | set(session.scalars(select(Tenant.id)))
        except Exception:
            log.exception("cannot look for alerts, trying again later")
            return set()

    def _round(self, tenant: str, *, publish: bool) -> None:
        try:
            if self.look(tenant) or publish:
                self.publish(tenant)
        except Exception:
            # Nothing was stored: the next round finds the same.
            log.exception("cannot look for the alerts of %s, trying again later", tenant)

    def look(self, tenant: str) -> bool:
        """Settle the alerts of a tenant by what stands now; whether the list of active ones differs."""
        now = self._services.clock.now()
        with self._services.records.session(tenant, write=False) as session:
            look = Look(session, self._services.facts, tenant, now, self._known_shares(tenant))
            rules = session.scalars(select(AlertRule).where(AlertRule.deleted_at.is_(None)))
            found: dict[int, list[Finding]] = {rule.id: findings(look, rule) if rule.enabled else [] for rule in rules}
            some = session.scalar(select(Alert.id).where(Alert.resolved_at.is_(None)).limit(1))
            outlets = look.outlets if any(found.values()) or some else {}
            self._keep_shares(tenant, look)
        if not outlets:
            return False
        with self._services.records.session(tenant) as session:
            book = AlertBook(session, tenant, now, Outbox(session, tenant, now, outlets))
            book.settle(found)
        if book.outbox.put_in:
            self._sender.wake()
        return book.changed

    def _known_shares(self, tenant: str) -> Mapping[str, tuple[float, float]] | None:
        at, shares = self._shares.get(tenant, (0.0, {}))
        return shares if at and time.monotonic() - at < SHARES_KEPT_S else None

    def _keep_shares(self, tenant: str, look: Look) -> None:
        if look.read_shares is not None:
            self._shares[tenant] = time.monotonic(), look.read_shares

    def publish(self, tenant: str) -> None:
        """Publish the active alerts of a tenant."""
        with self._services.records.session(tenant, write=False) as session:
            active = alert_list(session, self._services.clock.now())
        self._link.publish(KpiTopics(tenant).alerts, active.to_wire(), qos=1, retain=True)
