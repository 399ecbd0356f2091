"""The alerts page: what is open, rules, and where alerts go."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.alerts import service
from cloud.alerts.models import Alert, AlertDelivery, AlertDestination, AlertRule
from cloud.alerts.told import MOST_LISTED, active_alerts, summaries
from cloud.api.deps import CallerDep, ManagerDep, ServicesDep, SessionDep
from cloud.api.errors import ApiError
from cloud.api.shapes import RecordId
from cloud.identity.models import ROLES
from cloud.identity.service import Caller
from cloud.services import Services
from cloud.web import errors
from cloud.web.alert_forms import (
    HUNDREDTHS,
    KINDS,
    SEVERITY_NAMES,
    WATCH_NAMES,
    DestinationForm,
    DestinationFormDep,
    RuleForm,
    RuleFormDep,
    usual_rules,
)
from cloud.web.alert_words import SEVERITIES, WATCHES, place, sentence
from cloud.web.i18n import LANGUAGES, N_, Formats, translations
from cloud.web.pages import is_fragment, language_of, page
from facings.errors import BadInputError
from facings.messages import AlertSummary

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])

MOST_OVER = 10


@dataclass(frozen=True)
class AlertRow:
    """One alert in words."""

    alert: AlertSummary
    what: str
    where: str
    problem: str
    """Why it could not be told somewhere, so far."""


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


@dataclass
class Editing:
    """What stands in the forms: a rule or a destination that is changed, or was refused."""

    rule: RuleForm = field(default_factory=lambda: RuleForm(enabled=True, minutes="60"))
    rule_id: int | None = None
    destination: DestinationForm = field(default_factory=lambda: DestinationForm(enabled=True))
    destination_id: int | None = None
    open: str = ""
    """Which form is open."""
    problem: str = ""
    secret: str = ""
    """Of the webhook just made."""


@dataclass(frozen=True)
class AlertsPage:
    """What every request of the page needs."""

    request: Request
    who: Caller
    session: Session
    services: Services
    background: BackgroundTasks

    @property
    def language(self) -> str:
        """The reader's."""
        return language_of(self.request, self.who)

    def show(self, notice: str = "", editing: Editing | None = None) -> HTMLResponse:
        """The page as it is now; to htmx only the lists."""
        view = alerts_view(self.session, self.who, self.language)
        spoken = translations(self.language).gettext(notice) if notice else ""
        fragment, editing = is_fragment(self.request), editing or Editing()
        context = {"view": view, "notice": spoken, "editing": editing, "fragment": fragment}
        template, status = "alerts_now.html" if fragment else "alerts.html", 422 if editing.problem else 200
        return page(self.request, template, self.who, active="alerts", status=status, **context)

    def changed(self) -> None:
        """Have the alerts looked for, and the pages told, when this is committed."""
        self.background.add_task(self.services.live.refresh, self.who.tenant)


def _page(
    request: Request, who: CallerDep, session: SessionDep, services: ServicesDep, background: BackgroundTasks
) -> AlertsPage:
    return AlertsPage(request, who, session, services, background)


PageDep = Annotated[AlertsPage, Depends(_page)]


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
        may_act=ROLES.index(caller.role) >= ROLES.index("manager"),
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
        AlertRow(told, sentence(told, language), place(told, language), problems.get(told.id, ""))
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


@router.get("/alerts")
def alerts(shown: PageDep, rule: RecordId | None = None, destination: RecordId | None = None) -> HTMLResponse:
    """What is open, the rules, the destinations; with `rule` or `destination` that one in its form."""
    editing = Editing()
    if rule is not None:
        found = service.found_rule(shown.session, rule)
        editing = Editing(rule=RuleForm.of(found), rule_id=rule, open="rule")
    elif destination is not None:
        there = service.found_destination(shown.session, destination)
        editing = Editing(destination=DestinationForm.of(there), destination_id=destination, open="destination")
    return shown.show(editing=editing)


@router.post("/alerts/{alert_id}/acknowledge")
def acknowledge(shown: PageDep, who: ManagerDep, alert_id: uuid.UUID) -> HTMLResponse:
    """Somebody is on it."""
    try:
        service.acknowledge(shown.session, who, alert_id, shown.services.clock.now())
    except ApiError as error:
        if error.status not in (404, 409):
            raise
        return shown.show(N_("Somebody was faster: it is decided already. The list is up to date now."))
    shown.changed()
    return shown.show(N_("Acknowledged."))


@router.post("/alerts/rules")
def keep_rule(shown: PageDep, who: ManagerDep, form: RuleFormDep, rule_id: RecordId | None = None) -> HTMLResponse:
    """Make a rule, or change one."""
    try:
        with shown.session.begin_nested():
            service.put_rule(shown.session, who, form.body(), shown.services.clock.now(), rule_id)
    except (BadInputError, ApiError) as error:
        return shown.show(editing=Editing(rule=form, rule_id=rule_id, open="rule", problem=str(error)))
    shown.changed()
    return shown.show(N_("Kept."))


@router.post("/alerts/rules/usual")
def make_usual_rules(shown: PageDep, who: ManagerDep) -> HTMLResponse:
    """Start with the rules that suit most; nothing where there is a rule already."""
    if not alerts_view(shown.session, who, shown.language).rules:
        for body in usual_rules(translations(shown.language).gettext):
            service.put_rule(shown.session, who, body, shown.services.clock.now())
        shown.changed()
    return shown.show(N_("The usual rules are made."))


@router.post("/alerts/rules/{rule_id}/delete")
def delete_rule(shown: PageDep, who: ManagerDep, rule_id: RecordId) -> HTMLResponse:
    """Take a rule away."""
    service.delete_rule(shown.session, who, rule_id, shown.services.clock.now())
    shown.changed()
    return shown.show(N_("Deleted."))


@router.post("/alerts/destinations")
def keep_destination(
    shown: PageDep, who: ManagerDep, form: DestinationFormDep, destination_id: RecordId | None = None
) -> HTMLResponse:
    """Make a destination, or change one; the secret of a new webhook is shown now and never again."""
    try:
        with shown.session.begin_nested():
            secret = ""
            if destination_id is None:
                _, secret = service.add_destination(shown.session, who, form.body(), shown.services)
            else:
                service.change_destination(shown.session, who, destination_id, form.body(), shown.services)
    except (BadInputError, ApiError) as error:
        refused = Editing(destination=form, destination_id=destination_id, open="destination", problem=str(error))
        return shown.show(editing=refused)
    return shown.show(N_("Kept."), Editing(secret=secret))


@router.post("/alerts/destinations/{destination_id}/delete")
def delete_destination(shown: PageDep, who: ManagerDep, destination_id: RecordId) -> HTMLResponse:
    """Take a destination away, unless a rule names it."""
    try:
        service.delete_destination(shown.session, who, destination_id)
    except ApiError as error:
        if error.status != 409:
            raise
        return shown.show(N_("A rule alerts there: change the rule first."))
    return shown.show(N_("Deleted."))
