"""The days that pages look back over: whole business days, that of the newest photo the last of them.

Whole days come from daily sums alone. A period that began at the minute somebody asks would be read hour by hour at
both ends, which for a large fleet is most of the work, and would cut a business day in two.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.overview import time_of_photos
from cloud.outlets.models import Outlet

WEEK = 7


@dataclass(frozen=True, slots=True)
class LatestDays:
    """Business days by the clocks of most outlets: from the midnight before the first to that after the last."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        """The first moment."""
        return _midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The moment after the last; it may lie ahead."""
        return _midnight(self.last + timedelta(days=1), self.zone)


def latest_days(session: Session, now: datetime, days: int = WEEK) -> LatestDays:
    """So many days up to that of `now`, or of the newest photo where every cooler replays another time."""
    zones = Counter(session.scalars(select(Outlet.timezone).order_by(Outlet.id)))
    zone = ZoneInfo(zones.most_common(1)[0][0] if zones else "UTC")
    last = time_of_photos(session, now).astimezone(zone).date()
    return LatestDays(last - timedelta(days=days - 1), last, zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
