"""KPIs over a period, broken down by day, place or product: from the facts, with the arithmetic of the live numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from cloud.analytics import measures
from cloud.analytics.episodes import episode_of
from cloud.analytics.measures import Counted
from cloud.analytics.models import ShelfWatch, StockoutEpisode
from cloud.analytics.overview import device_states
from cloud.analytics.present import UNKNOWN_NAME, Catalogue
from cloud.analytics.registry import Kpi
from cloud.analytics.sellout import kpis as sellout
from cloud.analytics.stockouts import hours
from cloud.audits.facts import Facts, observation, shelf_line
from cloud.outlets.models import Cooler, Outlet, Planogram
from facings.clock import UtcDatetime
from facings.messages import Coverage, Estimate, Share

OF_PRODUCTS = ("brand", "sku")
"""Dimensions of the products; the others are those of the photos."""


class KpiPoint(BaseModel):
    """One number of a series."""

    key: str
    name: str
    value: Estimate
    share: Share | None = None


class KpiSeries(BaseModel):
    """A KPI over a period."""

    kpi: str
    unit: str
    by: str
    start: UtcDatetime
    end: UtcDatetime
    coverage: Coverage
    points: list[KpiPoint]


class Period:
    """The tenant's facts from `start` to just before `end`."""

    def __init__(self, session: Session, facts: Facts, tenant: str, start: datetime, end: datetime) -> None:
        self.start, self.end = start, end
        self._session = session
        self._facts = facts
        self._tenant = tenant
        self._catalogue = Catalogue(session)
        self._coolers = {row.id: row for row in session.scalars(select(Cooler))}
        self._outlets = {row.id: row for row in session.scalars(select(Outlet))}

    def series(self, kpi: Kpi, by: str) -> KpiSeries:
        """`kpi` broken down by `by`, one of its dimensions; points in the order of their keys."""
        points = _MAKERS[kpi.name](self, by)
        return KpiSeries(
            kpi=kpi.name,
            unit=kpi.unit,
            by=by,
            start=self.start,
            end=self.end,
            coverage=self._coverage(),
            points=sorted(points, key=lambda point: point.key),
        )

    def _coverage(self) -> Coverage:
        rows = self._facts.select(
            self._tenant, select(observation.c.cooler).where(*self._usable(observation.c)).distinct(), observation
        )
        expected = device_states(self._session).keys()
        return Coverage(reporting=len(expected & {row.cooler for row in rows}), expected=len(expected))

    def _usable(self, column: Any) -> Sequence[ColumnElement[bool]]:
        return (
            column.captured_at >= self.start,
            column.captured_at < self.end,
            column.verdict != "unusable",
            column.clock_suspect == 0,
        )

    def grouped(self, by: str) -> dict[str, list[Counted]]:
        """By key, what the mean photos show; a photo without a SKU counts as zero for it."""
        by_day = by == "day"
        groups: dict[str, list[Counted]] = defaultdict(list)
        photos = self._photos(by_day)
        if by not in OF_PRODUCTS:
            for day, cooler in photos:
                groups[day.isoformat() if day else self.key(by, cooler, "")] = []
        for row in self._sums(by_day):
            if row.cooler in self._coolers:
                key = row.day.isoformat() if by_day else self.key(by, row.cooler, row.sku)
                groups[key].append(self._mean(row, photos[row.day if by_day else None, row.cooler]))
        return groups

    def _photos(self, by_day: bool) -> dict[tuple[date | None, str], int]:
        photo = observation.c
        counted = select(*_day(photo, by_day), photo.cooler, func.count().label("photos"))
        counted = counted.where(*self._usable(photo)).group_by(*_day(photo, by_day), photo.cooler)
        rows = self._facts.select(self._tenant, counted, observation)
        return {(row.day if by_day else None, row.cooler): row.photos for row in rows if row.cooler in self._coolers}

    def _sums(self, by_day: bool) -> Sequence[Any]:
        line = shelf_line.c
        summed = select(
            *_day(line, by_day),
            line.cooler,
            line.sku,
            func.sum(line.units).label("units"),
            func.sum(line.facings).label("facings"),
            func.sum(line.linear_share).label("linear_share"),
            func.avg(line.confidence).label("confidence"),
            func.sum(line.count_sd * line.count_sd).label("variance"),
        ).group_by(*_day(line, by_day), line.cooler, line.sku)
        return self._facts.select(self._tenant, summed.where(*self._usable(line)), shelf_line)

    def _mean(self, row: Any, photos: int) -> Counted:
        return Counted(
            sku=row.sku,
            group=self._catalogue.group(row.sku),
            units=row.units / photos,
            facings=row.facings / photos,
            linear_share=row.linear_share / photos,
            confidence=row.confidence,
            count_sd=(row.variance / photos) ** 0.5,
        )

    def key(self, by: str, cooler: str, sku: str) -> str:
        """Where a SKU in a cooler belongs."""
        outlet = self._outlets[self._coolers[cooler].outlet_id]
        product = self._catalogue.products.get(sku)
        return {
            "cooler": cooler,
            "outlet": outlet.id,
            "region": outlet.region,
            "brand": product.brand if product else "",
            "sku": sku,
        }[by]

    def name(self, by: str, key: str) -> str:
        """What people call it."""
        if by == "sku":
            return self._catalogue.names(key)[0]
        if by == "cooler":
            return self._coolers[key].name
        return self._outlets[key].name if by == "outlet" else key or UNKNOWN_NAME

    def point(self, by: str, key: str, value: Estimate, share: Share | None = None) -> KpiPoint:
        """A point with its name."""
        return KpiPoint(key=key, name=self.name(by, key), value=value, share=share)

    def episodes(self) -> Iterable[StockoutEpisode]:
        """The stock-outs that began in the period."""
        return self._session.scalars(
            select(StockoutEpisode).where(
                StockoutEpisode.first_missed_at >= self.start,
                StockoutEpisode.first_missed_at < self.end,
                StockoutEpisode.withdrawn_at.is_(None),
            )
        )

    def sold(self) -> list[sellout.SoldDay]:
        """Sell-out of the known coolers, by SKU and business day."""
        days = sellout.sold_days(self._facts, self._tenant, self.start, self.end)
        return [row for row in days if row.cooler in self._coolers]

    def voids(self) -> Iterable[tuple[str, str]]:
        """Coolers and the SKUs planned for them that were never seen there."""
        plans = {plan.id: plan.facings() for plan in self._session.scalars(select(Planogram))}
        watches = {row.cooler_id: row.skus for row in self._session.scalars(select(ShelfWatch))}
        for cooler in self._coolers.values():
            states = watches.get(cooler.id, {})  # without a photo nothing can be said
            for sku in plans.get(cooler.planogram_id or 0, {}):
                if sku in states and states[sku]["seen"] is None:
                    yield cooler.id, sku


