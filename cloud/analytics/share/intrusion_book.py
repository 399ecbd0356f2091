"""Intrusions in the records, told anew from the facts for the days that new photos touch."""

from __future__ import annotations

import threading
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, and_, func, or_, select
from sqlalchemy.orm import Session

from cloud.analytics.share.intrusions import Sighting, Spell, fold
from cloud.analytics.share.models import Intrusion
from cloud.audits.facts import Facts, observation, shelf_line
from cloud.catalog.models import Product
from cloud.outlets.models import Cooler
from cloud.records import Records

BEFORE = timedelta(days=3)
"""So much before the first new photo the telling begins: what was in doubt then has been decided long since."""

Lines = dict[str, dict[uuid.UUID, tuple[int, float]]]
"""By SKU and observation: facings and confidence."""

Since = Mapping[str, datetime]
"""By cooler, from when on its intrusions are told."""


@dataclass(frozen=True, slots=True)
class Told:
    """The intrusions of one product in one cooler, and what was known of them."""

    cooler: str
    sku: str
    spells: Sequence[Spell]
    known: Sequence[int]
    """Ids of the rows that lasted then or began later."""


_FOLLOWING = threading.Lock()
"""What is told, by judging or by who has a period judged anew, is kept before anyone tells it again."""


def follow_intrusions(records: Records, facts: Facts, tenant: str, earliest: Mapping[str, datetime]) -> None:
    """Tell the intrusions of some coolers, as `tell_intrusions`, and keep them in the records."""
    with _FOLLOWING:
        with records.session(tenant, write=False) as session:
            told = tell_intrusions(session, facts, tenant, earliest)
        if told:
            with records.session(tenant) as session:
                keep_intrusions(session, tenant, told)


def tell_intrusions(session: Session, facts: Facts, tenant: str, earliest: Mapping[str, datetime]) -> list[Told]:
    """The intrusions of some coolers from shortly before their first new photo on; `earliest` is when that was taken.

    The same photos in any order of arrival end in the same intrusions. Only reads: facts are slower than a writing
    session should last.
    """
    owned = session.scalars(select(Cooler.id).where(Cooler.id.in_(earliest), Cooler.owned))
    rivals = sorted(session.scalars(select(Product.sku).where(Product.own.is_(False))))
    since = {cooler: earliest[cooler] - BEFORE for cooler in owned}
    lines, rows = _lines(facts, tenant, rivals, since), _rows(session, since)
    since = {cooler: moment for cooler, moment in since.items() if lines[cooler] or rows[cooler]}
    photos, clear_at = _photos(facts, tenant, since), _last_photos(facts, tenant, since)
    found = []
    for cooler, moment in since.items():
        for sku in sorted({*lines[cooler], *rows[cooler]}):
            sightings = _sightings(photos[cooler], lines[cooler].get(sku, {}))
            found.append(_told(cooler, sku, sightings, rows[cooler][sku], moment, clear_at.get(cooler)))
    return found


def _told(
    cooler: str,
    sku: str,
    sightings: Sequence[Sighting],
    rows: Sequence[Intrusion],
    since: datetime,
    clear_at: datetime | None,
) -> Told:
    before = [row for row in rows if row.first_seen_at < since and row.withdrawn_at is None]
    spells = fold(sightings, _spell(before[-1], since) if before else None, clear_at)
    return Told(cooler, sku, spells, [row.id for row in rows])


def keep_intrusions(session: Session, tenant: str, told: Sequence[Told]) -> None:
    """Make the records say what was told."""
    ids = [number for one in told for number in one.known]
    rows = {row.id: row for row in session.scalars(select(Intrusion).where(Intrusion.id.in_(ids)))}
    for one in told:
        _settle(session, (tenant, one.cooler, one.sku), [rows[number] for number in one.known], one.spells)


