"""From the stores to what advice is made of: own sell-out a day, and how each SKU stood in each cooler."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cloud.analytics.advice.displays import Displayed
from cloud.analytics.query.known import Known
from cloud.analytics.query.source import SETTINGS, Source
from cloud.analytics.query.stretches import stretches
from cloud.analytics.rollups.kinds import HEIGHT
from cloud.analytics.sellout.sold_table import sellout_day
from cloud.analytics.sellout.sums import days_sold, sold_sums
from cloud.audits.facts import Facts
from cloud.catalog.models import Product
from facings.messages import Estimate

USUAL = timedelta(days=28)
"""Advice rests on four weeks unless said otherwise: weekdays count alike, and chance days little."""

_STOOD = ("top", "eye_level", "bottom", "beside", "photos")

LEAST_DAYS = 7
"""Days with sell-out of an outlet before anything is said of what it sells."""


def daily_sales(
    session: Session, facts: Facts, tenant: str, start: datetime, end: datetime
) -> dict[str, dict[str, Estimate]]:
    """By outlet and own SKU, units a day over the days that the outlet had sell-out of own SKUs."""
    own = set(session.scalars(select(Product.sku).where(Product.own)))
    days = days_sold(facts, tenant, start, end, own)
    sales: dict[str, dict[str, Estimate]] = defaultdict(dict)
    for one in sold_sums(facts, tenant, start, end, own, "outlet, sku"):
        number = days[one.outlet]
        if number >= LEAST_DAYS:
            parts = (getattr(one.units, part) / number for part in ("value", "low", "high"))
            value, low, high = (round(part, 4) for part in parts)
            sales[one.outlet][one.sku] = Estimate(value=value, low=low, high=high)
    return sales


def displayed(
    session: Session, facts: Facts, tenant: str, start: datetime, end: datetime, outlets: Collection[str]
) -> list[Displayed]:
    """How each own SKU stood in each cooler of some `outlets`, and what it sold there a day."""
    sold = _mean_sold(session, facts, tenant, start, end, outlets)
    return [
        Displayed(
            outlet=stood["outlet"],
            sku=stood["sku"],
            units_a_day=sold[stood["cooler"], stood["outlet"], stood["sku"]],
            facings=stood["facings"] / stood["s_photos"],
            top=stood["s_top"] / stood["facings"],
            eye_level=stood["s_eye_level"] / stood["facings"],
            beside_competitor=stood["s_beside"] / stood["facings"],
        )
        for stood in _stood(facts, Source(tenant, stretches(start, end, None, Known(session).zones)))
        if (stood["cooler"], stood["outlet"], stood["sku"]) in sold
    ]


def _mean_sold(
    session: Session, facts: Facts, tenant: str, start: datetime, end: datetime, outlets: Collection[str]
) -> Mapping[tuple[str, str, str], float]:
    """By cooler, outlet and own SKU, units a day over at least `LEAST_DAYS` days; added up where they are stored."""
    own = set(session.scalars(select(Product.sku).where(Product.own)))
    row = sellout_day.c
    first, last = start.date(), (end - timedelta(microseconds=1)).date()
    mean = func.avg(row.sold).label("mean_sold")
    asked = select(row.cooler, row.outlet, row.sku, mean).group_by(row.cooler, row.outlet, row.sku)
    asked = asked.where(row.day.between(first, last), row.withdrawn == 0, row.outlet.in_(sorted(outlets)))
    rows = facts.select(tenant, asked.having(func.count() >= LEAST_DAYS), sellout_day) if outlets else ()
    return {(one.cooler, one.outlet, one.sku): one.mean_sold for one in rows if one.sku in own}


def _stood(facts: Facts, source: Source) -> Iterator[Mapping[str, Any]]:
    summed = ", ".join(f"sum({name}) AS s_{name}" for name in _STOOD)
    statement = f"""
        SELECT cooler, outlet, sku, {summed}, s_top + s_eye_level + s_bottom AS facings
        FROM ({source.rows(HEIGHT, ("cooler", "outlet", "sku", *_STOOD))}) AS each WHERE sku != ''
        GROUP BY cooler, outlet, sku ORDER BY cooler, outlet, sku {SETTINGS}
    """  # noqa: S608 (names of ours; values are bound)
    return iter(facts.arrow(statement, source.parameters).to_pylist())
