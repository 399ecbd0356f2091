"""The life of each alert, within one transaction: seen, opened after its duration, escalated, resolved.

An alert opens once for as long as what it tells of lasts: the rule and the key name it, and the database holds that
only one is active. While a cooler is silent, nothing else of it is told: the alert of its silence stands for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.alerts.models import Alert, AlertEvent, AlertRule
from cloud.alerts.outbox import Outbox
from cloud.alerts.watches import Finding
from cloud.analytics.episodes import refuted
from facings.ids import uuid7

SILENCE = "device-silent"


@dataclass
class AlertBook:
    """The alerts of a tenant, at one moment."""

    session: Session
    tenant: str
    now: datetime
    outbox: Outbox
    changed: bool = field(default=False, init=False)
    """Whether the list of active alerts differs."""
    _silent: dict[str, UUID] = field(default_factory=dict, init=False)
    """By cooler, the alert of its silence."""

    def settle(self, found: Mapping[int, Sequence[Finding]]) -> None:
        """Have the alerts say what the rules, by their ids, have found now."""
        rules = self.session.scalars(select(AlertRule).where(AlertRule.deleted_at.is_(None)).order_by(AlertRule.id))
        known = self._known()
        for rule in sorted(rules, key=lambda rule: (rule.watch != SILENCE, rule.id)):
            mine = known.pop(rule.id, {})
            self._settle_rule(rule, found.get(rule.id, ()) if rule.enabled else (), mine)
        for orphans in known.values():
            self._end(orphans.values(), tell=False)

    def _known(self) -> dict[int, dict[str, Alert]]:
        known: dict[int, dict[str, Alert]] = {}
        for alert in self.session.scalars(select(Alert).where(Alert.resolved_at.is_(None))):
            known.setdefault(alert.rule_id, {})[alert.key] = alert
        return known

    def _settle_rule(self, rule: AlertRule, found: Sequence[Finding], known: dict[str, Alert]) -> None:
        for finding in found:
            alert = known.pop(finding.key, None) or self._seen(rule, finding)
            alert.value, alert.severity, alert.threshold = finding.value, rule.severity, rule.threshold
            alert.episode_id = finding.episode
            if finding.since is not None and not alert.active:
                alert.since = finding.since
            self._move(rule, alert, doubtful=finding.doubtful)
            if rule.watch == SILENCE and alert.active and alert.cooler_id:
                self._silent[alert.cooler_id] = alert.id
        self._end(known.values(), tell=rule.enabled)

    def _seen(self, rule: AlertRule, finding: Finding) -> Alert:
        alert = Alert(
            id=uuid7(),
            tenant_id=self.tenant,
            rule_id=rule.id,
            key=finding.key[:200],
            state="waiting",
            severity=rule.severity,
            watch=rule.watch,
            outlet_id=finding.outlet,
            cooler_id=finding.cooler,
            sku=finding.sku,
            detail=finding.detail[:200],
            since=finding.since or self.now,
        )
        self.session.add(alert)
        return alert

    def _move(self, rule: AlertRule, alert: Alert, *, doubtful: bool) -> None:
        now = self.now
        if alert.state == "waiting":
            alert.held_by = self._silent.get(alert.cooler_id or "") if rule.watch != SILENCE else None
            if not doubtful and alert.held_by is None and now - alert.since >= timedelta(minutes=rule.minutes):
                alert.state, alert.opened_at = "open", now
                self._tell(rule, alert, "opened", rule.destinations)
        elif _escalates(rule, alert, now):
            alert.escalated_at = now
            self._tell(rule, alert, "escalated", rule.escalate_to)

    def _tell(self, rule: AlertRule, alert: Alert, event: AlertEvent, destinations: Iterable[int]) -> None:
        self.changed = True
        self.outbox.put(rule, alert, event, destinations)

    def _end(self, alerts: Iterable[Alert], *, tell: bool) -> None:
        ended = list(alerts)
        refutations = refuted(self.session, [alert.episode_id for alert in ended if alert.episode_id])
        for alert in ended:
            if not alert.active:
                self.session.delete(alert)  # nobody has heard of it
                continue
            self.changed = True
            alert.state, alert.resolved_at = "resolved", self.now
            alert.refuted_at = refutations.get(alert.episode_id or 0)
            self.outbox.resolve(alert, tell=tell)


def _escalates(rule: AlertRule, alert: Alert, now: datetime) -> bool:
    return (
        alert.state == "open"
        and rule.escalate_minutes is not None
        and alert.escalated_at is None
        and alert.opened_at is not None
        and now - alert.opened_at >= timedelta(minutes=rule.escalate_minutes)
    )
