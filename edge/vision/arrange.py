"""The last stage: products with their names and places become a `ShelfReading` with lines, gaps and doubts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from edge.vision.counts import CountErrors, Doubts
from edge.vision.detections import Detections
from edge.vision.emptiness import Looks
from edge.vision.gallery import Names
from edge.vision.gaps import find_gaps, missing_sku
from edge.vision.reading import Box, PhotoQuality, PlacedProduct, ReadingGap, ReadingLine, ShelfReading
from edge.vision.rows import Layout, Place, lay_out
from edge.vision.sighting import Sighting

TRUST_IN_PHOTO = {"good": 1.0, "poor": 0.6, "unusable": 0.0}


def arrange(
    size: tuple[int, int],
    found: Detections,
    names: Names,
    quality: PhotoQuality,
    models: dict[str, str],
    weak: Detections | None = None,
    pixels: npt.NDArray[np.uint8] | None = None,
    errors: CountErrors | None = None,
) -> ShelfReading:
    """Everything that can be said of a photo of `size` (width, height) from its detections and their names.

    `weak` are detections below the detector's threshold: they are not counted, and make gaps under them and counts
    beside them doubtful. With the photo's `pixels` a gap must look empty too. Without the learned `errors` the models'
    probabilities are taken at their word, each product's apart from all others'.
    """
    weak = weak or Detections.empty()
    doubts = errors.doubts(Sighting(size, found, weak, names, quality)) if errors and len(found) else None
    layout = lay_out(found.boxes)
    products = _placed(size, found, names, layout, doubts)
    facing = [place is Place.FRONT for place in layout.place]
    order = sorted(range(len(products)), key=lambda i: (products[i].row, products[i].column, -products[i].box[3]))
    return ShelfReading(
        width=size[0],
        height=size[1],
        products=tuple(products[i] for i in order),
        lines=summarise(products, facing, doubts),
        gaps=_gaps(size, found, names, layout, weak, pixels),
        rows=layout.rows,
        quality=quality,
        confidence=_confidence(products, quality),
        models=models,
        count_sd=doubts.total_sd() if doubts else _independent_sd(found.scores),
    )


def _placed(
    size: tuple[int, int], found: Detections, names: Names, layout: Layout, doubts: Doubts | None
) -> list[PlacedProduct]:
    """Every product with its name and place, in the order of the detections."""
    there, named = (doubts.there, doubts.named) if doubts else (found.scores, names.confidence)
    return [
        PlacedProduct(
            box=as_fraction(found.boxes[i], size),
            sku=names.skus[i],
            score=float(there[i]),
            sku_confidence=float(named[i]),
            row=int(layout.row[i]),
            column=int(layout.column[i]),
            front=layout.place[i] is not Place.BEHIND,
            look=names.looks[i] if names.looks else None,
            alternative=names.alternatives[i] if names.alternatives else None,
            resembles=names.resembles[i] if names.resembles else None,
        )
        for i in range(len(found))
    ]


def _gaps(
    size: tuple[int, int],
    found: Detections,
    names: Names,
    layout: Layout,
    weak: Detections,
    pixels: npt.NDArray[np.uint8] | None,
) -> tuple[ReadingGap, ...]:
    """The empty places, each with the SKU that it most likely lacks; none that lies off the photo."""
    boxes = found.boxes.astype(np.float64)
    looks = Looks(pixels, boxes) if pixels is not None and len(found) else None
    return tuple(
        ReadingGap(as_fraction(box, size), row, sure, sku=missing_sku(box, row, boxes, layout, names.skus))
        for box, row, sure in find_gaps(boxes, layout, weak, looks, size[0])
        if box[2] > 0 and box[0] < size[0]
    )


def unusable(size: tuple[int, int], quality: PhotoQuality, models: dict[str, str]) -> ShelfReading:
    """The reading of a photo that cannot be judged: no line and no zero, only why."""
    empty = arrange(size, Detections.empty(), Names.unknown(0), quality, models)
    return replace(empty, confidence=0.0)


def summarise(
    products: list[PlacedProduct], facing: list[bool], doubts: Doubts | None = None
) -> tuple[ReadingLine, ...]:
    """One line per SKU, most facings first, the unknown products last.

    Args:
        products: every product, in the order of the detections.
        facing: whether each stands at the front.
        doubts: what is learned of their errors; without it a count is a sum of independent events, each product there
            and of this SKU with probability p, and its variance the sum of p (1 - p) (Poisson binomial distribution).
    """
    groups = defaultdict(list)
    for index, product in enumerate(products):
        groups[product.sku].append(index)
    total = sum(_width(p) for p, front in zip(products, facing, strict=True) if front)
    lines = []
    for sku, members in groups.items():
        p = np.array([products[i].score * products[i].sku_confidence for i in members])
        width = sum(_width(products[i]) for i in members if facing[i])
        lines.append(
            ReadingLine(
                sku=sku,
                units=len(members),
                facings=sum(facing[i] for i in members),
                linear_share=width / total if total else 0.0,
                confidence=float(p.mean()),
                count_sd=doubts.count_sd(members) if doubts else _independent_sd(p),
            )
        )
    return tuple(sorted(lines, key=lambda line: (line.sku is None, -line.facings, -line.units, line.sku or "")))


def _independent_sd(p: npt.NDArray[np.floating]) -> float:
    return float(np.sqrt((p * (1 - p)).sum()))


def _confidence(products: list[PlacedProduct], quality: PhotoQuality) -> float:
    """Mean probability that a product is there and rightly named, lowered where the photo is poor."""
    if not products:
        return TRUST_IN_PHOTO[quality.verdict]
    sure = float(np.mean([p.score * p.sku_confidence for p in products]))
    return sure * TRUST_IN_PHOTO[quality.verdict]


def _width(product: PlacedProduct) -> float:
    x1, _, x2, _ = product.place or product.box
    return x2 - x1


def as_fraction(box: npt.NDArray[np.floating], size: tuple[int, int]) -> Box:
    """A box in pixels as fractions of a photo of `size` (width, height)."""
    x1, y1, x2, y2 = np.clip(box / np.array([*size, *size]), 0.0, 1.0).tolist()
    return x1, y1, x2, y2
