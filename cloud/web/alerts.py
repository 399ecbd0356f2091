"""The alerts page: acknowledging, and the forms of rules and destinations."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from cloud.alerts import service
from cloud.api.deps import ManagerDep
from cloud.api.errors import ApiError
from cloud.api.shapes import RecordId
from cloud.web import errors
from cloud.web.acting import FASTER, ActingPage
from cloud.web.alert_forms import (
    DestinationForm,
    DestinationFormDep,
    RuleForm,
    RuleFormDep,
    usual_rules,
)
from cloud.web.alert_view import AlertsView, alerts_view
from cloud.web.i18n import N_, translations
from cloud.web.pages import is_fragment, page
from facings.errors import BadInputError

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])


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


class AlertsPage(ActingPage):
    """What every request of the page needs."""

    active = "alerts"
    whole, fragment = "alerts.html", "alerts_now.html"
    refusals: ClassVar[dict[int, str]] = dict.fromkeys((404, 409), FASTER)

    def view(self) -> AlertsView:
        """What stands now."""
        return alerts_view(self.session, self.who, self.language)

    def show(self, notice: str = "", editing: Editing | None = None) -> HTMLResponse:
        """The page as it is now, with what is in its forms; to htmx only the lists."""
        spoken = translations(self.language).gettext(notice) if notice else ""
        shortened, editing = is_fragment(self.request), editing or Editing()
        context = {"view": self.view(), "notice": spoken, "editing": editing, "fragment": shortened}
        template, status = self.fragment if shortened else self.whole, 422 if editing.problem else 200
        return page(self.request, template, self.who, active=self.active, status=status, **context)


PageDep = Annotated[AlertsPage, Depends()]


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
    now = shown.services.clock.now()
    return shown.act(lambda: service.acknowledge(shown.session, who, alert_id, now), N_("Acknowledged."))


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
