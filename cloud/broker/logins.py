"""Who may do what at the broker: the cloud, each device, and the signed-in pages of each tenant."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cloud.fleet.models import Device
from cloud.identity.models import Tenant
from facings.logins import mqtt_username, page_username
from facings.topics import UPWARD, DeviceTopics, KpiTopics, gallery_topic


@dataclass(frozen=True)
class Login:
    """A user of the broker. `publish` and `subscribe` are MQTT topic filters; what they do not name is refused."""

    username: str
    password: str
    """Plain, or bcrypt's hash."""
    publish: tuple[str, ...]
    subscribe: tuple[str, ...]

    def to_json(self) -> str:
        """One line, for operators who configure a broker of their own."""
        return json.dumps(asdict(self))


def device_login(device: Device) -> Login:
    """A device may speak for itself, and hear what is said to it."""
    topics = DeviceTopics(device.tenant_id, device.id)
    return Login(
        mqtt_username(device.tenant_id, device.id),
        device.mqtt_hash,
        publish=(*(f"{topics.base}/{kind}" for kind in UPWARD), topics.reply("+")),
        subscribe=(topics.ack, topics.config_desired, topics.commands, gallery_topic(device.tenant_id)),
    )


def page_login(secret: str, tenant: str) -> Login:
    """Pages of a tenant may read its KPI topics. The password follows from the installation's secret."""
    password = hmac.new(secret.encode(), f"pages of {tenant}".encode(), hashlib.sha256).hexdigest()[:40]
    return Login(page_username(tenant), password, publish=(), subscribe=(f"{KpiTopics(tenant).base}/#",))


def tenant_logins(session: Session, secret: str) -> list[Login]:
    """The logins of all devices not revoked and of all tenants' pages; `session` is one over all tenants."""
    devices = session.scalars(
        select(Device).where(Device.revoked_at.is_(None)).order_by(Device.tenant_id, Device.id)
    ).all()
    tenants = session.scalars(select(Tenant.id).order_by(Tenant.id)).all()
    return [*(device_login(device) for device in devices), *(page_login(secret, tenant) for tenant in tenants)]


def fingerprint(session: Session) -> tuple[object, ...]:
    """Changes whenever `tenant_logins` does; cheap enough to ask every second."""
    devices = select(func.count(), func.max(Device.created_at), func.max(Device.revoked_at)).select_from(Device)
    tenants = select(func.count()).select_from(Tenant)
    return (*session.execute(devices).one(), session.scalar(tenants))
