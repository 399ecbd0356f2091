"""Observations that could not be judged, over HTTP."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query
from pydantic import BaseModel
from sqlalchemy import select

from cloud.analytics.judging.models import SetAside
from cloud.analytics.judging.set_aside import take_up_again
from cloud.api.deps import AdminDep, ServicesDep, SessionDep
from cloud.api.routing import CommittingRoute
from cloud.api.shapes import Answer, Limit, Page, page_of
from facings.clock import UtcDatetime
from facings.ids import Slug

router = APIRouter(prefix="/api/v1", tags=["analytics"], route_class=CommittingRoute)

AfterId = Annotated[uuid.UUID | None, Query(description="`next` of the page before")]
OneCooler = Annotated[Slug | None, Query(description="only this cooler's")]


class SetAsideAnswer(Answer):
    """An observation that could not be judged."""

    observation_id: uuid.UUID
    cooler_id: str
    captured_at: UtcDatetime
    reason: str
    set_aside_at: UtcDatetime


class TakenUpAnswer(BaseModel):
    """What is judged again."""

    observations: int


@router.get("/set-aside")
def list_set_aside(
    session: SessionDep, _admin: AdminDep, cooler: OneCooler = None, after: AfterId = None, limit: Limit = 100
) -> Page[SetAsideAnswer]:
    """Stored observations that could not be judged, and why."""
    mine = [SetAside.cooler_id == cooler] if cooler else []
    rows, further = page_of(session, select(SetAside), SetAside.observation_id, after, limit, *mine)
    return Page(items=[SetAsideAnswer.model_validate(row) for row in rows], next=further)


@router.post("/set-aside/again")
def judge_again(
    session: SessionDep, services: ServicesDep, who: AdminDep, background: BackgroundTasks, cooler: OneCooler = None
) -> TakenUpAnswer:
    """Judge what was set aside again, as after an update; what still cannot be judged is set aside anew."""
    coolers = take_up_again(session, cooler)
    background.add_task(services.live.refresh, who.tenant, set(coolers))
    return TakenUpAnswer(observations=len(coolers))
