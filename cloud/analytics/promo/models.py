"""Studies of promotions in the records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.records import Base, TenantScoped


class PromotionStudyRecord(TenantScoped, Base):
    """The latest study of a promotion: its answer, or why there is none."""

    __tablename__ = "promotion_study"

    promotion_id: Mapped[int] = mapped_column(ForeignKey("promotion.id"), primary_key=True, autoincrement=False)
    studied_at: Mapped[datetime]
    """Before anything was read: what came in later is not in it."""
    state: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str] = mapped_column(String(1000))
    """Why there is no answer; empty where there is one."""
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    outlets_known: Mapped[int]
    """Promoted outlets whose sell-out is known well enough."""
    outlets_promoted: Mapped[int]
