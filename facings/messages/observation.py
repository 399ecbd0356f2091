"""One photo, read: the message the product lives on."""

from __future__ import annotations

import uuid
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from facings.clock import UtcDatetime
from facings.ids import Slug
from facings.messages.base import Envelope, Part

Fraction = Annotated[float, Field(ge=0, le=1)]
Trigger = Literal["schedule", "door", "request", "replay"]


class Box(Part):
    """A rectangle in fractions of the photo's width and height; origin top left."""

    x: Fraction
    y: Fraction
    w: Fraction
    h: Fraction


class Product(Part):
    """One product seen, for drawing and for planograms."""

    box: Box
    sku: Slug | None = Field(default=None, description="absent: a product the gallery does not know")
    score: Fraction = Field(description="probability that it is a product")
    sku_confidence: Fraction = Field(description="probability that the SKU (or 'unknown') is right")
    row: int = Field(ge=0, description="shelf row, 0 at the top")
    column: int = Field(ge=0, description="facing within the row, 0 at the left")
    front: bool = True
    look: str | None = Field(
        default=None,
        max_length=2048,
        description="of a product the gallery does not know: the embedder's vector, as signed bytes in base64",
    )


class Line(Part):
    """All products of one SKU in the photo."""

    sku: Slug | None = Field(default=None, description="absent: the products the gallery does not know")
    units: int = Field(ge=0)
    facings: int = Field(ge=0)
    linear_share: Fraction = Field(description="its width / width of all products")
    confidence: Fraction
    count_sd: float = Field(ge=0, description="standard deviation of the error of `units`")

    @model_validator(mode="after")
    def _facings_are_units(self) -> Line:
        if self.facings > self.units:
            raise ValueError(f"{self.facings} facings of {self.units} units: a facing is a unit in front")
        return self


class Gap(Part):
    """An empty place."""

    box: Box
    row: int = Field(ge=0)
    confidence: Fraction
    sku: Slug | None = Field(default=None, description="what is missing there, where the products beside it tell")


class Quality(Part):
    """Verdict on the photo itself. Nothing may be concluded from an `unusable` one."""

    verdict: Literal["good", "poor", "unusable"]
    brightness: float
    contrast: float
    sharpness: float
    reasons: tuple[str, ...] = ()


class ImageRef(Part):
    """The photo, which travels over HTTP: the observation only names it."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(gt=0)
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    media_type: Literal["image/jpeg", "image/png"]


class Timing(Part):
    """Where the seconds went, by the wall clock of the device: also where photos are replayed from another time."""

    due_at: UtcDatetime = Field(description="when the photo was to be taken")
    taken_at: UtcDatetime = Field(description="when the camera had delivered it")
    vision_ms: float = Field(ge=0)


class Observation(Envelope):
    """What one photo shows. Version 1 had no looks."""

    SCHEMA: ClassVar[str] = "facings/observation/2"
    FORMER: ClassVar[tuple[str, ...]] = ("facings/observation/1",)

    photo_id: uuid.UUID = Field(description="UUIDv7 of this photo")
    camera: Slug = "camera-1"
    trigger: Trigger
    quality: Quality
    image: ImageRef
    lines: tuple[Line, ...]
    products: tuple[Product, ...]
    gaps: tuple[Gap, ...] = ()
    rows: int = Field(ge=0)
    confidence: Fraction
    count_sd: float | None = Field(
        default=None, ge=0, description="standard deviation of the error of the number of all products"
    )
    models: dict[str, str] = Field(description="name of each model -> its sha256")
    timing: Timing

    @model_validator(mode="after")
    def _one_line_per_sku(self) -> Observation:
        skus = [line.sku for line in self.lines]
        if len(set(skus)) != len(skus):
            raise ValueError("two lines of one SKU")
        return self
