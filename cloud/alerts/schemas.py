"""Alerts, rules and destinations, as the API speaks of them."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from cloud.alerts.models import AlertEvent, DestinationKind, Severity, Watch
from cloud.alerts.watches import NEEDS_THRESHOLD
from cloud.api.fields import Name, Word
from cloud.api.shapes import Answer, Body, RecordId
from facings.clock import UtcDatetime
from facings.ids import Slug

A_YEAR = 365 * 24 * 60
_PART = r"[^@\s,;:<>()\[\]\\\"]+"
_MAIL = re.compile(rf"{_PART}@{_PART}\.{_PART}")

Hour = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$", description="HH:MM, in the time of the outlet")]
Words = Annotated[list[Word], Field(max_length=200)]
Ids = Annotated[list[RecordId], Field(max_length=50)]


def _each_once(ids: list[int]) -> list[int]:
    return sorted(set(ids))


class RuleBody(Body):
    """When to alert, about what, whom. Empty lists stand for all."""

    name: Name
    watch: Watch
    threshold: float | None = Field(
        default=None,
        ge=-100,
        le=1000,
        description="degrees with temperature; a fraction with shares, occupancy, compliance and prices",
    )
    minutes: int = Field(default=0, ge=0, le=A_YEAR, description="how long it must last before anybody is told")
    severity: Severity = "warning"
    enabled: bool = True
    regions: Words = Field(default_factory=list)
    outlet_classes: Words = Field(default_factory=list)
    brands: Words = Field(default_factory=list)
    coolers: Annotated[list[Slug], Field(max_length=1000)] = Field(default_factory=list)
    quiet_from: Hour = ""
    quiet_to: Hour = ""
    destinations: Annotated[Ids, AfterValidator(_each_once)] = Field(default_factory=list)
    escalate_minutes: int | None = Field(
        default=None, ge=1, le=A_YEAR, description="after how long without an acknowledgement others are told"
    )
    escalate_to: Annotated[Ids, AfterValidator(_each_once)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _makes_sense(self) -> RuleBody:
        if self.watch in NEEDS_THRESHOLD and self.threshold is None:
            raise ValueError(f"a rule on {self.watch} needs a threshold")
        if self.watch not in NEEDS_THRESHOLD and self.threshold is not None:
            raise ValueError(f"a rule on {self.watch} has no threshold: `minutes` says how long it must last")
        if self.watch in NEEDS_THRESHOLD - {"temperature"} and not 0 < (self.threshold or 0) <= 1:
            raise ValueError("the threshold is a fraction: write 0.25 for 25%")
        if self.watch == "device-silent" and self.minutes < 1:
            raise ValueError("say for how many minutes a cooler must be silent")
        if bool(self.quiet_from) != bool(self.quiet_to):
            raise ValueError("quiet hours have a beginning and an end")
        if self.brands and self.watch not in ("stock-out", "intrusion"):
            raise ValueError(f"a rule on {self.watch} is of no brand")
        if bool(self.escalate_to) != (self.escalate_minutes is not None):
            raise ValueError("an escalation says after how many minutes and to whom")
        return self


class RuleAnswer(RuleBody, Answer):
    """A rule."""

    id: int
    created_at: UtcDatetime
    created_by: str


class DestinationBody(Body):
    """Where alerts go, and for which market and channel. Empty lists stand for all."""

    name: Name
    kind: DestinationKind
    address: Annotated[str, Field(max_length=1000, description="an https URL, or an e-mail address")]
    secret: Annotated[str, Field(max_length=100, description="webhook: whsec_...; left out, one is made")] = ""
    language: Literal["en", "zh-Hans"] = "en"
    regions: Words = Field(default_factory=list)
    outlet_classes: Words = Field(default_factory=list)
    enabled: bool = True

    @model_validator(mode="after")
    def _fits_its_kind(self) -> DestinationBody:
        if self.kind == "email":
            if not _MAIL.fullmatch(self.address) or not self.address.isprintable():
                raise ValueError("an e-mail address is of the form name@example.com; one destination has one")
            if self.secret:
                raise ValueError("only a webhook has a secret")
        return self


class DestinationAnswer(Answer):
    """A destination; its secret is told once, when it is made."""

    id: int
    name: str
    kind: DestinationKind
    address: str
    language: str
    regions: list[str]
    outlet_classes: list[str]
    enabled: bool


class NewDestination(DestinationAnswer):
    """A destination just made."""

    secret: str = Field(description="checks the signatures of a webhook; keep it, it is not told again")


class DeliveryAnswer(Answer):
    """A message of an alert on its way."""

    id: int
    event: AlertEvent
    destination_id: int | None = Field(description="null: the alert's MQTT topic")
    due_at: UtcDatetime
    attempts: int
    delivered_at: UtcDatetime | None
    given_up_at: UtcDatetime | None
    last_error: str
