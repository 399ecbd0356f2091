"""Found products against labelled ones, photo by photo: how many were found, missed, and found where none is."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge.vision.boxes import iou
from edge.vision.detections import FloatArray
from edge.vision.reading import ShelfReading
from facings.errors import BadInputError
from facings.labels import other_category_ids

MATCHES_FROM = 0.5


@dataclass(frozen=True)
class Comparison:
    """One photo's products against its labels."""

    labelled: int
    found: int
    matched: int

    @property
    def missed(self) -> int:
        """Labelled products that were not found."""
        return self.labelled - self.matched

    @property
    def extra(self) -> int:
        """Found products without a label; labels that leave products out make it larger than it is."""
        return self.found - self.matched


def read_labels(path: Path) -> dict[str, FloatArray]:
    """File name -> boxes (N, 4), x1 y1 x2 y2 in pixels, of the products of a COCO file.

    Raises:
        BadInputError: `path` is no COCO file.
    """
    try:
        coco = json.loads(path.read_text(encoding="utf-8"))
        others = other_category_ids(coco.get("categories", ()))
        boxes = defaultdict(list)
        for annotation in coco["annotations"]:
            if annotation.get("category_id") in others:
                continue
            x, y, w, h = annotation["bbox"]
            boxes[annotation["image_id"]].append((x, y, x + w, y + h))
        return {
            Path(image["file_name"]).name: np.array(boxes[image["id"]], np.float32).reshape(-1, 4)
            for image in coco["images"]
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInputError(f"{path} is no COCO label file ({error}): give one with images and annotations.") from error


def compare(reading: ShelfReading, labels: FloatArray) -> Comparison:
    """Match products with labels one to one, the surest product first, at an intersection over union of 0.5."""
    scale = np.array([reading.width, reading.height] * 2, np.float32)
    products = sorted(reading.products, key=lambda product: -product.score)
    boxes = np.array([product.box for product in products], np.float32).reshape(-1, 4) * scale
    free = np.ones(len(labels), bool)
    for overlaps in iou(boxes, labels):
        open_overlaps = np.where(free, overlaps, 0.0)
        if open_overlaps.max(initial=0) >= MATCHES_FROM:
            free[open_overlaps.argmax()] = False
    return Comparison(len(labels), len(products), int((~free).sum()))
