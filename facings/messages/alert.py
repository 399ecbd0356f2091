"""Alerts: what a rule has found, told to pages, topics and webhooks alike."""

from __future__ import annotations

import uuid
from typing import ClassVar, Literal

from pydantic import Field

from facings.clock import UtcDatetime
from facings.ids import Slug
from facings.messages.base import Message, Part


class AlertSummary(Part):
    """One alert as it is now."""

    id: uuid.UUID = Field(description="stays the same however often it is told")
    rule: int
    rule_name: str
    watch: str = Field(description="what the rule looks at, as stock-out or device-silent")
    severity: Literal["info", "warning", "critical"]
    state: Literal["open", "acknowledged", "resolved"]
    outlet: Slug
    outlet_name: str
    outlet_name_zh: str = ""
    region: str = ""
    cooler: Slug | None = None
    cooler_name: str = ""
    cooler_name_zh: str = ""
    sku: Slug | None = None
    product: str = ""
    product_zh: str = ""
    detail: str = Field(default="", description="with device-alarm: the alarm's name")
    value: float | None = Field(default=None, description="hours, degrees or a fraction, as the rule looks at")
    threshold: float | None = None
    since: UtcDatetime
    opened_at: UtcDatetime
    acknowledged_by: str = ""
    escalated_at: UtcDatetime | None = None
    resolved_at: UtcDatetime | None = None
    refuted_at: UtcDatetime | None = Field(
        default=None, description="with stock-out: when the photo was taken that shows that there was none"
    )
    holds: int = Field(default=0, description="alerts of the same cooler that are held back while this one lasts")


class AlertNotice(Message):
    """Something happened to an alert; sent once, or again where it is not sure that it arrived: see its id.

    Version 1 did not say why an alert is over.
    """

    SCHEMA: ClassVar[str] = "facings/alert/2"
    FORMER: ClassVar[tuple[str, ...]] = ("facings/alert/1",)
    event: Literal["opened", "escalated", "resolved"]
    at: UtcDatetime
    alert: AlertSummary


class AlertList(Message):
    """The alerts that are not over, most severe first; retained."""

    SCHEMA: ClassVar[str] = "facings/kpi-alerts/2"
    FORMER: ClassVar[tuple[str, ...]] = ("facings/kpi-alerts/1",)
    at: UtcDatetime
    total: int
    alerts: tuple[AlertSummary, ...]
