"""What a cooler showed at one moment, read from a photo or from those of several cameras: the message all lives on."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from facings.clock import UtcDatetime
from facings.ids import Slug
from facings.messages.base import Envelope, Part

Fraction = Annotated[float, Field(ge=0, le=1)]
Trigger = Literal["schedule", "door", "request", "replay"]
CoolerPart = Literal["whole", "upper", "middle", "lower", "left", "centre", "right"]
"""What a camera sees of its cooler."""


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
    resembles: Slug | None = Field(
        default=None,
        description="of a product without a SKU: the one it may be after all, told to whoever names it; "
        "changes no count",
    )
    view: int | None = Field(default=None, ge=0, description="position in `views` of the photo that `box` lies in")
    place: Box | None = Field(
        default=None, description="with `view`: where it stands in the cooler as all photos together show it"
    )


class Line(Part):
    """All products of one SKU in the cooler, as far as its photos show it."""

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
    view: int | None = Field(default=None, ge=0, description="as of a product")
    place: Box | None = Field(default=None, description="as of a product")


class PriceTag(Part):
    """A price tag on the edge of a shelf."""

    box: Box
    sku: Slug | None = Field(default=None, description="of the product that it hangs under, where that is known")
    price: float | None = Field(
        default=None, ge=0, lt=100_000, description="what it says, in no currency; absent: it cannot be read"
    )
    confidence: Fraction = Field(description="probability that it says this; absent a price, that it cannot be read")
    view: int | None = Field(default=None, ge=0, description="as of a product")


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


class View(Part):
    """One of several cameras at this moment: its photo, or why there is none."""

    camera: Slug
    shows: CoolerPart = "whole"
    photo_id: uuid.UUID | None = Field(default=None, description="absent: the camera gave no photo")
    image: ImageRef | None = None
    quality: Quality | None = None
    overlaps: bool = Field(
        default=False, description="products on it were found on another photo too and count once; else all are added"
    )
    problem: str = Field(default="", description="why nothing was seen of this part; empty: it was seen")

    @model_validator(mode="after")
    def _a_photo_or_a_problem(self) -> View:
        if (self.photo_id is None) != (self.image is None):
            raise ValueError("photo_id and image come together")
        if self.photo_id is None and not self.problem:
            raise ValueError("a camera without a photo says what the problem is")
        return self


class ObservationHead(Envelope):
    """All of an observation but its lines and products, which its readers keep in the form that suits them."""

    SCHEMA: ClassVar[str] = "facings/observation/5"
    FORMER: ClassVar[tuple[str, ...]] = (
        "facings/observation/4",
        "facings/observation/3",
        "facings/observation/2",
        "facings/observation/1",
    )
    OF_ONE_PHOTO: ClassVar[str] = "facings/observation/2"
    """What a device with one camera says, so that clouds which know nothing of several cameras understand it too."""
    OF_SEVERAL_PHOTOS: ClassVar[str] = "facings/observation/3"
    """What a device with several cameras says: older clouds read it too, and pass over what came later."""

    photo_id: uuid.UUID = Field(description="UUIDv7 of this photo")
    camera: Slug = "camera-1"
    trigger: Trigger
    quality: Quality
    image: ImageRef
    gaps: tuple[Gap, ...] = ()
    price_tags: tuple[PriceTag, ...] = ()
    rows: int = Field(ge=0)
    confidence: Fraction
    count_sd: float | None = Field(
        default=None, ge=0, description="standard deviation of the error of the number of all products"
    )
    models: dict[str, str] = Field(description="name of each model -> its sha256")
    timing: Timing
    views: tuple[View, ...] = Field(default=(), description="every camera of the device, where it has several")
    coverage: Fraction = Field(default=1.0, description="cameras whose part of the cooler was seen / all cameras")

    @model_validator(mode="after")
    def _views_are_there(self) -> Self:
        shown = {number for number, view in enumerate(self.views) if view.image is not None}
        if not self._views_named() <= {None, *shown}:
            raise ValueError("a product, gap or price tag lies in a photo that is not among the views")
        return self

    def _views_named(self) -> set[int | None]:
        return {gap.view for gap in self.gaps} | {tag.view for tag in self.price_tags}

    @property
    def stands_for_cooler(self) -> bool:
        """Whether its numbers are those of the whole cooler: the photos are usable, and no part of it went unseen."""
        return self.quality.verdict != "unusable" and not any(view.problem for view in self.views)

    @property
    def pictures(self) -> Iterator[tuple[uuid.UUID, ImageRef]]:
        """The photos, each with its id."""
        if not self.views:
            yield self.photo_id, self.image
        for view in self.views:
            if view.photo_id is not None and view.image is not None:
                yield view.photo_id, view.image

    def photo_of(self, one: Product | Gap) -> uuid.UUID:
        """The id of the photo that the box of a product or a gap lies in."""
        found = None if one.view is None else self.views[one.view].photo_id
        return found or self.photo_id


class Observation(ObservationHead):
    """What a cooler shows at one moment. Version 1 had no looks, version 2 only one photo, version 3 not `resembles`,
    version 4 not `price_tags`.

    A device with several cameras lists them in `views`; photo_id, camera and image are then those of the first that
    gave a usable photo. Lines, rows and gaps are those of the whole cooler, in which each product counts once.
    """

    lines: tuple[Line, ...]
    products: tuple[Product, ...]

    @model_validator(mode="after")
    def _one_line_per_sku(self) -> Self:
        skus = [line.sku for line in self.lines]
        if len(set(skus)) != len(skus):
            raise ValueError("two lines of one SKU")
        return self

    def _views_named(self) -> set[int | None]:
        return super()._views_named() | {product.view for product in self.products}
