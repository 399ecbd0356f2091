"""Intrusions in the records, told anew from the facts for the days that new photos touch."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.share.intrusions import Sighting, Spell, fold
from cloud.analytics.share.models import Intrusion
from cloud.audits.facts import Facts, observation, shelf_line
from cloud.catalog.models import Product
from cloud.outlets.models import Cooler

BEFORE = timedelta(days=3)
"""So much before the first new photo the telling begins: what was in doubt then has been decided long since."""

Lines = dict[str, dict[uuid.UUID, tuple[int, float]]]
"""By SKU and observation: facings and confidence."""


@dataclass(frozen=True, slots=True)
class Told:
    """The intrusions of one product in one cooler, and what was known of them."""

    cooler: str
    sku: str
    spells: Sequence[Spell]
    known: Sequence[int]
    """Ids of the rows that lasted then or began later."""


def tell_intrusions(session: Session, facts: Facts, tenant: str, earliest: Mapping[str, datetime]) -> list[Told]:
    """The intrusions of some coolers from shortly before their first new photo on; `earliest` is when that was taken.

    The same photos in any order of arrival end in the same intrusions. Only reads: facts are slower than a writing
    session should last.
    """
    owned = session.scalars(select(Cooler.id).where(Cooler.id.in_(earliest), Cooler.owned))
    rivals = sorted(session.scalars(select(Product.sku).where(Product.own.is_(False))))
    found = []
    for cooler in owned:
        since = earliest[cooler] - BEFORE
        lines, rows = _lines(facts, tenant, cooler, rivals, since), _rows(session, cooler, since)
        if lines or rows:
            told = _sightings(facts, tenant, cooler, lines, since)
            clear_at = _last_photo(facts, tenant, cooler, since)
            found += [_told(cooler, sku, told[sku], rows[sku], since, clear_at) for sku in sorted({*lines, *rows})]
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


def _last_photo(facts: Facts, tenant: str, cooler: str, before: datetime) -> datetime | None:
    photo = observation.c
    wanted = select(photo.captured_at).where(
        photo.cooler == cooler, photo.captured_at < before, photo.verdict != "unusable", photo.clock_suspect == 0
    )
    rows = facts.select(tenant, wanted.order_by(photo.captured_at.desc()).limit(1), observation)
    return rows[0].captured_at if rows else None


def _lines(facts: Facts, tenant: str, cooler: str, rivals: Sequence[str], since: datetime) -> Lines:
    line = shelf_line.c
    seen = select(line.observation_id, line.sku, line.facings, line.confidence).where(
        line.cooler == cooler, line.captured_at >= since, line.sku.in_(rivals), line.facings > 0
    )
    found: Lines = defaultdict(dict)
    for row in facts.select(tenant, seen, shelf_line):
        found[row.sku][row.observation_id] = (row.facings, row.confidence)
    return found


def _sightings(
    facts: Facts, tenant: str, cooler: str, lines: Lines, since: datetime
) -> Mapping[str, Sequence[Sighting]]:
    """What each usable photo says of each product; of one without lines, that it was not there."""
    photo = observation.c
    taken = select(photo.observation_id, photo.captured_at, photo.confidence).where(
        photo.cooler == cooler, photo.captured_at >= since, photo.verdict != "unusable", photo.clock_suspect == 0
    )
    photos = sorted(facts.select(tenant, taken, observation), key=lambda one: (one.captured_at, one.observation_id))
    found: dict[str, list[Sighting]] = defaultdict(
        lambda: [Sighting(one.captured_at, 0, one.confidence) for one in photos]
    )
    for sku, of in lines.items():
        found[sku] = [Sighting(one.captured_at, *of.get(one.observation_id, (0, one.confidence))) for one in photos]
    return found


def _rows(session: Session, cooler: str, since: datetime) -> dict[str, list[Intrusion]]:
    """By SKU, what is known that lasted at `since` or began later, in order."""
    wanted = select(Intrusion).where(Intrusion.cooler_id == cooler).order_by(Intrusion.first_seen_at)
    rows: dict[str, list[Intrusion]] = defaultdict(list)
    for row in session.scalars(wanted):
        if row.first_seen_at >= since or (row.withdrawn_at is None and (row.gone_at is None or row.gone_at >= since)):
            rows[row.sku].append(row)
    return rows


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
