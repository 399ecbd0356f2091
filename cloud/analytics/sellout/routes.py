"""Sell-out over HTTP: computed for a period when somebody asks; what is known is read at /api/v1/kpis."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import select

from cloud.analytics.sellout.apart import estimate_apart
from cloud.analytics.sellout.service import TOGETHER, compute
from cloud.api.deps import ManagerDep, ServicesDep
from cloud.api.errors import ApiError, not_found
from cloud.api.shapes import Answer, Body
from cloud.outlets.models import Outlet
from facings.ids import Slug

router = APIRouter(prefix="/api/v1", tags=["analytics"])

LONGEST_DAYS = 62


class ComputationBody(Body):
    """Which days of which outlets to compute."""

    first: date = Field(description="business day, local at each outlet")
    last: date = Field(description="itself included; days that have not ended are left out")
    outlets: Annotated[list[Slug], Field(min_length=1, max_length=TOGETHER)]


class ComputationAnswer(Answer):
    """What was computed."""

    rows: int = Field(description="sell-out stored: one per cooler, SKU and day")


@router.post("/sell-out/computations")
def compute_sell_out(services: ServicesDep, who: ManagerDep, body: ComputationBody) -> ComputationAnswer:
    """Compute the sell-out of some outlets now; the days that come in late are computed anew without being asked."""
    if not 0 <= (body.last - body.first).days < LONGEST_DAYS:
        raise ApiError(422, f"`first` must not lie after `last`, nor {LONGEST_DAYS} days before it", "ask for less")
    # A session of its own, which reads: that of a POST would keep all others from writing while this computes.
    with services.records.session(who.tenant, write=False) as session:
        known = set(session.scalars(select(Outlet.id).where(Outlet.id.in_(body.outlets))))
    for outlet in body.outlets:
        if outlet not in known:
            raise not_found("outlet", outlet)
    return ComputationAnswer(rows=compute(services, who.tenant, body.first, body.last, body.outlets, estimate_apart))
