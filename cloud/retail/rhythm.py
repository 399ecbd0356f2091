"""How often goods come to an outlet, by the deliveries in its ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.retail.models import StockMovement

LOOK_BACK = timedelta(days=56)
LEAST_DELIVERIES = 3
"""Days with a delivery: fewer tell no rhythm."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The next delivery is expected on `begins`, the one after it `days` later."""

    begins: date
    days: int


def rhythm_of(delivered: Sequence[date], today: date, usual: int) -> Rhythm:
    """The rhythm of some days with deliveries; `usual` days lie between two where those tell none.

    Example:
        >>> rhythm_of([date(2026, 5, 4), date(2026, 5, 7), date(2026, 5, 11)], date(2026, 5, 12), 7)
        Rhythm(begins=datetime.date(2026, 5, 15), days=4)
    """
    days = sorted(set(delivered))
    if len(days) < LEAST_DELIVERIES:
        return Rhythm(today + timedelta(days=1), usual)
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    every = max(round(median(gaps)), 1)
    late = max((today - days[-1]).days // every, 0)
    return Rhythm(days[-1] + timedelta(days=every * (late + 1)), every)


def rhythms(session: Session, zones: dict[str, ZoneInfo], now: datetime, usual: int) -> dict[str, Rhythm]:
    """The rhythm of each outlet.

    Args:
        session: of the tenant.
        zones: by outlet, its time zone.
        now: deliveries of the eight weeks before it are looked at.
        usual: days between deliveries where they tell none.
    """
    since = datetime.combine((now - LOOK_BACK).date(), time(), UTC)
    booked = select(StockMovement.outlet_id, StockMovement.at).where(
        StockMovement.kind == "delivery", StockMovement.at >= since, StockMovement.at <= now
    )
    delivered: dict[str, list[date]] = {outlet: [] for outlet in zones}
    for outlet, at in session.execute(booked):
        if outlet in zones:
            delivered[outlet].append(at.astimezone(zones[outlet]).date())
    return {outlet: rhythm_of(delivered[outlet], now.astimezone(zone).date(), usual) for outlet, zone in zones.items()}
