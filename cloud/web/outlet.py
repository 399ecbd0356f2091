"""The page of one outlet, to be read before a visit or printed for it: its grade, what is missing, what would help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.advice.reading import USUAL
from cloud.analytics.advice.routes import AdviceAnswer, outlet_advice
from cloud.analytics.coverage import AnswerCoverage
from cloud.analytics.grades.answer import GradeAnswer, grade_answer
from cloud.analytics.latest_days import latest_days
from cloud.analytics.overview import device_states
from cloud.analytics.present import Present
from cloud.api.deps import CallerDep, ServicesDep, SessionDep
from cloud.api.errors import not_found
from cloud.outlets.models import Cooler
from cloud.web import errors
from cloud.web.grades import grades_of
from cloud.web.i18n import Formats, translations
from cloud.web.loop import named
from cloud.web.pages import language_of, page
from cloud.web.views import longest_of, stockouts_in_coolers
from cloud.web.words import words
from facings.ids import Slug
from facings.messages import Estimate, Stockout

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])

MOST_RAISES = 12


@dataclass(frozen=True)
class OutletCooler:
    """One of its coolers, as its latest usable photo shows it."""

    id: str
    name: str
    cooler_type: str
    owned: bool
    state: str
    observed_at: datetime | None
    stockouts: int
    occupancy: Estimate | None
    own_share: Estimate | None


@dataclass(frozen=True)
class OutletView:
    """One outlet."""

    outlet: str
    name: str
    region: str
    outlet_class: str
    timezone: str
    headline: str
    first: date
    last: date
    printed_at: datetime
    coverage: AnswerCoverage
    grade: GradeAnswer | None
    missing: str
    """The pillars of which nothing is known."""
    coolers: Sequence[OutletCooler]
    stockouts: Sequence[Stockout]
    advice: AdviceAnswer

    @property
    def cooler_names(self) -> Mapping[str, str]:
        """What each stock-out names in place of the outlet."""
        return {one.id: one.name for one in self.coolers}

    @property
    def longest_hours(self) -> float:
        """The scale of the bars of hours."""
        return longest_of(self.stockouts)


@router.get("/outlets/{outlet}")
def outlet(request: Request, who: CallerDep, session: SessionDep, services: ServicesDep, outlet: Slug) -> HTMLResponse:
    """One outlet: its grade, its coolers and what is missing in them, what would raise it most, and advice."""
    days = latest_days(session, services.clock.now())
    found = grades_of(session, services, who.tenant, days, outlet)
    record = found.outlets.get(outlet)
    if record is None:
        raise not_found("outlet", outlet)
    its_own = session.scalars(select(Cooler.id).where(Cooler.outlet_id == outlet)).all()
    present = Present(session, services.clock.now(), only=its_own)
    language, grade = language_of(request, who), found.grades().get(outlet)
    coolers = outlet_coolers(session, present, language)
    seen = sum(1 for one in coolers if one.observed_at and one.observed_at >= days.start)
    stockouts = present.stockouts
    view = OutletView(
        outlet=outlet,
        name=named(record, language),
        region=record.region,
        outlet_class=record.outlet_class,
        timezone=record.timezone,
        headline=_headline(coolers, seen, language),
        first=days.first,
        last=days.last,
        printed_at=services.clock.now(),
        coverage=found.coverage,
        grade=grade_answer(found, outlet, grade, MOST_RAISES) if grade else None,
        missing=Formats(language).listing([words(language)["pillars"][one] for one in grade.missing]) if grade else "",
        coolers=coolers,
        stockouts=stockouts,
        advice=outlet_advice(session, services, who.tenant, outlet, days.end - USUAL, days.end),
    )
    return page(request, "outlet.html", who, active="outlets", view=view)


def outlet_coolers(session: Session, present: Present, language: str) -> list[OutletCooler]:
    """The coolers of `present`, by name."""
    states = device_states(session)
    coolers = present.coolers.values()
    return sorted((_cooler(present, one, states, language) for one in coolers), key=lambda one: one.name)


def _cooler(present: Present, cooler: Cooler, states: Mapping[str, str], language: str) -> OutletCooler:
    shown = present.cooler_kpi(cooler.id)
    return OutletCooler(
        id=cooler.id,
        name=named(cooler, language),
        cooler_type=cooler.cooler_type,
        owned=cooler.owned,
        state=states.get(cooler.id, "never"),
        observed_at=shown.observed_at if shown else None,
        stockouts=len(present.stockouts_of.get(cooler.id, ())),
        occupancy=shown.occupancy if shown else None,
        own_share=shown.share.own if shown else None,
    )


def _headline(coolers: Sequence[OutletCooler], seen: int, language: str) -> str:
    stockouts, hit = sum(one.stockouts for one in coolers), sum(1 for one in coolers if one.stockouts)
    if stockouts:
        return stockouts_in_coolers(stockouts, hit, words(language)["headline"], language)
    _ = translations(language).gettext
    return _("No open stock-out") if seen else _("No photo of the last seven days")
