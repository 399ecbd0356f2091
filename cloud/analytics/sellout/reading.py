"""From the stores to the records of coolers: photos and lines of the facts, planograms, deliveries of the ledger."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.photo_reading import PhotoReading
from cloud.analytics.sellout.records import UNSEEN, CoolerRecord, Delivery
from cloud.audits.facts import Facts, observation, shelf_line
from cloud.outlets.models import Cooler, Outlet, Planogram
from cloud.retail.models import StockMovement
from cloud.settings import SellOutSettings

_UNBOOKED = 0.1
"""Where more than this share of what came is not booked, the cooler is filled at other times too."""
_RISE = 0.3
"""Of a SKU's capacity: so much more than on the photo before, and two units at least, is no error of counting."""

Lines = Mapping[str, tuple[int, float, float]]
"""Units, confidence and count_sd by SKU; the unnamed under ''."""


@dataclass(frozen=True, slots=True)
class Window:
    """Business days from `first`, `days` of them."""

    first: date
    days: int

    @property
    def last(self) -> date:
        """Itself included."""
        return self.first + timedelta(days=self.days - 1)

    def midnights(self, zone: ZoneInfo) -> list[datetime]:
        """Beginning of each day, and the end of the last."""
        return [self._at(zone, day, 0) for day in range(self.days + 1)]

    def opening(self, zone: ZoneInfo, settings: SellOutSettings) -> list[tuple[datetime, datetime]]:
        """When an outlet opens and closes on each day."""
        return [
            (self._at(zone, day, settings.opens), self._at(zone, day + settings.closes // 24, settings.closes % 24))
            for day in range(self.days)
        ]

    def _at(self, zone: ZoneInfo, day: int, hour: int) -> datetime:
        return datetime.combine(self.first + timedelta(days=day), time(hour), zone)


def cooler_records(
    session: Session, facts: Facts, tenant: str, outlets: Sequence[Outlet], window: Window, settings: SellOutSettings
) -> list[CoolerRecord]:
    """The coolers of some outlets that have a planogram and at least two usable photos in the window."""
    by_id = {outlet.id: outlet for outlet in outlets}
    coolers = session.scalars(select(Cooler).where(Cooler.outlet_id.in_(by_id)).order_by(Cooler.id)).all()
    plans = {plan.id: plan for plan in session.scalars(select(Planogram))}
    planned = {one.id: plans[one.planogram_id] for one in coolers if one.planogram_id in plans}
    photos = _photos(facts, tenant, list(planned), window)
    records = []
    for cooler in coolers:
        if len(photos[cooler.id]) > 1 and any(planned[cooler.id].rows):
            zone = ZoneInfo(by_id[cooler.outlet_id].timezone)
            brought = _deliveries(session, cooler, coolers, window)
            records.append(_record(cooler, planned[cooler.id], zone, photos[cooler.id], brought, window, settings))
    return records


def _record(
    cooler: Cooler,
    plan: Planogram,
    zone: ZoneInfo,
    photos: Sequence[tuple[PhotoReading, Lines]],
    deliveries: Sequence[Delivery],
    window: Window,
    settings: SellOutSettings,
) -> CoolerRecord:
    lanes: dict[str, list[int]] = defaultdict(list)
    for row in plan.rows:
        for lane in row:
            lanes[lane["sku"]].append(max(lane["depth"], 1))
    days = np.array([at.timestamp() for at in window.midnights(zone)])
    inside = [(reading, lines) for reading, lines in photos if days[0] < reading.at.timestamp() <= days[-1]]
    pairs = [list(_counted(reading, lines, tuple(lanes))) for reading, lines in inside]
    counted = np.array(pairs, float).reshape(len(inside), len(lanes), 2)
    record = CoolerRecord(
        cooler=cooler.id,
        outlet=cooler.outlet_id,
        skus=tuple(lanes),
        lanes=tuple(tuple(depths) for depths in lanes.values()),
        days=days,
        opening=np.array([[at.timestamp() for at in hours] for hours in window.opening(zone, settings)]),
        first_weekday=window.first.weekday(),
        photos=np.array([reading.at.timestamp() for reading, _ in inside]),
        counts=counted[..., 0].astype(np.int64),
        count_sd=counted[..., 1],
        deliveries=tuple(one for one in deliveries if one.sku in lanes),
    )
    return replace(record, restocked="as-delivered" if all_booked(record) else "unseen")


def _counted(reading: PhotoReading, lines: Lines, skus: tuple[str, ...]) -> Iterator[tuple[float, float]]:
    """Count and count_sd of each SKU; `UNSEEN` where the stock-out rules say that the photo says nothing."""
    planned = set(skus)
    for sku in skus:
        said = reading.of(sku, planned)
        known = said.usable and (said.units or said.sure)
        yield (said.units, lines[sku][2] if sku in lines else 0.0) if known else (UNSEEN, 0.0)


def all_booked(record: CoolerRecord) -> bool:
    """Whether what came into the cooler is what was booked: no more than a tenth rises without a delivery before it."""
    booked = sum(one.units for one in record.deliveries)
    capacity = np.array([sum(lanes) for lanes in record.lanes])
    rises = np.diff(record.counts, axis=0)
    sure = (rises >= np.maximum(2, _RISE * capacity)) & (record.counts[:-1] != UNSEEN)
    for one in record.deliveries:
        after = int(np.searchsorted(record.photos, one.at))  # the first photo that shows it
        sure[max(after - 1, 0) : after + 1, record.skus.index(one.sku)] = False
    return booked > 0 and float(rises[sure].sum()) <= _UNBOOKED * booked


def _photos(
    facts: Facts, tenant: str, coolers: Sequence[str], window: Window
) -> Mapping[str, list[tuple[PhotoReading, Lines]]]:
    """By cooler, in order of time; a day more at each end, as zones differ."""
    found: dict[str, list[tuple[PhotoReading, Lines]]] = defaultdict(list)
    if not coolers:
        return found
    utc = window.midnights(ZoneInfo("UTC"))
    span = utc[0] - timedelta(days=1), utc[-1] + timedelta(days=1)
    line, photo = shelf_line.c, observation.c
    lines: dict[uuid.UUID, dict[str, tuple[int, float, float]]] = defaultdict(dict)
    wanted = select(line.observation_id, line.sku, line.units, line.confidence, line.count_sd)
    wanted = wanted.where(line.cooler.in_(coolers), line.captured_at.between(*span))
    for row in facts.select(tenant, wanted, shelf_line):
        lines[row.observation_id][row.sku] = (row.units, row.confidence, row.count_sd)
    taken = select(photo.cooler, photo.captured_at, photo.observation_id, photo.confidence)
    usable = (photo.captured_at.between(*span), photo.verdict != "unusable", photo.clock_suspect == 0)
    taken = taken.where(photo.cooler.in_(coolers), *usable).order_by(photo.captured_at, photo.observation_id)
    for row in facts.select(tenant, taken, observation):
        said = lines[row.observation_id]
        named = {sku: (units, confidence) for sku, (units, confidence, _) in said.items() if sku}
        unnamed = said[""][:2] if "" in said else (0, 1.0)
        reading = PhotoReading(row.captured_at, row.observation_id, row.confidence, named, unnamed)
        found[row.cooler].append((reading, said))
    return found


def _deliveries(session: Session, cooler: Cooler, coolers: Sequence[Cooler], window: Window) -> list[Delivery]:
    """Those booked for the cooler; for its outlet as a whole, where it is the only one there."""
    alone = sum(one.outlet_id == cooler.outlet_id for one in coolers) == 1
    utc = window.midnights(ZoneInfo("UTC"))
    rows = session.scalars(
        select(StockMovement)
        .where(StockMovement.outlet_id == cooler.outlet_id, StockMovement.kind == "delivery")
        .where(StockMovement.at > utc[0] - timedelta(days=1), StockMovement.at <= utc[-1] + timedelta(days=1))
    )
    return [
        Delivery(row.at.timestamp(), row.sku, row.units)
        for row in rows
        if row.units > 0 and (row.cooler_id == cooler.id or (alone and row.cooler_id is None))
    ]
