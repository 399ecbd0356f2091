"""From what vision reads to what is sent: `ShelfReading` -> `Observation`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edge.uplink.spool import SpooledPhoto
from edge.vision.photo import Photo
from edge.vision.reading import Box as ReadingBox
from edge.vision.reading import PhotoQuality, PlacedProduct, ReadingGap, ReadingLine, ReadingPriceTag, ShelfReading
from facings.messages import (
    MAX_MESSAGE_BYTES,
    Box,
    Gap,
    ImageRef,
    Line,
    Observation,
    PriceTag,
    Product,
    Quality,
    Timing,
)

DECIMALS = 4
"""A ten-thousandth of the photo's width is less than a pixel; a message of 100 products stays under 25 kB."""


def observation(
    envelope: dict[str, Any], spooled: SpooledPhoto, photo: Photo, reading: ShelfReading, vision_ms: float, camera: str
) -> Observation:
    """The message for one photo. An unusable photo is told with its verdict and without a line: nothing follows
    from it.
    """
    message = Observation(
        schema_id=Observation.OF_ONE_PHOTO,
        **envelope,
        photo_id=spooled.photo_id,
        camera=camera,
        trigger=spooled.trigger,
        quality=quality_of(reading.quality),
        image=image_of(spooled, photo),
        timing=Timing(due_at=spooled.due_at, taken_at=spooled.taken_at, vision_ms=round(vision_ms, 1)),
        confidence=round(reading.confidence, DECIMALS),
        **shown_by(reading),
    )
    return that_fits(message)


def shown_by(reading: ShelfReading, views: Sequence[int] | None = None) -> dict[str, Any]:
    """What stands on the shelf, as fields of an observation; nothing where the reading is unusable.

    `views` are the positions in the observation of the photos that were read together.
    """
    if reading.quality.verdict == "unusable":
        return {"lines": (), "products": (), "gaps": (), "rows": 0, "count_sd": None, "models": reading.models}
    return {
        "lines": tuple(_line(line) for line in reading.lines),
        "products": tuple(_product(product, views) for product in reading.products),
        "gaps": tuple(_gap(gap, views) for gap in reading.gaps),
        "price_tags": tuple(_price_tag(tag, views) for tag in reading.price_tags),
        "rows": reading.rows,
        "count_sd": round(reading.count_sd, DECIMALS),
        "models": reading.models,
    }


def quality_of(quality: PhotoQuality) -> Quality:
    """The verdict on a photo, rounded."""
    return Quality(
        verdict=quality.verdict,
        brightness=round(quality.brightness, DECIMALS),
        contrast=round(quality.contrast, DECIMALS),
        sharpness=round(quality.sharpness, DECIMALS),
        reasons=quality.reasons,
    )


def image_of(spooled: SpooledPhoto, photo: Photo) -> ImageRef:
    """What names the photo's file."""
    return ImageRef(
        sha256=spooled.sha256,
        bytes=spooled.bytes,
        width=photo.width,
        height=photo.height,
        media_type=photo.media_type,
    )


def that_fits(message: Observation) -> Observation:
    """The message itself, or without its boxes where they would make it too large for the wire: the counts stay."""
    if len(message.to_wire()) < MAX_MESSAGE_BYTES - 1_000:
        return message
    reasons = (*message.quality.reasons, f"{len(message.products)} boxes left out: too many for one message")
    quality = message.quality.model_copy(update={"reasons": reasons})
    return message.model_copy(update={"products": (), "gaps": (), "price_tags": (), "quality": quality})


def _line(line: ReadingLine) -> Line:
    return Line(
        sku=line.sku,
        units=line.units,
        facings=line.facings,
        linear_share=round(line.linear_share, DECIMALS),
        confidence=round(line.confidence, DECIMALS),
        count_sd=round(line.count_sd, DECIMALS),
    )


def _product(product: PlacedProduct, views: Sequence[int] | None) -> Product:
    return Product(
        box=_box(product.box),
        sku=product.sku,
        score=round(product.score, DECIMALS),
        sku_confidence=round(product.sku_confidence, DECIMALS),
        row=product.row,
        column=product.column,
        front=product.front,
        look=product.look,
        resembles=product.resembles,
        view=views[product.view] if views else None,
        place=_box(product.place) if product.place else None,
    )


def _gap(gap: ReadingGap, views: Sequence[int] | None) -> Gap:
    return Gap(
        box=_box(gap.box),
        row=gap.row,
        confidence=round(gap.confidence, DECIMALS),
        sku=gap.sku,
        view=views[gap.view] if views else None,
        place=_box(gap.place) if gap.place else None,
    )


def _price_tag(tag: ReadingPriceTag, views: Sequence[int] | None) -> PriceTag:
    return PriceTag(
        box=_box(tag.box),
        sku=tag.sku,
        price=tag.price,
        confidence=round(tag.confidence, DECIMALS),
        view=views[tag.view] if views else None,
    )


def _box(box: ReadingBox) -> Box:
    x1, y1, x2, y2 = (min(1.0, max(0.0, float(edge))) for edge in box)
    return Box(x=round(x1, DECIMALS), y=round(y1, DECIMALS), w=round(x2 - x1, DECIMALS), h=round(y2 - y1, DECIMALS))
