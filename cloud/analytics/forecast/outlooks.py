"""Outlooks for replenishment: the demand of each outlet and SKU from the next delivery to the one after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import delete, func, select

from cloud.analytics.forecast.history import History
from cloud.analytics.forecast.sellout import SoldHistory, sold_history
from cloud.analytics.forecast.study import Outlook, forecast
from cloud.analytics.sellout.sold_table import sellout_day
from cloud.audits.facts import Facts
from cloud.outlets.models import Outlet
from cloud.retail.models import DemandOutlook
from cloud.retail.rhythm import Rhythm, rhythms
from cloud.services import Services

TOGETHER = 20
"""Outlets of one region and class that borrow from one another."""
LONGEST_DAYS = 28
"""Deliveries further apart are planned by hand."""
RENEWED = timedelta(hours=12)
"""Outlooks are made anew after so long."""
RECENT = timedelta(days=9)
"""An outlet without sell-out for longer has no outlook."""
LEAST_KNOWN = 14
"""Days of sell-out: fewer say little of a week."""

Forecaster = Callable[[History], Outlook]


@dataclass(frozen=True, slots=True)
class Group:
    """Outlets alike, of one time zone."""

    zone: str
    outlets: tuple[str, ...]


def groups(outlets: Collection[Outlet]) -> Iterator[Group]:
    """Some tens of outlets alike at a time."""
    alike: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for outlet in outlets:
        alike[outlet.timezone, outlet.region, outlet.outlet_class].append(outlet.id)
    for (zone, _, _), members in sorted(alike.items()):
        for at in range(0, len(members), TOGETHER):
            yield Group(zone, tuple(sorted(members)[at : at + TOGETHER]))


def due(services: Services, tenant: str) -> dict[Group, datetime]:
    """The groups with an outlet whose outlooks are old, and whose sell-out was computed since: with when it was."""
    now = services.clock.now()
    computed = _computed(services.facts, tenant, now)
    with services.records.session(tenant, write=False) as session:
        found = list(groups(session.scalars(select(Outlet)).all()))
        rows = session.execute(
            select(DemandOutlook.outlet_id, func.min(DemandOutlook.made_at)).group_by(DemandOutlook.outlet_id)
        )
        made = {outlet: at for outlet, at in rows if now - at < RENEWED}
    waiting = {group: [computed[one] for one in group.outlets if one in computed.keys() - made] for group in found}
    return {group: max(times) for group, times in waiting.items() if times}


def make(services: Services, tenant: str, group: Group, forecaster: Forecaster = forecast) -> int:
    """Make and keep the outlooks of a group; how many. Those of before are replaced.

    Args:
        services: the running cloud.
        tenant: whose outlets.
        group: which.
        forecaster: `forecast`, or the same in another process.
    """
    now, zone = services.clock.now(), ZoneInfo(group.zone)
    settings = services.settings.replenishment
    yesterday = now.astimezone(zone).date() - timedelta(days=1)
    with services.records.session(tenant, write=False) as session:
        found = rhythms(session, dict.fromkeys(group.outlets, zone), now, settings.delivery_days)
    horizon = max((one.begins - yesterday).days + one.days for one in found.values())
    sold = sold_history(services.facts, tenant, group.outlets, yesterday, min(horizon, 2 * LONGEST_DAYS))
    rows: list[DemandOutlook] = []
    if sold is not None and sold.history.known >= LEAST_KNOWN:
        rows = list(_rows(sold, forecaster(sold.history), found, settings.service, now))
    with services.records.session(tenant) as session:
        session.execute(delete(DemandOutlook).where(DemandOutlook.outlet_id.in_(group.outlets)))
        session.add_all(rows)
    return len(rows)


def _rows(
    sold: SoldHistory, outlook: Outlook, found: dict[str, Rhythm], service: float, now: datetime
) -> Iterator[DemandOutlook]:
    """Of the outlets whose deliveries are no further apart than the forecast reaches."""
    between, horizon = np.zeros_like(outlook.mean), outlook.mean.shape[-1]
    reached = []
    for row, (outlet, _) in enumerate(sold.places):
        rhythm = found[outlet]
        first = max((rhythm.begins - sold.last).days - 1, 0)
        between[row, first : first + rhythm.days] = 1.0
        reached.append(first + rhythm.days <= horizon)
    mean = (outlook.mean * between).sum(axis=1)
    wanted = outlook.spread.quantile(mean, service)
    for row, (outlet, sku) in enumerate(sold.places):
        if reached[row]:
            yield DemandOutlook(
                outlet_id=outlet,
                sku=sku,
                made_at=now,
                begins=found[outlet].begins,
                days=found[outlet].days,
                service=service,
                expected=round(float(mean[row]), 3),
                wanted=int(wanted[row]),
            )


def _computed(facts: Facts, tenant: str, now: datetime) -> dict[str, datetime]:
    """By outlet, when its sell-out of the last days was last computed."""
    row = sellout_day.c
    latest = select(row.outlet, func.max(row.computed_at).label("at")).where(row.day >= now.date() - RECENT)
    rows = facts.select(tenant, latest.group_by(row.outlet), sellout_day)
    return {one.outlet: one.at if one.at.tzinfo else one.at.replace(tzinfo=UTC) for one in rows}
