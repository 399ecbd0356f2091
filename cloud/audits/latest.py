"""What stored observations change in the records: photos, the latest reading of each cooler, its stock-outs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.episodes import StockoutBook
from cloud.analytics.photo_reading import NewPhotos, photo_of
from cloud.audits.facts import Facts
from cloud.audits.intake import Accepted
from cloud.audits.models import LatestObservation, ObservedLine, Photo, StoredCount
from cloud.outlets.models import Cooler
from facings.messages import Observation

Taken = tuple[Accepted, Observation]


def take_observations(
    session: Session, facts: Facts, tenant: str, coolers: Mapping[str, Cooler], items: Sequence[Accepted]
) -> set[str]:
    """Take stored observations into account; `coolers` is that of each device.

    Photos that are unusable, or whose time cannot be true, are kept and change no number.

    Returns:
        The coolers whose numbers may differ.
    """
    taken = [(item, item.message) for item in items if isinstance(item.message, Observation)]
    if not taken:
        return set()
    _count(session, len(taken))
    _name_photos(session, coolers, taken)
    by_cooler: dict[str, list[Taken]] = defaultdict(list)
    for item, message in taken:
        if message.quality.verdict != "unusable" and not item.clock_suspect:
            by_cooler[coolers[item.topic.device].id].append((item, message))
    met = {cooler.id: cooler for cooler in coolers.values() if cooler.id in by_cooler}
    latest = {
        row.cooler_id: row
        for row in session.scalars(select(LatestObservation).where(LatestObservation.cooler_id.in_(met)))
    }
    book = StockoutBook(session, facts, tenant, list(met.values()))
    for name, photos in by_cooler.items():
        newest_item, newest = max(photos, key=lambda one: (one[1].captured_at, one[1].id))
        row = latest.get(name)
        known_until = row.observed_at if row else None
        age = newest_item.arrival.received_at - newest.timing.taken_at
        book.add(NewPhotos(met[name], [photo_of(message, item.sight) for item, message in photos], known_until, age))
        if row is None or (newest.captured_at, newest.id) > (row.observed_at, row.observation_id):
            row = row or LatestObservation(cooler_id=name)
            _write_latest(row, newest_item, newest)
            session.add(row)
    book.finish()
    return set(by_cooler)


def _write_latest(row: LatestObservation, item: Accepted, message: Observation) -> None:
    row.device_id = item.topic.device
    row.observation_id, row.photo_id = message.id, message.photo_id
    row.observed_at, row.due_at = message.captured_at, message.timing.due_at
    row.received_at = item.arrival.received_at
    row.clock_source = message.clock.source
    row.quality = message.quality.model_dump(mode="json")
    row.confidence = message.confidence
    row.gaps = len(message.gaps)
    row.lines = [
        ObservedLine(
            sku=line.sku or "",
            units=line.units,
            facings=line.facings,
            linear_share=line.linear_share,
            confidence=line.confidence,
            count_sd=line.count_sd,
        )
        for line in message.lines
    ]


def _name_photos(session: Session, coolers: Mapping[str, Cooler], taken: Sequence[Taken]) -> None:
    ids = {message.photo_id for _, message in taken}
    known = {photo.id: photo for photo in session.scalars(select(Photo).where(Photo.id.in_(ids)))}
    for item, message in taken:
        photo = known.get(message.photo_id)
        if photo is None:
            photo = known[message.photo_id] = Photo(
                id=message.photo_id,
                cooler_id=coolers[item.topic.device].id,
                device_id=item.topic.device,
                captured_at=message.captured_at,
                sha256=message.image.sha256,
                bytes=message.image.bytes,
                media_type=message.image.media_type,
                width=message.image.width,
                height=message.image.height,
            )
            session.add(photo)
        if photo.device_id == item.topic.device:
            photo.observation_id = message.id


def _count(session: Session, more: int) -> None:
    count = session.scalar(select(StoredCount).with_for_update())
    if count is None:
        count = StoredCount(observations=0)
        session.add(count)
    count.observations += more
