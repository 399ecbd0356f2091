"""The pages of planograms: all of them, which coolers follow which, and one version with what came of it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse

from cloud.api.deps import ManagerDep, SessionDep
from cloud.api.reading import existing
from cloud.api.shapes import RecordId
from cloud.outlets.models import Planogram
from cloud.outlets.planograms import add_rule, remove_rule
from cloud.outlets.schemas import RuleBody
from cloud.outlets.service import assign_planogram
from cloud.web import errors
from cloud.web.acting import ActingPage, AskedDep
from cloud.web.i18n import N_
from cloud.web.planogram_views import planogram_view, planograms_view
from facings.ids import Slug

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])

GONE = N_("It is there no longer. The list is up to date now.")


class Planograms(ActingPage):
    """The list and its rules."""

    active = "planograms"
    whole, fragment = "planograms.html", "planograms_now.html"
    refusals: ClassVar = {404: GONE}

    def view(self) -> object:
        """The list as it is now."""
        return planograms_view(self.session, self.services, self.who, self.language)


class OneVersion(ActingPage):
    """One version of a planogram, named in the address."""

    active = "planograms"
    whole, fragment = "planogram.html", "planogram_now.html"
    refusals: ClassVar = {404: GONE}

    def __init__(self, asked: AskedDep, planogram_id: RecordId) -> None:
        super().__init__(asked)
        self.plan = found_planogram(self.session, planogram_id)

    def view(self) -> object:
        """The version as it is now."""
        return planogram_view(self.session, self.services, self.who, self.plan, self.language)


PlanogramsDep = Annotated[Planograms, Depends()]
VersionDep = Annotated[OneVersion, Depends()]


def found_planogram(session: SessionDep, planogram: int) -> Planogram:
    """The version with this id.

    Raises:
        ApiError: 404 where there is none.
    """
    return existing(session, Planogram, planogram, "planogram")


@router.get("/planograms")
def planograms(shown: PlanogramsDep) -> HTMLResponse:
    """All planograms, and which coolers follow which."""
    return shown.show()


@router.post("/planograms/rules")
def set_rule(
    shown: PlanogramsDep,
    manager: ManagerDep,
    planogram_id: Annotated[RecordId, Form()],
    outlet_class: Annotated[str, Form(max_length=40)] = "",
    cooler_type: Annotated[str, Form(max_length=40)] = "",
) -> HTMLResponse:
    """Have the coolers of a type in outlets of a class follow a planogram."""
    body = RuleBody(outlet_class=outlet_class, cooler_type=cooler_type, planogram_id=planogram_id)
    return shown.act(lambda: add_rule(shown.session, manager, body), N_("The rule holds from now on."))


@router.post("/planograms/rules/{rule_id}/remove")
def take_rule_back(shown: PlanogramsDep, manager: ManagerDep, rule_id: RecordId) -> HTMLResponse:
    """Take a rule back."""
    return shown.act(lambda: remove_rule(shown.session, manager, rule_id), N_("The rule is taken back."))


@router.get("/planograms/{planogram_id}")
def planogram(shown: VersionDep) -> HTMLResponse:
    """One version: how it looks, who follows it, and how well."""
    return shown.show()


@router.post("/planograms/{planogram_id}/coolers")
def give(shown: VersionDep, manager: ManagerDep, cooler: Annotated[Slug, Form()]) -> HTMLResponse:
    """Have one cooler follow this version from now on, whatever the rules say."""
    plan = shown.plan.id
    return shown.act(
        lambda: assign_planogram(shown.session, manager, cooler, plan), N_("The cooler follows it from now on.")
    )


@router.post("/planograms/{planogram_id}/coolers/{cooler}/release")
def release(shown: VersionDep, manager: ManagerDep, cooler: Slug) -> HTMLResponse:
    """Let the rules say again what a cooler follows."""
    return shown.act(
        lambda: assign_planogram(shown.session, manager, cooler, None), N_("The rules decide for this cooler again.")
    )
