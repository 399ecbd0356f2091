"""Competition over HTTP: intrusions, and why the own share has changed."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import select

from cloud.analytics.coverage import coverage_of
from cloud.analytics.episode_filter import EpisodeFilterDep
from cloud.analytics.periods import From, To, asked_period
from cloud.analytics.present import Catalogue
from cloud.analytics.query.known import Known
from cloud.analytics.share.answer import IntrusionAnswer, ShareChangeAnswer, intrusion_answers, share_change
from cloud.analytics.share.models import Intrusion
from cloud.analytics.share.window import read_windows
from cloud.api.deps import CallerDep, ServicesDep, SessionDep
from cloud.api.errors import ApiError
from cloud.api.shapes import AfterNumber, Limit, Page, page_of
from cloud.outlets.models import Cooler, Outlet

router = APIRouter(prefix="/api/v1", tags=["analytics"])


@router.get("/intrusions")
def list_intrusions(
    session: SessionDep,
    wanted: EpisodeFilterDep,
    after: AfterNumber = None,
    limit: Limit = 100,
) -> Page[IntrusionAnswer]:
    """Competitors' products in coolers that the brand owns, in the order they were found."""
    conditions = wanted.of(Intrusion, Intrusion.gone_at.is_(None))
    rows, further = page_of(session, select(Intrusion), Intrusion.id, after, limit, *conditions)
    coolers = {row.id: row for row in session.scalars(select(Cooler))}
    outlets = {row.id: row for row in session.scalars(select(Outlet))}
    return Page(items=intrusion_answers(rows, Catalogue(session), coolers, outlets), next=further)


@router.get("/share/changes")
def show_changes(
    session: SessionDep, services: ServicesDep, who: CallerDep, start: From = None, end: To = None
) -> ShareChangeAnswer:
    """The own share of facings in a period against the same length before it, explained by SKU and outlet."""
    start, end = asked_period(start, end, services.clock.now())
    services.rollups.before_reading()
    outlets = {row.id: row for row in session.scalars(select(Outlet))}
    known = Known(session)
    before, after = read_windows(services.facts, who.tenant, known, start, end)
    coverage = coverage_of(services.facts, who.tenant, known, after)
    answer = share_change(before, after, outlets, Catalogue(session), coverage)
    if answer is None:
        hint = "ask for two periods with photos; `from` and `to` name the later one"
        raise ApiError(404, "one of the two periods shows no product", hint, "nothing-to-compare")
    return answer
