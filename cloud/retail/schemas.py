"""Proposals, orders and the stock ledger, as the API speaks of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cloud.api.shapes import Answer, Body, RecordId
from cloud.retail.models import MovementKind, OrderState, ProposalState
from facings.clock import UtcDatetime
from facings.ids import Slug

MOST_UNITS = 1_000_000
Reason = Annotated[str, Field(max_length=200)]


class WhyAnswer(Answer):
    """What a quantity rests on."""

    by: Literal["demand", "lanes", "case"] = Field(
        description="demand; the lanes, that hold no more or whose demand is not known; one case, without a planogram"
    )
    wanted: int | None = Field(default=None, description="units that demand stays within, with the chance `service`")
    days: int | None = Field(default=None, description="from the next delivery to the one after it")
    service: float | None = None
    elsewhere: int | None = Field(default=None, description="units in the outlet's other coolers, or on their way")


class ProposalAnswer(Answer):
    """What an outlet should order."""

    id: int
    outlet_id: str
    cooler_id: str
    sku: str
    units: int
    case_units: int
    cases: int
    state: ProposalState
    reason: str
    why: WhyAnswer | None = Field(description="what the quantity rests on; null: it was not kept yet")
    held_back: str = Field(description="why it should not be confirmed yet; empty: it may be")
    episode_id: int
    based_on: UtcDatetime = Field(description="when the photo was taken that it rests on")
    created_at: UtcDatetime
    decided_at: UtcDatetime | None
    decided_by: str | None
    decision_reason: str


class Confirmation(Body):
    """How to confirm a proposal."""

    despite_held_back: bool = False


class JointConfirmation(Confirmation):
    """Proposals of one outlet to confirm as one order."""

    ids: Annotated[list[RecordId], Field(min_length=1, max_length=200)]


class Dismissal(Body):
    """Why a proposal is turned down."""

    reason: Reason = ""


class OrderLineAnswer(Answer):
    """One SKU of an order."""

    id: int
    proposal_id: int
    cooler_id: str
    sku: str
    units_ordered: int
    units_delivered: int
    unit_price: Decimal | None
    currency: str


class OrderAnswer(Answer):
    """Goods ordered for one outlet."""

    id: int
    number: str
    outlet_id: str
    state: OrderState
    confirmed_at: UtcDatetime
    confirmed_by: str
    dispatched_at: UtcDatetime | None
    delivered_at: UtcDatetime | None
    cancelled_at: UtcDatetime | None
    lines: list[OrderLineAnswer]


class ArrivedLine(Body):
    """Units of one order line that arrived."""

    line: RecordId
    units: Annotated[int, Field(ge=0, le=MOST_UNITS)]


class Arrival(Body):
    """A delivery of an order."""

    lines: list[ArrivedLine] | None = Field(default=None, description="default: all that is outstanding")
    at: UtcDatetime | None = Field(default=None, description="when it arrived; default: now")
    final: bool = Field(default=False, description="nothing more will come: closes the order")

    @model_validator(mode="after")
    def _each_line_once(self) -> Arrival:
        named = [arrived.line for arrived in self.lines or []]
        if len(set(named)) != len(named):
            raise ValueError("a line is named twice: add its units up")
        return self

    @property
    def units(self) -> dict[int, int] | None:
        """Units by order line."""
        return None if self.lines is None else {arrived.line: arrived.units for arrived in self.lines}


class Correction(Body):
    """A movement of stock that no order knows of."""

    sku: Slug
    kind: Literal["return", "adjustment"]
    units: int = Field(
        ge=-MOST_UNITS,
        le=MOST_UNITS,
        description="positive: came to the outlet; negative: left it, as every return does",
    )
    cooler: Slug | None = None
    note: Reason = ""
    at: UtcDatetime | None = None

    @model_validator(mode="after")
    def _moves_something(self) -> Correction:
        if self.units == 0 or (self.kind == "return" and self.units > 0):
            raise ValueError("units that leave are negative; none at all are no movement")
        return self


class MovementAnswer(Answer):
    """A line of the stock ledger."""

    id: int
    outlet_id: str
    cooler_id: str | None
    sku: str
    kind: MovementKind
    units: int
    at: UtcDatetime
    recorded_at: UtcDatetime
    recorded_by: str
    note: str
    order_line_id: int | None
