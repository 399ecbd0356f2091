"""What the alerts page shows: what is open, the rules, and where alerts go, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.alerts.models import Alert, AlertDelivery, AlertDestination, AlertRule
from cloud.alerts.told import MOST_LISTED, active_alerts, summaries
from cloud.identity.service import Caller
from cloud.web.alert_forms import HUNDREDTHS, KINDS, SEVERITY_NAMES, WATCH_NAMES
from cloud.web.alert_words import SEVERITIES, WATCHES, place, refutation, sentence
from cloud.web.i18n import LANGUAGES, Formats, translations
from cloud.web.loop import may_act
from facings.messages import AlertSummary

MOST_OVER = 10


@dataclass(frozen=True)
class AlertRow:
    """One alert in words."""

    alert: AlertSummary
    what: str
    where: str
    problem: str
    """Why it could not be told somewhere, so far."""
    refuted: str
    """Which photo shows that there was none."""


@dataclass(frozen=True)
class RuleRow:
    """One rule in words."""

    rule: AlertRule
    limit: str
    scope: str
    told: str


@dataclass(frozen=True)
class AlertsView:
    """The page."""

    active: Sequence[AlertRow]
    over: Sequence[AlertRow]
    rules: Sequence[RuleRow]
    destinations: Sequence[AlertDestination]
    may_act: bool
    watches: Mapping[str, str]
    severities: Mapping[str, str]
    kinds: Mapping[str, str]
    languages: Mapping[str, str]


def alerts_view(session: Session, caller: Caller, language: str) -> AlertsView:
    """The page for `caller`; `session` is of the caller's tenant."""
    ended = select(Alert).where(Alert.state == "resolved").order_by(Alert.resolved_at.desc()).limit(MOST_OVER)
    standing = select(AlertRule).where(AlertRule.deleted_at.is_(None)).order_by(AlertRule.id)
    destinations = list(session.scalars(select(AlertDestination).order_by(AlertDestination.id)))
    _ = translations(language).gettext
    return AlertsView(
        active=_rows(session, active_alerts(session)[:MOST_LISTED], language),
        over=_rows(session, list(session.scalars(ended)), language),
        rules=[_rule(rule, destinations, language) for rule in session.scalars(standing)],
        destinations=destinations,
        may_act=may_act(caller),
        watches={watch: _(WATCHES[watch]) for watch in WATCH_NAMES},
        severities={severity: _(SEVERITIES[severity]) for severity in SEVERITY_NAMES},
        kinds={kind: _(name) for kind, name in KINDS.items()},
        languages=LANGUAGES,
    )


def _rows(session: Session, alerts: Sequence[Alert], language: str) -> list[AlertRow]:
    waiting = AlertDelivery.delivered_at.is_(None) & (AlertDelivery.last_error != "")
    mine = select(AlertDelivery).where(AlertDelivery.alert_id.in_([alert.id for alert in alerts]), waiting)
    problems = {row.alert_id: row.last_error for row in session.scalars(mine)}
    return [
        AlertRow(
            told, sentence(told, language), place(told, language), problems.get(told.id, ""), refutation(told, language)
        )
        for told in summaries(session, alerts)
    ]


def _rule(rule: AlertRule, destinations: Sequence[AlertDestination], language: str) -> RuleRow:
    write, _ = Formats(language), translations(language).gettext
    limit = write.percent(rule.threshold) if rule.watch in HUNDREDTHS else f"{write.decimal(rule.threshold)} °C"
    named = {place.id: place.name for place in destinations}
    scope = [*rule.regions, *rule.outlet_classes, *rule.brands, *rule.coolers]
    told = [named[one] for one in rule.destinations if one in named]
    return RuleRow(
        rule=rule,
        limit="" if rule.threshold is None else limit,
        scope=", ".join(scope) or _("all"),
        told=", ".join(told) or _("nobody"),
    )
