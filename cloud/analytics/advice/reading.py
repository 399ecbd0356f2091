"""From the stores to what advice is made of: own sell-out a day, and how each SKU stood in each cooler."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.advice.assortment import PeerSales, Sales
from cloud.analytics.advice.displays import Displays
from cloud.analytics.named import Named
from cloud.analytics.query.known import Known
from cloud.analytics.query.source import SETTINGS, Source
from cloud.analytics.query.stretches import stretches
from cloud.analytics.rollups.kinds import HEIGHT
from cloud.analytics.sellout.sums import DAYS, days_sold, period_bounds, sold_by_sku, sold_sums
from cloud.audits.facts import Facts
from cloud.catalog.models import Product
from facings.messages import Estimate

USUAL = timedelta(days=28)
"""Advice rests on four weeks unless said otherwise: weekdays count alike, and chance days little."""

_STOOD = ("top", "eye_level", "bottom", "beside", "photos")

LEAST_DAYS = 7
"""Days with sell-out of an outlet before anything is said of what it sells."""


def daily_sales(
    session: Session, facts: Facts, tenant: str, start: datetime, end: datetime, outlet: str, others: Collection[str]
) -> tuple[Sales, Mapping[str, PeerSales]]:
    """Of each own SKU, units a day over the days on which its outlet had sell-out of own SKUs.

    Returns:
        those of `outlet` with their intervals, and those of each of the `others` that has sell-out.
    """
    own = set(session.scalars(select(Product.sku).where(Product.own)))
    days = {name: days for name, days in days_sold(facts, tenant, start, end, own).items() if days >= LEAST_DAYS}
    here = {
        one.sku: _a_day(one.units, days[outlet])
        for one in sold_sums(facts, tenant, start, end, own, "outlet, sku", outlet)
        if outlet in days
    }
    there: dict[str, dict[str, float]] = defaultdict(dict)
    for name, sku, units in sold_by_sku(facts, tenant, start, end, own, days.keys() & set(others)):
        there[name][sku] = round(round(units, 4) / days[name], 4)
    return here, there


def _a_day(units: Estimate, days: int) -> Estimate:
    value, low, high = (round(getattr(units, part) / days, 4) for part in ("value", "low", "high"))
    return Estimate(value=value, low=low, high=high)


def displayed(
    session: Session, facts: Facts, tenant: str, start: datetime, end: datetime, outlets: Collection[str]
) -> Displays:
    """How each own SKU stood in each cooler of some `outlets`, and what it sold there a day.

    Own SKUs with fewer than `LEAST_DAYS` days of sell-out are left out, and what never stood on a judged photo.
    """
    source = Source(tenant, stretches(start, end, None, Known(session).zones))
    own = set(session.scalars(select(Product.sku).where(Product.own)))
    stood = source.rows(HEIGHT, ("cooler", "outlet", "sku", *_STOOD))
    inside = f"{source.among('outlet', 'some', outlets)} AND {source.among('sku', 'own', own)}"
    summed = ", ".join(f"sum({name}) AS s_{name}" for name in _STOOD)
    shares = ", ".join(f"s_{name} / facings" for name in ("top", "eye_level", "beside"))
    statement = f"""
        SELECT outlet, sku, mean_sold, facings / s_photos, {shares}
        FROM (
            SELECT cooler, outlet, sku, {summed}, s_top + s_eye_level + s_bottom AS facings
            FROM ({stood}) AS each WHERE {inside} GROUP BY cooler, outlet, sku
        ) AS stood INNER JOIN (
            SELECT cooler, outlet, sku, avg(sold) AS mean_sold {DAYS} AND {inside}
            GROUP BY cooler, outlet, sku HAVING count() >= {LEAST_DAYS}
        ) AS sells USING (cooler, outlet, sku)
        ORDER BY cooler, outlet, sku {SETTINGS}
    """  # noqa: S608 (names of ours; values are bound)
    outlet, sku, *numbers = facts.arrow(statement, source.parameters | period_bounds(tenant, start, end)).columns
    sold, *stands = (one.to_numpy().astype(float) for one in numbers)
    return Displays(Named.of_arrow(outlet), Named.of_arrow(sku), sold, np.column_stack(stands))
