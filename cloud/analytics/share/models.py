"""Intrusions in the records."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cloud.records import Base, TenantScoped


class Intrusion(TenantScoped, Base):
    """A competitor's product in a cooler of the brand's own: from the first photo with it to the first without.

    Open while neither `gone_at` nor `withdrawn_at` is set. One that turns out wrong is withdrawn, never deleted: it was
    published.
    """

    __tablename__ = "intrusion"
    __table_args__ = (
        UniqueConstraint("tenant_id", "cooler_id", "sku", "first_seen_at"),
        ForeignKeyConstraint(["tenant_id", "cooler_id"], ["cooler.tenant_id", "cooler.id"]),
        Index("ix_intrusion_first_seen", "tenant_id", "first_seen_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cooler_id: Mapped[str] = mapped_column(String(64))
    sku: Mapped[str] = mapped_column(String(64))
    clear_at: Mapped[datetime | None]
    """The last photo without it before; None where the cooler's first photo had it already."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    facings: Mapped[int]
    """The most on one photo."""
    confidence: Mapped[float]
    withdrawn_at: Mapped[datetime | None]

    @property
    def open(self) -> bool:
        """Whether the product still stands there."""
        return self.gone_at is None and self.withdrawn_at is None
