"""Devices: the computers in the coolers."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.records import Base, TenantKeyed


class Device(TenantKeyed, Base):
    """A provisioned device. Its one key opens MQTT (as bcrypt hash in the broker) and HTTP (as SHA-256 here)."""

    __tablename__ = "device"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "cooler_id"], ["cooler.tenant_id", "cooler.id"]),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    cooler_id: Mapped[str] = mapped_column(String(64), index=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    mqtt_hash: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(16), default="never")
    last_seen_at: Mapped[datetime | None]
    birth: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    health: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    wished: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    wish_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    reported: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class DeviceCommand(TenantKeyed, Base):
    """Something a device was asked to do, and what it answered."""

    __tablename__ = "device_command"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "device_id"], ["device.tenant_id", "device.id"]),
        Index("ix_device_command_device", "tenant_id", "device_id", "asked_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    device_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(64))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    asked_by: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ok: Mapped[bool | None]
    error: Mapped[str] = mapped_column(String(500), default="")
    detail: Mapped[dict[str, Any] | None] = mapped_column(JSON)
