"""The page of all outlets: their grades, the worst first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from cloud.analytics.coverage import AnswerCoverage
from cloud.analytics.grades.answer import GradeAnswer, grade_answer
from cloud.analytics.grades.grade import PILLARS
from cloud.analytics.grades.reading import OutletGrades
from cloud.analytics.latest_days import LatestDays, latest_days
from cloud.api.deps import CallerDep, ServicesDep, SessionDep
from cloud.services import Services
from cloud.web import errors
from cloud.web.loop import named
from cloud.web.pages import language_of, page

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])

MOST_OUTLETS = 500


@dataclass(frozen=True)
class GradesView:
    """The list of grades."""

    first: date
    last: date
    coverage: AnswerCoverage
    pillars: Sequence[str]
    grades: Sequence[GradeAnswer]
    total: int
    silent: Sequence[tuple[str, str]]
    """Outlets without photos, as pairs of id and name."""


@router.get("/outlets")
def outlets(request: Request, who: CallerDep, session: SessionDep, services: ServicesDep) -> HTMLResponse:
    """All outlets, the worst grade first."""
    language = language_of(request, who)
    days = latest_days(session, services.clock.now())
    found = grades_of(session, services, who.tenant, days)
    graded = found.grades()
    answers = [grade_answer(found, outlet, grade, 1) for outlet, grade in graded.items()]
    answers.sort(key=lambda one: (one.grade.value, one.outlet))
    view = GradesView(
        first=days.first,
        last=days.last,
        coverage=found.coverage,
        pillars=PILLARS,
        grades=answers[:MOST_OUTLETS],
        total=len(answers),
        silent=sorted(
            ((one.id, named(one, language)) for one in found.outlets.values() if one.id not in graded),
            key=lambda one: one[1],
        ),
    )
    return page(request, "outlets.html", who, active="outlets", view=view)


def grades_of(
    session: Session, services: Services, tenant: str, days: LatestDays, only: str | None = None
) -> OutletGrades:
    """The grades of some days, of all outlets or of one."""
    services.rollups.before_reading()
    return OutletGrades(session, services.facts, tenant, days.start, days.end, services.settings.sellout, only)
