"""Figures of finding: average precision, recall by size and stress, counting error."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from models.evaluation.judged import JudgedPhoto, assign
from models.evaluation.truth import sizes

IOUS = tuple(np.round(np.arange(0.5, 1.0, 0.05), 2).tolist())
"""The overlaps of COCO's mAP50-95."""

SIZES = {"small": (0, 32), "medium": (32, 96), "large": (96, float("inf"))}
"""Square root of a product's area, pixels; COCO's bounds."""

_RECALL_STEPS = np.linspace(0, 1, 101)

Figures = dict[str, float]


def precision_over_recall(scores: npt.NDArray[np.float32], hits: npt.NDArray[np.bool_], labelled: int) -> float:
    """Average precision of detections of one class over all photos, interpolated at 101 recalls as COCO does."""
    if not labelled or not len(scores):
        return 0.0
    right = np.cumsum(hits[np.argsort(-scores, kind="stable")])
    precision = np.maximum.accumulate((right / np.arange(1, len(right) + 1))[::-1])[::-1]
    at = np.searchsorted(right / labelled, _RECALL_STEPS, side="left")
    return float(np.where(at < len(right), precision[np.minimum(at, len(right) - 1)], 0.0).mean())


def product_precision(photos: Sequence[JudgedPhoto], least_iou: float) -> float:
    """Average precision with every product as one class."""
    return _product_precision(photos, [assign(photo.overlaps, least_iou) >= 0 for photo in photos])


def ap50(photos: Sequence[JudgedPhoto]) -> float:
    """The same at an overlap of 0.5, at which photos are matched with their labels already: that is quick."""
    return _product_precision(photos, [photo.of >= 0 for photo in photos])


def _product_precision(photos: Sequence[JudgedPhoto], hits: Sequence[npt.NDArray[np.bool_]]) -> float:
    labelled = sum(len(photo.truth_skus) for photo in photos)
    return precision_over_recall(_joined(photo.scores for photo in photos), np.concatenate([np.zeros(0, bool), *hits]),
                                 labelled)  # fmt: skip


def count_errors(photos: Sequence[JudgedPhoto], threshold: float) -> npt.NDArray[np.float64]:
    """(found - labelled) / labelled of every photo that has labels."""
    return np.array([(int((photo.scores >= threshold).sum()) - len(photo.truth_skus)) / len(photo.truth_skus)
                     for photo in photos if photo.truth_skus], np.float64)  # fmt: skip


def finding(photos: Sequence[JudgedPhoto], threshold: float) -> Figures:
    """Average precision, and recall, precision and counting at the shipped threshold, every product as one class.

    `count_error` is the mean over photos of |found - labelled| / labelled, `count_bias` that of the signed error.
    """
    by_iou = [product_precision(photos, least) for least in IOUS]
    shipped = [photo.scores >= threshold for photo in photos]
    found = sum(int(sure.sum()) for sure in shipped)
    matched = sum(int((photo.of[sure] >= 0).sum()) for photo, sure in zip(photos, shipped, strict=True))
    labelled = sum(len(photo.truth_skus) for photo in photos)
    errors = count_errors(photos, threshold)
    return {
        "ap50": by_iou[0],
        "ap50_95": float(np.mean(by_iou)),
        "recall_max": sum(int((photo.of >= 0).sum()) for photo in photos) / max(labelled, 1),
        "recall": matched / max(labelled, 1),
        "precision": matched / max(found, 1),
        "count_error": float(np.abs(errors).mean()) if len(errors) else 0.0,
        "count_bias": float(errors.mean()) if len(errors) else 0.0,
    }


def recall_by_size(photos: Iterable[JudgedPhoto], threshold: float) -> dict[str, Figures]:
    """Products labelled, and share of them found, by size in the photo."""
    seen: dict[str, list[bool]] = {name: [] for name in SIZES}
    for photo in photos:
        for size, hit in zip(sizes(photo.truth_boxes), hits_of(photo, threshold), strict=True):
            name = next(name for name, (low, high) in SIZES.items() if low <= size < high)
            seen[name].append(bool(hit))
    return {name: _recall(hits) for name, hits in seen.items() if hits}


def recall_by_stress(photos: Iterable[JudgedPhoto], threshold: float) -> dict[str, Figures]:
    """The same by the worst level of stress of the photo, `level-2`, and by each kind and level, `fog-2`."""
    seen: dict[str, list[bool]] = defaultdict(list)
    for photo in photos:
        if not photo.stress:
            continue
        hits = hits_of(photo, threshold).tolist()
        seen[f"level-{max(photo.stress.values())}"] += hits
        for kind, level in photo.stress.items():
            seen[f"{kind}-{level}"] += hits
    return {name: _recall(hits) for name, hits in sorted(seen.items())}


def recall_by_view(photos: Sequence[JudgedPhoto], threshold: float) -> dict[str, Figures]:
    """The same by how products are seen, where labels tell; with a gallery also the share found and `rightly_named`."""
    seen: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for photo in photos:
        outcomes = zip(hits_of(photo, threshold).tolist(), _rightly_named(photo, threshold).tolist(), strict=True)
        for view, outcome in zip(photo.views, outcomes, strict=False):  # no views where the labels do not tell
            seen[view].append(outcome)
    by_gallery = any(photo.gallery for photo in photos)
    return {
        view: _recall([hit for hit, _ in outcomes])
        | ({"rightly_named": float(np.mean([right for _, right in outcomes]))} if by_gallery else {})
        for view, outcomes in sorted(seen.items())
    }


def _rightly_named(photo: JudgedPhoto, threshold: float) -> npt.NDArray[np.bool_]:
    """For each label, whether it was found at the threshold and given its SKU's name."""
    right = np.zeros(len(photo.truth_skus), bool)
    for number in np.flatnonzero((photo.of >= 0) & (photo.scores >= threshold) & photo.accepted):
        of = photo.of[number]
        right[of] = photo.nearest[number] == photo.truth_skus[of]
    return right


def hits_of(photo: JudgedPhoto, threshold: float) -> npt.NDArray[np.bool_]:
    """For each label, whether it was found at the threshold."""
    hit = np.zeros(len(photo.truth_skus), bool)
    of = photo.of[photo.scores >= threshold]
    hit[of[of >= 0]] = True
    return hit


def _recall(hits: Sequence[bool]) -> Figures:
    return {"products": float(len(hits)), "recall": float(np.mean(hits))}


def _joined(parts: Iterable[npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
    return np.concatenate([np.zeros(0, np.float32), *parts])
