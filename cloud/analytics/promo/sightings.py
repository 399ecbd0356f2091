"""What photos show of a promotion: enough facings of the promoted SKUs, or not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from cloud.analytics.promo.evidence import Days
from cloud.analytics.promo.execution import Sighting
from cloud.audits.facts import Facts, observation, shelf_line

_A_DAY = timedelta(days=1)


def sightings_of(
    facts: Facts, tenant: str, skus: Collection[str], least_facings: int, days: Days, zones: Mapping[str, str]
) -> list[Sighting]:
    """By outlet and business day whether a usable photo was taken, and whether one shows the promotion.

    Args:
        facts: the store.
        tenant: whose photos.
        skus: the promoted ones.
        least_facings: of them together in one photo.
        days: of the promotion.
        zones: outlets of the promotion to their time zones.
    """
    photo, line = observation.c, shelf_line.c
    first = datetime.combine(days.first, time(), UTC) - _A_DAY
    last = first + timedelta(days=len(days)) + 2 * _A_DAY
    hour = func.toStartOfHour(photo.captured_at).label("hour")
    taken = select(photo.outlet, hour).where(
        photo.outlet.in_(sorted(zones)),
        photo.captured_at.between(first, last),
        photo.verdict != "unusable",
        photo.clock_suspect == 0,
    )
    lines = (
        select(line.outlet, line.captured_at, func.sum(line.facings).label("facings"))
        .where(
            line.outlet.in_(sorted(zones)),
            line.captured_at.between(first, last),
            line.verdict != "unusable",
            line.clock_suspect == 0,
            line.sku.in_(sorted(skus)),
        )
        .group_by(line.outlet, line.cooler, line.captured_at)
    )
    seen: dict[tuple[str, datetime], bool] = {
        (one.outlet, one.hour): False for one in facts.select(tenant, taken.distinct(), observation)
    }
    for one in facts.select(tenant, lines, shelf_line):
        if one.facings >= least_facings:
            seen[one.outlet, one.captured_at] = True
    return [
        Sighting(outlet, moment.astimezone(ZoneInfo(zones[outlet])).date(), frozenset(skus if shown else ()))
        for (outlet, moment), shown in seen.items()
    ]
