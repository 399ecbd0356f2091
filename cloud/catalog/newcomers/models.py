"""Products that no gallery knows yet: where they were seen, and which of them are one and the same."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.records import Base, TenantKeyed, TenantScoped

NewcomerState = Literal["open", "named", "dismissed"]


class Newcomer(TenantScoped, Base):
    """A 'new product?': alike unknown products of many photos, for a person to name once.

    `total` is the sum of the looks of all its sightings (float32), whose direction is their middle. A named or
    dismissed newcomer stays, and takes in what is still seen of it, so that nobody is asked again.
    """

    __tablename__ = "newcomer"

    id: Mapped[int] = mapped_column(primary_key=True)
    embedder: Mapped[str] = mapped_column(String(64))
    total: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(16), default="open")
    sku: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(200))
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class NewcomerCooler(TenantKeyed, Base):
    """How often a newcomer was seen in a cooler."""

    __tablename__ = "newcomer_cooler"

    newcomer_id: Mapped[int] = mapped_column(ForeignKey("newcomer.id"), primary_key=True)
    cooler_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    sightings: Mapped[int]


class Sighting(TenantScoped, Base):
    """One unknown product on one photo; its box in fractions of the photo.

    Without a newcomer it waits to be gathered; afterwards only a few of each newcomer are kept, as examples.
    `resembles` is the SKU that it may be after all, by the device's word; None where it says nothing.
    """

    __tablename__ = "newcomer_sighting"
    __table_args__ = (Index("ix_newcomer_sighting_tenant_newcomer", "tenant_id", "newcomer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    newcomer_id: Mapped[int | None] = mapped_column(ForeignKey("newcomer.id"))
    photo_id: Mapped[uuid.UUID]
    cooler_id: Mapped[str] = mapped_column(String(64))
    seen_at: Mapped[datetime]
    x: Mapped[float]
    y: Mapped[float]
    w: Mapped[float]
    h: Mapped[float]
    look: Mapped[bytes] = mapped_column(LargeBinary)
    embedder: Mapped[str] = mapped_column(String(64))
    resembles: Mapped[str | None] = mapped_column(String(64))
