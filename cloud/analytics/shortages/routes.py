"""Shortages over HTTP: what runs out again and again, with a reason and its cost, and what is about to run out."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from cloud.analytics.shortages.answer import (
    USUAL,
    LastUnitsAnswer,
    RepeatedAnswer,
    last_units_answers,
    repeated_answers,
)
from cloud.analytics.shortages.repeated import LEAST
from cloud.api.deps import CallerDep, ServicesDep, SessionDep

router = APIRouter(prefix="/api/v1/stockouts", tags=["analytics"])


@router.get("/repeated")
def list_repeated(
    services: ServicesDep,
    session: SessionDep,
    who: CallerDep,
    days: Annotated[int, Query(ge=1, le=400, description="the period: so many days up to now")] = USUAL.days,
    least: Annotated[int, Query(ge=2, le=100, description="episodes in the period")] = LEAST,
) -> list[RepeatedAnswer]:
    """SKUs that ran out in the same cooler again and again, those with the most episodes first; 500 at most."""
    end = services.clock.now()
    return repeated_answers(session, services.facts, who.tenant, end - timedelta(days=days), end, least)


@router.get("/last-units")
def list_last_units(services: ServicesDep, session: SessionDep, who: CallerDep) -> list[LastUnitsAnswer]:
    """SKUs that the latest photo of a cooler shows in no more than a third of their lanes, the soonest to go first."""
    return last_units_answers(session, services.facts, who.tenant, services.clock.now())
