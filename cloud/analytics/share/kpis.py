"""The KPIs of competition and availability over a period, cut by place and product, and by time where that is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from math import sqrt
from typing import TYPE_CHECKING

from sqlalchemy import select

from cloud.analytics.measures import Z
from cloud.analytics.query.cut import Cut
from cloud.analytics.sellout.sums import sold_by_outlet
from cloud.analytics.share.answer import spell_of
from cloud.analytics.share.availability import availability
from cloud.analytics.share.changes import LEAST_FACINGS
from cloud.analytics.share.heights import lines_by_height
from cloud.analytics.share.intrusions import hours
from cloud.analytics.share.models import Intrusion
from cloud.analytics.share.shares import fraction, weighted_distribution
from cloud.analytics.share.shelf_times import shelf_times
from cloud.analytics.share.window import MeanLine, Window, read_window
from cloud.catalog.models import Product
from cloud.outlets.models import Cooler, Planogram
from facings.messages import Estimate

if TYPE_CHECKING:
    from cloud.analytics.series import KpiPoint, Period


def intrusions(period: Period, by: str) -> list[KpiPoint]:
    """Intrusions that began in the period."""
    counts: dict[str, int] = defaultdict(int)
    for row in _begun(period):
        counts[period.key(by, row.cooler_id, row.sku, row.first_seen_at)] += 1
    return [period.point(by, key, Estimate(value=n, low=n, high=n)) for key, n in counts.items()]


def intrusion_hours(period: Period, by: str) -> list[KpiPoint]:
    """How long they lasted; the bounds are certain ones, so they add up."""
    spans: dict[str, list[Estimate]] = defaultdict(list)
    for row in _begun(period):
        spans[period.key(by, row.cooler_id, row.sku, row.first_seen_at)].append(hours(spell_of(row)))
    return [period.point(by, key, _sum(some)) for key, some in spans.items()]


def _begun(period: Period) -> Iterable[Intrusion]:
    rows = period.session.scalars(
        select(Intrusion).where(
            Intrusion.first_seen_at >= period.start,
            Intrusion.first_seen_at < period.end,
            Intrusion.withdrawn_at.is_(None),
        )
    )
    return (row for row in rows if period.has(row.cooler_id, row.sku))


def _sum(estimates: Iterable[Estimate]) -> Estimate:
    some = list(estimates)
    value, low, high = (round(sum(getattr(one, part) for one in some), 4) for part in ("value", "low", "high"))
    return Estimate(value=value, low=low, high=high)


def on_shelf_availability(period: Period, by: str) -> list[KpiPoint]:
    """Hours on the shelf / open hours of the planned SKUs that were ever seen."""
    times, key = shelf_times(period.session, _window(period), period.opening), period.keys(by)
    inside = [one for one in times if period.has(one.cooler, one.sku)]
    found = availability(inside, lambda one: key(one.cooler, one.sku, None))
    return [period.point(by, key, value) for key, value in found.items()]


def distribution_of_outlets(period: Period, by: str) -> list[KpiPoint]:
    """Outlets stocking / outlets watched."""
    window = _window(period)
    return _distributed(period, by, window, dict.fromkeys((one.outlet for one in window.watched), 1.0))


def distribution_of_sales(period: Period, by: str) -> list[KpiPoint]:
    """Sell-out of the outlets stocking / sell-out of all outlets."""
    sales = sold_by_outlet(period.facts, period.tenant, period.start, period.end)
    window = _window(period)
    watched = {one.outlet for one in window.watched}
    return _distributed(period, by, window, {outlet: units for outlet, units in sales.items() if outlet in watched})


def _distributed(period: Period, by: str, window: Window, sales: Mapping[str, float]) -> list[KpiPoint]:
    """Each group of places has its own outlets behind it; where all count alike, `sales` are 1."""
    place_of, key_of = period.keys(Cut(Cut.of(by).places).written), period.keys(by)
    groups: dict[str, set[str]] = defaultdict(set)
    for one in window.watched:
        if period.has_cooler(one.cooler):
            groups[place_of(one.cooler, "", None)].add(one.outlet)
    lines: dict[str, list[MeanLine]] = defaultdict(list)
    for line in window.lines:
        if line.sku and period.has(line.cooler, line.sku):
            lines[place_of(line.cooler, "", None)].append(line)

    def key(line: MeanLine) -> str:
        return key_of(line.cooler, line.sku, None)

    found: dict[str, Estimate] = {}
    for place, outlets in groups.items():
        behind = {outlet: sales[outlet] for outlet in outlets if outlet in sales}
        found |= weighted_distribution(lines[place], behind, key)
    return [period.point(by, name, value) for name, value in found.items()]


def assortment_depth(period: Period, by: str) -> list[KpiPoint]:
    """Own SKUs present / own SKUs planned; which are present is as sure as their surest line."""
    own = set(period.session.scalars(select(Product.sku).where(Product.own)))
    plans = {plan.id: plan.facings().keys() for plan in period.session.scalars(select(Planogram))}
    wanted: dict[str, set[str]] = defaultdict(set)
    for cooler in period.session.scalars(select(Cooler)):
        if period.has_cooler(cooler.id):
            wanted[period.key(by, cooler.id, "")] |= own & set(plans.get(cooler.planogram_id or 0, ()))
    key = period.keys(by)
    present: dict[str, dict[str, float]] = defaultdict(dict)
    for line in _window(period).lines:
        if line.sku in own and line.facings >= LEAST_FACINGS and period.has(line.cooler, line.sku):
            skus = present[key(line.cooler, "", None)]
            skus[line.sku] = max(skus.get(line.sku, 0), line.stocked)
    return [period.point(by, key, _depth(present[key].values(), len(skus))) for key, skus in wanted.items() if skus]


def _depth(chances: Iterable[float], wanted: int) -> Estimate:
    some = list(chances)
    reach = Z * sqrt(sum(one * (1 - one) for one in some))
    value, low, high = (
        round(one / wanted, 4) for one in (sum(some), sum(some) - reach, min(sum(some) + reach, len(some)))
    )
    return Estimate(value=value, low=max(low, 0), high=high)


def _window(period: Period) -> Window:
    return read_window(period.facts, period.tenant, period.known, period.start, period.end)


def eye_level_share(period: Period, by: str) -> list[KpiPoint]:
    """Own facings / all facings on the shelves at eye level."""
    own = set(period.session.scalars(select(Product.sku).where(Product.own)))
    lines = lines_by_height(period.facts, period.tenant, period.known, period.start, period.end).get("eye-level", ())
    groups: dict[str, list[MeanLine]] = defaultdict(list)
    key_of = period.keys(by)
    for line in lines:
        if period.has_cooler(line.cooler):
            groups[key_of(line.cooler, "", None)].append(line)
    found = {key: fraction(some, lambda line: line.sku in own) for key, some in groups.items()}
    return [period.point(by, key, value) for key, value in found.items() if value is not None]


MAKERS: Mapping[str, Callable[[Period, str], list[KpiPoint]]] = {
    "intrusions": intrusions,
    "intrusion-hours": intrusion_hours,
    "on-shelf-availability": on_shelf_availability,
    "numeric-distribution": distribution_of_outlets,
    "weighted-distribution": distribution_of_sales,
    "assortment-depth": assortment_depth,
    "eye-level-share": eye_level_share,
}
"""By the name in the registry."""
