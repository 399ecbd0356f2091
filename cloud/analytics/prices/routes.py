"""Wrong prices over HTTP; the KPIs of prices are among the others, under /api/v1/kpis."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from cloud.analytics.overview import time_of_photos
from cloud.analytics.prices.answer import WrongPriceAnswer, wrong_price_answers
from cloud.api.deps import CallerDep, ServicesDep, SessionDep

router = APIRouter(prefix="/api/v1/prices", tags=["analytics"])

MOST = 500


@router.get("/wrong")
def list_wrong(
    services: ServicesDep,
    session: SessionDep,
    who: CallerDep,
    days: Annotated[int, Query(ge=1, le=400, description="the period: so many days up to the newest photo")] = 7,
) -> list[WrongPriceAnswer]:
    """Products whose tags said a wrong price on the last photo that shows them; the furthest from right first, 500 at
    most."""
    services.rollups.before_reading()
    end = time_of_photos(session, services.clock.now()) + timedelta(milliseconds=1)
    return wrong_price_answers(session, services.facts, who.tenant, end - timedelta(days=days), end)[:MOST]
