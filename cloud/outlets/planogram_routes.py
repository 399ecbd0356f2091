"""/api/v1/planograms and the rules which coolers follow which."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Body, Query, Response, status
from sqlalchemy import select

from cloud.api.deps import ManagerDep, ServicesDep, SessionDep
from cloud.api.fields import Name
from cloud.api.reading import answered_page, existing
from cloud.api.routing import CommittingRoute
from cloud.api.shapes import AfterNumber, Limit, Page, RecordId
from cloud.outlets import planograms
from cloud.outlets.models import Planogram, PlanogramRule
from cloud.outlets.schemas import PlanogramAnswer, PlanogramBody, RuleAnswer, RuleBody

router = APIRouter(prefix="/api/v1", tags=["outlets"], route_class=CommittingRoute)

CSV = "text/csv"


@router.get("/planograms")
def list_planograms(
    session: SessionDep,
    name: Annotated[str | None, Query(max_length=200)] = None,
    after: AfterNumber = None,
    limit: Limit = 100,
) -> Page[PlanogramAnswer]:
    """Planograms and their versions, oldest first."""
    wanted = select(Planogram)
    if name is not None:
        wanted = wanted.where(Planogram.name == name)
    return answered_page(PlanogramAnswer, session, wanted, Planogram.id, after, limit)


@router.post("/planograms", status_code=201)
def add_planogram(body: PlanogramBody, who: ManagerDep, session: SessionDep) -> PlanogramAnswer:
    """A new planogram, or the next version of the one with this name; versions never change."""
    return PlanogramAnswer.model_validate(planograms.add_planogram(session, who, body))


@router.post("/planograms/csv", status_code=201)
def add_planogram_csv(
    text: Annotated[str, Body(media_type=CSV, max_length=500_000, description="columns shelf, place, sku, depth")],
    name: Annotated[Name, Query()],
    who: ManagerDep,
    session: SessionDep,
) -> PlanogramAnswer:
    """A new planogram, or the next version, from a CSV: shelves from the top and places from the left, both from 1."""
    body = PlanogramBody(name=name, rows=planograms.read_csv(text))
    return PlanogramAnswer.model_validate(planograms.add_planogram(session, who, body))


@router.get("/planograms/{planogram_id}")
def get_planogram(planogram_id: RecordId, session: SessionDep) -> PlanogramAnswer:
    """One version of a planogram."""
    return PlanogramAnswer.model_validate(existing(session, Planogram, planogram_id, "planogram"))


@router.get("/planograms/{planogram_id}/csv", response_class=Response, responses={200: {"content": {CSV: {}}}})
def get_planogram_csv(planogram_id: RecordId, session: SessionDep) -> Response:
    """One version of a planogram as CSV, to change and send again."""
    found = existing(session, Planogram, planogram_id, "planogram")
    name = f"planogram-{found.id}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(planograms.written_csv(found), media_type=CSV, headers=headers)


@router.get("/planogram-rules")
def list_rules(session: SessionDep, after: AfterNumber = None, limit: Limit = 100) -> Page[RuleAnswer]:
    """Which planogram coolers follow that have none of their own; of those that fit, the most specific rule holds."""
    return answered_page(RuleAnswer, session, select(PlanogramRule), PlanogramRule.id, after, limit)


@router.post("/planogram-rules")
def set_rule(
    body: RuleBody, who: ManagerDep, session: SessionDep, services: ServicesDep, background: BackgroundTasks
) -> RuleAnswer:
    """Set the planogram of a class of outlets and a type of coolers; the coolers concerned follow it at once."""
    rule, changed = planograms.add_rule(session, who, body)
    background.add_task(services.live.refresh, who.tenant, changed)
    return RuleAnswer.model_validate(rule)


@router.delete("/planogram-rules/{rule_id}", status_code=status.HTTP_204_NO_CONTENT)
def remove_rule(
    rule_id: RecordId, who: ManagerDep, session: SessionDep, services: ServicesDep, background: BackgroundTasks
) -> None:
    """Take a rule back; the coolers that followed it follow the next that fits."""
    changed = planograms.remove_rule(session, who, rule_id)
    background.add_task(services.live.refresh, who.tenant, changed)
