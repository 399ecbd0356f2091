"""What stands in the planogram editor: nothing yet, a version, what a photo shows, or what was sent and refused."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from cloud.analytics.compliance.shelf import UNNAMED, lanes_of, shelves_of
from cloud.api.shapes import RecordId
from cloud.audits.models import Photo
from cloud.outlets.models import PLACES, PRIORITY, Cooler, Planogram
from cloud.outlets.schemas import LaneBody, PlanogramBody, PriorityBody
from cloud.web.alert_forms import checked
from cloud.web.loop import named
from facings.errors import BadInputError
from facings.messages import Observation

Kind = Literal["places", "priority"]
Shelves = Sequence[Sequence[Mapping[str, str | int]]]
"""SKU, depth and facings of each lane, by shelf."""

MOST_JSON = 500_000
_SHELVES: TypeAdapter[list[list[PriorityBody]]] = TypeAdapter(list[list[PriorityBody]])


class PlanogramForm(BaseModel):
    """What the editor sends; `shelves` is JSON: lanes by shelf, of a priority list one shelf."""

    name: Annotated[str, Field(max_length=200)] = ""
    kind: Kind = "places"
    shelves: Annotated[str, Field(max_length=MOST_JSON)] = "[]"
    based_on: RecordId | None = None
    observation: uuid.UUID | None = None
    follow: bool = False

    def lanes(self) -> list[list[PriorityBody]]:
        """The shelves.

        Raises:
            BadInputError: they are none.
        """
        try:
            return _SHELVES.validate_json(self.shelves)
        except ValidationError as error:
            raise BadInputError(f"shelves: {error.errors()[0]['msg']}") from error

    def body(self) -> PlanogramBody:
        """What the API takes.

        Raises:
            BadInputError: the text says what is wrong.
        """
        lanes = self.lanes()
        if self.kind == PRIORITY:
            every = [one.model_dump() for row in lanes for one in row]
            return checked(PlanogramBody, {"name": self.name, "priorities": every})
        rows = [[LaneBody(sku=one.sku, depth=one.depth).model_dump() for one in row] for row in lanes]
        return checked(PlanogramBody, {"name": self.name, "rows": rows if any(rows) else []})


@dataclass(frozen=True)
class Draft:
    """What stands in the editor."""

    kind: str
    name: str = ""
    shelves: Shelves = field(default_factory=lambda: [[]])
    based_on: Planogram | None = None
    observation: uuid.UUID | None = None
    photo: uuid.UUID | None = None
    """The photo it was made from, where it is stored already."""
    cooler: str = ""
    """The name of the cooler that the photo shows."""
    taken_at: datetime | None = None
    unnamed: int = 0
    """Facings of the photo without a name, which are left out."""
    follow: bool = True
    problem: str = ""


def draft_of(plan: Planogram) -> Draft:
    """A version, to be changed into the next; a product of a priority list stands there once, with its facings."""
    if plan.kind == PLACES:
        rows = [[_lane(lane["sku"], lane["depth"]) for lane in row] for row in plan.rows]
        return Draft(plan.kind, plan.name, rows, plan)
    depths = {lane["sku"]: lane["depth"] for row in plan.rows for lane in row}
    listed = [_lane(sku, depths[sku], number) for sku, number in plan.facings().items()]
    return Draft(plan.kind, plan.name, [listed], plan)


def draft_of_photo(session: Session, cooler: Cooler, seen: Observation, language: str) -> Draft:
    """What a photo of a cooler shows."""
    shelves, stored = shelves_of(seen), session.get(Photo, (cooler.tenant_id, seen.photo_id))
    rows = [[_lane(lane["sku"], lane["depth"]) for lane in row] for row in lanes_of(shelves)]
    return Draft(
        PLACES,
        named(cooler, language),
        rows or [[]],
        observation=seen.id,
        photo=seen.photo_id if stored is not None and stored.stored_at else None,
        cooler=named(cooler, language),
        taken_at=seen.captured_at,
        unnamed=sum(one.sku == UNNAMED for row in shelves for one in row),
    )


def refused(begun: Draft, form: PlanogramForm, error: Exception) -> Draft:
    """What was sent of what had `begun`, as far as it can be drawn, and what is wrong with it."""
    try:
        shelves = [[_lane(one.sku, one.depth, one.facings) for one in row] for row in form.lanes()]
    except BadInputError:
        shelves = [[]]
    return replace(begun, name=form.name, shelves=shelves or [[]], follow=form.follow, problem=str(error))


def _lane(sku: str, depth: int, facings: int = 1) -> Mapping[str, str | int]:
    return {"sku": sku, "depth": depth, "facings": facings}
