"""Promotions in the records."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from sqlalchemy import JSON, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.records import Base, TenantScoped

Mechanic = Literal["price-cut", "multi-buy", "extra-facings", "display", "other"]


class Promotion(TenantScoped, Base):
    """A promotion: in the outlets named, or in all of the regions and classes named."""

    __tablename__ = "promotion"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    mechanic: Mapped[Mechanic] = mapped_column(String(24))
    discount: Mapped[float | None]
    """Cut of the price, as a part of it; None where the price stays."""
    skus: Mapped[list[str]] = mapped_column(JSON)
    sisters: Mapped[list[str]] = mapped_column(JSON)
    """SKUs whose sales it may take."""
    outlets: Mapped[list[str]] = mapped_column(JSON)
    """Empty where regions and classes tell which."""
    regions: Mapped[list[str]] = mapped_column(JSON)
    outlet_classes: Mapped[list[str]] = mapped_column(JSON)
    first: Mapped[date]
    last: Mapped[date]
    """Its last day, itself included."""
    margins: Mapped[dict[str, float]] = mapped_column(JSON)
    """Money that one unit more earns, by SKU."""
    cost: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    currency: Mapped[str] = mapped_column(String(3))
    least_facings: Mapped[int]
    """Facings of the promoted SKUs in a photo from which on it shows the promotion."""
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(320))
