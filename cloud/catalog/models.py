"""Products: what can stand in a cooler, own and competitors'."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from cloud.records import Base, TenantKeyed


class Product(TenantKeyed, Base):
    """One SKU as the tenant knows it."""

    __tablename__ = "product"

    sku: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    name_zh: Mapped[str] = mapped_column(String(200), default="")
    brand: Mapped[str] = mapped_column(String(100))
    owner: Mapped[str] = mapped_column(String(100))
    own: Mapped[bool]
    gtin: Mapped[str | None] = mapped_column(String(14))
    category: Mapped[str] = mapped_column(String(100), default="", server_default="")
    pack: Mapped[str] = mapped_column(String(40), default="")
    size_ml: Mapped[int | None]
    width_mm: Mapped[float | None]
    height_mm: Mapped[float | None]
    price: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    currency: Mapped[str] = mapped_column(String(3), default="USD")
    case_units: Mapped[int] = mapped_column(default=1)

    @property
    def group(self) -> str:
        """`own` or `competitor`."""
        return "own" if self.own else "competitor"
