"""The present numbers over HTTP, the photos behind them, and stock-outs."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import select

from cloud.analytics.episode_filter import EpisodeFilterDep
from cloud.analytics.episodes import still_open
from cloud.analytics.models import StockoutEpisode
from cloud.analytics.overview import overview
from cloud.analytics.periods import From
from cloud.analytics.present import Catalogue, Present, stockouts
from cloud.api.deps import CallerDep, ServicesDep, SessionDep
from cloud.api.errors import ApiError, not_found
from cloud.api.shapes import AfterNumber, Limit, Page, page_of
from cloud.audits.facts import observation
from cloud.outlets.models import Cooler, Outlet
from facings.clock import UtcDatetime, format_utc
from facings.ids import Slug
from facings.messages import CoolerKpi, OverviewKpi, Stockout

router = APIRouter(prefix="/api/v1", tags=["analytics"])


class ObservedAnswer(BaseModel):
    """A photo of a cooler and its totals."""

    id: uuid.UUID
    photo: uuid.UUID
    captured_at: UtcDatetime
    received_at: UtcDatetime
    verdict: str
    confidence: float
    units: int
    facings: int
    gaps: int


@router.get("/overview", response_model_exclude_none=True)
def show_overview(services: ServicesDep, session: SessionDep) -> OverviewKpi:
    """The whole tenant now: the message of the topic `kpi/overview`."""
    return overview(session, Present(session, services.clock.now()), services.settings.coverage_hours)


@router.get("/coolers/{cooler_id}/kpi", response_model_exclude_none=True)
def show_cooler(services: ServicesDep, session: SessionDep, cooler_id: Slug) -> CoolerKpi:
    """A cooler now: the message of the topic `kpi/cooler/{id}`."""
    if kpi := Present(session, services.clock.now(), only=[cooler_id]).cooler_kpi(cooler_id):
        return kpi
    _known_cooler(session, cooler_id)
    raise ApiError(404, f"cooler {cooler_id!r} has no usable photo yet", "wait for the first one", "no-photo-yet")


@router.get("/coolers/{cooler_id}/observations")
def list_observations(
    services: ServicesDep,
    session: SessionDep,
    who: CallerDep,
    cooler_id: Slug,
    start: From = None,
    end: Annotated[UtcDatetime | None, Query(alias="to", description="just after the last; `next` goes here")] = None,
    limit: Limit = 100,
) -> Page[ObservedAnswer]:
    """The photos of a cooler, newest first. For the page after, send `next` as `to`."""
    _known_cooler(session, cooler_id)
    seen = observation.c
    wanted = select(
        seen.observation_id.label("id"),
        seen.photo_id.label("photo"),
        *(seen[name] for name in ObservedAnswer.model_fields if name not in ("id", "photo")),
    ).where(seen.cooler == cooler_id)
    if start:
        wanted = wanted.where(seen.captured_at >= start)
    if end:
        wanted = wanted.where(seen.captured_at < end)
    wanted = wanted.order_by(seen.captured_at.desc()).limit(limit + 1)
    rows = [ObservedAnswer(**row._mapping) for row in services.facts.select(who.tenant, wanted, observation)]
    return Page(items=rows[:limit], next=format_utc(rows[limit - 1].captured_at) if len(rows) > limit else None)


@router.get("/stockouts", response_model_exclude_none=True)
def list_stockouts(
    session: SessionDep,
    wanted: EpisodeFilterDep,
    after: AfterNumber = None,
    limit: Limit = 100,
) -> Page[Stockout]:
    """Stock-out episodes in the order they were found."""
    conditions = wanted.of(StockoutEpisode, still_open())
    rows, further = page_of(session, select(StockoutEpisode), StockoutEpisode.id, after, limit, *conditions)
    coolers = {row.id: row for row in session.scalars(select(Cooler))}
    outlets = {row.id: row for row in session.scalars(select(Outlet))}
    items = sorted(stockouts(session, rows, Catalogue(session), coolers, outlets), key=lambda item: item.id)
    return Page(items=items, next=further)


def _known_cooler(session: SessionDep, cooler: str) -> None:
    if session.scalar(select(Cooler).where(Cooler.id == cooler)) is None:
        raise not_found("cooler", cooler)
