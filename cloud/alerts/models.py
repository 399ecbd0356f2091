"""Alert rules, where alerts go, the alerts, and what is still to be told of them."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from cloud.records import Base, TenantScoped

Watch = Literal[
    "stock-out",
    "intrusion",
    "device-silent",
    "device-alarm",
    "temperature",
    "occupancy",
    "compliance",
    "own-share",
    "share-drop",
    "wrong-price",
]
"""What a rule looks at."""

Severity = Literal["info", "warning", "critical"]

AlertState = Literal["waiting", "open", "acknowledged", "resolved"]
"""Waiting: seen, but doubtful, not for as long as the rule asks, or held back; nobody was told."""

AlertEvent = Literal["opened", "escalated", "resolved"]

DestinationKind = Literal["webhook", "email"]


class AlertDestination(TenantScoped, Base):
    """Where alerts are sent, and for which market and channel: empty lists stand for all."""

    __tablename__ = "alert_destination"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[DestinationKind] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(1000))
    sealed_secret: Mapped[str] = mapped_column(String(300), default="")
    """What `signing_secrets` opens; empty with e-mail."""
    language: Mapped[str] = mapped_column(String(16), default="en")
    regions: Mapped[list[str]] = mapped_column(JSON, default=list)
    outlet_classes: Mapped[list[str]] = mapped_column(JSON, default=list)
    enabled: Mapped[bool] = mapped_column(default=True)


class AlertRule(TenantScoped, Base):
    """When to alert, about what, and whom. Empty lists of the scope stand for all."""

    __tablename__ = "alert_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    watch: Mapped[Watch] = mapped_column(String(24))
    threshold: Mapped[float | None]
    minutes: Mapped[int] = mapped_column(default=0)
    severity: Mapped[Severity] = mapped_column(String(16), default="warning")
    enabled: Mapped[bool] = mapped_column(default=True)
    regions: Mapped[list[str]] = mapped_column(JSON, default=list)
    outlet_classes: Mapped[list[str]] = mapped_column(JSON, default=list)
    brands: Mapped[list[str]] = mapped_column(JSON, default=list)
    coolers: Mapped[list[str]] = mapped_column(JSON, default=list)
    quiet_from: Mapped[str] = mapped_column(String(5), default="")
    quiet_to: Mapped[str] = mapped_column(String(5), default="")
    destinations: Mapped[list[int]] = mapped_column(JSON, default=list)
    escalate_minutes: Mapped[int | None]
    escalate_to: Mapped[list[int]] = mapped_column(JSON, default=list)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(320))
    deleted_at: Mapped[datetime | None]


class Alert(TenantScoped, Base):
    """Something that a rule found: one for as long as it lasts, however often it is seen."""

    __tablename__ = "alert"
    __table_args__ = (
        Index(
            "uq_alert_one_active",
            "tenant_id",
            "rule_id",
            "key",
            unique=True,
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
        Index("ix_alert_resolved", "tenant_id", "resolved_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("alert_rule.id"))
    key: Mapped[str] = mapped_column(String(200))
    state: Mapped[AlertState] = mapped_column(String(16), default="waiting")
    severity: Mapped[Severity] = mapped_column(String(16))
    watch: Mapped[Watch] = mapped_column(String(24))
    outlet_id: Mapped[str] = mapped_column(String(64))
    cooler_id: Mapped[str | None] = mapped_column(String(64))
    sku: Mapped[str | None] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(String(200), default="")
    value: Mapped[float | None]
    threshold: Mapped[float | None]
    since: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(320))
    escalated_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    episode_id: Mapped[int | None]
    """The stock-out that it tells of."""
    refuted_at: Mapped[datetime | None]
    """When the photo was taken that shows that there was none."""
    held_by: Mapped[uuid.UUID | None]
    """The alert of its silent cooler, which stands for this one."""

    @property
    def active(self) -> bool:
        """Whether it was told and is not over."""
        return self.state in ("open", "acknowledged")


class AlertDelivery(TenantScoped, Base):
    """A message of an alert that must reach somewhere; the outbox, which survives a kill.

    Without a destination it goes to the alert's MQTT topic.
    """

    __tablename__ = "alert_delivery"
    __table_args__ = (
        Index(
            "ix_alert_delivery_due",
            "due_at",
            sqlite_where=text("delivered_at IS NULL AND given_up_at IS NULL"),
            postgresql_where=text("delivered_at IS NULL AND given_up_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("alert.id"), index=True)
    event: Mapped[AlertEvent] = mapped_column(String(16))
    destination_id: Mapped[int | None] = mapped_column(ForeignKey("alert_destination.id"))
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    delivered_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(String(300), default="")
