"""`ShelfReading`: what one photo says about a shelf, the last stage of vision before the observation is written."""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 as fractions of the photo's width and height."""


@dataclass(frozen=True)
class PlacedProduct:
    """One product seen: where it stands and what it is.

    Attributes:
        box: where it stands, as fractions of the photo.
        sku: the SKU, or None where the gallery holds nothing like it.
        score: probability that this is a product at all.
        sku_confidence: probability that `sku` is right; of an unknown product, that it is none of the gallery.
        row: shelf row, 0 at the top.
        column: facing within the row, 0 at the left; stacked units of one column share it.
        front: True where it stands in the front of its lane, False where it shows behind another.
        look: of an unknown product its vector, as `edge.vision.looks` writes it; None where it is not told.
        view: number of the photo that `box` lies in, where several were merged.
        alternative: the SKU it may be instead, where the two can hardly be told apart here; else None.
        place: where it stands as fractions of the cooler that all photos show together, where several were merged.
        resembles: of an unknown product the SKU that it may be after all, where that is likely enough to be told.
    """

    box: Box
    sku: str | None
    score: float
    sku_confidence: float
    row: int
    column: int
    front: bool = True
    look: str | None = None
    view: int = 0
    alternative: str | None = None
    place: Box | None = None
    resembles: str | None = None


@dataclass(frozen=True)
class ReadingGap:
    """An empty place in a row: wide enough for a facing and nothing in it.

    `view` is the number of the photo of its box, `sku` what is missing there where the neighbours tell, `place` as of
    a product.
    """

    box: Box
    row: int
    confidence: float
    view: int = 0
    sku: str | None = None
    place: Box | None = None


@dataclass(frozen=True)
class ReadingPriceTag:
    """A price tag, and the SKU of the product that it hangs under, where that is known.

    `price` is what it says, in no currency; None where that cannot be read. `confidence` is the probability that it
    says just this; of a tag that cannot be read, that nothing can be read on it. `view` as of a product.
    """

    box: Box
    sku: str | None
    price: float | None
    confidence: float
    view: int = 0


@dataclass(frozen=True)
class ReadingLine:
    """All products of one SKU (None: unknown) in the photo.

    `count_sd` is the standard deviation of the error of `units` that vision expects of itself.
    """

    sku: str | None
    units: int
    facings: int
    linear_share: float
    confidence: float
    count_sd: float


@dataclass(frozen=True)
class PhotoQuality:
    """Whether the photo can be judged, and why not: `verdict` is `good`, `poor` or `unusable`."""

    verdict: str
    brightness: float
    contrast: float
    sharpness: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class PhotoView:
    """One of several photos that were merged into a reading.

    `linked` is False for a photo on which nothing was found that another photo shows too: what it shows was added to
    the rest, as photos of different parts of a cooler are.
    """

    width: int
    height: int
    quality: PhotoQuality
    linked: bool


@dataclass(frozen=True)
class ShelfReading:
    """Everything vision reads from one photo, or from several of one cooler that were merged.

    Attributes:
        width, height: size of the photo, pixels.
        products: every product, by row then column.
        lines: one per SKU, largest first; the unknown products are one line with sku None.
        gaps: empty places.
        rows: number of shelf rows.
        quality: verdict of the quality gate.
        confidence: probability-like confidence in the whole reading, 0 to 1.
        models: name -> sha256 of each model that took part.
        count_sd: standard deviation of the error expected of the number of all products, whatever their names.
        views: the photos, where several were merged; width and height are then those of the first.
        price_tags: every price tag that was found.
    """

    width: int
    height: int
    products: tuple[PlacedProduct, ...]
    lines: tuple[ReadingLine, ...]
    gaps: tuple[ReadingGap, ...]
    rows: int
    quality: PhotoQuality
    confidence: float
    models: dict[str, str]
    count_sd: float = 0.0
    views: tuple[PhotoView, ...] = ()
    price_tags: tuple[ReadingPriceTag, ...] = ()
