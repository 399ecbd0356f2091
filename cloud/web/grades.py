"""The pages of outlets: their grades, the worst first; and one outlet with what would raise its grade, and advice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from cloud.analytics.advice.reading import USUAL
from cloud.analytics.advice.routes import AdviceAnswer, outlet_advice
from cloud.analytics.grades.answer import GradeAnswer, grade_answer
from cloud.analytics.grades.grade import PILLARS
from cloud.analytics.grades.reading import OutletGrades
from cloud.analytics.overview import reference_time
from cloud.analytics.present import Present
from cloud.analytics.share.answer import coverage_of
from cloud.api.deps import CallerDep, ServicesDep, SessionDep
from cloud.api.errors import not_found
from cloud.outlets.models import Cooler, Outlet
from cloud.services import Services
from cloud.web import errors
from cloud.web.loop import named
from cloud.web.pages import language_of, page
from facings.ids import Slug
from facings.messages import Coverage

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])

PERIOD = timedelta(days=7)
MOST_OUTLETS = 500
MOST_RAISES = 12


@dataclass(frozen=True)
class GradesView:
    """The list of grades."""

    start: datetime
    end: datetime
    coverage: Coverage
    pillars: Sequence[str]
    grades: Sequence[GradeAnswer]
    total: int
    ungraded: int


@dataclass(frozen=True)
class OutletView:
    """One outlet."""

    name: str
    region: str
    outlet_class: str
    start: datetime
    end: datetime
    grade: GradeAnswer | None
    coolers: Mapping[str, str]
    advice: AdviceAnswer


@router.get("/outlets")
def outlets(request: Request, who: CallerDep, session: SessionDep, services: ServicesDep) -> HTMLResponse:
    """All outlets, the worst grade first."""
    found, _ = last_week(session, services, who.tenant)
    graded = found.grades()
    answers = [grade_answer(found, outlet, grade, 1) for outlet, grade in graded.items()]
    answers.sort(key=lambda one: (one.grade.value, one.outlet))
    view = GradesView(
        start=found.window.start,
        end=found.window.end,
        coverage=coverage_of(session, found.window),
        pillars=PILLARS,
        grades=answers[:MOST_OUTLETS],
        total=len(answers),
        ungraded=len(found.outlets) - len(graded),
    )
    return page(request, "outlets.html", who, active="outlets", view=view)


@router.get("/outlets/{outlet}")
def outlet(request: Request, who: CallerDep, session: SessionDep, services: ServicesDep, outlet: Slug) -> HTMLResponse:
    """One outlet: its grade, what would raise it most, and advice."""
    found, present = last_week(session, services, who.tenant)
    record = found.outlets.get(outlet)
    if record is None:
        raise not_found("outlet", outlet)
    language, grade = language_of(request, who), found.grades().get(outlet)
    end = found.window.end
    view = OutletView(
        name=named(record, language),
        region=record.region,
        outlet_class=record.outlet_class,
        start=found.window.start,
        end=end,
        grade=grade_answer(found, outlet, grade, MOST_RAISES) if grade else None,
        coolers=_coolers(present.coolers, record, language),
        advice=outlet_advice(session, services, who.tenant, outlet, end - USUAL, end),
    )
    return page(request, "outlet.html", who, active="outlets", view=view)


def _coolers(coolers: Mapping[str, Cooler], outlet: Outlet, language: str) -> dict[str, str]:
    return {one.id: named(one, language) for one in coolers.values() if one.outlet_id == outlet.id}


def last_week(session: Session, services: Services, tenant: str) -> tuple[OutletGrades, Present]:
    """The last seven days; where every cooler replays another time, the last seven of that."""
    present = Present(session, services.clock.now())
    end = reference_time(present) + timedelta(milliseconds=1)
    services.rollups.before_reading()
    return OutletGrades(session, services.facts, tenant, end - PERIOD, end, services.settings.sellout), present
