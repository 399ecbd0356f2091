"""What ingest keeps in the records: how far each boot is stored, the latest reading, photos, and what was refused."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import JSON, BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.records import Base, TenantKeyed, TenantScoped

NO_TENANT = ""
"""Stands for the tenant of a quarantined message which names none of ours."""


class BootProgress(TenantKeyed, Base):
    """How far the numbered messages of one boot of a device are stored."""

    __tablename__ = "boot_progress"

    device_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    boot_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    through: Mapped[int] = mapped_column(BigInteger, default=0)
    missing: Mapped[list[list[int]]] = mapped_column(JSON, default=list)
    lost: Mapped[list[list[int]]] = mapped_column(JSON, default=list)
    updated_at: Mapped[datetime]


class ObservedLine(TypedDict):
    """One SKU of the latest reading; an empty `sku` stands for products that no gallery knows."""

    sku: str
    units: int
    facings: int
    linear_share: float
    confidence: float
    count_sd: float


class UnseenPart(TypedDict):
    """A camera of several that saw nothing: its name, the part of the cooler that it shows, and why."""

    camera: str
    shows: str
    problem: str


class LatestObservation(TenantKeyed, Base):
    """The newest usable observation that shows a whole cooler: the live numbers rest on it.

    Where later ones show a part, the lines of that part are theirs: `cloud.audits.parts_seen`.
    """

    __tablename__ = "latest_observation"

    cooler_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    device_id: Mapped[str] = mapped_column(String(64))
    observation_id: Mapped[uuid.UUID]
    photo_id: Mapped[uuid.UUID]
    observed_at: Mapped[datetime]
    due_at: Mapped[datetime]
    received_at: Mapped[datetime]
    clock_source: Mapped[str] = mapped_column(String(16))
    quality: Mapped[dict[str, Any]] = mapped_column(JSON)
    confidence: Mapped[float]
    gaps: Mapped[int]
    lines: Mapped[list[ObservedLine]] = mapped_column(JSON)
    cameras: Mapped[dict[str, list[str]]] = mapped_column(JSON, default=dict, server_default="{}")
    """By SKU, the cameras that showed it, where there are several."""
    part_seen_at: Mapped[datetime | None]
    """When a part of the cooler was seen last, where that was later than all of it."""
    unseen: Mapped[list[UnseenPart]] = mapped_column(JSON, default=list, server_default="[]")
    """What was not seen then."""

    @property
    def seen_at(self) -> datetime:
        """When it was seen last, whole or in part."""
        return self.part_seen_at or self.observed_at


class Photo(TenantKeyed, Base):
    """A photo that a device announced, by its observation or by asking for an upload grant."""

    __tablename__ = "photo"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    cooler_id: Mapped[str] = mapped_column(String(64))
    device_id: Mapped[str] = mapped_column(String(64))
    captured_at: Mapped[datetime]
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(16))
    width: Mapped[int]
    height: Mapped[int]
    stored_at: Mapped[datetime | None]
    observation_id: Mapped[uuid.UUID | None] = mapped_column(index=True)

    @property
    def path(self) -> str:
        """Where its bytes lie in the photo store."""
        suffix = "png" if self.media_type == "image/png" else "jpg"
        return f"{self.tenant_id}/{self.cooler_id}/{self.captured_at:%Y/%m/%d}/{self.id}.{suffix}"


class StoredCount(TenantKeyed, Base):
    """How many observations of a tenant are stored; counting facts at each refresh would cost a scan."""

    __tablename__ = "stored_count"

    observations: Mapped[int] = mapped_column(BigInteger, default=0)


class Quarantined(TenantScoped, Base):
    """A message that could not be used, kept for an operator to look at."""

    __tablename__ = "quarantined"
    __table_args__ = (Index("ix_quarantined_tenant_received", "tenant_id", "received_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # No foreign key: the tenant that a message claims may be none of ours.
    tenant_id: Mapped[str] = mapped_column(String(64))
    device_id: Mapped[str] = mapped_column(String(64), default="")
    topic: Mapped[str] = mapped_column(String(1000))
    reason: Mapped[str] = mapped_column(String(1000))
    size: Mapped[int] = mapped_column(BigInteger)
    payload: Mapped[bytes]
    received_at: Mapped[datetime]
