"""'Take a photo now' on the page of a cooler: asks its device, and says what became of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter, BackgroundTasks, Depends, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.api.deps import CallerDep, ManagerDep, ServicesDep, SessionDep
from cloud.api.errors import ApiError, not_found
from cloud.api.reading import existing
from cloud.fleet import remote
from cloud.fleet.models import Device, DeviceCommand
from cloud.fleet.remote_routes import CommandState, state_of
from cloud.identity.service import Caller
from cloud.outlets.models import Cooler
from cloud.services import Services
from cloud.web import errors
from cloud.web.i18n import N_
from cloud.web.loop import may_act
from cloud.web.pages import page
from facings.ids import Slug

router = APIRouter(include_in_schema=False, dependencies=[Depends(errors.require_assets)])

SNAPSHOT = "snapshot"
WITHIN = timedelta(minutes=1)

NO_DEVICE = N_("No device of this cooler can take a photo on request.")


@dataclass(frozen=True)
class OnRequestView:
    """The button, and what became of the photo asked for last; `device` is None where none can be asked."""

    cooler: str
    device: str | None
    may_act: bool
    command: uuid.UUID | None = None
    state: CommandState | None = None
    error: str = ""


@router.get("/coolers/{cooler}/photo-now")
def shown(
    request: Request,
    who: CallerDep,
    session: SessionDep,
    services: ServicesDep,
    cooler: Slug,
    command: uuid.UUID | None = None,
) -> HTMLResponse:
    """The button; with `command`, also what became of that one."""
    return _page(request, _view(session, services, who, cooler, command), who)


@router.post("/coolers/{cooler}/photo-now")
def asked(
    request: Request,
    who: ManagerDep,
    session: SessionDep,
    services: ServicesDep,
    tasks: BackgroundTasks,
    cooler: Slug,
) -> HTMLResponse:
    """Ask the cooler's device for a photo."""
    device = _able(session, cooler)
    if device is None:
        raise ApiError(409, NO_DEVICE, "look at its device: is it online, with a camera?")
    row, letter = remote.ask(session, who, device, SNAPSHOT, {}, services.clock.now(), WITHIN)
    tasks.add_task(remote.send, services.devices, letter)
    return _page(request, _view(session, services, who, cooler, row.id), who)


def _page(request: Request, view: OnRequestView, who: Caller) -> HTMLResponse:
    return page(request, "on_request.html", who, active="overview", view=view)


def _view(session: Session, services: Services, who: Caller, cooler: str, command: uuid.UUID | None) -> OnRequestView:
    existing(session, Cooler, (who.tenant, cooler), "cooler")
    device = _able(session, cooler)
    if command is None:
        return OnRequestView(cooler, device, may_act(who))
    row = session.get(DeviceCommand, (who.tenant, command))  # its device may have gone since: that is news too
    if row is None or session.get_one(Device, (who.tenant, row.device_id)).cooler_id != cooler:
        raise not_found("command", command)
    return OnRequestView(cooler, device, may_act(who), row.id, state_of(row, services.clock.now()), row.error)


def _able(session: Session, cooler: str) -> str | None:
    """A device of the cooler that is online and can take photos on request."""
    wanted = select(Device).where(Device.cooler_id == cooler, Device.revoked_at.is_(None), Device.state == "online")
    able = (one.id for one in session.scalars(wanted.order_by(Device.id)) if SNAPSHOT in _capabilities(one))
    return next(able, None)


def _capabilities(device: Device) -> list[str]:
    return list((device.birth or {}).get("capabilities", ()))
