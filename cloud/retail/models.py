"""Replenishment: proposals, the orders they become, and the ledger of what reached an outlet."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, Numeric, String, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cloud.records import Base, TenantKeyed, TenantScoped

ProposalState = Literal["open", "confirmed", "dismissed", "withdrawn"]
"""A person confirms or dismisses; Facings withdraws when the product is back by itself."""

OrderState = Literal["confirmed", "dispatched", "delivered", "cancelled"]

ORDER_TRANSITIONS: dict[OrderState, tuple[OrderState, ...]] = {
    "confirmed": ("dispatched", "delivered", "cancelled"),
    "dispatched": ("delivered", "cancelled"),
    "delivered": (),
    "cancelled": (),
}
"""From each state, the states an order may go to."""

OPEN_ORDER_STATES: tuple[OrderState, ...] = tuple(state for state, after in ORDER_TRANSITIONS.items() if after)

MovementKind = Literal["delivery", "return", "adjustment"]


class Proposal(TenantScoped, Base):
    """What an outlet should order; at most one is open per outlet and SKU, held by the database."""

    __tablename__ = "proposal"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "outlet_id"], ["outlet.tenant_id", "outlet.id"]),
        ForeignKeyConstraint(["tenant_id", "cooler_id"], ["cooler.tenant_id", "cooler.id"]),
        ForeignKeyConstraint(["tenant_id", "sku"], ["product.tenant_id", "product.sku"]),
        Index(
            "uq_proposal_one_open",
            "tenant_id",
            "outlet_id",
            "sku",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    outlet_id: Mapped[str] = mapped_column(String(64))
    cooler_id: Mapped[str] = mapped_column(String(64))
    sku: Mapped[str] = mapped_column(String(64))
    units: Mapped[int]
    case_units: Mapped[int]
    state: Mapped[ProposalState] = mapped_column(String(16), default="open")
    reason: Mapped[str] = mapped_column(String(200))
    why: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What the quantity rests on (`quantity.Why`); None in proposals made before it was kept."""
    held_back: Mapped[str] = mapped_column(String(200), default="")
    episode_id: Mapped[int] = mapped_column(index=True)
    based_on: Mapped[datetime]
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(320))
    decision_reason: Mapped[str] = mapped_column(String(200), default="")

    @property
    def cases(self) -> int:
        """Whole cases proposed."""
        return self.units // self.case_units


class DemandOutlook(TenantKeyed, Base):
    """What an outlet will want of a SKU from its next delivery, on `begins`, to the one after it, `days` later."""

    __tablename__ = "demand_outlook"

    outlet_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    sku: Mapped[str] = mapped_column(String(64), primary_key=True)
    made_at: Mapped[datetime]
    begins: Mapped[date]
    days: Mapped[int]
    service: Mapped[float]
    """Chance that demand stays within `wanted` units."""
    expected: Mapped[float]
    """Units, on average."""
    wanted: Mapped[int]


class Order(TenantScoped, Base):
    """Goods ordered for one outlet."""

    __tablename__ = "order"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "outlet_id"], ["outlet.tenant_id", "outlet.id"]),)

    id: Mapped[int] = mapped_column(primary_key=True)
    outlet_id: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[OrderState] = mapped_column(String(16), default="confirmed")
    confirmed_at: Mapped[datetime]
    confirmed_by: Mapped[str] = mapped_column(String(320))
    dispatched_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    lines: Mapped[list[OrderLine]] = relationship(lazy="selectin", order_by="OrderLine.id")

    @property
    def number(self) -> str:
        """What people call it."""
        return f"R{self.id:06d}"


class OrderLine(TenantScoped, Base):
    """One SKU of an order, for one cooler."""

    __tablename__ = "order_line"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "cooler_id"], ["cooler.tenant_id", "cooler.id"]),
        ForeignKeyConstraint(["tenant_id", "sku"], ["product.tenant_id", "product.sku"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), unique=True)
    cooler_id: Mapped[str] = mapped_column(String(64))
    sku: Mapped[str] = mapped_column(String(64))
    units_ordered: Mapped[int]
    units_delivered: Mapped[int] = mapped_column(default=0)
    unit_price: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    currency: Mapped[str] = mapped_column(String(3))

    @property
    def outstanding(self) -> int:
        """Units ordered and not delivered."""
        return self.units_ordered - self.units_delivered


class Delivery(TenantScoped, Base):
    """One arrival of goods for an order; its key makes a repeated report harmless."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("tenant_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    key: Mapped[str | None] = mapped_column(String(200))
    at: Mapped[datetime]
    movements: Mapped[list[StockMovement]] = relationship(lazy="selectin", order_by="StockMovement.id")


class StockMovement(TenantScoped, Base):
    """A line of the stock ledger: units that came to an outlet (positive) or left it (negative). Never changed."""

    __tablename__ = "stock_movement"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "outlet_id"], ["outlet.tenant_id", "outlet.id"]),
        ForeignKeyConstraint(["tenant_id", "sku"], ["product.tenant_id", "product.sku"]),
        Index("ix_stock_movement_outlet_at", "tenant_id", "outlet_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    outlet_id: Mapped[str] = mapped_column(String(64))
    cooler_id: Mapped[str | None] = mapped_column(String(64))
    sku: Mapped[str] = mapped_column(String(64))
    kind: Mapped[MovementKind] = mapped_column(String(16))
    units: Mapped[int]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str] = mapped_column(String(320))
    note: Mapped[str] = mapped_column(String(200), default="")
    order_line_id: Mapped[int | None] = mapped_column(ForeignKey("order_line.id"))
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"), index=True)


@event.listens_for(StockMovement, "before_update")
@event.listens_for(StockMovement, "before_delete")
def _ledger_only_grows(_mapper: Any, _connection: Any, movement: StockMovement) -> None:
    raise ValueError(f"stock movement {movement.id} is booked for good: correct it with an adjustment")
