"""The whole tenant now: coverage, totals over the coolers that report, and the open stock-outs."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain
from typing import Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics import measures
from cloud.analytics.present import Present
from cloud.audits.models import LatestObservation, StoredCount
from cloud.fleet.models import Device
from cloud.retail.service import open_counts
from facings.messages import CoolerCoverage, CoolerSummary, OverviewKpi, StockoutList

MOST_COOLERS = 1_000
"""Rows of an overview, which must stay a message that brokers take; those with stock-outs come first."""

MOST_STOCKOUTS = 200

State = Literal["never", "offline", "stopped", "online"]
_STATES: tuple[State, ...] = ("never", "offline", "stopped", "online")
"""From worst to best: a cooler is as well as the best of its devices."""


def overview(session: Session, present: Present, coverage_hours: float) -> OverviewKpi:
    """The tenant in one message. Totals are those of the coolers seen lately: an old photo says nothing of now."""
    states = device_states(session)
    since = reference_time(present) - timedelta(hours=coverage_hours)
    seen = [name for name in states if name in present.latest and present.latest[name].seen_at >= since]
    in_part = sum(present.latest[name].part_seen_at is not None for name in seen)
    sums = [present.condensed(name) for name in seen]
    facings = list(chain.from_iterable(one.facings for one in sums))
    missing = sum(map(len, present.stockouts_of.values()))
    proposals, orders = open_counts(session)
    count = session.scalar(select(StoredCount))
    shown = sorted(present.coolers, key=lambda name: (-len(present.stockouts_of.get(name, ())), name))[:MOST_COOLERS]
    return OverviewKpi(
        at=present.at,
        coverage=CoolerCoverage(reporting=len(seen) - in_part, in_part=in_part, expected=len(states)),
        units=measures.units(one.units for one in sums),
        facings=round(sum(line.facings for line in facings)),
        share=measures.share(facings),
        occupancy=measures.occupancy(chain.from_iterable(one.fronts for one in sums)),
        open_stockouts=missing,
        open_proposals=proposals,
        open_orders=orders,
        observations=count.observations if count else 0,
        coolers=tuple(_summary(present, name, states.get(name, "never")) for name in sorted(shown)),
    )


def stockout_list(present: Present) -> StockoutList:
    """The open stock-outs, longest first."""
    stockouts = present.stockouts
    return StockoutList(at=present.at, total=len(stockouts), stockouts=tuple(stockouts[:MOST_STOCKOUTS]))


def reference_time(present: Present) -> datetime:
    """The moment that coverage looks back from: now, or the newest photo where every cooler replays another time."""
    rows = present.latest.values()
    if rows and all(row.clock_source == "replay" for row in rows):
        return max(row.observed_at for row in rows)
    return present.at


def time_of_photos(session: Session, now: datetime) -> datetime:
    """`reference_time` without all that is present: of the newest photos alone."""
    told = session.execute(select(LatestObservation.clock_source, LatestObservation.observed_at)).all()
    if told and all(clock == "replay" for clock, _ in told):
        return max(at for _, at in told)
    return now


def device_states(session: Session) -> dict[str, State]:
    """State of each cooler that has a device: those are expected to report."""
    states: dict[str, State] = {}
    for cooler, state in session.execute(select(Device.cooler_id, Device.state).where(Device.revoked_at.is_(None))):
        states[cooler] = max(states.get(cooler, "never"), cast(State, state), key=_STATES.index)
    return states


def _summary(present: Present, name: str, state: State) -> CoolerSummary:
    cooler, latest, sums = present.coolers[name], present.latest.get(name), present.condensed(name)
    occupied = measures.occupancy(sums.fronts)
    return CoolerSummary(
        cooler=cooler.id,
        outlet=cooler.outlet_id,
        name=cooler.name,
        name_zh=cooler.name_zh,
        region=present.outlets[cooler.outlet_id].region,
        observed_at=latest.seen_at if latest else None,
        state=state,
        units=sums.units.units if latest else None,
        facings=round(sum(line.facings for line in sums.facings)) if latest else None,
        own_share=measures.share(sums.facings).own.value if present.lines(name) else None,
        occupancy=occupied.value if occupied else None,
        open_stockouts=len(present.stockouts_of.get(name, ())),
        photo=latest.photo_id if latest else None,
        in_part=bool(latest and latest.part_seen_at),
    )
