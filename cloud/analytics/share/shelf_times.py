"""From the stores to the times on the shelf: planned SKUs, stock-outs, and the photos between which they are known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cloud.analytics.models import ShelfWatch, StockoutEpisode
from cloud.analytics.named import Named
from cloud.analytics.share.availability import Absence, Opening, ShelfTimes, hours_missing
from cloud.analytics.share.window import Window
from cloud.outlets.models import Cooler, Outlet, Planogram
from cloud.settings import SellOutSettings
from facings.messages import Estimate


def shelf_times(
    session: Session, window: Window, settings: SellOutSettings, some: Collection[str] | None = None
) -> ShelfTimes:
    """The planned SKUs that were ever seen, of the coolers with two usable photos or more in the window.

    `some` are the coolers of a window that holds few; None: it holds all.
    """
    zones = {row.id: row.timezone for row in session.execute(select(Outlet.id, Outlet.timezone))}
    stocked = _stocked(session, some)
    absences = _absences(session, window, some)
    stays: list[_Stay] = []
    missing: dict[int, Estimate] = {}
    row = 0
    for watched in window.watched:
        skus = stocked.get(watched.cooler)
        if not skus or watched.first >= watched.last or watched.outlet not in zones:
            continue
        opening = Opening(ZoneInfo(zones[watched.outlet]), settings.opens, settings.closes)
        span, gone = (watched.first, watched.last), absences.get(watched.cooler, {})
        stays.append(_Stay(watched.cooler, watched.outlet, opening.hours(*span), skus))
        rows = {sku: row + place for place, sku in enumerate(skus)} if gone else {}
        missing |= {rows[sku]: hours_missing(span, gone[sku], opening) for sku in gone.keys() & rows.keys()}
        row += len(skus)
    return _columns(stays, missing)


class _Stay(NamedTuple):
    """A cooler while it was watched in an outlet."""

    cooler: str
    outlet: str
    hours: float
    skus: Sequence[str]


def _columns(stays: Sequence[_Stay], missing: Mapping[int, Estimate]) -> ShelfTimes:
    """A row for each SKU of each stay; `missing` has those that were missing, by row."""
    each = np.array([len(one.skus) for one in stays], np.intp)
    hours = np.zeros((3, each.sum()))
    for row, one in missing.items():
        hours[:, row] = one.value, one.low, one.high
    return ShelfTimes(
        Named.of(one.cooler for one in stays).repeated(each),
        Named.of(one.outlet for one in stays).repeated(each),
        Named.of(chain.from_iterable(one.skus for one in stays)),
        np.repeat(np.array([one.hours for one in stays], float), each),
        *hours,
    )


def _stocked(session: Session, some: Collection[str] | None) -> Mapping[str, Sequence[str]]:
    """By cooler, the planned SKUs that were ever seen in it, in order."""
    planned = {plan.id: sorted(plan.facings()) for plan in session.scalars(select(Planogram))}
    # As columns: thousands of records as objects would take longer than what is made of them.
    coolers = session.execute(select(Cooler.id, Cooler.planogram_id).where(*_of(Cooler.id, some)))
    plans = {row.id: planned.get(row.planogram_id or 0, []) for row in coolers}
    watches = select(ShelfWatch.cooler_id, ShelfWatch.skus).where(*_of(ShelfWatch.cooler_id, some))
    return {
        cooler: [sku for sku in plans[cooler] if sku in skus and skus[sku]["seen"] is not None]
        for cooler, skus in session.execute(watches)
        if cooler in plans
    }


def _absences(
    session: Session, window: Window, some: Collection[str] | None
) -> Mapping[str, Mapping[str, Sequence[Absence]]]:
    """By cooler and SKU."""
    of = StockoutEpisode
    told = (of.cooler_id, of.sku, of.last_seen_at, of.first_missed_at, of.last_missed_at, of.back_at)
    wanted = select(*told).where(
        of.last_seen_at < window.end,
        of.last_missed_at >= window.start,
        of.withdrawn_at.is_(None),
        *_of(of.cooler_id, some),
    )
    found: dict[str, dict[str, list[Absence]]] = defaultdict(lambda: defaultdict(list))
    for row in session.execute(wanted):
        absence = Absence(row.last_seen_at, row.first_missed_at, row.last_missed_at, row.back_at)
        found[row.cooler_id][row.sku].append(absence)
    return found


def _of(column: InstrumentedAttribute[str], some: Collection[str] | None) -> Sequence[ColumnElement[bool]]:
    return () if some is None else (column.in_(some),)
