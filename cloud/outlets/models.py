"""Outlets, the coolers that stand in them, and the planograms of those coolers."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TypedDict

from sqlalchemy import JSON, ForeignKeyConstraint, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from cloud.records import Base, TenantKeyed, TenantScoped


class Lane(TypedDict):
    """One place in front and what may stand behind it."""

    sku: str
    depth: int


PLACES, PRIORITY = "places", "priority"
"""Kinds of planograms."""

BY_HAND, BY_RULE = "hand", "rule"
"""Who chose a cooler's planogram."""


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
    """How a cooler should look; immutable, as photos are judged by it (a change is a new version).

    Of `places`, `rows` are the shelves from the top and their lanes from the left. Of a `priority` list, there is one
    row: the lanes to fill wherever there is room, the most important first.
    """

    __tablename__ = "planogram"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str] = mapped_column(String(16), default=PLACES, server_default=PLACES)
    rows: Mapped[list[list[Lane]]] = mapped_column(JSON)
    from_observation: Mapped[uuid.UUID | None]
    """Whose photo showed how it should look; None where it was written by hand."""
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
    cooler_type: Mapped[str] = mapped_column(String(40), default="", server_default="")
    gravity_feed: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Its units slide forward when the first is taken: a lane that looks empty is empty."""
    planogram_id: Mapped[int | None]
    """The one in force, whoever chose it."""
    planogram_by: Mapped[str] = mapped_column(String(16), default=BY_HAND, server_default=BY_HAND)


class PlanogramRule(TenantScoped, Base):
    """The planogram of coolers of a type in outlets of a class; an empty field stands for all."""

    __tablename__ = "planogram_rule"
    __table_args__ = (UniqueConstraint("tenant_id", "outlet_class", "cooler_type"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    outlet_class: Mapped[str] = mapped_column(String(40), default="")
    cooler_type: Mapped[str] = mapped_column(String(40), default="")
    planogram_id: Mapped[int]
    created_at: Mapped[datetime]


class PlanogramPeriod(TenantKeyed, Base):
    """Since when a cooler has followed a planogram, or none: photos are judged by the one of their time."""

    __tablename__ = "planogram_period"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "cooler_id"], ["cooler.tenant_id", "cooler.id"]),)

    cooler_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    planogram_id: Mapped[int | None]
