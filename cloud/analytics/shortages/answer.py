"""What runs out again and again, and what is about to run out, as the API and the pages show it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.episodes import episode_of
from cloud.analytics.measures import added
from cloud.analytics.models import StockoutEpisode
from cloud.analytics.present import Catalogue
from cloud.analytics.shortages.demand import CoolerSku, Demand, demand
from cloud.analytics.shortages.kpis import prices, running_out_now
from cloud.analytics.shortages.lanes import cooler_lanes
from cloud.analytics.shortages.last_units import held
from cloud.analytics.shortages.lasting import hours_left, units_left
from cloud.analytics.shortages.repeated import Reason, Repeated, between_visits
from cloud.analytics.stockouts import hours
from cloud.audits.facts import Facts
from cloud.outlets.models import Cooler
from facings.clock import UtcDatetime
from facings.ids import Slug
from facings.messages import Estimate

USUAL = timedelta(days=28)
"""Demand and repetitions are looked at over four weeks unless said otherwise: weekdays count alike."""
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
    left: Estimate = Field(description="units seen; high: as if full lanes stood behind the facings")
    hours_left: Estimate | None = Field(
        description="from the photo on, nights included, at the demand of the last four weeks; null: that is not known"
    )
    observed_at: UtcDatetime


def repeated_answers(
    session: Session, facts: Facts, tenant: str, start: datetime, end: datetime, least: int
) -> list[RepeatedAnswer]:
    """SKUs with at least so many episodes in the same cooler, those with the most first; 500 at most."""
    rows: dict[CoolerSku, list[StockoutEpisode]] = defaultdict(list)
    standing = select(StockoutEpisode).where(StockoutEpisode.withdrawn_at.is_(None))
    begun = (StockoutEpisode.first_missed_at >= start, StockoutEpisode.first_missed_at < end)
    for row in session.scalars(standing.where(*begun)):
        rows[row.cooler_id, row.sku].append(row)
    worst = sorted((key for key in rows if len(rows[key]) >= least), key=lambda key: (-len(rows[key]), key))[:MOST]
    demands, lanes = demand(facts, tenant, start, end, worst), cooler_lanes(session)
    found = [_repeated(key, rows[key], sum(lanes[key[0]].get(key[1], ())), demands.get(key)) for key in worst]
    return list(_repeated_answers(session, found, demands))


def last_units_answers(session: Session, facts: Facts, tenant: str, end: datetime) -> list[LastUnitsAnswer]:
    """SKUs that the latest photo of a cooler shows in no more than a third of their lanes, the soonest to go first."""
    running = [(row, one) for row, some in running_out_now(session) for one in filter(held, some)]
    demands = demand(facts, tenant, end - USUAL, end, [(row.cooler_id, one.sku) for row, one in running])
    catalogue, outlets, lanes = Catalogue(session), _outlets(session), cooler_lanes(session)
    found = []
    for row, one in running:
        name, name_zh = catalogue.names(one.sku)
        left = units_left(one, lanes[row.cooler_id][one.sku])
        wanted = demands.get((row.cooler_id, one.sku))
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
                left=left,
                hours_left=hours_left(left, wanted.a_day() if wanted else None),
                observed_at=row.observed_at,
            )
        )
    return sorted(found, key=_soonest_first)


def _soonest_first(one: LastUnitsAnswer) -> tuple[bool, float, float, str, str]:
    hours_known = one.hours_left.value if one.hours_left else 0.0
    return one.hours_left is None, hours_known, one.left.value, one.cooler, one.sku


def _outlets(session: Session) -> Mapping[str, str]:
    return {row.id: row.outlet_id for row in session.scalars(select(Cooler))}


def _repeated(key: CoolerSku, rows: Sequence[StockoutEpisode], holds: int, wanted: Demand | None) -> Repeated:
    episodes = tuple(episode_of(row) for row in sorted(rows, key=lambda row: row.first_missed_at))
    return Repeated(*key, episodes, holds, wanted.a_day().value if wanted else None, between_visits(episodes))


def _repeated_answers(
    session: Session, found: Iterable[Repeated], demands: Mapping[CoolerSku, Demand]
) -> Iterable[RepeatedAnswer]:
    catalogue, known, outlets = Catalogue(session), prices(session), _outlets(session)
    for one in found:
        wanted, price = demands.get((one.cooler, one.sku)), known.get(one.sku)
        name, name_zh = catalogue.names(one.sku)
        yield RepeatedAnswer(
            cooler=one.cooler,
            outlet=outlets[one.cooler],
            sku=one.sku,
            name=name,
            name_zh=name_zh,
            episodes=len(one.episodes),
            hours=added(hours(episode) for episode in one.episodes),
            reason=one.reason,
            holds=one.holds,
            wanted_a_day=None if one.wanted_a_day is None else round(one.wanted_a_day, 2),
            visit_every_hours=one.between_visits and round(one.between_visits / timedelta(hours=1), 1),
            lost_units=wanted.lost if wanted else None,
            lost_value=price.of(wanted.lost) if wanted and price else None,
            currency=price.currency if price else None,
        )
