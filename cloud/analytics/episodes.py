"""Stock-outs in the records: each batch of photos moves them on, a late photo has them told anew from the facts."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from cloud.analytics.models import ShelfWatch, SkuState, StockoutEpisode
from cloud.analytics.stockouts import Episode, Reading, SkuWatch, fold
from cloud.audits.facts import Facts, observation, shelf_line
from cloud.outlets.models import Cooler, Planogram
from cloud.retail.service import stockout_closed, stockout_opened

NOT_PLANNED = "no longer planned in this cooler"
HIDDEN = 0.4
"""A photo on which a missing SKU is less likely than this to be none of the unnamed products says nothing of it."""
CORRECTED = "a photo that came late showed otherwise"


@dataclass(frozen=True, slots=True)
class PhotoReading:
    """What a usable photo says: units and confidence of each SKU on it, and of the products it could not name."""

    at: datetime
    observation: uuid.UUID
    confidence: float
    skus: Mapping[str, tuple[int, float]]
    unnamed: tuple[int, float] = (0, 1.0)
    """How many, and how sure it is that each is none of the gallery's SKUs."""

    def of(self, sku: str, planned: Set[str]) -> Reading:
        """What it says of one of the `planned` SKUs.

        A SKU that was not named is missing, or is one of the unnamed products: each of these that is in the gallery
        after all is taken to be any of the missing SKUs alike. Where none was named, the device may have lost its
        gallery: that says nothing.
        """
        if sku in self.skus:
            return Reading(self.at, *self.skus[sku])
        units, none_of_them = self.unnamed
        missing = len(planned - self.skus.keys())
        not_among_unnamed = (1 - (1 - none_of_them) / missing) ** units
        says = not_among_unnamed >= HIDDEN and bool(self.skus or not units)
        return Reading(self.at, 0, self.confidence * not_among_unnamed, usable=says)


@dataclass(frozen=True, slots=True)
class NewPhotos:
    """The usable photos of one cooler that a batch brought."""

    cooler: Cooler
    photos: Sequence[PhotoReading]
    known_until: datetime | None
    """When the newest photo was taken that was known before."""
    age: timedelta
    """How old the newest of them was when it arrived, by the wall clock of the device."""


class StockoutBook:
    """The stock-outs of some coolers of a tenant, within one transaction: `add` each, then `finish`."""

    def __init__(self, session: Session, facts: Facts, tenant: str, coolers: Sequence[Cooler]) -> None:
        self._session = session
        self._facts = facts
        self._tenant = tenant
        self._touched: list[tuple[StockoutEpisode, bool, timedelta]] = []
        ids = [cooler.id for cooler in coolers]
        plans = {cooler.planogram_id for cooler in coolers if cooler.planogram_id is not None}
        self._plans = {
            plan.id: set(plan.facings()) for plan in session.scalars(select(Planogram).where(Planogram.id.in_(plans)))
        }
        self._watches = {
            watch.cooler_id: watch for watch in session.scalars(select(ShelfWatch).where(ShelfWatch.cooler_id.in_(ids)))
        }
        self._open: dict[str, dict[str, StockoutEpisode]] = defaultdict(dict)
        for row in session.scalars(select(StockoutEpisode).where(still_open(), StockoutEpisode.cooler_id.in_(ids))):
            self._open[row.cooler_id][row.sku] = row

    def add(self, new: NewPhotos) -> None:
        """Take the photos of one cooler into account."""
        planned = self._plans.get(new.cooler.planogram_id or 0, set())
        missing = self._open[new.cooler.id]
        for sku in missing.keys() - planned:
            self._withdraw(missing[sku], new, NOT_PLANNED)
        watch = self._watches.get(new.cooler.id) or ShelfWatch(cooler_id=new.cooler.id, skus={})
        photos = sorted(new.photos, key=_in_order)
        late_from = photos[0].at if new.known_until is not None and photos[0].at <= new.known_until else None
        told_anew = planned if late_from else planned - watch.skus.keys() if new.known_until else set()
        watches = self._retell(new, planned, told_anew, late_from) if told_anew else {}
        for sku in planned - told_anew:
            row = missing.get(sku)
            episodes, watches[sku] = fold(
                (photo.of(sku, planned) for photo in photos), _watch(watch.skus.get(sku), row)
            )
            self._settle(new, sku, [row] if row else [], episodes)
        watch.skus = {sku: _state(state) for sku, state in watches.items()}
        self._session.add(watch)

    def _retell(
        self, new: NewPhotos, planned: set[str], skus: set[str], late_from: datetime | None
    ) -> dict[str, SkuWatch]:
        """Fold the facts anew, for each SKU from its last sure sighting before the late photo, else from the start."""
        photos = self._photos(new.cooler.id, planned)
        watches = {}
        for sku in skus:
            readings = [photo.of(sku, planned) for photo in photos]
            start = _restart(readings, late_from)
            episodes, watches[sku] = fold(readings[start:])
            since = readings[start].at if start else None
            self._settle(new, sku, self._rows(new.cooler.id, sku, since), episodes)
        return watches

    def _photos(self, cooler: str, planned: set[str]) -> list[PhotoReading]:
        lines: dict[uuid.UUID, dict[str, tuple[int, float]]] = defaultdict(dict)
        line, photo = shelf_line.c, observation.c
        wanted = select(line.observation_id, line.sku, line.units, line.confidence)
        for row in self._facts.select(
            self._tenant, wanted.where(line.cooler == cooler, line.sku.in_(["", *sorted(planned)])), shelf_line
        ):
            lines[row.observation_id][row.sku] = (row.units, row.confidence)
        usable = (photo.cooler == cooler, photo.verdict != "unusable", photo.clock_suspect == 0)
        rows = self._facts.select(
            self._tenant, select(photo.captured_at, photo.observation_id, photo.confidence).where(*usable), observation
        )
        photos = []
        for row in rows:
            named = lines[row.observation_id]
            unnamed = named.pop("", (0, 1.0))
            photos.append(PhotoReading(row.captured_at, row.observation_id, row.confidence, named, unnamed))
        return sorted(photos, key=_in_order)

    def _rows(self, cooler: str, sku: str, since: datetime | None) -> list[StockoutEpisode]:
        rows = select(StockoutEpisode).where(StockoutEpisode.cooler_id == cooler, StockoutEpisode.sku == sku)
        if since is not None:
            rows = rows.where(StockoutEpisode.first_missed_at > since)
        return list(self._session.scalars(rows.order_by(StockoutEpisode.first_missed_at)))

    def _settle(self, new: NewPhotos, sku: str, rows: Sequence[StockoutEpisode], episodes: Sequence[Episode]) -> None:
        """Make `rows` say what `episodes` say."""
        superfluous = list(rows)
        for episode, known in _paired(episodes, rows):
            row = known or StockoutEpisode(tenant_id=self._tenant, cooler_id=new.cooler.id, sku=sku)
            self._touch(row, new.age)
            row.last_seen_at, row.first_missed_at = episode.last_seen_at, episode.first_missed_at
            row.last_missed_at, row.back_at = episode.last_missed_at, episode.back_at
            row.confidence, row.withdrawn_at, row.withdrawn_reason = episode.confidence, None, ""
            if known:
                superfluous.remove(known)
            else:
                self._session.add(row)
        for row in superfluous:
            if row.withdrawn_at is None:
                self._withdraw(row, new, CORRECTED)

    def _withdraw(self, row: StockoutEpisode, new: NewPhotos, reason: str) -> None:
        self._touch(row, new.age)
        row.withdrawn_at, row.withdrawn_reason = row.last_missed_at, reason

    def _touch(self, row: StockoutEpisode, age: timedelta) -> None:
        self._touched.append((row, row.id is not None and row.open, age))

    def finish(self) -> None:
        """Store the episodes and tell the retail core which are open and which have ended."""
        self._session.flush()
        for row, was_open, age in self._touched:
            if row.open:
                stockout_opened(self._session, row, photo_age=age)
            elif was_open:
                stockout_closed(self._session, row)
        self._touched.clear()


