"""/api/v1/devices, and the login with which programs read the live numbers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query
from sqlalchemy import select

from cloud.api.deps import LIVE, AdminDep, CallerDep, ServicesDep, SessionDep
from cloud.api.reading import answered_page, existing
from cloud.api.routing import CommittingRoute
from cloud.api.shapes import After, Limit, Page
from cloud.fleet import service
from cloud.fleet.models import Device
from cloud.fleet.schemas import DeviceAnswer, LiveLogin, NewDevice, NewDevices, ProvisionedDevice, ProvisionedDevices
from cloud.services import Services
from facings.ids import Slug
from facings.logins import mqtt_username
from facings.topics import KpiTopics

router = APIRouter(prefix="/api/v1", tags=["fleet"], route_class=CommittingRoute)


@router.get("/devices")
def list_devices(
    session: SessionDep,
    cooler: Slug | None = None,
    state: Annotated[str | None, Query(max_length=16)] = None,
    after: After = None,
    limit: Limit = 100,
) -> Page[DeviceAnswer]:
    """Devices in the order of their ids, the revoked ones too."""
    wanted = select(Device)
    if cooler is not None:
        wanted = wanted.where(Device.cooler_id == cooler)
    if state is not None:
        wanted = wanted.where(Device.state == state)
    return answered_page(DeviceAnswer, session, wanted, Device.id, after, limit)


@router.post("/devices", status_code=201, dependencies=LIVE)
def add_device(
    body: NewDevice, who: AdminDep, session: SessionDep, services: ServicesDep, background: BackgroundTasks
) -> ProvisionedDevice:
    """Provision a device. Its key is in this answer and nowhere else; the broker admits it within a second."""
    made, key = service.add_device(session, who, body.id, body.cooler)
    background.add_task(services.logins.refresh)
    return _provisioned(services, made, key)


@router.post("/devices/batch", status_code=201, dependencies=LIVE)
def add_devices(
    body: NewDevices, who: AdminDep, session: SessionDep, services: ServicesDep, background: BackgroundTasks
) -> ProvisionedDevices:
    """Provision many devices at once, all or none. Their keys are in this answer and nowhere else."""
    made = service.add_devices(session, who, {one.id: one.cooler for one in body.devices})
    background.add_task(services.logins.refresh)
    return ProvisionedDevices(devices=[_provisioned(services, device, key) for device, key in made])


def _provisioned(services: Services, device: Device, key: str) -> ProvisionedDevice:
    return ProvisionedDevice(
        id=device.id,
        cooler=device.cooler_id,
        key=key,
        mqtt_url=services.logins.mqtt_url,
        mqtt_username=mqtt_username(device.tenant_id, device.id),
    )


@router.get("/devices/{device}")
def get_device(device: Slug, who: CallerDep, session: SessionDep) -> DeviceAnswer:
    """One device."""
    return DeviceAnswer.model_validate(existing(session, Device, (who.tenant, device), "device"))


@router.delete("/devices/{device}", dependencies=LIVE)
def revoke_device(
    device: Slug, who: AdminDep, session: SessionDep, services: ServicesDep, background: BackgroundTasks
) -> DeviceAnswer:
    """Take a device's key away: HTTP at once, MQTT within a second. What it has sent stays."""
    found = service.revoke_device(session, who, device)
    background.add_task(services.logins.refresh)
    return DeviceAnswer.model_validate(found)


@router.get("/live")
def live_login(who: CallerDep, services: ServicesDep) -> LiveLogin:
    """How to read this tenant's live numbers over MQTT: they are retained, so the present ones come at once."""
    username, password = services.logins.page_login(who.tenant)
    return LiveLogin(
        websocket_url=services.logins.websocket_url,
        mqtt_url=services.logins.mqtt_url,
        username=username,
        password=password,
        topic=f"{KpiTopics(who.tenant).base}/#",
    )