def _day(column: Any, by_day: bool) -> list[ColumnElement[Any]]:
    return [func.toDate(column.captured_at, "UTC").label("day")] if by_day else []


def _units(period: Period, by: str) -> list[KpiPoint]:
    return [period.point(by, key, measures.units(lines)) for key, lines in period.grouped(by).items()]


def _facings(period: Period, by: str) -> list[KpiPoint]:
    return [period.point(by, key, measures.facings(lines)) for key, lines in period.grouped(by).items()]


def _share(period: Period, by: str) -> list[KpiPoint]:
    return _shares(period, by, period.grouped(by))


def _linear_share(period: Period, by: str) -> list[KpiPoint]:
    return _shares(period, by, {key: [_by_width(line) for line in lines] for key, lines in period.grouped(by).items()})


def _shares(period: Period, by: str, groups: Mapping[str, Sequence[Counted]]) -> list[KpiPoint]:
    if by in OF_PRODUCTS:
        every = [line for lines in groups.values() for line in lines]
        return [period.point(by, key, measures.part(lines, every)) for key, lines in groups.items()]
    shares = {key: measures.share(lines) for key, lines in groups.items()}
    return [period.point(by, key, share.own, share) for key, share in shares.items()]


def _by_width(line: Counted) -> Counted:
    width = line.linear_share
    return replace(line, units=width, facings=width, count_sd=line.count_sd * width / line.units if line.units else 0)


def _stockout_hours(period: Period, by: str) -> list[KpiPoint]:
    spans: dict[str, list[Estimate]] = defaultdict(list)
    for row in period.episodes():
        day = row.first_missed_at.date().isoformat()
        spans[day if by == "day" else period.key(by, row.cooler_id, row.sku)].append(hours(episode_of(row)))
    return [period.point(by, key, _sum(estimates)) for key, estimates in spans.items()]


def _sum(estimates: Sequence[Estimate]) -> Estimate:
    # The bounds are certain ones, not standard deviations: they add up.
    low, value, high = (sum(getattr(e, bound) for e in estimates) for bound in ("low", "value", "high"))
    return Estimate(value=round(value, 4), low=round(low, 4), high=round(high, 4))


def _voids(period: Period, by: str) -> list[KpiPoint]:
    numbers: dict[str, int] = defaultdict(int)
    for cooler, sku in period.voids():
        numbers[period.key(by, cooler, sku)] += 1
    return [period.point(by, key, Estimate(value=n, low=n, high=n)) for key, n in numbers.items()]


def _of_sellout(measure: Callable[..., dict[str, Estimate]]) -> Callable[[Period, str], list[KpiPoint]]:
    def made(period: Period, by: str) -> list[KpiPoint]:
        def key(row: sellout.SoldDay) -> str:
            return row.day.isoformat() if by == "day" else period.key(by, row.cooler, row.sku)

        return [period.point(by, name, value) for name, value in measure(period.sold(), key).items()]

    return made


_MAKERS: dict[str, Callable[[Period, str], list[KpiPoint]]] = {
    "units": _units,
    "facings": _facings,
    "share-of-facings": _share,
    "linear-share": _linear_share,
    "stockout-hours": _stockout_hours,
    "void": _voids,
    **{name: _of_sellout(measure) for name, measure in sellout.KPIS.items()},
}
