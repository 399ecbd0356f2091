"""Draws a reading over its photo: a colour and number per SKU, unknown in white, gaps hatched, prices, a legend."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from edge.vision.photo import Photo
from edge.vision.reading import Box, PlacedProduct, ReadingLine, ReadingPriceTag, ShelfReading

Pixels = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]
Mark = tuple[str, Colour]

FONT = cv2.FONT_HERSHEY_DUPLEX
UNKNOWN: Colour = (235, 235, 235)
GAP: Colour = (60, 60, 235)
PRICE: Colour = (30, 205, 250)
INK: Colour = (28, 24, 22)
PAPER: Colour = (250, 249, 248)
SMALLEST_CANVAS = 1200
# BGR, told apart by hue and by lightness; the most frequent SKUs get the first ones.
PALETTE: tuple[Colour, ...] = (
    (180, 119, 31), (14, 127, 255), (44, 160, 44), (189, 103, 148), (194, 119, 227), (207, 190, 23),
    (34, 189, 188), (75, 86, 140), (232, 199, 174), (120, 187, 255), (138, 223, 152), (150, 152, 255),
)  # fmt: skip


def annotate(photo: Photo, reading: ShelfReading, view: int = 0) -> Pixels:
    """The photo with every product, row and gap drawn and a legend under it, BGR; small photos are enlarged.

    Of a reading merged from several photos, what is taken from photo number `view` is drawn: each product only once.
    """
    scale = max(1.0, SMALLEST_CANVAS / max(photo.width, photo.height))
    canvas = cv2.resize(photo.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    canvas = np.asarray(canvas, np.uint8).copy()
    marks = _marks(reading)
    size = (canvas.shape[1], canvas.shape[0])
    for product in sorted((p for p in reading.products if p.view == view), key=lambda p: p.front):
        _draw_product(canvas, product, marks[product.sku])
    for gap in (g for g in reading.gaps if g.view == view):
        _draw_gap(canvas, _pixel_box(gap.box, size), gap.confidence)
    for tag in (t for t in reading.price_tags if t.view == view):
        _draw_price_tag(canvas, tag)
    _draw_row_numbers(canvas, [product for product in reading.products if product.view == view])
    return np.vstack([canvas, _legend(canvas.shape[1], reading, marks)])


def _marks(reading: ShelfReading) -> dict[str | None, Mark]:
    """The mark of each SKU: its number is its place in the legend, so two SKUs of one colour stay apart."""
    skus = [line.sku for line in reading.lines if line.sku is not None]
    return {None: ("?", UNKNOWN), **{sku: (str(i + 1), PALETTE[i % len(PALETTE)]) for i, sku in enumerate(skus)}}


def _pixel_box(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    x1, y1, x2, y2 = np.rint(np.array(box) * [*size, *size]).astype(int).tolist()
    return x1, y1, x2, y2


def _draw_product(canvas: Pixels, product: PlacedProduct, mark: Mark) -> None:
    text, colour = mark
    x1, y1, x2, y2 = _pixel_box(product.box, (canvas.shape[1], canvas.shape[0]))
    thick = max(2, canvas.shape[1] // 500)
    part = canvas[y1:y2, x1:x2]
    part[:] = cv2.addWeighted(part, 0.9, np.full_like(part, colour), 0.1, 0)
    if product.front:
        cv2.rectangle(canvas, (x1, y1), (x2, y2), INK, thick + 2, cv2.LINE_AA)
        cv2.rectangle(canvas, (x1, y1), (x2, y2), colour, thick, cv2.LINE_AA)
    else:
        cv2.rectangle(canvas, (x1, y1), (x2, y2), colour, max(1, thick // 2), cv2.LINE_AA)
    if product.sku or product.front:
        _tag(canvas, text, (x1, y2), min(0.42, (x2 - x1) / 60) * canvas.shape[1] / 1000, colour)


def _tag(canvas: Pixels, text: str, foot_left: tuple[int, int], scale: float, colour: Colour) -> None:
    scale = max(scale, 0.3)
    (width, height), base = cv2.getTextSize(text, FONT, scale, 1)
    x, y = foot_left
    dark = sum(colour) < 330
    cv2.rectangle(canvas, (x, y - height - base), (x + width + 4, y), colour, cv2.FILLED)
    cv2.putText(canvas, text, (x + 2, y - base // 2 - 1), FONT, scale, PAPER if dark else INK, 1, cv2.LINE_AA)


def _draw_gap(canvas: Pixels, box: tuple[int, int, int, int], confidence: float) -> None:
    x1, y1, x2, y2 = box
    part = canvas[y1:y2, x1:x2]
    if not part.size:
        return
    hatched = part.copy()
    step = max(12, canvas.shape[1] // 80)
    for offset in range(-part.shape[0], part.shape[1], step):
        cv2.line(hatched, (offset, part.shape[0]), (offset + part.shape[0], 0), GAP, max(1, step // 8), cv2.LINE_AA)
    part[:] = cv2.addWeighted(part, 1 - 0.8 * confidence, hatched, 0.8 * confidence, 0)
    cv2.rectangle(canvas, (x1, y1), (x2, y2), GAP, max(2, canvas.shape[1] // 600), cv2.LINE_AA)


def _draw_price_tag(canvas: Pixels, tag: ReadingPriceTag) -> None:
    x1, y1, x2, y2 = _pixel_box(tag.box, (canvas.shape[1], canvas.shape[0]))
    cv2.rectangle(canvas, (x1, y1), (x2, y2), PRICE, max(2, canvas.shape[1] // 600), cv2.LINE_AA)
    said = "?" if tag.price is None else f"{tag.price:.2f}"
    _tag(canvas, said, (x1, y2), min(0.5, (x2 - x1) / 60) * canvas.shape[1] / 1000, PRICE)


def _draw_row_numbers(canvas: Pixels, products: Sequence[PlacedProduct]) -> None:
    size = (canvas.shape[1], canvas.shape[0])
    scale = canvas.shape[1] / 1400
    for row in sorted({product.row for product in products}):
        first = min((p for p in products if p.row == row), key=lambda p: p.box[0])
        x1, _, _, y2 = _pixel_box(first.box, size)
        (width, height), base = cv2.getTextSize(f"row {row + 1}", FONT, scale, 1)
        x = max(0, x1 - width - 12)
        cv2.rectangle(canvas, (x, y2 - height - base - 4), (x + width + 8, y2), INK, cv2.FILLED)
        cv2.putText(canvas, f"row {row + 1}", (x + 4, y2 - base + 1), FONT, scale, PAPER, 1, cv2.LINE_AA)


def _legend(width: int, reading: ShelfReading, marks: dict[str | None, Mark]) -> Pixels:
    """Coloured swatches with SKU, facings and units, in as many columns as fit, and one line on the whole photo."""
    scale = width / 1500
    height = max(18, int(40 * scale))
    entries = [(*marks[line.sku], _entry(line)) for line in reading.lines]
    if reading.gaps:
        entries.append(("", GAP, _plural(len(reading.gaps), "gap")))
    if reading.price_tags:
        read = sum(tag.price is not None for tag in reading.price_tags)
        entries.append(("", PRICE, f"{_plural(len(reading.price_tags), 'price tag')}, {read} read"))
    widest = max((cv2.getTextSize(text, FONT, scale * 0.8, 1)[0][0] for _, _, text in entries), default=width)
    columns = max(1, width // (widest + 3 * height))
    rows = -(-len(entries) // columns)
    sheet = np.full(((rows + 1) * height + height // 2, width, 3), PAPER, np.uint8)
    cv2.putText(sheet, _headline(reading), (height // 3, int(0.8 * height)), FONT, scale, INK, 1, cv2.LINE_AA)
    for place, (number, colour, text) in enumerate(entries):
        x, y = (place // rows) * (width // columns) + height // 3, (place % rows + 1) * height
        foot = y + int(0.68 * height)
        cv2.rectangle(sheet, (x, y + height // 6), (x + height, y + 5 * height // 6), colour, cv2.FILLED)
        cv2.rectangle(sheet, (x, y + height // 6), (x + height, y + 5 * height // 6), INK, 1)
        ink = PAPER if sum(colour) < 330 else INK
        cv2.putText(sheet, number, (x + height // 6, foot), FONT, scale * 0.7, ink, 1, cv2.LINE_AA)
        cv2.putText(sheet, text, (x + int(1.4 * height), foot), FONT, scale * 0.8, INK, 1, cv2.LINE_AA)
    return sheet


def _entry(line: ReadingLine) -> str:
    units = f"{_plural(line.units, 'unit')} +/- {line.count_sd:.1f}"
    return f"{line.sku or 'unknown'}  {_plural(line.facings, 'facing')}, {units}"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _headline(reading: ShelfReading) -> str:
    if reading.quality.verdict == "unusable":
        return "unusable: " + "; ".join(reading.quality.reasons)
    facings, units = (sum(getattr(line, name) for line in reading.lines) for name in ("facings", "units"))
    return (
        f"{_plural(facings, 'facing')}, {_plural(units, 'unit')}, {_plural(reading.rows, 'row')}, "
        f"{_plural(len(reading.gaps), 'gap')}; "
        f"photo {reading.quality.verdict}, confidence {reading.confidence:.0%}"
    )
