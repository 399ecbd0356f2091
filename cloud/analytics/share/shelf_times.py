"""From the stores to the times on the shelf: planned SKUs, stock-outs, and the photos between which they are known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cloud.analytics.models import ShelfWatch, StockoutEpisode
from cloud.analytics.share.availability import NEVER, Absence, Opening, ShelfTime, shelf_time
from cloud.analytics.share.window import Window
from cloud.outlets.models import Cooler, Outlet, Planogram
from cloud.settings import SellOutSettings


def shelf_times(
    session: Session, window: Window, settings: SellOutSettings, some: Collection[str] | None = None
) -> list[ShelfTime]:
    """The planned SKUs that were ever seen, of the coolers with two usable photos or more in the window.

    `some` are the coolers of a window that holds few; None: it holds all.
    """

    def of(column: InstrumentedAttribute[str]) -> Sequence[ColumnElement[bool]]:
        return () if some is None else (column.in_(some),)

    coolers = {row.id: row for row in session.scalars(select(Cooler).where(*of(Cooler.id)))}
    zones = {row.id: row.timezone for row in session.scalars(select(Outlet))}
    plans = {plan.id: plan.facings() for plan in session.scalars(select(Planogram))}
    seen = {
        row.cooler_id: {sku for sku, state in row.skus.items() if state["seen"] is not None}
        for row in session.scalars(select(ShelfWatch).where(*of(ShelfWatch.cooler_id)))
    }
    absences = _absences(session, window, of(StockoutEpisode.cooler_id))
    times = []
    for watched in window.watched:
        cooler = coolers.get(watched.cooler)
        if cooler is None or watched.first >= watched.last or watched.outlet not in zones:
            continue
        opening = Opening(ZoneInfo(zones[watched.outlet]), settings.opens, settings.closes)
        span = (watched.first, watched.last)
        skus = plans.get(cooler.planogram_id or 0, {}).keys() & seen.get(cooler.id, set())
        always = opening.hours(*span)
        times += [
            shelf_time(cooler.id, watched.outlet, sku, span, absences[cooler.id, sku], opening)
            if (cooler.id, sku) in absences
            else ShelfTime(cooler.id, watched.outlet, sku, always, NEVER)
            for sku in sorted(skus)
        ]
    return times


def _absences(
    session: Session, window: Window, of_some: Sequence[ColumnElement[bool]]
) -> dict[tuple[str, str], list[Absence]]:
    rows: Iterable[StockoutEpisode] = session.scalars(
        select(StockoutEpisode).where(
            StockoutEpisode.last_seen_at < window.end,
            StockoutEpisode.last_missed_at >= window.start,
            StockoutEpisode.withdrawn_at.is_(None),
            *of_some,
        )
    )
    found: dict[tuple[str, str], list[Absence]] = defaultdict(list)
    for row in rows:
        absence = Absence(row.last_seen_at, row.first_missed_at, row.last_missed_at, row.back_at)
        found[row.cooler_id, row.sku].append(absence)
    return found
