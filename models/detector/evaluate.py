"""How good a detector is on labelled photos: average precision, recall and precision where it ships, counting error."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from edge.vision.detections import Detections
from models.detector.boxes import areas, intersections, iou
from models.detector.photoset import LabelledPhoto

_MATCH_IOU = 0.5
_RECALL_STEPS = np.linspace(0, 1, 101)
_MOSTLY_IGNORED = 0.5


@dataclass(frozen=True)
class Scorecard:
    """Figures over a set of photos, all classes taken as one, a match at IoU 0.5.

    Attributes:
        photos: how many photos.
        products: labelled products.
        ap50: average precision, 101-point interpolation as COCO's.
        recall_max: share of products found at any score.
        recall: share of products found at the shipped threshold.
        precision: share of detections that are products, there.
        count_error: mean of |found - labelled| / labelled over photos, there.
        count_bias: mean of (found - labelled) / labelled over photos, there.
        mean_iou: mean overlap of the matched boxes, there.
    """

    photos: int
    products: int
    ap50: float
    recall_max: float
    recall: float
    precision: float
    count_error: float
    count_bias: float
    mean_iou: float

    def as_row(self) -> dict[str, float]:
        """The figures rounded for a report."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Matches:
    """The judged detections of one photo, best first; those on ignored regions are left out.

    Attributes:
        scores: (N,) of the detections.
        overlaps: (N,) IoU with the product a detection was matched to, 0 where it matched none.
        products: labelled products of the photo.
    """

    scores: npt.NDArray[np.float32]
    overlaps: npt.NDArray[np.float32]
    products: int


def match(found: Detections, truth: LabelledPhoto) -> Matches:
    """Match detections, best first, each to the free product it overlaps most."""
    order = np.argsort(-found.scores, kind="stable")
    fits = iou(found.boxes[order], truth.boxes)
    overlaps = np.zeros(len(order), np.float32)
    for position, row in enumerate(fits):
        if len(row) and row.max() >= _MATCH_IOU:
            product = int(row.argmax())
            overlaps[position] = row[product]
            fits[:, product] = 0
    covered = intersections(found.boxes[order], truth.ignored).max(axis=1, initial=0)
    ignored = covered > _MOSTLY_IGNORED * areas(found.boxes[order])
    judged = (overlaps > 0) | ~ignored
    return Matches(found.scores[order][judged], overlaps[judged], len(truth.boxes))


def average_precision(matches: Iterable[Matches]) -> float:
    """Average precision over all photos, interpolated at 101 recalls as COCO does."""
    photos = list(matches)
    products = sum(photo.products for photo in photos)
    if not products or not any(len(photo.scores) for photo in photos):
        return 0.0
    scores = np.concatenate([photo.scores for photo in photos])
    hits = np.concatenate([photo.overlaps for photo in photos])[np.argsort(-scores, kind="stable")] > 0
    right = np.cumsum(hits)
    precision = np.maximum.accumulate((right / np.arange(1, len(hits) + 1))[::-1])[::-1]
    at = np.searchsorted(right / products, _RECALL_STEPS, side="left")
    return float(np.where(at < len(hits), precision[np.minimum(at, len(hits) - 1)], 0.0).mean())


def score(matches: Iterable[Matches], threshold: float) -> Scorecard:
    """The figures of judged photos, with `threshold` as the shipped one."""
    photos = list(matches)
    products = sum(photo.products for photo in photos)
    shipped = [photo.overlaps[photo.scores >= threshold] for photo in photos]
    hits = np.concatenate([np.zeros(0, np.float32), *(overlaps[overlaps > 0] for overlaps in shipped)])
    found = sum(len(overlaps) for overlaps in shipped)
    errors = np.asarray(
        [
            (len(own) - photo.products) / photo.products
            for own, photo in zip(shipped, photos, strict=True)
            if photo.products
        ]
    )
    return Scorecard(
        photos=len(photos),
        products=products,
        ap50=average_precision(photos),
        recall_max=sum(int((photo.overlaps > 0).sum()) for photo in photos) / max(products, 1),
        recall=len(hits) / max(products, 1),
        precision=len(hits) / max(found, 1),
        count_error=float(np.abs(errors).mean()) if len(errors) else 0.0,
        count_bias=float(errors.mean()) if len(errors) else 0.0,
        mean_iou=float(hits.mean()) if len(hits) else 0.0,
    )


def evaluate(
    photos: Iterable[LabelledPhoto], find: Callable[[LabelledPhoto], Detections], threshold: float
) -> Scorecard:
    """Run `find`, which returns detections down to a low score, over `photos` and score what it found."""
    return score([match(find(photo), photo) for photo in photos], threshold)
