"""The KPIs of shortages over a period, cut by time, place and product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.measures import Counted
from cloud.analytics.sellout.by_cut import lost_units
from cloud.analytics.shortages.lanes import cooler_lanes
from cloud.analytics.shortages.last_units import LastUnits, last_units, number
from cloud.analytics.shortages.money import Price, lost_money
from cloud.analytics.shortages.repeated import LEAST
from cloud.audits.models import LatestObservation
from cloud.catalog.models import Product
from facings.messages import Estimate

if TYPE_CHECKING:
    from cloud.analytics.series import KpiPoint, Period


def lost_value(period: Period, by: str) -> list[KpiPoint]:
    """Value of what was wanted in vain."""
    found = lost_money(lost_units(period, by), prices(period.session))
    return [period.point(by, key, value) for key, value in found.items()]


def repeated(period: Period, by: str) -> list[KpiPoint]:
    """SKUs that ran out in the same cooler at least three times in the period."""
    times: dict[tuple[str, str], int] = defaultdict(int)
    for row in period.episodes():
        times[row.cooler_id, row.sku] += 1
    numbers: dict[str, int] = defaultdict(int)
    for (cooler, sku), episodes in times.items():
        if episodes >= LEAST:
            numbers[period.key(by, cooler, sku)] += 1
    return [period.point(by, key, Estimate(value=n, low=n, high=n)) for key, n in numbers.items()]


def running_out(period: Period, by: str) -> list[KpiPoint]:
    """SKUs down to their last units on the latest photo of each cooler, if that is of the period."""
    groups: dict[str, list[LastUnits]] = defaultdict(list)
    for row, some in running_out_now(period.session):
        if period.start <= row.observed_at < period.end:
            for one in some:
                if period.has(row.cooler_id, one.sku):
                    groups[period.key(by, row.cooler_id, one.sku)].append(one)
    return [period.point(by, key, number(some)) for key, some in groups.items()]


def running_out_now(session: Session) -> Iterable[tuple[LatestObservation, list[LastUnits]]]:
    """By the latest photo of each cooler that has a planogram, the SKUs that are running out, or may be."""
    known = cooler_lanes(session)
    for row in session.scalars(select(LatestObservation).order_by(LatestObservation.cooler_id)):
        lines = (Counted(group="own", **line) for line in row.lines)
        planned = {sku: len(depths) for sku, depths in known.get(row.cooler_id, {}).items()}
        yield row, list(last_units(lines, planned))


def prices(session: Session) -> Mapping[str, Price]:
    """The prices of the catalogue; a SKU without one is left out."""
    rows = session.execute(select(Product.sku, Product.price, Product.currency))
    return {sku: Price(float(price), currency) for sku, price, currency in rows if price is not None}


MAKERS: Mapping[str, Callable[[Period, str], list[KpiPoint]]] = {
    "lost-sales-value": lost_value,
    "repeated-stockouts": repeated,
    "last-units": running_out,
}
"""By the name in the registry."""
