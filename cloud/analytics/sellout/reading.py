"""From the stores to the records of coolers: photos and lines of the facts, planograms, deliveries of the ledger."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.photo_reading import PhotoReading
from cloud.analytics.sellout.records import UNSEEN, CoolerRecord, Delivery
from cloud.analytics.sellout.stays import Lines, Photo, Stay, stays_of
from cloud.audits.facts import Facts, observation, shelf_line
from cloud.outlets.models import Cooler, Outlet, Planogram
from cloud.outlets.planograms import PlanogramHistory
from cloud.retail.models import StockMovement
from cloud.settings import SellOutSettings

_UNBOOKED = 0.1
"""Where more than this share of what came is not booked, the cooler is filled at other times too."""
_RISE = 0.3
"""Of a SKU's capacity: so much more than on the photo before, and two units at least, is no error of counting."""


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

    def span(self) -> tuple[datetime, datetime]:
        """From a day before it to a day after it, as zones differ."""
        utc = self.midnights(ZoneInfo("UTC"))
        return utc[0] - timedelta(days=1), utc[-1] + timedelta(days=1)

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
    """The stays of coolers in some outlets of one time zone, each with a planogram and two usable photos or more."""
    by_id = {outlet.id: outlet for outlet in outlets}
    seen = _seen_in(facts, tenant, by_id, window)
    coolers = {one.id: one for one in session.scalars(select(Cooler).order_by(Cooler.id))}
    history = PlanogramHistory(session, [coolers[cooler] for cooler in seen if cooler in coolers])
    plans = {plan.id: plan for plan in session.scalars(select(Planogram))}
    photos = _photos(facts, tenant, seen, window)
    records = []
    for cooler in coolers.keys() & photos.keys():
        for stay in stays_of(cooler, photos[cooler], partial(history.at, cooler)):
            if stay.outlet in by_id and any(plans[stay.planogram].rows):
                zone = ZoneInfo(by_id[stay.outlet].timezone)
                brought = _deliveries(session, stay, coolers.values(), window)
                records.append(_record(stay, plans[stay.planogram], zone, brought, window, settings))
    return sorted(records, key=lambda record: (record.cooler, record.stood))


def _record(
    stay: Stay, plan: Planogram, zone: ZoneInfo, deliveries: Sequence[Delivery], window: Window,
    settings: SellOutSettings,
) -> CoolerRecord:  # fmt: skip
    lanes: dict[str, list[int]] = defaultdict(list)
    for row in plan.rows:
        for lane in row:
            lanes[lane["sku"]].append(max(lane["depth"], 1))
    days = np.array([at.timestamp() for at in window.midnights(zone)])
    inside = [photo for photo in stay.photos if days[0] < photo.reading.at.timestamp() <= days[-1]]
    pairs = [list(_counted(photo.reading, photo.lines, tuple(lanes))) for photo in inside]
    counted = np.array(pairs, float).reshape(len(inside), len(lanes), 2)
    record = CoolerRecord(
        cooler=stay.cooler,
        outlet=stay.outlet,
        skus=tuple(lanes),
        lanes=tuple(tuple(depths) for depths in lanes.values()),
        days=days,
        opening=np.array([[at.timestamp() for at in hours] for hours in window.opening(zone, settings)]),
        first_weekday=window.first.weekday(),
        photos=np.array([photo.reading.at.timestamp() for photo in inside]),
        counts=counted[..., 0].astype(np.int64),
        count_sd=counted[..., 1],
        deliveries=tuple(one for one in deliveries if one.sku in lanes),
        stood=(max(stay.start.timestamp(), days[0]), min(stay.end.timestamp(), days[-1])),
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


def _seen_in(facts: Facts, tenant: str, outlets: Collection[str], window: Window) -> list[str]:
    """The coolers that photos show in some outlets."""
    photo = observation.c
    coolers = select(photo.cooler).where(photo.outlet.in_(list(outlets)), photo.captured_at.between(*window.span()))
    return sorted(row.cooler for row in facts.select(tenant, coolers.distinct(), observation))


def _photos(facts: Facts, tenant: str, coolers: Sequence[str], window: Window) -> Mapping[str, list[Photo]]:
    """By cooler, in order of time."""
    found: dict[str, list[Photo]] = defaultdict(list)
    if not coolers:
        return found
    line, photo, span = shelf_line.c, observation.c, window.span()
    lines: dict[uuid.UUID, dict[str, tuple[int, float, float]]] = defaultdict(dict)
    wanted = select(line.observation_id, line.sku, line.units, line.confidence, line.count_sd)
    wanted = wanted.where(line.cooler.in_(coolers), line.captured_at.between(*span))
    for row in facts.select(tenant, wanted, shelf_line):
        lines[row.observation_id][row.sku] = (row.units, row.confidence, row.count_sd)
    taken = select(photo.cooler, photo.outlet, photo.captured_at, photo.observation_id, photo.confidence)
    usable = (photo.captured_at.between(*span), photo.verdict != "unusable", photo.clock_suspect == 0)
    taken = taken.where(photo.cooler.in_(coolers), *usable).order_by(photo.captured_at, photo.observation_id)
    for row in facts.select(tenant, taken, observation):
        said = lines[row.observation_id]
        named = {sku: (units, confidence) for sku, (units, confidence, _) in said.items() if sku}
        unnamed = said[""][:2] if "" in said else (0, 1.0)
        reading = PhotoReading(row.captured_at, row.observation_id, row.confidence, named, unnamed)
        found[row.cooler].append(Photo(row.outlet, reading, said))
    return found


def _deliveries(session: Session, stay: Stay, coolers: Iterable[Cooler], window: Window) -> list[Delivery]:
    """Those booked for the cooler in its outlet; for the outlet as a whole, where no other cooler stands there."""
    alone = not any(one.outlet_id == stay.outlet and one.id != stay.cooler for one in coolers)
    first, last = window.span()
    rows = session.scalars(
        select(StockMovement)
        .where(StockMovement.outlet_id == stay.outlet, StockMovement.kind == "delivery")
        .where(StockMovement.at > max(first, stay.start), StockMovement.at <= min(last, stay.end))
    )
    return [
        Delivery(row.at.timestamp(), row.sku, row.units)
        for row in rows
        if row.units > 0 and (row.cooler_id == stay.cooler or (alone and row.cooler_id is None))
    ]
