"""The compliance of one photo, as the API and the cooler's page show it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Literal

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.compliance.judgement import compliance, judge
from cloud.analytics.compliance.moves import KINDS, Kind, Move, filling, moves
from cloud.analytics.compliance.shelf import shelves_of, wanted
from cloud.analytics.present import Catalogue
from cloud.audits.archive import readable
from cloud.audits.facts import Facts, observation
from cloud.outlets.models import PLACES, Cooler, Planogram
from cloud.outlets.planograms import PlanogramHistory
from facings.clock import UtcDatetime
from facings.messages import Estimate, Observation


class PlaceAnswer(BaseModel):
    """A place on a shelf."""

    row: int = Field(description="shelf, 0 at the top")
    place: int = Field(description="place on it, 0 at the left")


class MoveAnswer(BaseModel):
    """Facings of one product to move, put in, take out, or look at, together."""

    kind: Kind = Field(description="`check`: no gallery knows the product; look what it is")
    sku: str | None
    name: str
    name_zh: str
    facings: int
    sources: list[PlaceAnswer] = Field(description="where they stand; none for those from the stock")
    targets: list[PlaceAnswer] = Field(description="where they belong; none where it does not matter, or nowhere")


class Levels(BaseModel):
    """Facings as planned / facings planned; shelf and position are those of a planogram of places."""

    present: Estimate
    shelf: Estimate | None
    position: Estimate | None
    count: Estimate


class ComplianceAnswer(BaseModel):
    """One photo against the planogram of its time."""

    cooler: str
    photo: uuid.UUID
    observed_at: UtcDatetime
    planogram: int
    name: str
    version: int
    kind: Literal["places", "priority"]
    planned: int = Field(description="facings")
    levels: Levels
    moves: list[MoveAnswer] = Field(description="the fewest that would repair it")

    @property
    def touched(self) -> int:
        """Facings that the moves touch."""
        return sum(move.facings for move in self.moves)


def photo_compliance(
    session: Session, cooler: Cooler, seen: Observation, catalogue: Catalogue
) -> ComplianceAnswer | None:
    """Judge what was `seen` on a photo of `cooler`; None where it had no planogram then."""
    plan_id = PlanogramHistory(session, [cooler]).at(cooler.id, seen.captured_at)
    plan = session.get(Planogram, plan_id) if plan_id else None
    if plan is None or not any(plan.rows):
        return None
    rows, shelves, ordered = wanted(plan), shelves_of(seen), plan.kind == PLACES
    judged = [judge(rows, shelves, ordered=ordered)]
    present, count = compliance(judged, "present"), compliance(judged, "count")
    assert present and count, "every planogram has these levels"
    needed = moves(rows, shelves) if ordered else filling(rows[0], shelves, len(seen.gaps))
    return ComplianceAnswer(
        cooler=cooler.id,
        photo=seen.photo_id,
        observed_at=seen.captured_at,
        planogram=plan.id,
        name=plan.name,
        version=plan.version,
        kind="places" if ordered else "priority",
        planned=sum(map(len, rows)),
        levels=Levels(
            present=present,
            shelf=compliance(judged, "shelf"),
            position=compliance(judged, "position"),
            count=count,
        ),
        moves=list(_together(needed, catalogue)),
    )


def _together(needed: Sequence[Move], catalogue: Catalogue) -> Iterable[MoveAnswer]:
    """Moves of one kind, product and pair of shelves are told as one."""

    def alike(move: Move) -> tuple[int, str, int, int]:
        source, target = move.source, move.target
        return KINDS.index(move.kind), move.sku, source[0] if source else -1, target[0] if target else -1

    for (kind, sku, _, _), some in groupby(sorted(needed, key=alike), alike):
        together = list(some)
        name, name_zh = catalogue.names(sku)
        yield MoveAnswer(
            kind=KINDS[kind],
            sku=sku or None,
            name=name,
            name_zh=name_zh,
            facings=len(together),
            sources=[PlaceAnswer(row=at[0], place=at[1]) for move in together if (at := move.source)],
            targets=[PlaceAnswer(row=at[0], place=at[1]) for move in together if (at := move.target)],
        )


def read_seen(facts: Facts, tenant: str, cooler: str, photo: uuid.UUID | None) -> Observation | None:
    """What was seen on `photo`, or on the cooler's newest usable one; None where there is none."""
    one = observation.c
    found = select(one.document).where(one.cooler == cooler).order_by(one.captured_at.desc()).limit(1)
    usable = (one.clock_suspect == 0, one.verdict != "unusable")
    rows = facts.select(
        tenant, found.where(*usable) if photo is None else found.where(one.photo_id == photo), observation
    )
    return next(readable((row.document for row in rows), Observation), None)


def read_observation(facts: Facts, tenant: str, observation_id: uuid.UUID) -> tuple[str, Observation] | None:
    """The cooler of an observation and what was seen; None where there is none, or its photo is unusable."""
    one = observation.c
    found = select(one.cooler, one.document).where(one.observation_id == observation_id, one.verdict != "unusable")
    rows = facts.select(tenant, found.limit(1), observation)
    return (rows[0].cooler, Observation.from_wire(rows[0].document.encode())) if rows else None
