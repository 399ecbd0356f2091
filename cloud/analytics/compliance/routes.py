"""Compliance over HTTP: one photo against its planogram, with the moves that repair it; a planogram from a photo."""

from __future__ import annotations

import uuid

from fastapi import APIRouter, BackgroundTasks

from cloud.analytics.compliance.answer import ComplianceAnswer, photo_compliance, read_seen
from cloud.analytics.compliance.from_photo import planogram_from_photo
from cloud.analytics.present import Catalogue
from cloud.api.deps import CallerDep, ManagerDep, ServicesDep, SessionDep
from cloud.api.errors import ApiError, not_found
from cloud.api.reading import existing
from cloud.api.routing import CommittingRoute
from cloud.outlets.models import Cooler
from cloud.outlets.schemas import FromPhotoBody, PlanogramAnswer
from facings.ids import Slug

router = APIRouter(prefix="/api/v1", tags=["analytics"], route_class=CommittingRoute)


@router.get("/coolers/{cooler_id}/compliance")
def show_compliance(
    session: SessionDep, services: ServicesDep, who: CallerDep, cooler_id: Slug, photo: uuid.UUID | None = None
) -> ComplianceAnswer:
    """The latest usable photo of a cooler, or another, against the planogram of its time."""
    cooler = existing(session, Cooler, (who.tenant, cooler_id), "cooler")
    seen = read_seen(services.facts, who.tenant, cooler_id, photo)
    if seen is None and photo is not None:
        raise not_found("photo", str(photo))
    if seen is None:
        raise ApiError(404, f"cooler {cooler_id!r} has no usable photo yet", "wait for the first one", "no-photo-yet")
    answer = photo_compliance(session, cooler, seen, Catalogue(session))
    if answer is None:
        hint = "assign one, set a planogram rule, or make one from a photo"
        raise ApiError(404, f"cooler {cooler_id!r} has no planogram", hint, "no-planogram")
    return answer


@router.post("/planograms/from-photo", status_code=201)
def make_planogram(
    body: FromPhotoBody, who: ManagerDep, session: SessionDep, services: ServicesDep, background: BackgroundTasks
) -> PlanogramAnswer:
    """'This is how it should look': a planogram, or its next version, as a photo shows it."""
    made, cooler = planogram_from_photo(session, services.facts, who, body)
    background.add_task(services.live.refresh, who.tenant, [cooler.id])
    return PlanogramAnswer.model_validate(made)
