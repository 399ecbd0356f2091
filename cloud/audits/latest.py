"""What stored observations change in the records: photos, the latest reading of each cooler, its stock-outs."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.episodes import StockoutBook
from cloud.analytics.photo_reading import NewPhotos, photo_of
from cloud.audits.facts import Facts
from cloud.audits.intake import Accepted
from cloud.audits.models import LatestObservation, ObservedLine, Photo, StoredCount
from cloud.audits.observed import ObservationColumns
from cloud.audits.parts_seen import cameras_of, shows_a_part, take_part
from cloud.outlets.models import Cooler
from cloud.records import add_rows
from facings.messages import ImageRef

Taken = tuple[Accepted, ObservationColumns]


def take_observations(
    session: Session, facts: Facts, tenant: str, coolers: Mapping[str, Cooler], items: Sequence[Accepted]
) -> set[str]:
    """Take stored observations into account; `coolers` is that of each device.

    Photos that are unusable, or whose time cannot be true, are kept and change no number; those that lack a part of the
    cooler renew what the others showed of it.

    Returns:
        The coolers whose numbers may differ.
    """
    taken = [(item, item.message) for item in items if isinstance(item.message, ObservationColumns)]
    if not taken:
        return set()
    _count(session, len(taken))
    _name_photos(session, coolers, taken)
    by_cooler = _by_cooler(coolers, taken)
    met = {cooler.id: cooler for cooler in coolers.values() if cooler.id in by_cooler}
    latest = {
        row.cooler_id: row
        for row in session.scalars(select(LatestObservation).where(LatestObservation.cooler_id.in_(met)))
    }
    book = StockoutBook(session, facts, tenant, list(met.values()))
    changed = set()
    for name, photos in by_cooler.items():
        row = latest.get(name)
        if row or any(message.stands_for_cooler for _, message in photos):
            book.add(_new_photos(met[name], photos, row))
        if (now := _latest(name, row, photos)) is not None:
            session.add(now)
            changed.add(name)
    book.finish()
    return changed


def _by_cooler(coolers: Mapping[str, Cooler], taken: Sequence[Taken]) -> dict[str, list[Taken]]:
    """What shows each cooler, or a part of it, in the order it was taken."""
    found: dict[str, list[Taken]] = defaultdict(list)
    for item, message in taken:
        if not item.clock_suspect and (message.stands_for_cooler or shows_a_part(message)):
            found[coolers[item.topic.device].id].append((item, message))
    return {name: sorted(photos, key=lambda one: (one[1].captured_at, one[1].id)) for name, photos in found.items()}


def _new_photos(cooler: Cooler, photos: Sequence[Taken], row: LatestObservation | None) -> NewPhotos:
    newest_item, newest = photos[-1]
    age = newest_item.arrival.received_at - newest.timing.taken_at
    read = [photo_of(message, item.topic.device) for item, message in photos]
    # Before the first photo of the whole cooler parts may have been seen: it tells where they belong.
    known_until = row.seen_at if row else newest.captured_at if newest.views else None
    return NewPhotos(cooler, read, known_until, age)


def _latest(name: str, row: LatestObservation | None, photos: Sequence[Taken]) -> LatestObservation | None:
    """The latest reading after some photos, in the order they were taken; None where they change nothing.

    A late photo of the whole cooler changes stock-outs only.
    """
    whole = [one for one in photos if one[1].stands_for_cooler]
    changed = bool(whole)
    if whole and (row is None or (whole[-1][1].captured_at, whole[-1][1].id) > (row.observed_at, row.observation_id)):
        row = row or LatestObservation(cooler_id=name)
        _write_latest(row, *whole[-1])
    parts = [message for _, message in photos if not message.stands_for_cooler]
    if row is not None and parts and parts[-1].captured_at > row.seen_at:
        take_part(row, parts[-1], _observed_lines(parts[-1]))
        changed = True
    return row if changed else None


def _write_latest(row: LatestObservation, item: Accepted, message: ObservationColumns) -> None:
    row.device_id = item.topic.device
    row.observation_id, row.photo_id = message.id, message.photo_id
    row.observed_at, row.due_at = message.captured_at, message.timing.due_at
    row.received_at = item.arrival.received_at
    row.clock_source = message.clock.source
    row.quality = message.quality.model_dump(mode="json")
    row.confidence = message.confidence
    row.gaps = len(message.gaps)
    row.lines = _observed_lines(message)
    row.cameras, row.part_seen_at, row.unseen = cameras_of(message), None, []


def _observed_lines(message: ObservationColumns) -> list[ObservedLine]:
    lines = message.lines
    return [
        ObservedLine(
            sku=sku,
            units=lines.units[number],
            facings=lines.facings[number],
            linear_share=lines.linear_share[number],
            confidence=lines.confidence[number],
            count_sd=lines.count_sd[number],
        )
        for number, sku in enumerate(lines.skus)
    ]


def _name_photos(session: Session, coolers: Mapping[str, Cooler], taken: Sequence[Taken]) -> None:
    """Note which observation tells of which photo, and the photos themselves where no upload has announced them."""
    pictures = [(item, message, *picture) for item, message in taken for picture in message.pictures]
    ids = {photo_id for _, _, photo_id, _ in pictures}
    announced = {photo.id: photo for photo in session.scalars(select(Photo).where(Photo.id.in_(ids)))}
    new: dict[uuid.UUID, dict[str, Any]] = {}
    for item, message, photo_id, image in pictures:
        device = item.topic.device
        if photo := announced.get(photo_id):
            if photo.device_id == device:
                photo.observation_id = message.id
        elif new.setdefault(photo_id, _photo(image, message, device, coolers[device].id))["device_id"] == device:
            new[photo_id]["observation_id"] = message.id
    add_rows(session, Photo, [{"id": photo_id, **photo} for photo_id, photo in new.items()])


def _photo(image: ImageRef, message: ObservationColumns, device: str, cooler: str) -> dict[str, Any]:
    return {
        "cooler_id": cooler,
        "device_id": device,
        "captured_at": message.captured_at,
        "sha256": image.sha256,
        "bytes": image.bytes,
        "media_type": image.media_type,
        "width": image.width,
        "height": image.height,
        "observation_id": message.id,
    }


def _count(session: Session, more: int) -> None:
    count = session.scalar(select(StoredCount).with_for_update())
    if count is None:
        count = StoredCount(observations=0)
        session.add(count)
    count.observations += more
