"""Observations in the records that could not be judged."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.records import Base, TenantKeyed


class SetAside(TenantKeyed, Base):
    """A stored observation that cannot be judged, and why: it is left out until it is asked for again."""

    __tablename__ = "set_aside"
    __table_args__ = (Index("ix_set_aside_cooler", "tenant_id", "cooler_id"),)

    observation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    cooler_id: Mapped[str] = mapped_column(String(64))
    captured_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(500))
    set_aside_at: Mapped[datetime]
