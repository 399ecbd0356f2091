"""How each KPI of a period comes about: from the period and a cut of it to the points of the series."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from cloud.analytics import measures
from cloud.analytics.compliance import kpis as compliance
from cloud.analytics.episodes import episode_of
from cloud.analytics.grades import kpis as grades
from cloud.analytics.prices import kpis as prices
from cloud.analytics.query.cut import Cut
from cloud.analytics.query.sums import Total
from cloud.analytics.sellout import by_cut as sellout
from cloud.analytics.share import kpis as share
from cloud.analytics.shortages import kpis as shortages
from cloud.analytics.stockouts import hours
from cloud.outlets.models import Cooler
from facings.messages import Estimate

if TYPE_CHECKING:
    from cloud.analytics.series import KpiPoint, Period


def _units(period: Period, by: str) -> list[KpiPoint]:
    return [period.point(by, key, measures.units(lines)) for key, lines in period.grouped(by).items()]


def _facings(period: Period, by: str) -> list[KpiPoint]:
    return [period.point(by, key, measures.facings(lines)) for key, lines in period.grouped(by).items()]


def _share(period: Period, by: str) -> list[KpiPoint]:
    return _shares(period, by, period.totals(by))


def _linear_share(period: Period, by: str) -> list[KpiPoint]:
    return _shares(period, by, [total.by_width() for total in period.totals(by)])


def _shares(period: Period, by: str, totals: Sequence[Total]) -> list[KpiPoint]:
    cut = Cut.of(by)
    if cut.products or period.scope.of_products:
        return _parts(period, by, totals)
    groups: dict[str, list[Total]] = {point.key: [] for point in _units(period, by)}
    for total in totals:
        groups[cut.key(total.values)].append(total)
    shares = {key: measures.share(some) for key, some in groups.items()}
    return [period.point(by, key, share.own, share) for key, share in shares.items()]


def _parts(period: Period, by: str, totals: Sequence[Total]) -> list[KpiPoint]:
    """Shares of products in all products of the same time and places."""
    cut, behind = Cut.of(by), Cut.of(by).without_products()
    every: dict[str, list[Total]] = defaultdict(list)
    some: dict[str, list[Total]] = defaultdict(list)
    for total in totals:
        every[behind.key(total.values)].append(total)
        if total.inside:
            some[cut.key(total.values)].append(total)
    return [
        period.point(by, key, measures.part(inside, every[behind.key(inside[0].values)]))
        for key, inside in some.items()
    ]


def _purity(period: Period, by: str) -> list[KpiPoint]:
    return _share(period.among(period.session.scalars(select(Cooler.id).where(Cooler.owned))), by)


def _stockout_hours(period: Period, by: str) -> list[KpiPoint]:
    spans: dict[str, list[Estimate]] = defaultdict(list)
    for row in period.episodes():
        spans[period.key(by, row.cooler_id, row.sku, row.first_missed_at)].append(hours(episode_of(row)))
    return [period.point(by, key, measures.added(estimates)) for key, estimates in spans.items()]


def _voids(period: Period, by: str) -> list[KpiPoint]:
    numbers: dict[str, int] = defaultdict(int)
    for cooler, sku in period.voids():
        numbers[period.key(by, cooler, sku)] += 1
    return [period.point(by, key, Estimate(value=n, low=n, high=n)) for key, n in numbers.items()]


MAKERS: dict[str, Callable[[Period, str], list[KpiPoint]]] = {
    "units": _units,
    "facings": _facings,
    "share-of-facings": _share,
    "linear-share": _linear_share,
    "purity": _purity,
    "stockout-hours": _stockout_hours,
    "void": _voids,
    **sellout.MAKERS,
    **compliance.MAKERS,
    **share.MAKERS,
    **grades.MAKERS,
    **shortages.MAKERS,
    **prices.MAKERS,
}
