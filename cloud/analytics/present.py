"""The numbers of the present, from the latest reading of each cooler: the same for the KPI topics and the API."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cloud.analytics import measures
from cloud.analytics.condensed import Condensed, condense
from cloud.analytics.episodes import episode_of, still_open
from cloud.analytics.measures import Counted, Front, Group
from cloud.analytics.models import StockoutEpisode
from cloud.analytics.stockouts import hours
from cloud.audits.models import LatestObservation
from cloud.catalog.models import Product
from cloud.outlets.models import Cooler, Outlet, Planogram
from cloud.retail.service import on_their_way, references
from facings.messages import CoolerKpi, KpiLine, Quality, Stockout

UNKNOWN_NAME, UNKNOWN_NAME_ZH = "unknown", "未知"


class Catalogue:
    """Names and groups of SKUs."""

    def __init__(self, session: Session) -> None:
        self.products: Mapping[str, Product] = {row.sku: row for row in session.scalars(select(Product))}

    def group(self, sku: str) -> Group:
        """Own or competitor; unknown is what the gallery or the catalogue does not know."""
        product = self.products.get(sku)
        return "unknown" if product is None else "own" if product.own else "competitor"

    def names(self, sku: str) -> tuple[str, str]:
        """Name and Chinese name; the SKU itself where the catalogue does not know it."""
        product = self.products.get(sku)
        if product:
            return product.name, product.name_zh
        return (sku, "") if sku else (UNKNOWN_NAME, UNKNOWN_NAME_ZH)


class Present:
    """What is known now of the coolers of a tenant, of all or of `only` some, read from `session` in few queries."""

    def __init__(self, session: Session, at: datetime, only: Collection[str] | None = None) -> None:
        self.at = at
        self.catalogue = Catalogue(session)
        self.outlets = {row.id: row for row in session.scalars(select(Outlet))}
        self.coolers: dict[str, Cooler] = {}
        self.latest: dict[str, LatestObservation] = {}
        self.stockouts_of: dict[str, list[Stockout]] = defaultdict(list)
        self._plans: dict[int, dict[str, int]] = {}
        self._lines: dict[str, list[Counted]] = {}
        self._condensed: dict[str, Condensed] = {}
        self._read(session, only)

    def renew(self, session: Session, at: datetime, coolers: Collection[str]) -> None:
        """Read some coolers anew; the others, the catalogue and the outlets stay as they were read."""
        self.at = at
        for name in coolers:
            for known in (self.coolers, self.latest, self.stockouts_of, self._lines, self._condensed):
                known.pop(name, None)
        if coolers:
            self._read(session, coolers)

    def _read(self, session: Session, only: Collection[str] | None) -> None:
        def of(column: InstrumentedAttribute[Any]) -> Sequence[ColumnElement[bool]]:
            return () if only is None else (column.in_(only),)

        self.coolers |= {row.id: row for row in session.scalars(select(Cooler).where(*of(Cooler.id)))}
        plans = {cooler.planogram_id for cooler in self.coolers.values()} - self._plans.keys()
        for plan in session.scalars(select(Planogram).where(Planogram.id.in_(plans))):
            self._plans[plan.id] = plan.facings()
        latest = session.scalars(select(LatestObservation).where(*of(LatestObservation.cooler_id)))
        self.latest |= {row.cooler_id: row for row in latest}
        missing = select(StockoutEpisode).where(still_open(), *of(StockoutEpisode.cooler_id))
        rows = session.scalars(missing).all()
        for stockout in stockouts(session, rows, self.catalogue, self.coolers, self.outlets):
            self.stockouts_of[stockout.cooler].append(stockout)

    @property
    def stockouts(self) -> list[Stockout]:
        """All that are open, longest first."""
        return sorted(chain.from_iterable(self.stockouts_of.values()), key=_longest_first)

    def condensed(self, cooler: str) -> Condensed:
        """The sums of a cooler, of which those of many coolers are made."""
        if cooler not in self._condensed:
            self._condensed[cooler] = condense(self.lines(cooler), self.fronts(cooler))
        return self._condensed[cooler]

    def lines(self, cooler: str) -> list[Counted]:
        """What the latest usable photo of a cooler shows."""
        if cooler not in self._lines:
            row = self.latest.get(cooler)
            self._lines[cooler] = [
                Counted(group=self.catalogue.group(line["sku"]), **line) for line in (row.lines if row else ())
            ]
        return self._lines[cooler]

    def planned(self, cooler: str) -> Mapping[str, int]:
        """Planned facings of each SKU; empty without a planogram."""
        return self._plans.get(self.coolers[cooler].planogram_id or 0, {})

    def fronts(self, cooler: str) -> list[Front]:
        """The planned front places of a cooler; none without planogram or photo."""
        plan = self.planned(cooler)
        if not plan or cooler not in self.latest:
            return []
        return [Front(sum(plan.values()), [line for line in self.lines(cooler) if line.sku in plan])]

    def cooler_kpi(self, name: str) -> CoolerKpi | None:
        """The numbers of one cooler; None where it has no usable photo yet."""
        cooler, latest = self.coolers.get(name), self.latest.get(name)
        if cooler is None or latest is None:
            return None
        lines = self.lines(name)
        return CoolerKpi(
            at=self.at,
            cooler=cooler.id,
            outlet=cooler.outlet_id,
            name=cooler.name,
            name_zh=cooler.name_zh,
            observed_at=latest.observed_at,
            observation=latest.observation_id,
            photo=latest.photo_id,
            due_at=latest.due_at,
            quality=Quality.model_validate(latest.quality),
            confidence=latest.confidence,
            units=measures.units(lines),
            facings=sum(line.facings for line in lines),
            share=measures.share(lines),
            occupancy=measures.occupancy(self.fronts(name)),
            gaps=latest.gaps,
            lines=tuple(self._kpi_lines(lines, self.planned(name))),
            stockouts=tuple(self.stockouts_of[name]),
        )

    def _kpi_lines(self, lines: Sequence[Counted], planned: Mapping[str, int]) -> Iterable[KpiLine]:
        total = sum(line.facings for line in lines)
        for line in sorted(lines, key=lambda line: (-line.facings, line.sku)):
            name, name_zh = self.catalogue.names(line.sku)
            yield KpiLine(
                sku=line.sku or None,
                name=name,
                name_zh=name_zh,
                group=line.group,
                units=measures.units([line]),
                facings=line.facings,
                share=round(line.facings / total, 4) if total else 0,
                confidence=line.confidence,
                planned_facings=planned.get(line.sku),
            )


def stockouts(
    session: Session,
    rows: Iterable[StockoutEpisode],
    catalogue: Catalogue,
    coolers: Mapping[str, Cooler],
    outlets: Mapping[str, Outlet],
) -> list[Stockout]:
    """Episodes as they are published, longest first, with what the retail core made of each."""
    rows = list(rows)
    made = references(session, [row.id for row in rows])
    coming = on_their_way(session)
    published = []
    for row in rows:
        outlet = outlets[coolers[row.cooler_id].outlet_id]
        name, name_zh = catalogue.names(row.sku)
        # A new episode of what is on its way already needs no order of its own.
        underway = coming.get((row.cooler_id, row.sku), (None, None)) if row.open else (None, None)
        proposal, order = made.get(row.id, underway)
        published.append(
            Stockout(
                id=row.id,
                cooler=row.cooler_id,
                outlet=outlet.id,
                outlet_name=outlet.name,
                outlet_name_zh=outlet.name_zh,
                sku=row.sku,
                name=name,
                name_zh=name_zh,
                last_seen_at=row.last_seen_at,
                first_missed_at=row.first_missed_at,
                last_missed_at=row.last_missed_at,
                back_at=row.back_at,
                hours=hours(episode_of(row)),
                confidence=row.confidence,
                proposal=proposal,
                order=order,
            )
        )
    return sorted(published, key=_longest_first)


def _longest_first(stockout: Stockout) -> tuple[float, datetime, int]:
    return -stockout.hours.value, stockout.first_missed_at, stockout.id
