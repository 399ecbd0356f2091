"""Which usable photos are to be judged: those never judged, and those judged by another planogram than that of then."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from cloud.analytics.compliance.table import judgement
from cloud.audits.facts import Facts, observation
from cloud.outlets.planograms import PlanogramHistory

TOGETHER = 100
"""Photos that are read at once: each is some tens of kB."""


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A photo to judge."""

    cooler: str
    outlet: str
    captured_at: datetime
    observation: uuid.UUID
    planogram: int | None


def unjudged(
    facts: Facts,
    tenant: str,
    coolers: Collection[str],
    history: PlanogramHistory,
    since: datetime,
    aside: Collection[uuid.UUID] = (),
) -> list[Unjudged]:
    """The photos of `coolers` to judge, taken from `since` on, in order of time; none of those set `aside`."""
    judged = judgement.c
    known = select(judged.observation_id, judged.planogram).where(
        judged.cooler.in_(sorted(coolers)), judged.captured_at >= since
    )
    by = {row.observation_id: row.planogram for row in facts.select(tenant, known, judgement)}
    every = usable(facts, tenant, coolers, history, since, aside)
    return [one for one in every if by.get(one.observation) != (one.planogram or 0)]


def usable(
    facts: Facts,
    tenant: str,
    coolers: Collection[str],
    history: PlanogramHistory,
    since: datetime,
    aside: Collection[uuid.UUID] = (),
    until: datetime | None = None,
) -> list[Unjudged]:
    """The photos that can be judged, judged or not, taken from `since` to just before `until`, in order of time."""
    photo = observation.c
    wanted = select(photo.cooler, photo.outlet, photo.captured_at, photo.observation_id).where(
        photo.cooler.in_(sorted(coolers)),
        photo.captured_at >= since,
        photo.verdict != "unusable",
        photo.clock_suspect == 0,
    )
    if until:
        wanted = wanted.where(photo.captured_at < until)
    found = [
        Unjudged(row.cooler, row.outlet, row.captured_at, row.observation_id, history.at(row.cooler, row.captured_at))
        for row in facts.select(tenant, wanted, observation)
        if row.observation_id not in aside
    ]
    return sorted(found, key=lambda one: (one.captured_at, one.observation))


def by_newest_day(facts: Facts, tenant: str, coolers: Collection[str]) -> dict[date, list[str]]:
    """The coolers with photos, by the day (UTC) of their newest one.

    So those that have been silent for long do not make the others be looked through as far back.
    """
    photo = observation.c
    last = select(photo.cooler, func.max(photo.captured_at).label("at")).where(
        photo.cooler.in_(sorted(coolers)), photo.clock_suspect == 0
    )
    found: dict[date, list[str]] = defaultdict(list)
    for row in facts.select(tenant, last.group_by(photo.cooler), observation):
        found[row.at.date()].append(row.cooler)
    return found


def documents(facts: Facts, tenant: str, photos: Sequence[Unjudged]) -> Iterator[tuple[Unjudged, str]]:
    """The photos and the message of each as it is stored, read some at a time."""
    photo = observation.c
    for at in range(0, len(photos), TOGETHER):
        some = {one.observation: one for one in photos[at : at + TOGETHER]}
        wanted = select(photo.observation_id, photo.document).where(
            photo.cooler.in_(sorted({one.cooler for one in some.values()})),
            photo.captured_at >= min(one.captured_at for one in some.values()),
            photo.captured_at <= max(one.captured_at for one in some.values()),
            photo.observation_id.in_(list(some)),
        )
        for row in facts.select(tenant, wanted, observation):
            yield some[row.observation_id], row.document
