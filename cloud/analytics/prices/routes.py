"""Wrong prices over HTTP; the KPIs of prices are among the others, under /api/v1/kpis."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from cloud.analytics.latest_days import latest_days
from cloud.analytics.prices.answer import WrongPriceAnswer, wrong_price_answers
from cloud.api.deps import CallerDep, ServicesDep, SessionDep

router = APIRouter(prefix="/api/v1/prices", tags=["analytics"])

MOST = 500


@router.get("/wrong")
def list_wrong(
    services: ServicesDep,
    session: SessionDep,
    who: CallerDep,
    days: Annotated[
        int, Query(ge=1, le=400, description="the period: so many days, that of the newest photo the last")
    ] = 7,
) -> list[WrongPriceAnswer]:
    """Products whose tags said a wrong price on the last photo that shows them; the furthest from right first, 500 at
    most."""
    services.rollups.before_reading()
    asked = latest_days(session, services.clock.now(), days)
    return wrong_price_answers(session, services.facts, who.tenant, asked.start, asked.end)[:MOST]
