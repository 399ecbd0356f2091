"""Outlet grades over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, status

from cloud.analytics.grades.answer import GradeAnswer, GradesAnswer, SchemeAnswer, SchemeBody, grade_answer
from cloud.analytics.grades.reading import OutletGrades
from cloud.analytics.grades.schemes import ALL_OTHERS, put_scheme, remove_scheme, scheme_answers
from cloud.analytics.periods import From, To, asked_period
from cloud.api.deps import CallerDep, ManagerDep, ServicesDep, SessionDep
from cloud.api.errors import ApiError, not_found
from cloud.api.routing import CommittingRoute
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
    services.rollups.before_reading()
    found = OutletGrades(session, services.facts, who.tenant, start, end, services.settings.sellout)
    answers = [grade_answer(found, outlet, one, LISTED_RAISES) for outlet, one in found.grades().items()]
    answers = [one for one in answers if outlet_class in (None, one.outlet_class) and region in (None, one.region)]
    answers.sort(key=lambda one: (one.grade.value, one.outlet))
    return GradesAnswer(start=start, end=end, coverage=found.coverage, outlets=answers)


@router.get("/outlets/{outlet}/grade")
def show_grade(
    session: SessionDep, services: ServicesDep, who: CallerDep, outlet: Slug, start: From = None, end: To = None
) -> GradeAnswer:
    """The grade of one outlet, with everything that would raise it."""
    start, end = asked_period(start, end, services.clock.now())
    services.rollups.before_reading()
    found = OutletGrades(session, services.facts, who.tenant, start, end, services.settings.sellout, only=outlet)
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
    return scheme_answers(session)


@router.put("/grade-schemes")
def set_scheme(body: SchemeBody, who: ManagerDep, session: SessionDep) -> SchemeAnswer:
    """Set how outlets of a class are graded, or those of all classes without their own."""
    row = put_scheme(session, who, body)
    return SchemeAnswer(outlet_class=row.outlet_class, weights=row.weights, targets=row.targets)


@router.delete("/grade-schemes", status_code=status.HTTP_204_NO_CONTENT)
def take_scheme_back(
    who: ManagerDep, session: SessionDep, outlet_class: Annotated[str, Query(max_length=40)] = ALL_OTHERS
) -> None:
    """Grade a class as all others again; without a class, all others as it was before anything was set."""
    remove_scheme(session, who, outlet_class)
