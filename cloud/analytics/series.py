"""KPIs over a period, cut by time, place and product, with the coverage behind each number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property, lru_cache, partial
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.coverage import AnswerCoverage, Parts, PeriodCoverage
from cloud.analytics.kpis.kpi import Kpi
from cloud.analytics.makers import MAKERS
from cloud.analytics.models import ShelfWatch, StockoutEpisode
from cloud.analytics.named import Named
from cloud.analytics.query.cut import BETWEEN, WHOLE, Cut, bucket_of, hour_name
from cloud.analytics.query.known import Known
from cloud.analytics.query.scope import EVERYTHING, Scope
from cloud.analytics.query.stretches import stretches, whole_hours
from cloud.analytics.query.sums import Reporting, Sums, Total
from cloud.audits.facts import Facts
from cloud.outlets.models import Cooler, Planogram
from cloud.settings import SellOutSettings
from facings.clock import UtcDatetime
from facings.messages import Estimate, Share


class KpiPoint(BaseModel):
    """One number of a series."""

    key: str = Field(description="names the group; parts of several dimensions joined by ' / '")
    name: str = Field(description="what people call it")
    keys: dict[str, str] = Field(default={}, description="the parts of the key by dimension")
    names: dict[str, str] = Field(default={}, description="what people call them")
    value: Estimate
    share: Share | None = None
    coverage: PeriodCoverage = PeriodCoverage(reporting=0, expected=0)


class KpiSeries(BaseModel):
    """A KPI over a period."""

    kpi: str
    unit: str
    by: str
    start: UtcDatetime
    end: UtcDatetime
    coverage: AnswerCoverage
    points: list[KpiPoint]
    next: str | None = Field(default=None, description="send it as `after` for the points that follow")


class Period:
    """The tenant's KPIs from `start` to just before `end`, in the rollups as they are, of `scope` alone.

    What is not cut by days is taken from whole hours of UTC, the first and the last included.
    """

    def __init__(
        self,
        session: Session,
        facts: Facts,
        tenant: str,
        start: datetime,
        end: datetime,
        scope: Scope = EVERYTHING,
        known: Known | None = None,
        opening: SellOutSettings = SellOutSettings(),
    ) -> None:
        self.start, self.end = start, end
        self.scope = scope
        self.opening = opening
        self.session = session
        self.facts = facts
        self.tenant = tenant
        self.known = known or Known(session)

    def series(self, kpi: Kpi, by: str) -> KpiSeries:
        """`kpi` cut by some of its dimensions, written as `day,outlet`; points in the order of their keys."""
        cut = Cut.of(by)
        points = sorted(MAKERS[kpi.name](self, by), key=lambda point: point.key.split(BETWEEN))
        points = self._told(cut, points)
        start, end = (self.start, self.end) if cut.time in ("day", "week", "month") else whole_hours(*self._bounds)
        return KpiSeries(
            kpi=kpi.name,
            unit=kpi.unit,
            by=by,
            start=start,
            end=end,
            coverage=self._coverage(),
            points=points,
        )

    def grouped(self, by: str) -> dict[str, list[Total]]:
        """By key, what the mean photos show of the products in scope; empty where photos show none of them."""
        groups: dict[str, list[Total]] = defaultdict(list)
        cut = Cut.of(by)
        if not cut.products:
            groups |= {key: [] for key, one in self._reporting(cut).items() if one.photos}
        for total in self.totals(by):
            if total.inside:
                groups[cut.key(total.values)].append(total)
        return groups

    def totals(self, by: str) -> list[Total]:
        """What the mean photos show, also of products out of scope: of those a share is a share."""
        if by not in self._summed:
            self._summed[by] = self._sums(Cut.of(by)).totals()
        return self._summed[by]

    def key(self, by: str, cooler: str, sku: str, at: date | datetime | None = None) -> str:
        """Where a SKU in a cooler belongs; `at` is the business day or the moment, where time is told apart."""
        cut = Cut.of(by)
        values = {one: self.known.place_value(one, cooler) for one in cut.places}
        values |= {one: self.known.product_value(one, sku) for one in cut.products}
        if cut.time:
            assert at is not None, f"{by} needs a time"
            values[cut.time] = self._bucket(cut.time, cooler, at)
        return cut.key(values)

    def keys(self, by: str) -> Callable[[str, str, date | datetime | None], str]:
        """`key` of many rows, each worked out once: thousands of them share few. `at` is a business day or an hour."""
        cut, key = Cut.of(by), lru_cache(maxsize=None)(partial(self.key, by))

        def of(cooler: str, sku: str, at: date | datetime | None = None) -> str:
            return key(cooler if cut.places else "", sku if cut.products else "", at if cut.time else None)

        return of

    def keys_of(
        self, by: str, cooler: Named[str], sku: Named[str], at: Named[date] | Named[datetime] | None = None
    ) -> Named[str]:
        """`key` of many rows given as columns; `at` holds business days or hours, where time is told apart."""
        cut = Cut.of(by)
        told: list[Named[Any]] = []
        if cut.places:
            told.append(cooler.mapped(partial(self._values, cut.places, self.known.place_value)))
        if cut.products:
            told.append(sku.mapped(partial(self._values, cut.products, self.known.product_value)))
        if cut.time and at is not None:
            told.append(at)
        code = np.zeros(len(cooler), np.intp)
        for column in told:
            code = code * max(len(column.names), 1) + column.codes
        _, rows, codes = np.unique(code, return_index=True, return_inverse=True)
        moments = [None] * len(rows) if at is None else [at.names[one] for one in at.codes[rows]]
        names = zip(cooler.where(rows), sku.where(rows), moments, strict=True)
        return Named([self.key(by, *one) for one in names], codes)

    @staticmethod
    def _values(dimensions: Sequence[str], value: Callable[[str, str], str], name: str) -> tuple[str, ...]:
        return tuple(value(one, name) for one in dimensions)

    def point(self, by: str, key: str, value: Estimate, share: Share | None = None) -> KpiPoint:
        """A point with its names."""
        values = Cut.of(by).values(key)
        names = {dimension: self.known.name(dimension, one) for dimension, one in values.items()}
        return KpiPoint(
            key=key, name=" / ".join(names.values()) or key, keys=values, names=names, value=value, share=share
        )

    def has(self, cooler: str, sku: str) -> bool:
        """Whether a SKU in a cooler is in scope."""
        return self.has_cooler(cooler) and self.scope.has_sku(sku)

    def has_cooler(self, cooler: str) -> bool:
        """Whether a cooler is known and in scope."""
        known = self.known.coolers.get(cooler)
        return known is not None and self.scope.has_cooler(cooler, known.outlet)

    def among(self, coolers: Iterable[str]) -> Period:
        """The same period, narrowed to some of its coolers."""
        some = frozenset(coolers) if self.scope.coolers is None else self.scope.coolers.intersection(coolers)
        scope = replace(self.scope, coolers=some)
        return Period(self.session, self.facts, self.tenant, self.start, self.end, scope, self.known, self.opening)

    def episodes(self) -> Iterable[StockoutEpisode]:
        """The stock-outs in scope that began in the period."""
        rows = self.session.scalars(
            select(StockoutEpisode).where(
                StockoutEpisode.first_missed_at >= self.start,
                StockoutEpisode.first_missed_at < self.end,
                StockoutEpisode.withdrawn_at.is_(None),
            )
        )
        return (row for row in rows if self.has(row.cooler_id, row.sku))

    def voids(self) -> Iterable[tuple[str, str]]:
        """Coolers and the SKUs planned for them that were never seen there."""
        plans = {plan.id: plan.facings() for plan in self.session.scalars(select(Planogram))}
        watches = {row.cooler_id: row.skus for row in self.session.scalars(select(ShelfWatch))}
        for cooler in self.session.scalars(select(Cooler)):
            states = watches.get(cooler.id, {})  # without a photo nothing can be said
            for sku in plans.get(cooler.planogram_id or 0, {}):
                if sku in states and states[sku]["seen"] is None and self.has(cooler.id, sku):
                    yield cooler.id, sku

    @property
    def _bounds(self) -> tuple[datetime, datetime]:
        return self.start, self.end

    def _bucket(self, time: str, cooler: str, at: date | datetime) -> str:
        if not isinstance(at, datetime):
            return bucket_of(time, at)
        if time == "hour":
            return hour_name(at)
        outlet = self.known.outlets[self.known.coolers[cooler].outlet]
        return bucket_of(time, at.astimezone(ZoneInfo(outlet.timezone)).date())

    def _sums(self, cut: Cut, mark: str = "") -> Sums:
        parts = stretches(self.start, self.end, cut.time, self.known.zones)
        return Sums(self.facts, self.tenant, self.known, self.scope, parts, cut, mark)

    def _reporting(self, cut: Cut) -> Mapping[str, Reporting]:
        """Of a cut without products; with the first comes that of the whole, which every answer states."""
        cut, whole = cut.without_products(), Cut(())
        if cut.written not in self._reported:
            more = [whole] if cut.dimensions and not self._reported else []
            found = self._sums(cut).reporting(*(self._sums(one, "_whole") for one in more))
            self._reported |= zip((one.written for one in (cut, *more)), found, strict=True)
        return self._reported[cut.written]

    @cached_property
    def _summed(self) -> dict[str, list[Total]]:
        return {}

    @cached_property
    def _reported(self) -> dict[str, Mapping[str, Reporting]]:
        return {}

    def _coverage(self) -> AnswerCoverage:
        found = self._reporting(Cut(())).get(WHOLE, Reporting())
        parts = Parts(self.facts, self.tenant, self.known, self.start, self.end, self.scope)
        return AnswerCoverage(
            reporting=found.coolers,
            expected=sum(self._expected(Cut(())).values()),
            in_part=found.in_part,
            part_hours=found.part_hours,
            parts=parts.named() if found.part_hours else (),
        )

    def _expected(self, cut: Cut) -> Mapping[str, int]:
        """Coolers with a device in scope, by key of the places of a cut."""
        places, found = Cut(cut.places), defaultdict[str, int](int)
        for cooler in self.known.expected:
            known = self.known.coolers[cooler]
            if self.scope.has_cooler(cooler, known.outlet):
                found[places.key({one: self.known.place_value(one, cooler) for one in cut.places})] += 1
        return found

    def _told(self, cut: Cut, points: Sequence[KpiPoint]) -> list[KpiPoint]:
        """The points as they are answered, each with the coverage of its time and places."""
        behind, places = cut.without_products(), Cut(cut.places)
        reporting, expected = self._reporting(cut), self._expected(cut)
        for point in points:
            found = reporting.get(behind.key(point.keys), Reporting())
            point.coverage = PeriodCoverage(
                reporting=found.coolers,
                expected=expected.get(places.key(point.keys), 0),
                in_part=found.in_part,
                part_hours=found.part_hours,
            )
            point.key = point.key.replace(BETWEEN, " / ")
        return list(points)
