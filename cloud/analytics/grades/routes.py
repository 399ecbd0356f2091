"""Outlet grades over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import select

from cloud.analytics.grades.answer import GradeAnswer, GradesAnswer, SchemeAnswer, SchemeBody, grade_answer
from cloud.analytics.grades.grade import DEFAULT
from cloud.analytics.grades.models import GradeScheme
from cloud.analytics.grades.reading import OutletGrades
from cloud.analytics.periods import From, To, asked_period
from cloud.analytics.share.answer import coverage_of
from cloud.api.deps import CallerDep, ManagerDep, ServicesDep, SessionDep
from cloud.api.errors import ApiError, not_found
from cloud.api.routing import CommittingRoute
from cloud.api.upsert import upsert
from cloud.identity.service import record
from facings.ids import Slug

router = APIRouter(prefix="/api/v1", tags=["analytics"], route_class=CommittingRoute)

LISTED_RAISES = 3
ALL_RAISES = 100


@router.get("/grades")
def list_grades(
    session: SessionDep,
    services: ServicesDep,
    who: CallerDep,
    start: From = None,
    end: To = None,
    outlet_class: Annotated[str | None, Query(max_length=40)] = None,
    region: Annotated[str | None, Query(max_length=100)] = None,
) -> GradesAnswer:
    """The grade of each outlet over a period, worst first, each with the three things that would raise it most."""
    start, end = asked_period(start, end, services.clock.now())
    found = OutletGrades(session, services.facts, who.tenant, start, end, services.settings.sellout)
    answers = [grade_answer(found, outlet, one, LISTED_RAISES) for outlet, one in found.grades().items()]
    answers = [one for one in answers if outlet_class in (None, one.outlet_class) and region in (None, one.region)]
    answers.sort(key=lambda one: (one.grade.value, one.outlet))
    return GradesAnswer(start=start, end=end, coverage=coverage_of(session, found.window), outlets=answers)


@router.get("/outlets/{outlet}/grade")
def show_grade(
    session: SessionDep, services: ServicesDep, who: CallerDep, outlet: Slug, start: From = None, end: To = None
) -> GradeAnswer:
    """The grade of one outlet, with everything that would raise it."""
    start, end = asked_period(start, end, services.clock.now())
    found = OutletGrades(session, services.facts, who.tenant, start, end, services.settings.sellout)
    if outlet not in found.outlets:
        raise not_found("outlet", outlet)
    graded = found.grades().get(outlet)
    if graded is None:
        hint = "ask for a period with photos of it"
        raise ApiError(404, f"nothing is known of outlet {outlet!r} in this period", hint, "not-graded")
    return grade_answer(found, outlet, graded, ALL_RAISES)


@router.get("/grade-schemes")
def list_schemes(session: SessionDep) -> list[SchemeAnswer]:
    """How outlets are graded: the default of all classes first, then the classes with their own weights."""
    rows = list(session.scalars(select(GradeScheme).order_by(GradeScheme.outlet_class)))
    answers = [SchemeAnswer(outlet_class=row.outlet_class, weights=row.weights, targets=row.targets) for row in rows]
    if not rows or rows[0].outlet_class:
        answers.insert(0, SchemeAnswer(outlet_class="", weights=dict(DEFAULT.weights), targets=dict(DEFAULT.targets)))
    return answers


@router.put("/grade-schemes")
def set_scheme(body: SchemeBody, who: ManagerDep, session: SessionDep) -> SchemeAnswer:
    """Set how outlets of a class are graded, or those of all classes without their own."""
    key = {"tenant_id": who.tenant, "outlet_class": body.outlet_class}
    values = {"weights": dict(body.scheme.weights), "targets": dict(body.scheme.targets)}
    row, outcome = upsert(session, GradeScheme, key, values)
    if outcome != "unchanged":
        record(session, who, f"grade-scheme.{outcome}", body.outlet_class or "all", values)
    return SchemeAnswer(outlet_class=row.outlet_class, weights=row.weights, targets=row.targets)
