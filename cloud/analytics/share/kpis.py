"""The KPIs of competition and availability over a period, cut by place and product, and by time where that is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import select

from cloud.analytics.measures import Z, added
from cloud.analytics.named import BoolArray, Cells, Named
from cloud.analytics.query.cut import Cut
from cloud.analytics.query.scope import EVERYTHING, Scope
from cloud.analytics.sellout.sums import sold_by_outlet
from cloud.analytics.share.answer import spell_of
from cloud.analytics.share.availability import availability
from cloud.analytics.share.changes import LEAST_FACINGS
from cloud.analytics.share.heights import lines_by_height
from cloud.analytics.share.intrusions import hours
from cloud.analytics.share.mean_lines import MeanLines
from cloud.analytics.share.models import Intrusion
from cloud.analytics.share.shares import fractions, weighted_distribution
from cloud.analytics.share.shelf_times import shelf_times
from cloud.analytics.share.window import Window, read_watched, read_window
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
    return [period.point(by, key, added(some)) for key, some in spans.items()]


def _begun(period: Period) -> Iterable[Intrusion]:
    rows = period.session.scalars(
        select(Intrusion).where(
            Intrusion.first_seen_at >= period.start,
            Intrusion.first_seen_at < period.end,
            Intrusion.withdrawn_at.is_(None),
        )
    )
    return (row for row in rows if period.has(row.cooler_id, row.sku))


def on_shelf_availability(period: Period, by: str) -> list[KpiPoint]:
    """Hours on the shelf / open hours of the planned SKUs that were ever seen."""
    here = _here(period)
    window = read_watched(period.facts, period.tenant, period.known, period.start, period.end, here)
    times = shelf_times(period.session, window, period.opening, here.coolers)
    times = times.where(_inside(period, times.cooler, times.sku))
    found = availability(times, period.keys_of(by, times.cooler, times.sku))
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
    places = Cut(Cut.of(by).places).written
    place_of = period.keys(places)
    behind = {(place_of(one.cooler, "", None), one.outlet) for one in window.watched if period.has_cooler(one.cooler)}
    totals: dict[str, float] = defaultdict(float)
    for place, outlet in behind:
        totals[place] += sales.get(outlet, 0.0)
    lines = _in_scope(period, window.lines)
    lines = lines.where(~lines.sku.among({""}))
    here = period.keys_of(places, lines.cooler, lines.sku)
    total = here.taken([totals[one] for one in here.names])
    found = weighted_distribution(lines, period.keys_of(by, lines.cooler, lines.sku), sales, total)
    return [period.point(by, name, value) for name, value in found.items()]


def _in_scope(period: Period, lines: MeanLines) -> MeanLines:
    return lines.where(_inside(period, lines.cooler, lines.sku))


def _inside(period: Period, cooler: Named[str], sku: Named[str]) -> BoolArray:
    """`Period.has` of many rows."""
    coolers = {one for one in cooler.names if period.has_cooler(one)}
    return cooler.among(coolers) & sku.among({one for one in sku.names if period.scope.has_sku(one)})


def assortment_depth(period: Period, by: str) -> list[KpiPoint]:
    """Own SKUs present / own SKUs planned; which are present is as sure as their surest line."""
    own = set(period.session.scalars(select(Product.sku).where(Product.own)))
    wanted = _wanted(period, by, own)
    lines = _window(period).lines
    lines = _in_scope(period, lines.where(lines.sku.among(own) & (lines.facings >= LEAST_FACINGS)))
    key = period.keys_of(by, lines.cooler, lines.sku)
    cells = Cells.of(key, lines.sku)
    chance = cells.greatest(lines.stocked)
    columns = (chance, chance * (1 - chance), np.ones(len(chance)))
    sums = zip(*(np.bincount(cells.first, one).tolist() for one in columns), strict=True)
    present = dict(zip(key.names, sums, strict=True))
    return [
        period.point(by, key, _depth(len(skus), *present.get(key, (0.0, 0.0, 0.0))))
        for key, skus in wanted.items()
        if skus
    ]


def _wanted(period: Period, by: str, own: AbstractSet[str]) -> Mapping[str, AbstractSet[str]]:
    """The own SKUs planned, by key."""
    plans = {plan.id: own & plan.facings().keys() for plan in period.session.scalars(select(Planogram))}
    wanted: dict[str, set[str]] = defaultdict(set)
    key = period.keys(by)
    for cooler, plan in period.session.execute(select(Cooler.id, Cooler.planogram_id)):
        if period.has_cooler(cooler):
            wanted[key(cooler, "", None)] |= plans.get(plan or 0, set())
    return wanted


def _depth(wanted: int, present: float, variance: float, seen: float) -> Estimate:
    reach = Z * sqrt(variance)
    value, low, high = (round(one / wanted, 4) for one in (present, present - reach, min(present + reach, seen)))
    return Estimate(value=value, low=max(low, 0), high=high)


def _window(period: Period) -> Window:
    return read_window(period.facts, period.tenant, period.known, period.start, period.end, _here(period))


def _here(period: Period) -> Scope:
    """The coolers of a narrowed period by their names: each counts where it stands now, wherever it stood then."""
    if period.scope.coolers is None and period.scope.outlets is None:
        return EVERYTHING
    return Scope(coolers=frozenset(one for one in period.known.coolers if period.has_cooler(one)))


def eye_level_share(period: Period, by: str) -> list[KpiPoint]:
    """Own facings / all facings on the shelves at eye level."""
    own = set(period.session.scalars(select(Product.sku).where(Product.own)))
    found = lines_by_height(period.facts, period.tenant, period.known, period.start, period.end, _here(period))
    lines = found["eye-level"]
    lines = lines.where(lines.cooler.among({one for one in lines.cooler.names if period.has_cooler(one)}))
    parts = fractions(lines, lines.sku.among(own), period.keys_of(by, lines.cooler, lines.sku))
    return [period.point(by, key, value) for key, value in parts.items()]


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
