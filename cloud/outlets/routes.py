"""/api/v1/outlets and /coolers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy import select

from cloud.api.deps import LIVE, CallerDep, ManagerDep, SessionDep
from cloud.api.reading import answered_page, existing
from cloud.api.routing import CommittingRoute
from cloud.api.shapes import After, Limit, Page
from cloud.catalog.schemas import Imported
from cloud.outlets import service
from cloud.outlets.models import Cooler, Outlet
from cloud.outlets.schemas import (
    Assignment,
    CoolerAnswer,
    CoolerBody,
    CoolerImport,
    OutletAnswer,
    OutletBody,
    OutletImport,
)
from facings.ids import Slug

router = APIRouter(prefix="/api/v1", tags=["outlets"], route_class=CommittingRoute)


@router.get("/outlets")
def list_outlets(
    session: SessionDep,
    region: Annotated[str | None, Query(max_length=100)] = None,
    outlet_class: Annotated[str | None, Query(max_length=40)] = None,
    after: After = None,
    limit: Limit = 100,
) -> Page[OutletAnswer]:
    """Outlets in the order of their ids."""
    wanted = select(Outlet)
    if region is not None:
        wanted = wanted.where(Outlet.region == region)
    if outlet_class is not None:
        wanted = wanted.where(Outlet.outlet_class == outlet_class)
    return answered_page(OutletAnswer, session, wanted, Outlet.id, after, limit)


@router.put("/outlets", dependencies=LIVE)
def import_outlets(body: OutletImport, who: ManagerDep, session: SessionDep) -> Imported:
    """Add or change many outlets at once, all or none; the others stay."""
    return service.import_outlets(session, who, body.outlets)


@router.get("/outlets/{outlet}")
def get_outlet(outlet: Slug, who: CallerDep, session: SessionDep) -> OutletAnswer:
    """One outlet."""
    return OutletAnswer.model_validate(existing(session, Outlet, (who.tenant, outlet), "outlet"))


@router.put(
    "/outlets/{outlet}",
    dependencies=LIVE,
    responses={201: {"model": OutletAnswer, "description": "The outlet is new."}},
)
def put_outlet(
    outlet: Slug, body: OutletBody, who: ManagerDep, session: SessionDep, response: Response
) -> OutletAnswer:
    """Add an outlet, or change it: fields left out take their defaults."""
    row, outcome = service.put_outlet(session, who, outlet, body)
    session.flush()
    if outcome == "added":
        response.status_code = 201
    return OutletAnswer.model_validate(row)


@router.get("/coolers")
def list_coolers(
    session: SessionDep, outlet: Slug | None = None, after: After = None, limit: Limit = 100
) -> Page[CoolerAnswer]:
    """Coolers in the order of their ids."""
    wanted = select(Cooler)
    if outlet is not None:
        wanted = wanted.where(Cooler.outlet_id == outlet)
    return answered_page(CoolerAnswer, session, wanted, Cooler.id, after, limit)


@router.put("/coolers", dependencies=LIVE)
def import_coolers(body: CoolerImport, who: ManagerDep, session: SessionDep) -> Imported:
    """Add or change many coolers at once, all or none; the others stay."""
    return service.import_coolers(session, who, body.coolers)


@router.get("/coolers/{cooler}")
def get_cooler(cooler: Slug, who: CallerDep, session: SessionDep) -> CoolerAnswer:
    """One cooler."""
    return CoolerAnswer.model_validate(existing(session, Cooler, (who.tenant, cooler), "cooler"))


@router.put(
    "/coolers/{cooler}",
    dependencies=LIVE,
    responses={201: {"model": CoolerAnswer, "description": "The cooler is new."}},
)
def put_cooler(
    cooler: Slug, body: CoolerBody, who: ManagerDep, session: SessionDep, response: Response
) -> CoolerAnswer:
    """Add a cooler, or change it: fields left out take their defaults."""
    row, outcome = service.put_cooler(session, who, cooler, body)
    session.flush()
    if outcome == "added":
        response.status_code = 201
    return CoolerAnswer.model_validate(row)


@router.put("/coolers/{cooler}/planogram", dependencies=LIVE)
def assign_planogram(cooler: Slug, body: Assignment, who: ManagerDep, session: SessionDep) -> CoolerAnswer:
    """Have a cooler follow a planogram from now on."""
    return CoolerAnswer.model_validate(service.assign_planogram(session, who, cooler, body.planogram_id))
