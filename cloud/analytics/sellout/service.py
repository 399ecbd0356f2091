"""Daily sell-out in the facts store: computed for a period, and anew for the days that something came late for."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cloud.analytics.sellout.answer import CoolerSellOut, sold_rows
from cloud.analytics.sellout.estimate import estimate
from cloud.analytics.sellout.learning import Learning
from cloud.analytics.sellout.reading import Window, cooler_records
from cloud.analytics.sellout.records import CoolerRecord
from cloud.analytics.sellout.sight import Sight
from cloud.analytics.sellout.sold_table import sellout_day
from cloud.audits.facts import Facts, observation
from cloud.outlets.models import Cooler, Outlet
from cloud.retail.models import StockMovement
from cloud.services import Services
from cloud.settings import SellOutSettings

BEFORE, AFTER = timedelta(days=28), timedelta(days=7)
"""A day is estimated with so many days around it, as far as they have passed."""
TOGETHER = 20
"""Outlets that are estimated together."""
LATE = timedelta(days=35)
"""What comes later than this is taken into account on request only."""

Key = tuple[str, str, date, str]
"""Cooler, SKU, day, outlet."""
Estimator = Callable[[Sequence[CoolerRecord], Learning], list[CoolerSellOut]]

log = logging.getLogger(__name__)


def compute(
    services: Services,
    tenant: str,
    first: date,
    last: date,
    outlets: Collection[str] | None = None,
    estimator: Estimator = estimate,
) -> int:
    """Compute and store the sell-out of the days from `first` to `last`; how many rows were stored.

    Days that have not ended yet at an outlet are left out; so are coolers without a planogram or without photos.

    Args:
        services: the running cloud.
        tenant: whose coolers.
        first: business day, local at each outlet.
        last: itself included.
        outlets: only these; by default all of the tenant.
        estimator: `estimate`, or the same in another process.
    """
    with services.records.session(tenant, write=False) as session:
        wanted = select(Outlet).order_by(Outlet.timezone, Outlet.id)
        places = list(session.scalars(wanted if outlets is None else wanted.where(Outlet.id.in_(outlets))))
    stored = 0
    for zone, together in _groups(places):
        ended = services.clock.now().astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
        until = min(last, ended)
        if first <= until:
            stored += _compute_group(services, tenant, together, (first, until, ended), estimator)
    return stored


def _groups(outlets: Sequence[Outlet]) -> Iterator[tuple[str, list[Outlet]]]:
    """Some tens of outlets of one time zone each."""
    by_zone: dict[str, list[Outlet]] = defaultdict(list)
    for outlet in outlets:
        by_zone[outlet.timezone].append(outlet)
    for zone, members in by_zone.items():
        for at in range(0, len(members), TOGETHER):
            yield zone, members[at : at + TOGETHER]


def _compute_group(
    services: Services, tenant: str, outlets: Sequence[Outlet], days: tuple[date, date, date], estimator: Estimator
) -> int:
    first, last, ended = days
    settings = services.settings.sellout
    begin, end = first - BEFORE, min(last + AFTER, ended)
    window = Window(begin, (end - begin).days + 1)
    computed_at = services.clock.now()  # before reading: what comes meanwhile is later than this
    with services.records.session(tenant, write=False) as session:
        records = cooler_records(session, services.facts, tenant, outlets, window, settings)
    if not records:
        return 0
    found = estimator(records, Learning(sight=sight(settings)))
    told = sold_rows(records, found, range((first - begin).days, (last - begin).days + 1))
    dated = {
        (cooler, sku, begin + timedelta(days=day), outlet): row for (cooler, sku, day, outlet), row in told.items()
    }
    rows: list[tuple[object, ...]] = [
        (tenant, *key, *row[:-1], 0, computed_at, row.following) for key, row in dated.items()
    ]
    rows += _withdrawn(services.facts, tenant, dated, (first, last), computed_at)
    services.facts.insert(sellout_day, rows)
    return len(rows)


def sight(settings: SellOutSettings) -> Sight:
    """How the cameras see, before the photos say better."""
    return Sight((*(settings.seen,) * settings.units_in_sight, 0.0))


def _withdrawn(
    facts: Facts, tenant: str, told: Collection[Key], days: tuple[date, date], at: datetime
) -> Iterator[tuple[object, ...]]:
    """Rows that replace those which were found before of the same coolers and outlets, and no longer are."""
    had = sellout_day.c
    coolers, outlets = {cooler for cooler, _, _, _ in told}, {outlet for _, _, _, outlet in told}
    known = select(had.cooler, had.sku, had.day, had.outlet).where(
        had.cooler.in_(sorted(coolers)), had.outlet.in_(sorted(outlets)), had.day.between(*days), had.withdrawn == 0
    )
    for row in facts.select(tenant, known, sellout_day):
        if (key := (row.cooler, row.sku, row.day, row.outlet)) not in told:
            yield tenant, *key, *(0.0,) * 7, 1, at, ()


def stale(services: Services, tenant: str) -> dict[str, tuple[date, date]]:
    """By outlet, the first and the last day of the past weeks that must be computed: never were, or before a photo or
    a delivery of theirs came in."""
    since = services.clock.now() - LATE
    with services.records.session(tenant, write=False) as session:
        zones = {outlet.id: ZoneInfo(outlet.timezone) for outlet in session.scalars(select(Outlet))}
        arrived = _arrived(session, services.facts, tenant, zones, since)
        computed = _computed(services.facts, tenant, since.date())
    today = {outlet: services.clock.now().astimezone(zone).date() for outlet, zone in zones.items()}
    days: dict[str, list[date]] = defaultdict(list)
    for (outlet, cooler, day), at in arrived.items():
        known = computed.get((outlet, cooler, day))
        if day < today[outlet] and (known is None or known <= at):
            days[outlet].append(day)
    return {outlet: (min(some), max(some)) for outlet, some in days.items()}


def _arrived(
    session: Session, facts: Facts, tenant: str, zones: dict[str, ZoneInfo], since: datetime
) -> dict[tuple[str, str, date], datetime]:
    """By outlet, planned cooler and day, when the latest of its usable photos and deliveries there came in."""
    planned = set(session.scalars(select(Cooler.id).where(Cooler.planogram_id.is_not(None))))
    photo = observation.c
    hour = func.toStartOfHour(photo.captured_at).label("hour")
    latest_of = func.max(photo.received_at).label("at")
    photos = select(photo.outlet, photo.cooler, hour, latest_of).group_by(photo.outlet, photo.cooler, hour)
    usable = (photo.captured_at >= since, photo.verdict != "unusable", photo.clock_suspect == 0)
    moments = [
        (row.outlet, row.cooler, row.hour, row.at) for row in facts.select(tenant, photos.where(*usable), observation)
    ]
    booked = session.scalars(
        select(StockMovement).where(StockMovement.at >= since, StockMovement.cooler_id.is_not(None))
    )
    moments += [(row.outlet_id, str(row.cooler_id), row.at, row.recorded_at) for row in booked]
    latest: dict[tuple[str, str, date], datetime] = {}
    for outlet, cooler, when, at in moments:
        if cooler in planned and outlet in zones:
            key = outlet, cooler, when.astimezone(zones[outlet]).date()
            latest[key] = max(latest.get(key, at), at)
    return latest


def _computed(facts: Facts, tenant: str, since: date) -> dict[tuple[str, str, date], datetime]:
    row = sellout_day.c
    oldest = select(row.outlet, row.cooler, row.day, func.min(row.computed_at).label("at")).where(row.day >= since)
    rows = facts.select(tenant, oldest.group_by(row.outlet, row.cooler, row.day), sellout_day)
    return {(one.outlet, one.cooler, one.day): one.at for one in rows}
