"""From what vision reads to what is sent: `ShelfReading` -> `Observation`."""

from __future__ import annotations

from typing import Any

from edge.uplink.spool import SpooledPhoto
from edge.vision.photo import Photo
from edge.vision.reading import Box as ReadingBox
from edge.vision.reading import PlacedProduct, ReadingGap, ReadingLine, ShelfReading
from facings.messages import MAX_MESSAGE_BYTES, Box, Gap, ImageRef, Line, Observation, Product, Quality, Timing

DECIMALS = 4
"""A ten-thousandth of the photo's width is less than a pixel; a message of 100 products stays under 25 kB."""


def observation(
    envelope: dict[str, Any], spooled: SpooledPhoto, photo: Photo, reading: ShelfReading, vision_ms: float, camera: str
) -> Observation:
    """The message for one photo. An unusable photo is told with its verdict and without a line: nothing follows
    from it.
    """
    usable = reading.quality.verdict != "unusable"
    quality = reading.quality
    message = Observation(
        **envelope,
        photo_id=spooled.photo_id,
        camera=camera,
        trigger=spooled.trigger,
        quality=Quality(
            verdict=quality.verdict,
            brightness=round(quality.brightness, DECIMALS),
            contrast=round(quality.contrast, DECIMALS),
            sharpness=round(quality.sharpness, DECIMALS),
            reasons=quality.reasons,
        ),
        image=ImageRef(
            sha256=spooled.sha256,
            bytes=spooled.bytes,
            width=photo.width,
            height=photo.height,
            media_type=photo.media_type,
        ),
        lines=tuple(_line(line) for line in reading.lines) if usable else (),
        products=tuple(_product(product) for product in reading.products) if usable else (),
        gaps=tuple(_gap(gap) for gap in reading.gaps) if usable else (),
        rows=reading.rows if usable else 0,
        confidence=round(reading.confidence, DECIMALS),
        count_sd=round(reading.count_sd, DECIMALS) if usable else None,
        models=reading.models,
        timing=Timing(due_at=spooled.due_at, taken_at=spooled.taken_at, vision_ms=round(vision_ms, 1)),
    )
    return _that_fits(message)


def _that_fits(message: Observation) -> Observation:
    """The message itself, or without its boxes where they would make it too large for the wire: the counts stay."""
    if len(message.to_wire()) < MAX_MESSAGE_BYTES - 1_000:
        return message
    reasons = (*message.quality.reasons, f"{len(message.products)} boxes left out: too many for one message")
    quality = message.quality.model_copy(update={"reasons": reasons})
    return message.model_copy(update={"products": (), "gaps": (), "quality": quality})


def _line(line: ReadingLine) -> Line:
    return Line(
        sku=line.sku,
        units=line.units,
        facings=line.facings,
        linear_share=round(line.linear_share, DECIMALS),
        confidence=round(line.confidence, DECIMALS),
        count_sd=round(line.count_sd, DECIMALS),
    )


def _product(product: PlacedProduct) -> Product:
    return Product(
        box=_box(product.box),
        sku=product.sku,
        score=round(product.score, DECIMALS),
        sku_confidence=round(product.sku_confidence, DECIMALS),
        row=product.row,
        column=product.column,
        front=product.front,
        look=product.look,
    )


def _gap(gap: ReadingGap) -> Gap:
    return Gap(box=_box(gap.box), row=gap.row, confidence=round(gap.confidence, DECIMALS), sku=gap.sku)


def _box(box: ReadingBox) -> Box:
    x1, y1, x2, y2 = (min(1.0, max(0.0, float(edge))) for edge in box)
    return Box(x=round(x1, DECIMALS), y=round(y1, DECIMALS), w=round(x2 - x1, DECIMALS), h=round(y2 - y1, DECIMALS))
