"""From the stores to the times on the shelf: planned SKUs, stock-outs, and the photos between which they are known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.models import ShelfWatch, StockoutEpisode
from cloud.analytics.share.availability import Absence, Opening, ShelfTime, shelf_time
from cloud.analytics.share.window import Window
from cloud.outlets.models import Cooler, Outlet, Planogram
from cloud.settings import SellOutSettings


def shelf_times(session: Session, window: Window, settings: SellOutSettings) -> list[ShelfTime]:
    """The planned SKUs that were ever seen, of the coolers with two usable photos or more in the window."""
    coolers = {row.id: row for row in session.scalars(select(Cooler))}
    zones = {row.id: row.timezone for row in session.scalars(select(Outlet))}
    plans = {plan.id: plan.facings() for plan in session.scalars(select(Planogram))}
    seen = {
        row.cooler_id: {sku for sku, state in row.skus.items() if state["seen"] is not None}
        for row in session.scalars(select(ShelfWatch))
    }
    absences = _absences(session, window)
    times = []
    for watched in window.watched:
        cooler = coolers.get(watched.cooler)
        if cooler is None or watched.first >= watched.last or watched.outlet not in zones:
            continue
        opening = Opening(ZoneInfo(zones[watched.outlet]), settings.opens, settings.closes)
        span = (watched.first, watched.last)
        skus = plans.get(cooler.planogram_id or 0, {}).keys() & seen.get(cooler.id, set())
        times += [
            shelf_time(cooler.id, watched.outlet, sku, span, absences[cooler.id, sku], opening) for sku in sorted(skus)
        ]
    return times


def _absences(session: Session, window: Window) -> dict[tuple[str, str], list[Absence]]:
    rows: Iterable[StockoutEpisode] = session.scalars(
        select(StockoutEpisode).where(
            StockoutEpisode.last_seen_at < window.end,
            StockoutEpisode.last_missed_at >= window.start,
            StockoutEpisode.withdrawn_at.is_(None),
        )
    )
    found: dict[tuple[str, str], list[Absence]] = defaultdict(list)
    for row in rows:
        absence = Absence(row.last_seen_at, row.first_missed_at, row.last_missed_at, row.back_at)
        found[row.cooler_id, row.sku].append(absence)
    return found
