"""Promotions as the API takes and shows them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from cloud.analytics.promo.answer import Overlap
from cloud.api.fields import Currency, Name
from cloud.api.shapes import Answer, Body
from cloud.retail.promotions.models import Mechanic
from facings.clock import UtcDatetime
from facings.ids import Slug

LONGEST = timedelta(days=366)

Region = Annotated[str, Field(min_length=1, max_length=100)]
OutletClass = Annotated[str, Field(min_length=1, max_length=40)]
Margin = Annotated[float, Field(ge=0, le=1e9)]


class PromotionBody(Body):
    """What a promotion is."""

    name: Name
    mechanic: Mechanic = "price-cut"
    discount: float | None = Field(default=None, gt=0, lt=1, description="cut of the price, as a part of it")
    skus: list[Slug] = Field(min_length=1, max_length=200)
    sisters: list[Slug] = Field(default=[], max_length=200, description="SKUs whose sales it may take")
    outlets: list[Slug] = Field(default=[], max_length=20_000, description="or else name regions or classes")
    regions: list[Region] = Field(default=[], max_length=200)
    outlet_classes: list[OutletClass] = Field(
        default=[], max_length=100, validate_default=True, description="such as the channel"
    )
    first: date
    last: date = Field(description="its last day, itself included")
    margins: dict[Slug, Margin] = Field(
        description="money that one unit more earns under the promotion, by SKU; of the sister SKUs too"
    )
    cost: Decimal = Field(
        gt=0,
        max_digits=12,
        decimal_places=2,
        description="of the whole promotion; with the discount on units that would have been sold anyway",
    )
    currency: Currency = "USD"
    least_facings: int = Field(
        default=1, ge=1, le=1000, description="facings of the promoted SKUs from which on a photo shows the promotion"
    )

    # Each rule is one of a field, so that all that is wrong is told at once, each with its place; pages tell the rules
    # apart by their names. What was refused itself is not among `info.data`.

    @field_validator("sisters")
    @classmethod
    def _not_promoted_too(cls, sisters: list[str], info: ValidationInfo) -> list[str]:
        if both := sorted({*info.data.get("skus", ())} & {*sisters}):
            message = "both promoted and sister SKUs: {skus}"
            raise PydanticCustomError("promoted-and-sister", message, {"skus": ", ".join(both)})
        return sisters

    @field_validator("outlet_classes")
    @classmethod
    def _outlets_in_one_way(cls, classes: list[str], info: ValidationInfo) -> list[str]:
        known = {"outlets", "regions"} <= info.data.keys()
        if known and bool(info.data["outlets"]) == bool(info.data["regions"] or classes):
            raise PydanticCustomError(
                "outlets-or-rule", "name either the outlets, or the regions and classes of outlets"
            )
        return classes

    @field_validator("last")
    @classmethod
    def _not_before_first(cls, last: date, info: ValidationInfo) -> date:
        first: date = info.data.get("first", last)
        if last < first:
            raise PydanticCustomError("last-before-first", "the last day lies before the first")
        if last - first > LONGEST:
            raise PydanticCustomError("too-long", "a promotion lasts a year at most: split it")
        return last

    @field_validator("margins")
    @classmethod
    def _margin_of_each(cls, margins: dict[str, float], info: ValidationInfo) -> dict[str, float]:
        if missing := sorted({*info.data.get("skus", ()), *info.data.get("sisters", ())} - margins.keys()):
            message = "name the margin of each SKU and sister SKU: {skus} is missing"
            raise PydanticCustomError("margin-missing", message, {"skus": ", ".join(missing)})
        return margins


class PromotionAnswer(Answer):
    """A promotion as it is kept."""

    id: int
    name: str
    mechanic: Mechanic
    discount: float | None
    skus: list[str]
    sisters: list[str]
    outlets: list[str]
    regions: list[str]
    outlet_classes: list[str]
    first: date
    last: date
    margins: dict[str, float]
    cost: Decimal
    currency: str
    least_facings: int
    changed_at: UtcDatetime
    changed_by: str


class PromotionPlanned(PromotionAnswer):
    """A promotion as it is kept, and what it runs together with."""

    overlap: Overlap | None = Field(
        default=None, description="other promotions of these SKUs in these outlets and days; null where there is none"
    )
