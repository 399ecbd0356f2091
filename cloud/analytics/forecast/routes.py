"""Forecasts over HTTP: the demand of an outlet's SKUs, from its daily sell-out and that of outlets like it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from sqlalchemy import select

from cloud.analytics.forecast.answer import ForecastAnswer
from cloud.analytics.forecast.sellout import outlet_forecast, sold_history
from cloud.api.deps import CallerDep, ServicesDep, SessionDep
from cloud.api.errors import ApiError
from cloud.api.reading import existing
from cloud.outlets.models import Outlet
from facings.ids import Slug

router = APIRouter(prefix="/api/v1", tags=["analytics"])

MOST_ALIKE = 20
"""Outlets that an outlet borrows from, beside itself."""

Horizon = Annotated[int, Query(ge=1, le=90, description="days to forecast")]
Service = Annotated[float, Query(ge=0.5, le=0.999, description="chance that demand stays within `order_up_to`")]


@router.get("/outlets/{outlet}/forecast")
def show_forecast(
    services: ServicesDep,
    session: SessionDep,
    who: CallerDep,
    outlet: Slug,
    horizon: Horizon = 14,
    service: Service = 0.95,
) -> ForecastAnswer:
    """Demand of each SKU of an outlet on the days to come, corrected for days without stock."""
    place = existing(session, Outlet, (who.tenant, outlet), "outlet")
    alike = select(Outlet.id).where(Outlet.region == place.region, Outlet.outlet_class == place.outlet_class)
    others = session.scalars(alike.where(Outlet.id != outlet).order_by(Outlet.id).limit(MOST_ALIKE))
    yesterday = services.clock.now().astimezone(ZoneInfo(place.timezone)).date() - timedelta(days=1)
    sold = sold_history(services.facts, who.tenant, [outlet, *others], yesterday, horizon)
    if sold is None or outlet not in {where for where, _ in sold.places}:
        raise ApiError(404, f"no sell-out is known of {outlet!r} yet", "it is computed each hour, once a day has ended")
    return outlet_forecast(sold, outlet, horizon, service)
