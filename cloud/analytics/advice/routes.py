"""Advice over HTTP: the assortment of an outlet, and which arrangements of the shelves sell more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.analytics.advice.assortment import advise
from cloud.analytics.advice.displays import Arrangement, Verdict, effects
from cloud.analytics.advice.reading import USUAL, daily_sales, displayed
from cloud.analytics.periods import From, To, asked_period
from cloud.analytics.present import Catalogue
from cloud.api.deps import CallerDep, ServicesDep, SessionDep
from cloud.api.reading import existing
from cloud.outlets.models import Outlet
from cloud.services import Services
from facings.clock import UtcDatetime
from facings.ids import Slug
from facings.messages import Estimate

router = APIRouter(prefix="/api/v1", tags=["analytics"])


class DropAnswer(BaseModel):
    """A slow seller of the outlet."""

    sku: str
    name: str
    name_zh: str
    sells: Estimate = Field(description="units a day")
    usual: float = Field(description="units a day of a SKU of this outlet, in the median")


class TakeUpAnswer(BaseModel):
    """A SKU that comparable outlets sell and this one lacks."""

    sku: str
    name: str
    name_zh: str
    expected: Estimate = Field(description="units a day; gross: what it takes from others is not in it")
    outlets: int = Field(description="comparable outlets that sell it")
    certain: bool = Field(description="whether even the lower end is above nothing; else it cannot be told")


class AdviceAnswer(BaseModel):
    """The assortment advice for an outlet."""

    outlet: str
    start: UtcDatetime
    end: UtcDatetime
    compared: int = Field(description="outlets of the same class with sell-out")
    drop: list[DropAnswer]
    take_up: list[TakeUpAnswer]


class EffectAnswer(BaseModel):
    """How much more is sold with an arrangement, all else equal."""

    arrangement: Arrangement
    change: Estimate | None = Field(description="0.1 is a tenth more; null where nothing can be computed")
    verdict: Verdict
    outlets: int


class DisplaysAnswer(BaseModel):
    """Which arrangements sell more in the outlets of a class; comparisons, not experiments."""

    start: UtcDatetime
    end: UtcDatetime
    outlet_class: str | None
    effects: list[EffectAnswer]


@router.get("/outlets/{outlet}/advice")
def show_advice(
    session: SessionDep, services: ServicesDep, who: CallerDep, outlet: Slug, start: From = None, end: To = None
) -> AdviceAnswer:
    """Slow sellers to drop, and what comparable outlets sell that is missing here; four weeks unless said otherwise."""
    start, end = asked_period(start, end, services.clock.now(), USUAL)
    existing(session, Outlet, (who.tenant, outlet), "outlet")
    return outlet_advice(session, services, who.tenant, outlet, start, end)


def outlet_advice(
    session: Session, services: Services, tenant: str, outlet: str, start: datetime, end: datetime
) -> AdviceAnswer:
    """The advice for an outlet from what was sold from `start` to just before `end`."""
    classes: Mapping[str, str] = {
        row.id: row.outlet_class for row in session.execute(select(Outlet.id, Outlet.outlet_class))
    }
    peers = [one for one, its in classes.items() if one != outlet and its == classes.get(outlet)]
    found = advise(*daily_sales(session, services.facts, tenant, start, end, outlet, peers))
    catalogue = Catalogue(session)

    def names(sku: str) -> dict[str, str]:
        name, name_zh = catalogue.names(sku)
        return {"sku": sku, "name": name, "name_zh": name_zh}

    return AdviceAnswer(
        outlet=outlet,
        start=start,
        end=end,
        compared=found.compared,
        drop=[DropAnswer(**names(one.sku), sells=one.sells, usual=one.usual) for one in found.drop],
        take_up=[
            TakeUpAnswer(**names(one.sku), expected=one.expected, outlets=one.outlets, certain=one.certain)
            for one in found.take_up
        ],
    )


@router.get("/advice/displays")
def show_displays(
    session: SessionDep,
    services: ServicesDep,
    who: CallerDep,
    start: From = None,
    end: To = None,
    outlet_class: Annotated[str | None, Query(max_length=40)] = None,
) -> DisplaysAnswer:
    """Which arrangements sell more, within SKUs and within outlets; four weeks unless said otherwise."""
    start, end = asked_period(start, end, services.clock.now(), USUAL)
    return displays_answer(session, services, who.tenant, start, end, outlet_class)


def displays_answer(
    session: Session, services: Services, tenant: str, start: datetime, end: datetime, outlet_class: str | None
) -> DisplaysAnswer:
    """What the arrangements are worth in the outlets of a class, or in all, from `start` to just before `end`."""
    wanted = select(Outlet.id) if outlet_class is None else select(Outlet.id).where(Outlet.outlet_class == outlet_class)
    outlets = set(session.scalars(wanted))
    services.rollups.before_reading()
    found = effects(displayed(session, services.facts, tenant, start, end, outlets))
    answers = [
        EffectAnswer(arrangement=one.arrangement, change=one.change, verdict=one.verdict, outlets=one.outlets)
        for one in found
    ]
    return DisplaysAnswer(start=start, end=end, outlet_class=outlet_class, effects=answers)
