"""COCO boxes of composed photos: one class, with the SKU and place of each unit as extra keys."""

from __future__ import annotations

from typing import Any

from facings.labels import PRODUCT

LABELLED_FROM = 0.3
"""Units that show no more than this share are in the truth but get no box."""

_KEPT = ("sku", "row", "column", "depth", "visible_fraction", "front")


def coco_of(truths: list[dict[str, Any]]) -> dict[str, Any]:
    """The labels of photos from their truths, one COCO document.

    Example:
        >>> coco_of([])["categories"]
        [{'id': 1, 'name': 'product', 'supercategory': 'product'}]
    """
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number, truth in enumerate(truths, start=1):
        images.append({"id": number, "file_name": truth["file"], "width": truth["width"], "height": truth["height"]})
        for unit in truth["units"]:
            if unit["box"] is not None and unit["visible_fraction"] > LABELLED_FROM:
                annotations.append({"id": len(annotations) + 1, "image_id": number, **_annotation(unit)})
    categories = [{"id": 1, "name": PRODUCT, "supercategory": PRODUCT}]
    return {"images": images, "annotations": annotations, "categories": categories}


def _annotation(unit: dict[str, Any]) -> dict[str, Any]:
    x1, y1, x2, y2 = unit["box"]
    width, height = round(x2 - x1, 2), round(y2 - y1, 2)
    kept = {key: unit[key] for key in _KEPT}
    return {"category_id": 1, "iscrowd": 0, "bbox": [x1, y1, width, height], "area": round(width * height, 2), **kept}
