"""/api/v1/devices/{device}/commands and /config: what a device is asked to do, and wished to be set to."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, Literal

from fastapi import APIRouter, BackgroundTasks
from pydantic import Field
from sqlalchemy import select

from cloud.api.deps import AdminDep, CallerDep, ManagerDep, ServicesDep, SessionDep
from cloud.api.reading import existing
from cloud.api.routing import CommittingRoute
from cloud.api.shapes import Answer, Body, Limit
from cloud.fleet import remote
from cloud.fleet.models import Device, DeviceCommand
from facings.clock import UtcDatetime
from facings.ids import Slug

router = APIRouter(prefix="/api/v1/devices/{device}", tags=["fleet"], route_class=CommittingRoute)

USUAL_WAIT_S, LONGEST_WAIT_S = 120, 7 * 24 * 3600

CommandState = Literal["waiting", "done", "failed", "expired"]


class NewCommand(Body):
    """Something to do."""

    name: Slug = Field(description="one of the `capabilities` in the device's birth: snapshot, flush, rebirth")
    arguments: dict[str, Any] = Field(default={}, max_length=50)
    within_seconds: int = Field(
        default=USUAL_WAIT_S, ge=1, le=LONGEST_WAIT_S, description="a device out of reach for longer does not do it"
    )


class CommandAnswer(Answer):
    """A command and what became of it."""

    id: uuid.UUID
    name: str
    state: CommandState
    asked_by: str
    asked_at: UtcDatetime
    expires_at: UtcDatetime
    answered_at: UtcDatetime | None
    error: str
    detail: dict[str, Any] | None = Field(description="of a snapshot: `photo_id`, or `photo_ids` of several cameras")


class Commands(Answer):
    """The newest commands of a device."""

    items: list[CommandAnswer]


class WishBody(Body):
    """Settings wished for, as the device's settings file has them."""

    settings: dict[str, Any] = Field(max_length=100, examples=[{"schedule": {"cron": ["0 8-20/2 * * *"]}}])


class ConfigAnswer(Answer):
    """What is wished of a device, and what it last reported: settings in use, and what it could not take."""

    revision: int = Field(description="of the wish; the device has taken it up where `reported.revision` is the same")
    wished: dict[str, Any] | None
    reported: dict[str, Any] | None


@router.post("/commands", status_code=202)
def give_command(
    device: Slug, body: NewCommand, who: ManagerDep, session: SessionDep, services: ServicesDep, tasks: BackgroundTasks
) -> CommandAnswer:
    """Ask a device to do something now. The answer comes later: ask for the command by its id."""
    now = services.clock.now()
    within = timedelta(seconds=body.within_seconds)
    row, letter = remote.ask(session, who, device, body.name, body.arguments, now, within)
    tasks.add_task(remote.send, services.devices, letter)
    return command_answer(row, now)


@router.get("/commands")
def list_commands(
    device: Slug, who: CallerDep, session: SessionDep, services: ServicesDep, limit: Limit = 20
) -> Commands:
    """What a device was asked to do, the newest first."""
    existing(session, Device, (who.tenant, device), "device")
    wanted = select(DeviceCommand).where(DeviceCommand.device_id == device)
    rows = session.scalars(wanted.order_by(DeviceCommand.asked_at.desc()).limit(limit))
    return Commands(items=[command_answer(row, services.clock.now()) for row in rows])


@router.get("/commands/{command}")
def get_command(
    device: Slug, command: uuid.UUID, who: CallerDep, session: SessionDep, services: ServicesDep
) -> CommandAnswer:
    """One command, and its answer where it has come."""
    return command_answer(remote.command_of(session, who.tenant, device, command), services.clock.now())


@router.put("/config", status_code=202)
def wish_for_settings(
    device: Slug, body: WishBody, who: AdminDep, session: SessionDep, services: ServicesDep, tasks: BackgroundTasks
) -> ConfigAnswer:
    """Wish a device to have settings, in place of the wish before; it hears of them when it is next online."""
    found, letter = remote.wish(session, who, device, body.settings)
    tasks.add_task(remote.send, services.devices, letter)
    return _config(found)


@router.get("/config")
def get_config(device: Slug, who: CallerDep, session: SessionDep) -> ConfigAnswer:
    """The wish, and what the device made of it."""
    return _config(existing(session, Device, (who.tenant, device), "device"))


def command_answer(row: DeviceCommand, now: datetime) -> CommandAnswer:
    """A command as the API speaks of it."""
    return CommandAnswer(state=state_of(row, now), **{name: getattr(row, name) for name in _COLUMNS})


_COLUMNS = tuple(name for name in CommandAnswer.model_fields if name != "state")


def state_of(row: DeviceCommand, now: datetime) -> CommandState:
    """Where a command stands."""
    if row.answered_at is not None:
        return "done" if row.ok else "failed"
    return "waiting" if now < row.expires_at else "expired"


def _config(device: Device) -> ConfigAnswer:
    return ConfigAnswer(revision=device.wish_revision, wished=device.wished, reported=device.reported)
