"""The stock ledger: what came to an outlet and what left it other than by sale."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cloud.api.errors import not_found
from cloud.api.reading import existing
from cloud.catalog.models import Product
from cloud.identity.service import Caller, record
from cloud.outlets.models import Cooler, Outlet
from cloud.retail.models import StockMovement
from cloud.retail.schemas import Correction
from facings.clock import SystemClock


def delivered_units(
    session: Session, start: datetime, end: datetime, *, outlet: str | None = None, cooler: str | None = None
) -> dict[str, int]:
    """Units of each SKU delivered from `start` up to, not including, `end`; to one outlet or cooler where named."""
    query = (
        select(StockMovement.sku, func.sum(StockMovement.units))
        .where(StockMovement.kind == "delivery", StockMovement.at >= start, StockMovement.at < end)
        .group_by(StockMovement.sku)
    )
    if outlet is not None:
        query = query.where(StockMovement.outlet_id == outlet)
    if cooler is not None:
        query = query.where(StockMovement.cooler_id == cooler)
    return {sku: int(units) for sku, units in session.execute(query)}


def book_correction(session: Session, caller: Caller, outlet: str, correction: Correction) -> StockMovement:
    """Book a return or an adjustment; deliveries are booked through their order.

    Raises:
        ApiError: 404 for an unknown outlet, product or cooler of the outlet.
    """
    existing(session, Outlet, (caller.tenant, outlet), "outlet")
    existing(session, Product, (caller.tenant, correction.sku), "product")
    if correction.cooler is not None:
        cooler = session.get(Cooler, (caller.tenant, correction.cooler))
        if cooler is None or cooler.outlet_id != outlet:
            raise not_found("cooler", correction.cooler)
    now = SystemClock().now()
    movement = StockMovement(
        outlet_id=outlet,
        cooler_id=correction.cooler,
        sku=correction.sku,
        kind=correction.kind,
        units=correction.units,
        at=correction.at or now,
        recorded_at=now,
        recorded_by=caller.actor,
        note=correction.note,
    )
    session.add(movement)
    session.flush()
    record(session, caller, f"stock.{correction.kind}", outlet, {"sku": correction.sku, "units": correction.units})
    return movement
