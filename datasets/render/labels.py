"""Labels of a photo: box, mask and visible share of everything that it shows, after lens, dirt and the photo's edge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from scipy import ndimage

from datasets.products.arrays import FloatArray, Mask
from datasets.products.packs import Catalogue
from datasets.render.develop import Developed
from datasets.render.lens import Warp
from datasets.render.rendering import Place, Rendering, Thing
from datasets.rle import encode
from facings.labels import PRODUCT

LABELLED_FROM = 0.1
"""Products that show less than this share of their outline get no label; the scene's truth has them."""
LEAST_PIXELS = 12
"""What shows on fewer pixels of the photo gets no label: nobody could find it."""
GAP_LABELLED_FROM = 0.25
_BLOCKING = ("person", "foreign")
_OTHERS = ("gap", "price-tag", "person", "foreign")
_FIRST_SKU = 11
"""Category ids 1 to 10 are kept for what is no product, so that a catalogue may grow at its end."""
_STEPS = 8

Coco = dict[str, Any]


def categories(catalogue: Catalogue, only_in_test: frozenset[str] = frozenset()) -> list[Coco]:
    """COCO's categories: gap, price-tag, person, foreign from id 1, the SKUs in the catalogue's order from id 11.

    A SKU of `only_in_test` carries the `split` that alone may show it.
    """
    others = [{"id": number, "name": name, "supercategory": "scene"} for number, name in enumerate(_OTHERS, start=1)]
    skus = [
        {"id": number, "name": pack.sku, "supercategory": PRODUCT, "brand": pack.brand, "gtin": pack.gtin}
        | ({"split": "test"} if pack.sku in only_in_test else {})
        for number, pack in enumerate(catalogue, start=_FIRST_SKU)
    ]
    return others + skus


def annotate(rendering: Rendering, developed: Developed, listed: Sequence[Coco]) -> list[Coco]:
    """COCO's annotations of a photo, without `id` and `image_id`, of these categories."""
    ids = {category["name"]: category["id"] for category in listed}
    return [*_things(rendering, developed, ids), *_gaps(rendering, developed, ids)]


def visible_fractions(rendering: Rendering, developed: Developed) -> FloatArray:
    """Share of each thing's outline that the photo shows, 0 to 1, in the order of `rendering.things`."""
    seen = np.where(developed.hidden, 0, developed.things_shown)
    full = np.array([max(thing.full_area, 1e-6) for thing in rendering.things])
    area = np.bincount(seen.ravel(), developed.warp.stretch.ravel(), len(full) + 1)[1:]
    return np.asarray(np.minimum(area / full, 1.0))


def rows(rendering: Rendering, warp: Warp) -> list[list[list[float]]]:
    """The outline of each shelf row in pixels of the photo, from the top row; may reach out of the photo."""
    return [_rounded(warp.to_photo(_dense(outline))) for outline in rendering.rows]


def _things(rendering: Rendering, developed: Developed, ids: Mapping[str, int]) -> Iterator[Coco]:
    height, width = developed.things_shown.shape
    seen = np.where(developed.hidden, 0, developed.things_shown)
    fractions = visible_fractions(rendering, developed)
    for number, place in enumerate(ndimage.find_objects(seen, len(rendering.things)), start=1):
        thing, fraction = rendering.things[number - 1], float(fractions[number - 1])
        if place is None or (thing.kind == "product" and fraction < LABELLED_FROM):
            continue
        mask: Mask = seen[place] == number
        area = int(np.count_nonzero(mask))
        if area >= LEAST_PIXELS:
            top, left = place[0].start, place[1].start
            yield {
                "category_id": ids[str(thing.sku) if thing.kind == "product" else thing.kind],
                "iscrowd": 0,
                "bbox": [left, top, mask.shape[1], mask.shape[0]],
                "area": area,
                "segmentation": encode(mask, width, height, left, top),
                "visible_fraction": round(fraction, 4),
                **_place_of(thing),
            }


def _place_of(thing: Thing) -> Coco:
    if thing.kind != "product":
        return {}
    keys = ("sku", "row", "column", "depth", "level", "front", "pose")
    return {key: getattr(thing, key) for key in keys}


def _gaps(rendering: Rendering, developed: Developed, ids: Mapping[str, int]) -> Iterator[Coco]:
    height, width = developed.things_shown.shape
    blocked = developed.hidden | _blocked(rendering, developed)
    for place in rendering.places:
        outline = developed.warp.to_photo(_dense(place.outline))
        if place.filled:
            continue
        inside = np.clip(outline, 0, (width, height))
        x1, y1, x2, y2 = (float(side) for side in (*inside.min(0), *inside.max(0)))
        fraction = _free_share(outline, blocked)
        if fraction >= GAP_LABELLED_FROM and (x2 - x1) * (y2 - y1) >= LEAST_PIXELS:
            yield {
                "category_id": ids["gap"],
                "iscrowd": 0,
                "bbox": [round(side, 2) for side in (x1, y1, x2 - x1, y2 - y1)],
                "area": round(float(cv2.contourArea(inside.astype(np.float32))), 2),
                "segmentation": [[round(float(side), 2) for side in inside.ravel()]],
                "visible_fraction": round(fraction, 4),
                **_plan_of(place),
            }


def _plan_of(place: Place) -> Coco:
    return {"planned": place.planned, "lane_empty": place.lane_empty, "row": place.row, "column": place.column}


def _blocked(rendering: Rendering, developed: Developed) -> Mask:
    """Where a person or an object stands before the shelf."""
    before = np.array([False, *(thing.kind in _BLOCKING for thing in rendering.things)])
    blocked: Mask = before[developed.things_shown]
    return blocked


def _free_share(outline: FloatArray, blocked: Mask) -> float:
    """Share of an outline (N, 2) that lies in the photo and is not blocked."""
    low = np.floor(outline.min(0)).astype(int) - 1
    size = np.ceil(outline.max(0)).astype(int) + 2 - low
    height, width = blocked.shape
    if (size > 4 * max(width, height)).any():
        return 0.0
    drawn = np.zeros((size[1], size[0]), np.uint8)
    cv2.fillPoly(drawn, [np.round(outline - low - 0.5).astype(np.int32)], 1)
    y, x = np.nonzero(drawn)
    y, x = y + low[1], x + low[0]
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    free = ~blocked[y[inside], x[inside]]
    return float(free.sum() / max(len(x), 1))


def _dense(outline: FloatArray) -> FloatArray:
    """The outline with points along its sides, as a lens bends them."""
    share = np.linspace(0, 1, _STEPS, endpoint=False)[None, :, None]
    return ((1 - share) * outline[:, None] + share * np.roll(outline, -1, axis=0)[:, None]).reshape(-1, 2)


def _rounded(points: FloatArray) -> list[list[float]]:
    return [[round(float(x), 2), round(float(y), 2)] for x, y in points]
