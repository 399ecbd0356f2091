"""Re-computation over HTTP."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import select

from cloud.analytics.judging.work import judge_anew
from cloud.analytics.retelling import tell_stockouts_anew
from cloud.analytics.sellout.apart import estimate_apart
from cloud.analytics.sellout.service import compute
from cloud.api.deps import AdminDep, ServicesDep, SessionDep
from cloud.api.errors import ApiError, not_found
from cloud.api.shapes import Body
from cloud.outlets.models import Cooler
from facings.clock import UtcDatetime
from facings.ids import Slug

router = APIRouter(prefix="/api/v1", tags=["analytics"])

LONGEST = timedelta(days=400)


class RecomputeBody(Body):
    """What shall be made anew."""

    start: UtcDatetime = Field(alias="from", description="first moment")
    end: UtcDatetime = Field(alias="to", description="just after the last moment")
    coolers: list[Slug] = Field(default=[], max_length=1_000, description="only these; default: all")
    sellout: bool = Field(default=True, description="also the daily sell-out, with the planograms of now")
    stockouts: bool = Field(
        default=True,
        description="also judge its photos anew, by the planograms of their time, and tell stock-outs anew from its "
        "beginning to now, with the planograms of now; alerts that were sent are not sent again",
    )


class RecomputeAnswer(BaseModel):
    """What was made anew."""

    cooler_days: int
    sellout_rows: int
    photos_judged: int
    stockouts: int = Field(description="episodes told anew, also those that came out as they were")


@router.post("/recompute")
def recompute(services: ServicesDep, session: SessionDep, who: AdminDep, body: RecomputeBody) -> RecomputeAnswer:
    """Make the rollups of a period anew from the stored lines, its judgements, stock-outs and sell-out too.

    Answers when it is done.
    """
    if not timedelta(0) < body.end - body.start <= LONGEST:
        raise ApiError(422, "`from` must lie before `to`, by 400 days at most", "make a shorter period anew")
    coolers = dict(session.execute(select(Cooler.id, Cooler.outlet_id)).all())
    for cooler in body.coolers:
        if cooler not in coolers:
            raise not_found("cooler", cooler)
    session.rollback()  # nothing of the records is locked while this runs
    some = body.coolers or None
    judged, told = _tell_anew(services, who.tenant, body, some or sorted(coolers)) if body.stockouts else (0, 0)
    made = services.rollups.recompute(who.tenant, body.start, body.end, some)
    rows = 0
    if body.sellout:
        outlets = {coolers[cooler] for cooler in some} if some else None
        first, last = body.start.date(), (body.end - timedelta(microseconds=1)).date()
        rows = compute(services, who.tenant, first, last, outlets, estimate_apart)
    return RecomputeAnswer(cooler_days=made, sellout_rows=rows, photos_judged=judged, stockouts=told)


def _tell_anew(services: ServicesDep, tenant: str, body: RecomputeBody, coolers: Collection[str]) -> tuple[int, int]:
    judged = judge_anew(services, tenant, coolers, body.start, body.end)
    return judged, tell_stockouts_anew(services, tenant, coolers, body.start)
