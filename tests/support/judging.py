"""Labelled photos and detections by hand, for the tests of evaluation."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from edge.vision.detections import Detections
from edge.vision.gallery import Best
from models.detector.photoset import LabelledPhoto, as_boxes
from models.evaluation.judged import JudgedPhoto, match
from models.evaluation.truth import NamedPhoto

Box = list[int]
Find = tuple[Box, float] | tuple[Box, float, str, float]


def named_photo(*products: tuple[Box, str], ignored: tuple[Box, ...] = (), stress: dict[str, int] | None = None,
                path: Path = Path("photo.jpg"), views: tuple[str, ...] = ()) -> NamedPhoto:  # fmt: skip
    """A photo with these products: box and SKU."""
    boxes = as_boxes(box for box, _ in products)
    return NamedPhoto(path, boxes, tuple(sku for _, sku in products), as_boxes(ignored), stress or {}, views)


def seen(photo: NamedPhoto, *finds: Find, gallery: tuple[str, ...] = ()) -> JudgedPhoto:
    """What is made of a photo where vision finds these: box, score, and the nearest SKU with its probability."""
    ordered = sorted(finds, key=lambda find: -find[1])
    boxes = as_boxes(find[0] for find in ordered)
    scores = np.asarray([find[1] for find in ordered], np.float32)
    named = [find[2:] if len(find) == 4 else (None, 0.0) for find in ordered]
    best = Best(tuple(sku for sku, _ in named), np.asarray([right for _, right in named], np.float32), gallery=gallery)
    return match(photo, Detections(boxes, scores, np.zeros(len(boxes), np.int64)), best)


def judged(photo: LabelledPhoto, found: Detections) -> JudgedPhoto:
    """What is made of a photo whose products have no names."""
    order = np.argsort(-found.scores, kind="stable")
    named = NamedPhoto(photo.path, photo.boxes, ("product",) * len(photo.boxes), photo.ignored)
    return match(named, found.take(order), Best((None,) * len(order), np.zeros(len(order), np.float32)))
