"""Stock-outs, and what is known of each planned SKU of a cooler."""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict

from sqlalchemy import JSON, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cloud.records import Base, TenantKeyed, TenantScoped


class StockoutEpisode(TenantScoped, Base):
    """A planned SKU that was there and is not: from the first photo without it to the first with it again.

    Open while neither `back_at` nor `withdrawn_at` is set. An episode that turns out wrong is withdrawn, never deleted:
    it was published, and a proposal may refer to it. `photos` have made it likely.
    """

    __tablename__ = "stockout_episode"
    __table_args__ = (
        UniqueConstraint("tenant_id", "cooler_id", "sku", "first_missed_at"),
        ForeignKeyConstraint(["tenant_id", "cooler_id"], ["cooler.tenant_id", "cooler.id"]),
        Index("ix_stockout_episode_first_missed", "tenant_id", "first_missed_at"),
        Index(
            "ix_stockout_episode_open",
            "tenant_id",
            "cooler_id",
            sqlite_where=text("back_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=text("back_at IS NULL AND withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cooler_id: Mapped[str] = mapped_column(String(64))
    sku: Mapped[str] = mapped_column(String(64))
    last_seen_at: Mapped[datetime]
    first_missed_at: Mapped[datetime]
    last_missed_at: Mapped[datetime]
    back_at: Mapped[datetime | None]
    confidence: Mapped[float]
    photos: Mapped[int] = mapped_column(default=1, server_default="2")
    withdrawn_at: Mapped[datetime | None]
    """When the photo was taken that refutes it; where none does, the last that made it likely."""
    withdrawn_reason: Mapped[str] = mapped_column(String(200), default="")

    @property
    def open(self) -> bool:
        """Whether the SKU is still missing."""
        return self.back_at is None and self.withdrawn_at is None


class SkuState(TypedDict):
    """When a SKU was last seen, RFC 3339, what is believed of it since (`cloud.analytics.absence.Belief`), and which of
    its lanes the last photo told to be empty."""

    seen: str | None
    lanes: NotRequired[list[list[float]]]
    out: NotRequired[float]
    stood_in: NotRequired[list[int]]
    holes: NotRequired[list[int]]


class ShelfWatch(TenantKeyed, Base):
    """Where each planned SKU of a cooler stands after its latest usable photo: the state of the stock-out rules."""

    __tablename__ = "shelf_watch"
    __table_args__ = (
        Index(
            "ix_shelf_watch_waiting",
            "tenant_id",
            "cooler_id",
            sqlite_where=text("waiting IS NOT NULL"),
            postgresql_where=text("waiting IS NOT NULL"),
        ),
    )

    cooler_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    skus: Mapped[dict[str, SkuState]] = mapped_column(JSON)
    known_until: Mapped[datetime | None]
    """When the newest photo was taken that is taken into account, of the whole cooler or a part of it."""
    waiting: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    """The SKUs that are to be told anew in the background, each with the time of the photo that came late, RFC 3339;
    empty: from the first photo on."""
