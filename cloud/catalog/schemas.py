"""Products, as the API speaks of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cloud.api.fields import Currency, Gtin, Money, Name, OptionalName, Word
from cloud.api.shapes import LARGEST_IMPORT, Answer, Body
from facings.ids import Slug


class ProductBody(Body):
    """A product to add or change; what is left out takes its default."""

    name: Name
    name_zh: OptionalName = ""
    brand: Annotated[str, Field(min_length=1, max_length=100)]
    owner: Annotated[str, Field(min_length=1, max_length=100, description="company whose brand it is")]
    own: bool = Field(description="whether it is the tenant's own product, not a competitor's")
    gtin: Gtin | None = None
    category: Annotated[str, Field(max_length=100, description="as cola, water, energy")] = ""
    pack: Annotated[str, Field(max_length=40, description="as can, bottle, carton")] = ""
    size_ml: Annotated[int, Field(gt=0, le=100_000)] | None = None
    width_mm: Annotated[float, Field(gt=0, le=2000)] | None = None
    height_mm: Annotated[float, Field(gt=0, le=2000)] | None = None
    price: Money | None = None
    currency: Currency = "USD"
    case_units: Annotated[int, Field(ge=1, le=10_000, description="units in a case, the step of orders")] = 1


class ProductRow(ProductBody):
    """A product of an import."""

    sku: Slug


class ProductImport(Body):
    """Products to add or change, all or none."""

    products: Annotated[list[ProductRow], Field(max_length=LARGEST_IMPORT)]


class ProductAnswer(Answer):
    """A product."""

    sku: str
    name: str
    name_zh: str
    brand: str
    owner: Word
    own: bool
    group: Literal["own", "competitor"]
    gtin: str | None
    category: str
    pack: str
    size_ml: int | None
    width_mm: float | None
    height_mm: float | None
    price: Money | None
    currency: str
    case_units: int


class Imported(Answer):
    """What an import did."""

    added: int
    changed: int
    unchanged: int
