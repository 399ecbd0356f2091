"""Shortages over HTTP: what runs out again and again, with a reason and its cost, and what is about to run out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.episodes import episode_of
from cloud.analytics.models import StockoutEpisode
from cloud.analytics.present import Catalogue
from cloud.analytics.sellout.kpis import SoldDay, lost_sales, sold_days
from cloud.analytics.shortages.kpis import prices, running_out_now
from cloud.analytics.shortages.last_units import held
from cloud.analytics.shortages.money import lost_money
from cloud.analytics.shortages.repeated import LEAST, Reason, Repeated, between_visits
from cloud.analytics.stockouts import hours
from cloud.api.deps import CallerDep, ServicesDep, SessionDep
from cloud.outlets.models import Cooler, Planogram
from facings.clock import UtcDatetime
from facings.ids import Slug
from facings.messages import Estimate

router = APIRouter(prefix="/api/v1/stockouts", tags=["analytics"])

PERIOD_DAYS = 28
MOST = 500


class RepeatedAnswer(BaseModel):
    """A SKU that ran out several times in a cooler."""

    cooler: Slug
    outlet: Slug
    sku: Slug
    name: str
    name_zh: str
    episodes: int
    hours: Estimate
    reason: Reason = Field(description="the likeliest; unknown where sell-out is not known")
    holds: int = Field(description="units that its lanes take")
    wanted_a_day: float | None = Field(description="units sold and wanted in vain; null: sell-out is not known")
    visit_every_hours: float | None = Field(description="typical time from one return to the next")
    lost_units: Estimate | None = Field(description="null: sell-out is not known")
    lost_value: Estimate | None = Field(description="at the price of the catalogue; null: no sell-out, or no price")
    currency: str | None = Field(description="null: the catalogue has no price")


class LastUnitsAnswer(BaseModel):
    """A SKU down to its last units."""

    cooler: Slug
    outlet: Slug
    sku: Slug
    name: str
    name_zh: str
    facings: int
    planned_facings: int
    surely: bool = Field(description="also with the error of the count taken in")
    observed_at: UtcDatetime


@router.get("/repeated")
def list_repeated(
    services: ServicesDep,
    session: SessionDep,
    who: CallerDep,
    days: Annotated[int, Query(ge=1, le=400, description="the period: so many days up to now")] = PERIOD_DAYS,
    least: Annotated[int, Query(ge=2, le=100, description="episodes in the period")] = LEAST,
) -> list[RepeatedAnswer]:
    """SKUs that ran out in the same cooler again and again, those with the most episodes first; 500 at most."""
    end = services.clock.now()
    start = end - timedelta(days=days)
    rows: dict[tuple[str, str], list[StockoutEpisode]] = defaultdict(list)
    standing = select(StockoutEpisode).where(StockoutEpisode.withdrawn_at.is_(None))
    for row in session.scalars(standing.where(StockoutEpisode.first_missed_at >= start)):
        rows[row.cooler_id, row.sku].append(row)
    sold: dict[tuple[str, str], list[SoldDay]] = defaultdict(list)
    for day in sold_days(services.facts, who.tenant, start, end):
        sold[day.cooler, day.sku].append(day)
    worst = sorted((key for key in rows if len(rows[key]) >= least), key=lambda key: (-len(rows[key]), key))[:MOST]
    return list(_answers(session, [_repeated(session, key, rows[key], sold[key]) for key in worst], sold))


@router.get("/last-units")
def list_last_units(session: SessionDep) -> list[LastUnitsAnswer]:
    """SKUs that the latest photo of a cooler shows in no more than a third of their lanes: they run out next."""
    catalogue = Catalogue(session)
    outlets = {row.id: row.outlet_id for row in session.scalars(select(Cooler))}
    found = []
    for row, some in running_out_now(session):
        for one in filter(held, some):
            name, name_zh = catalogue.names(one.sku)
            found.append(
                LastUnitsAnswer(
                    cooler=row.cooler_id,
                    outlet=outlets[row.cooler_id],
                    sku=one.sku,
                    name=name,
                    name_zh=name_zh,
                    facings=round(one.facings),
                    planned_facings=one.planned,
                    surely=one.surely,
                    observed_at=row.observed_at,
                )
            )
    return found


def _repeated(
    session: Session, key: tuple[str, str], rows: Sequence[StockoutEpisode], sold: Sequence[SoldDay]
) -> Repeated:
    cooler, sku = key
    episodes = tuple(episode_of(row) for row in sorted(rows, key=lambda row: row.first_missed_at))
    plan = session.scalar(
        select(Planogram).join(Cooler, Cooler.planogram_id == Planogram.id).where(Cooler.id == cooler)
    )
    holds = sum(lane["depth"] for row in plan.rows for lane in row if lane["sku"] == sku) if plan else 0
    wanted = sum(day.sold + day.lost for day in sold) / len(sold) if sold else None
    return Repeated(cooler, sku, episodes, holds, wanted, between_visits(episodes))


def _answers(
    session: Session, found: Iterable[Repeated], sold: dict[tuple[str, str], list[SoldDay]]
) -> Iterable[RepeatedAnswer]:
    catalogue, known = Catalogue(session), prices(session)
    outlets = {row.id: row.outlet_id for row in session.scalars(select(Cooler))}
    for one in found:
        days, price = sold[one.cooler, one.sku], known.get(one.sku)
        name, name_zh = catalogue.names(one.sku)
        yield RepeatedAnswer(
            cooler=one.cooler,
            outlet=outlets[one.cooler],
            sku=one.sku,
            name=name,
            name_zh=name_zh,
            episodes=len(one.episodes),
            hours=_sum([hours(episode) for episode in one.episodes]),
            reason=one.reason,
            holds=one.holds,
            wanted_a_day=None if one.wanted_a_day is None else round(one.wanted_a_day, 2),
            visit_every_hours=one.between_visits and round(one.between_visits / timedelta(hours=1), 1),
            lost_units=lost_sales(days, lambda _row: "").get(""),
            lost_value=lost_money(days, known, lambda _row: "").get(""),
            currency=price.currency if price else None,
        )


def _sum(estimates: Sequence[Estimate]) -> Estimate:
    # The bounds are certain ones, not standard deviations: they add up.
    value, low, high = (round(sum(getattr(one, part) for one in estimates), 4) for part in ("value", "low", "high"))
    return Estimate(value=value, low=low, high=high)
