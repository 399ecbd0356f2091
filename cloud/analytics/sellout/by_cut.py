"""Sell-out of a period in any cut, added up in the store: a fleet has a million days of SKUs in a month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cloud.analytics.query.cut import Cut
from cloud.analytics.query.source import BUCKETS, Source
from cloud.analytics.query.sums import bucket_name
from cloud.analytics.sellout.sums import DAYS, period_bounds, sums_of_days

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cloud.analytics.series import KpiPoint, Period


def sell_out(period: Period, by: str) -> list[KpiPoint]:
    """Units sold; a cooler counts where it stands now, each day where it stood then."""
    cut, source = Cut.of(by), Source(period.tenant, (), period.scope)
    source.parameters |= period_bounds(period.tenant, period.start, period.end)
    keys = ("bucket", *(f"d_{one}" for one in (*cut.places, *cut.products)))
    found = sums_of_days(period.facts, keys, _days(period, cut, source), source.parameters)
    return [period.point(by, cut.key(_values(cut, row)), units) for row, units in found]


def _days(period: Period, cut: Cut, source: Source) -> str:
    """Rows of `sellout_day` in scope, with what they are grouped by."""
    coolers = [one for one in period.known.coolers if period.has_cooler(one)]
    places = {one: {cooler: period.known.place_value(one, cooler) for cooler in coolers} for one in cut.places}
    named = [f"{source.mapped('cooler', one, values, '')} AS d_{one}" for one, values in places.items()]
    for one in cut.products:
        values = {sku: period.known.product_value(one, sku) for sku in period.known.products}
        other = period.known.product_value(one, "")
        named.append("sku AS d_sku" if one == "sku" else f"{source.mapped('sku', one, values, other)} AS d_{one}")
    inside = f"{source.among('cooler', 'coolers', coolers)} AND {source.in_scope()}"
    return f"SELECT {', '.join(('*', f'{BUCKETS[cut.time]} AS bucket', *named))} {DAYS} AND {inside}"


def _values(cut: Cut, row: Mapping[str, Any]) -> dict[str, str]:
    values = {one: str(row[f"d_{one}"]) for one in (*cut.places, *cut.products)}
    if cut.time:
        values[cut.time] = bucket_name(cut.time, row["bucket"])
    return values
