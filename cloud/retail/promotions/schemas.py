"""Promotions as the API takes and shows them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import Field, model_validator

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
    outlet_classes: list[OutletClass] = Field(default=[], max_length=100, description="such as the channel")
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

    @model_validator(mode="after")
    def _holds_together(self) -> PromotionBody:
        if self.last < self.first:
            raise ValueError("the last day lies before the first")
        if self.last - self.first > LONGEST:
            raise ValueError("a promotion lasts a year at most: split it")
        if both := set(self.skus) & set(self.sisters):
            raise ValueError(f"both promoted and sister SKUs: {', '.join(sorted(both))}")
        if missing := {*self.skus, *self.sisters} - self.margins.keys():
            raise ValueError(f"name the margin of each SKU and sister SKU: {', '.join(sorted(missing))} is missing")
        if bool(self.outlets) == bool(self.regions or self.outlet_classes):
            raise ValueError("name either the outlets, or the regions and classes of outlets")
        return self


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
