"""Outlets, the coolers that stand in them, and the planograms of those coolers."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from sqlalchemy import JSON, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.records import Base, TenantKeyed, TenantScoped


class Lane(TypedDict):
    """One place in front and what may stand behind it."""

    sku: str
    depth: int


class Outlet(TenantKeyed, Base):
    """A shop, bar or station."""

    __tablename__ = "outlet"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    name_zh: Mapped[str] = mapped_column(String(200), default="")
    region: Mapped[str] = mapped_column(String(100), default="")
    outlet_class: Mapped[str] = mapped_column(String(40), default="")
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")


class Planogram(TenantScoped, Base):
    """How a cooler should look; immutable once a photo was judged by it (a change is a new version)."""

    __tablename__ = "planogram"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(default=1)
    rows: Mapped[list[list[Lane]]] = mapped_column(JSON)
    created_at: Mapped[datetime]

    def facings(self) -> dict[str, int]:
        """Planned facings of each SKU."""
        planned: dict[str, int] = {}
        for row in self.rows:
            for lane in row:
                planned[lane["sku"]] = planned.get(lane["sku"], 0) + 1
        return planned


class Cooler(TenantKeyed, Base):
    """A cooler; `owned` by the brand or by the shop."""

    __tablename__ = "cooler"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "outlet_id"], ["outlet.tenant_id", "outlet.id"]),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    outlet_id: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200))
    name_zh: Mapped[str] = mapped_column(String(200), default="")
    owned: Mapped[bool] = mapped_column(default=True)
    planogram_id: Mapped[int | None]
