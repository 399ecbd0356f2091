"""Gathers sightings in the background: soon after a photo, what is unknown on it belongs to a newcomer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.catalog.newcomers.gathering import as_unit, gather, unit_looks
from cloud.catalog.newcomers.models import Newcomer, NewcomerCooler, Sighting
from cloud.rounds import Rounds
from cloud.services import Services

EVERY_S = 2.0
MOST_AT_ONCE = 1_000
MOST_EXAMPLES = 12
MOST_OF_A_PHOTO = 3

Key = tuple[str, int]
"""Embedder and length of a look: only looks with equal keys can be compared."""


class NewcomerRounds(Rounds):
    """Looks from time to time for sightings that wait."""

    name = "newcomers"
    purpose = "gather unknown products"

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._more = False

    def pause_s(self) -> float:
        """Two seconds; none where a round left sightings behind."""
        return 0.0 if self._more else EVERY_S

    def round(self) -> int:
        """Gather what waits, at most 1,000 sightings of each tenant; how many the largest tenant had.

        A tenant whose sightings cannot be gathered is left for the next round, and holds up no other.
        """
        with self._services.records.all_tenants(write=False) as session:
            waiting = session.scalars(select(Sighting.tenant_id).where(Sighting.newcomer_id.is_(None)).distinct())
            tenants = list(waiting)
        self._more = False  # a failed round must not be followed by the next at once
        most = max((self.part(tenant, partial(self._gather, tenant)) for tenant in tenants), default=0)
        self._more = most >= MOST_AT_ONCE
        return most

    def _gather(self, tenant: str) -> int:
        with self._services.records.session(tenant) as session:
            wanted = select(Sighting).where(Sighting.newcomer_id.is_(None)).order_by(Sighting.id).limit(MOST_AT_ONCE)
            waiting = list(session.scalars(wanted))
            by_key: dict[Key, list[Sighting]] = defaultdict(list)
            for sighting in waiting:
                by_key[sighting.embedder, len(sighting.look)].append(sighting)
            for key, sightings in by_key.items():
                _join(session, key, sightings)
        return len(waiting)


def _join(session: Session, key: Key, sightings: Sequence[Sighting]) -> None:
    """Give each sighting its newcomer, one there is or a new one."""
    known = [
        newcomer
        for newcomer in session.scalars(select(Newcomer).where(Newcomer.embedder == key[0]).order_by(Newcomer.id))
        if len(newcomer.total) == 4 * key[1]
    ]
    totals = [np.frombuffer(newcomer.total, np.float32) for newcomer in known]
    middles = as_unit(np.stack(totals)) if totals else np.zeros((0, key[1]), np.float32)
    looks = unit_looks([sighting.look for sighting in sightings])
    groups: dict[int, list[int]] = defaultdict(list)
    for index, number in enumerate(gather(looks, middles)):
        groups[number].append(index)
    for number, members in groups.items():
        own = [sightings[index] for index in members]
        newcomer = known[number] if number < len(known) else _made(session, key, own)
        total = np.frombuffer(newcomer.total, np.float32) + looks[members].sum(axis=0)
        newcomer.total = total.astype(np.float32).tobytes()
        newcomer.first_seen_at = min(newcomer.first_seen_at, *(one.seen_at for one in own))
        newcomer.last_seen_at = max(newcomer.last_seen_at, *(one.seen_at for one in own))
        _count(session, newcomer, own)
        _keep_examples(session, newcomer, own)


def _made(session: Session, key: Key, sightings: Sequence[Sighting]) -> Newcomer:
    seen_at = sightings[0].seen_at
    nothing = np.zeros(key[1], np.float32).tobytes()
    made = Newcomer(embedder=key[0], total=nothing, state="open", first_seen_at=seen_at, last_seen_at=seen_at)
    session.add(made)
    session.flush()
    return made


def _count(session: Session, newcomer: Newcomer, sightings: Iterable[Sighting]) -> None:
    for sighting in sightings:
        row = session.get(NewcomerCooler, (newcomer.tenant_id, newcomer.id, sighting.cooler_id))
        if row is None:
            row = NewcomerCooler(newcomer_id=newcomer.id, cooler_id=sighting.cooler_id, sightings=0)
            session.add(row)
            session.flush()
        row.sightings += 1


def _keep_examples(session: Session, newcomer: Newcomer, sightings: Sequence[Sighting]) -> None:
    """Of all examples keep the largest, few of any one photo; the others are counted and go."""
    kept = session.scalars(select(Sighting).where(Sighting.newcomer_id == newcomer.id))
    of_photo: dict[object, int] = defaultdict(int)
    room = MOST_EXAMPLES
    for sighting in sorted((*kept, *sightings), key=lambda one: one.w * one.h, reverse=True):
        of_photo[sighting.photo_id] += 1
        if room and of_photo[sighting.photo_id] <= MOST_OF_A_PHOTO:
            sighting.newcomer_id = newcomer.id
            room -= 1
        else:
            session.delete(sighting)
