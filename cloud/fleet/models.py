"""Devices: the computers in the coolers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, String
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