def episode_of(row: StockoutEpisode) -> Episode:
    """The episode in a row."""
    return Episode(row.last_seen_at, row.first_missed_at, row.last_missed_at, row.confidence, row.back_at)


def still_open() -> ColumnElement[bool]:
    """Condition for the episodes that last."""
    return and_(StockoutEpisode.back_at.is_(None), StockoutEpisode.withdrawn_at.is_(None))


def _paired(
    episodes: Sequence[Episode], rows: Sequence[StockoutEpisode]
) -> Iterator[tuple[Episode, StockoutEpisode | None]]:
    """Each episode with the row it has: the one of the same start, else one of an overlapping time."""
    by_start = {row.first_missed_at: row for row in rows}
    kept = {episode.first_missed_at for episode in episodes}
    free = [row for row in rows if row.first_missed_at not in kept and row.withdrawn_at is None]
    for episode in episodes:
        row = by_start.get(episode.first_missed_at) or next((row for row in free if _overlap(row, episode)), None)
        if row in free:
            free.remove(row)
        yield episode, row


def _in_order(photo: PhotoReading) -> tuple[datetime, uuid.UUID]:
    return photo.at, photo.observation


def _overlap(row: StockoutEpisode, episode: Episode) -> bool:
    return (episode.back_at is None or row.first_missed_at < episode.back_at) and (
        row.back_at is None or episode.first_missed_at < row.back_at
    )


def _restart(readings: Sequence[Reading], late_from: datetime | None) -> int:
    """Where to take the fold up again: the last sure sighting before `late_from`, else the start."""
    if late_from is None:
        return 0
    sightings = (i for i, r in enumerate(readings) if r.at < late_from and r.units > 0 and r.sure)
    return max(sightings, default=0)


def _watch(state: SkuState | None, row: StockoutEpisode | None) -> SkuWatch:
    seen, doubt = (state["seen"], state["doubt"]) if state else (None, None)
    return SkuWatch(
        datetime.fromisoformat(seen) if seen else None,
        datetime.fromisoformat(doubt) if doubt else None,
        episode_of(row) if row else None,
    )


def _state(watch: SkuWatch) -> SkuState:
    return {
        "seen": watch.last_seen_at.isoformat() if watch.last_seen_at else None,
        "doubt": watch.doubt_at.isoformat() if watch.doubt_at else None,
    }
