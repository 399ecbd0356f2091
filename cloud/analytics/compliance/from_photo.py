"""'This is how it should look': a planogram from a photo."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from cloud.analytics.compliance.answer import read_observation
from cloud.analytics.compliance.shelf import UNNAMED, lanes_of, shelves_of
from cloud.api.errors import ApiError, not_found
from cloud.audits.facts import Facts
from cloud.identity.service import Caller, record
from cloud.outlets.models import BY_HAND, Cooler, Planogram
from cloud.outlets.planograms import add_planogram, begin_period
from cloud.outlets.schemas import FromPhotoBody, LaneBody, PlanogramBody


def planogram_from_photo(
    session: Session, facts: Facts, caller: Caller, body: FromPhotoBody
) -> tuple[Planogram, Cooler]:
    """Add the planogram that a photo shows, and have its cooler follow it from that photo on.

    Raises:
        ApiError: 404 where there is no such usable photo; 422 where it shows nothing, or facings without a name.
    """
    found = read_observation(facts, caller.tenant, body.observation)
    cooler = session.get(Cooler, (caller.tenant, found[0])) if found else None
    if found is None or cooler is None:
        raise not_found("usable observation", str(body.observation))
    shelves = shelves_of(found[1])
    unnamed = sum(one.sku == UNNAMED for row in shelves for one in row)
    if unnamed and body.unnamed == "refuse":
        hint = "add these products to the gallery, or send `unnamed`: `leave-out`"
        raise ApiError(422, f"{unnamed} facings of this photo have no name", hint)
    rows = [[LaneBody(**lane) for lane in row] for row in lanes_of(shelves)]
    if not any(rows):
        raise ApiError(422, "this photo shows no product with a name", "take a photo of the filled cooler")
    made = add_planogram(session, caller, PlanogramBody(name=body.name, rows=rows), body.observation)
    if body.assign:
        follow_from(session, caller, cooler, made, found[1].captured_at)
    return made, cooler


def follow_from(session: Session, caller: Caller, cooler: Cooler, plan: Planogram, since: datetime) -> None:
    """Have a cooler follow a planogram from the moment of the photo that showed it."""
    cooler.planogram_id, cooler.planogram_by = plan.id, BY_HAND
    begin_period(session, cooler, since)
    record(session, caller, "cooler.changed", cooler.id, {"planogram": plan.id})
