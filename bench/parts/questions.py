"""What dashboards ask: KPIs over a period as the API answers them, and the numbers of whole pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from cloud.analytics.advice.routes import displays_answer, outlet_advice
from cloud.analytics.grades.reading import OutletGrades
from cloud.analytics.query.known import Known
from cloud.analytics.query.scope import Filter, scope
from cloud.analytics.registry import BY_NAME
from cloud.analytics.series import Period
from cloud.identity.service import operator
from cloud.services import Services
from cloud.web.competition import competition_view
from tests.support.line_world import TENANT, LineWorld

Asking = Callable[[], int]
"""Answers a question; how many points, rows or outlets the answer has."""


@dataclass(frozen=True)
class Query:
    """A KPI of the last `days`; `bucket` and `keys` say the same to DuckDB, where sums of lines answer it."""

    kpi: str
    by: str
    days: int
    bucket: str = "0"
    keys: tuple[str, ...] = ()
    where: str = "true"
    filters: Filter = field(default_factory=Filter)


_OUTLET, _COOLER = Filter(outlet=["outlet-0001"]), Filter(cooler=["cooler-0001"])
SUMS = {
    "units by day, 28 days": Query("units", "day", 28, "day"),
    "share by day and owner, 28 days": Query("share-of-facings", "day,owner", 28, "day", ("sku",)),
    "share by region, 28 days": Query("share-of-facings", "region", 28, keys=("outlet",)),
    "share by brand, 28 days": Query("share-of-facings", "brand", 28, keys=("sku",)),
    "units by outlet, 7 days": Query("units", "outlet", 7, keys=("outlet",)),
    "units by SKU of an outlet, 28 days": Query(
        "units", "sku", 28, keys=("sku",), where="outlet = 'outlet-0001'", filters=_OUTLET
    ),
    "facings by day of a cooler, 28 days": Query(
        "facings", "day", 28, "day", where="cooler = 'cooler-0001'", filters=_COOLER
    ),
    "share by week, all days": Query("share-of-facings", "week", 400, "date_trunc('week', day)"),
    "units by month and brand, all days": Query("units", "month,brand", 400, "date_trunc('month', day)", ("sku",)),
}
"""Those that are sums of lines: DuckDB is asked them too."""

OTHERS = {
    "availability by outlet, 7 days": Query("on-shelf-availability", "outlet", 7),
    "numeric distribution by SKU, 28 days": Query("numeric-distribution", "sku", 28),
    "weighted distribution by brand, 28 days": Query("weighted-distribution", "brand", 28),
    "assortment depth by outlet, 28 days": Query("assortment-depth", "outlet", 28),
    "share at eye level by region, 28 days": Query("eye-level-share", "region", 28),
    "planogram kept by day, 28 days": Query("planogram-position", "day", 28),
    "sell-out by day, 7 days": Query("sell-out", "day", 7),
}


def questions(services: Services, world: LineWorld) -> Mapping[str, Asking]:
    """Each question as a call."""
    asked: dict[str, Asking] = {
        name: lambda query=query: _kpi(services, world, query)  # type: ignore[misc]
        for name, query in (SUMS | OTHERS).items()
    }
    for name, page in _PAGES.items():
        asked[name] = lambda page=page: _page(services, world, page)  # type: ignore[misc]
    return asked


def period_of(world: LineWorld, days: int) -> tuple[datetime, datetime]:
    """The last `days`, or all where there are fewer."""
    return world.end - timedelta(days=min(days, world.days)), world.end


def _kpi(services: Services, world: LineWorld, query: Query) -> int:
    services.rollups.before_reading()
    start, end = period_of(world, query.days)
    with services.records.session(TENANT, write=False) as session:
        known = Known(session)
        period = Period(session, services.facts, TENANT, start, end, scope(query.filters, known), known)
        return len(period.series(BY_NAME[query.kpi], query.by).points)


Page = Callable[[Session, Services, LineWorld], int]


def _page(services: Services, world: LineWorld, page: Page) -> int:
    services.rollups.before_reading()
    with services.records.session(TENANT, write=False) as session:
        return page(session, services, world)


def _competition(session: Session, services: Services, _: LineWorld) -> int:
    return len(competition_view(session, services, operator(TENANT), "en").owners)


def _grades(session: Session, services: Services, world: LineWorld) -> int:
    start, end = period_of(world, 7)
    return len(OutletGrades(session, services.facts, TENANT, start, end, services.settings.sellout).grades())


def _advice(session: Session, services: Services, world: LineWorld) -> int:
    answer = outlet_advice(session, services, TENANT, "outlet-0001", *period_of(world, 28))
    return len(answer.take_up) + len(answer.drop) + 1


def _displays(session: Session, services: Services, world: LineWorld) -> int:
    return len(displays_answer(session, services, TENANT, *period_of(world, 28), None).effects)


_PAGES: Mapping[str, Page] = {
    "competition page, 7 days and 7 before": _competition,
    "grades of all outlets, 7 days": _grades,
    "advice for an outlet, 28 days": _advice,
    "best displays, 28 days": _displays,
}