def _lines(facts: Facts, tenant: str, rivals: Sequence[str], since: Since) -> Mapping[str, Lines]:
    """By cooler, the rivals' products seen from then on."""
    found: Mapping[str, Lines] = defaultdict(lambda: defaultdict(dict))
    if not since:
        return found
    line = shelf_line.c
    seen = select(line.cooler, line.observation_id, line.sku, line.facings, line.confidence).where(
        _from(line.cooler, line.captured_at, since), line.sku.in_(rivals), line.facings > 0
    )
    for row in facts.select(tenant, seen, shelf_line):
        found[row.cooler][row.sku][row.observation_id] = (row.facings, row.confidence)
    return found


def _photos(facts: Facts, tenant: str, since: Since) -> Mapping[str, list[Row[Any]]]:
    """By cooler, the usable photos taken from then on, in order."""
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    if not since:
        return found
    photo = observation.c
    taken = select(photo.cooler, photo.observation_id, photo.captured_at, photo.confidence).where(
        _from(photo.cooler, photo.captured_at, since), photo.verdict != "unusable", photo.clock_suspect == 0
    )
    for row in sorted(facts.select(tenant, taken, observation), key=lambda one: (one.captured_at, one.observation_id)):
        found[row.cooler].append(row)
    return found


def _last_photos(facts: Facts, tenant: str, since: Since) -> dict[str, datetime]:
    """By cooler, when its last usable photo before then was taken."""
    if not since:
        return {}
    photo = observation.c
    before = or_(*(and_(photo.cooler == one, photo.captured_at < moment) for one, moment in since.items()))
    last = select(photo.cooler, func.max(photo.captured_at).label("at")).where(
        before, photo.verdict != "unusable", photo.clock_suspect == 0
    )
    return {row.cooler: row.at for row in facts.select(tenant, last.group_by(photo.cooler), observation)}


def _from(cooler: Column[str], at: Column[datetime], since: Since) -> ColumnElement[bool]:
    # Cooler by cooler: one that was away for a month does not have all others read as far back.
    return or_(*(and_(cooler == one, at >= moment) for one, moment in since.items()))


def _sightings(photos: Sequence[Row[Any]], seen: Mapping[uuid.UUID, tuple[int, float]]) -> list[Sighting]:
    """What each photo says of a product; one without it, that it was not there."""
    return [Sighting(one.captured_at, *seen.get(one.observation_id, (0, one.confidence))) for one in photos]


def _rows(session: Session, since: Since) -> Mapping[str, Mapping[str, list[Intrusion]]]:
    """By cooler and SKU, what is known that lasted then or began later, in order."""
    wanted = select(Intrusion).where(Intrusion.cooler_id.in_(since)).order_by(Intrusion.first_seen_at)
    rows: Mapping[str, dict[str, list[Intrusion]]] = defaultdict(lambda: defaultdict(list))
    for row in session.scalars(wanted):
        if _lasts(row, since[row.cooler_id]):
            rows[row.cooler_id][row.sku].append(row)
    return rows


def _lasts(row: Intrusion, since: datetime) -> bool:
    lasted = row.withdrawn_at is None and (row.gone_at is None or row.gone_at >= since)
    return lasted or row.first_seen_at >= since


def _settle(session: Session, key: tuple[str, str, str], rows: Sequence[Intrusion], spells: Sequence[Spell]) -> None:
    """Make `rows` say what `spells` say."""
    known = {row.first_seen_at: row for row in rows}
    for spell in spells:
        row = known.pop(spell.first_seen_at, None)
        if row is None:
            row = Intrusion(tenant_id=key[0], cooler_id=key[1], sku=key[2], first_seen_at=spell.first_seen_at)
            session.add(row)
        row.last_seen_at, row.gone_at = spell.last_seen_at, spell.gone_at
        row.clear_at, row.facings, row.confidence = spell.clear_at, spell.facings, spell.confidence
        row.withdrawn_at = None
    for row in known.values():
        row.withdrawn_at = row.withdrawn_at or row.last_seen_at


def _spell(row: Intrusion, since: datetime) -> Spell:
    """As it was known at `since`: what came later is told from the photos."""
    last_seen_at = row.last_seen_at if row.last_seen_at < since else row.first_seen_at
    return Spell(row.clear_at, row.first_seen_at, last_seen_at, row.facings, row.confidence)
