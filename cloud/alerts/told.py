"""Alerts as they are told: with the names of outlets, coolers and products."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.alerts.models import Alert, AlertRule
from cloud.catalog.models import Product
from cloud.outlets.models import Cooler, Outlet
from facings.messages import AlertList, AlertSummary

MOST_LISTED = 200
SEVERITIES = ("critical", "warning", "info")
"""Most severe first."""


def summaries(session: Session, alerts: Sequence[Alert]) -> list[AlertSummary]:
    """The alerts of one tenant with their names; `session` is of that tenant."""
    of_outlets, of_coolers = {alert.outlet_id for alert in alerts}, {alert.cooler_id for alert in alerts}
    of_rules = {alert.rule_id for alert in alerts}
    outlets = {row.id: row for row in session.scalars(select(Outlet).where(Outlet.id.in_(of_outlets)))}
    coolers = {row.id: row for row in session.scalars(select(Cooler).where(Cooler.id.in_(of_coolers - {None})))}
    rules = {row.id: row for row in session.scalars(select(AlertRule).where(AlertRule.id.in_(of_rules)))}
    skus = {alert.sku for alert in alerts if alert.sku}
    products = {row.sku: row for row in session.scalars(select(Product).where(Product.sku.in_(skus)))}
    held = Counter(session.scalars(select(Alert.held_by).where(Alert.held_by.in_([alert.id for alert in alerts]))))
    made = []
    for alert in alerts:
        outlet, cooler = outlets[alert.outlet_id], coolers.get(alert.cooler_id or "")
        summary = _summary(alert, rules[alert.rule_id], outlet, cooler, products.get(alert.sku or ""))
        made.append(summary.model_copy(update={"holds": held[alert.id]}))
    return made


def _summary(
    alert: Alert, rule: AlertRule, outlet: Outlet, cooler: Cooler | None, product: Product | None
) -> AlertSummary:
    return AlertSummary(
        id=alert.id,
        rule=rule.id,
        rule_name=rule.name,
        watch=alert.watch,
        severity=alert.severity,
        state=cast(Literal["open", "acknowledged", "resolved"], alert.state),
        outlet=outlet.id,
        outlet_name=outlet.name,
        outlet_name_zh=outlet.name_zh,
        region=outlet.region,
        cooler=alert.cooler_id,
        cooler_name=cooler.name if cooler else "",
        cooler_name_zh=cooler.name_zh if cooler else "",
        sku=alert.sku,
        product=product.name if product else alert.sku or "",
        product_zh=product.name_zh if product else "",
        detail=alert.detail,
        value=alert.value,
        threshold=alert.threshold,
        since=alert.since,
        opened_at=alert.opened_at or alert.since,
        acknowledged_by=alert.acknowledged_by or "",
        escalated_at=alert.escalated_at,
        resolved_at=alert.resolved_at,
        refuted_at=alert.refuted_at,
    )


def active_alerts(session: Session) -> list[Alert]:
    """The alerts of the session's tenant that were told and are not over: most severe first, then the newest."""
    rows = session.scalars(select(Alert).where(Alert.state.in_(("open", "acknowledged"))))
    newest = sorted(rows, key=lambda alert: (alert.opened_at or alert.since, alert.id), reverse=True)
    return sorted(newest, key=lambda alert: (alert.state != "open", SEVERITIES.index(alert.severity)))


def alert_list(session: Session, at: datetime) -> AlertList:
    """The message of the topic `kpi/alerts`."""
    active = active_alerts(session)
    return AlertList(at=at, total=len(active), alerts=tuple(summaries(session, active[:MOST_LISTED])))
