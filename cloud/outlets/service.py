"""Keeping outlets, coolers and planograms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cloud.api.errors import ApiError, not_found
from cloud.api.upsert import Outcome, upsert
from cloud.catalog.models import Product
from cloud.catalog.schemas import Imported
from cloud.identity.service import Caller, record
from cloud.outlets.models import Cooler, Outlet, Planogram
from cloud.outlets.schemas import CoolerBody, CoolerRow, OutletBody, OutletRow, PlanogramBody
from facings.clock import SystemClock


def put_outlet(session: Session, caller: Caller, outlet: str, body: OutletBody) -> tuple[Outlet, Outcome]:
    """Add or change an outlet."""
    key = {"tenant_id": caller.tenant, "id": outlet}
    row, outcome = upsert(session, Outlet, key, body.model_dump(exclude={"id"}))
    if outcome != "unchanged":
        record(session, caller, f"outlet.{outcome}", outlet)
    return row, outcome


def put_cooler(session: Session, caller: Caller, cooler: str, body: CoolerBody) -> tuple[Cooler, Outcome]:
    """Add or change a cooler.

    Raises:
        ApiError: 404 where its outlet or planogram is not there.
    """
    if session.get(Outlet, (caller.tenant, body.outlet_id)) is None:
        raise not_found("outlet", body.outlet_id)
    if body.planogram_id is not None and session.get(Planogram, body.planogram_id) is None:
        raise not_found("planogram", body.planogram_id)
    key = {"tenant_id": caller.tenant, "id": cooler}
    row, outcome = upsert(session, Cooler, key, body.model_dump(exclude={"id"}))
    if outcome != "unchanged":
        record(session, caller, f"cooler.{outcome}", cooler, {"planogram": body.planogram_id})
    return row, outcome


def assign_planogram(session: Session, caller: Caller, cooler: str, planogram: int | None) -> Cooler:
    """Have a cooler follow a planogram from now on; readings already judged stay as they are.

    Raises:
        ApiError: 404 where one of the two is not there.
    """
    found = session.get(Cooler, (caller.tenant, cooler))
    if found is None:
        raise not_found("cooler", cooler)
    body = CoolerBody(
        outlet_id=found.outlet_id,
        name=found.name,
        name_zh=found.name_zh,
        owned=found.owned,
        planogram_id=planogram,
    )
    return put_cooler(session, caller, cooler, body)[0]


def add_planogram(session: Session, caller: Caller, body: PlanogramBody) -> Planogram:
    """A new planogram, or the next version of the one with this name.

    Raises:
        ApiError: 422 where it names SKUs that the catalogue does not have.
    """
    skus = {lane.sku for row in body.rows for lane in row}
    known = set(session.scalars(select(Product.sku).where(Product.sku.in_(skus))))
    if missing := sorted(skus - known):
        raise ApiError(422, f"the catalogue has no {', '.join(missing[:5])}", "add the products first")
    newest = session.scalar(select(func.max(Planogram.version)).where(Planogram.name == body.name)) or 0
    made = Planogram(
        tenant_id=caller.tenant,
        name=body.name,
        version=newest + 1,
        rows=body.model_dump()["rows"],
        created_at=SystemClock().now(),
    )
    session.add(made)
    session.flush()
    record(session, caller, "planogram.create", str(made.id), {"name": made.name, "version": made.version})
    return made


def import_outlets(session: Session, caller: Caller, rows: list[OutletRow]) -> Imported:
    """Add or change many outlets, all or none."""
    _once([row.id for row in rows])
    return _counted(put_outlet(session, caller, row.id, row)[1] for row in rows)


def import_coolers(session: Session, caller: Caller, rows: list[CoolerRow]) -> Imported:
    """Add or change many coolers, all or none."""
    _once([row.id for row in rows])
    return _counted(put_cooler(session, caller, row.id, row)[1] for row in rows)


def _once(ids: list[str]) -> None:
    twice = [name for name, times in Counter(ids).items() if times > 1]
    if twice:
        raise ApiError(422, f"these ids come twice: {', '.join(twice[:5])}", "leave one of each")


def _counted(outcomes: Iterable[Outcome]) -> Imported:
    counts = Counter(outcomes)
    return Imported(added=counts["added"], changed=counts["changed"], unchanged=counts["unchanged"])
