"""Figures of naming: average precision per SKU, top-1, unknowns refused, calibration, confusion pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.evaluation.finding import IOUS, precision_over_recall
from models.evaluation.judged import JudgedPhoto, assign

_CURVE = tuple(np.round(np.arange(0.05, 1.0, 0.05), 2).tolist())
_BINS = 10
_PAIRS = 20
_LEAST_LIKELY = 0.002  # of score times probability: what is less likely decides nothing


@dataclass(frozen=True, eq=False)
class Named:
    """The products found at the threshold and matched with a label, of all photos.

    Attributes:
        truth, nearest: (N,) SKU labelled, SKU of the gallery that is nearest.
        right: (N,) stated probability that the nearest is the right one.
        known: (N,) whether the gallery holds the SKU labelled.
        accepted: (N,) whether it was given a name.
        other: (N,) the SKU it may be instead, "" where there is no such pair.
    """

    truth: npt.NDArray[np.str_]
    nearest: npt.NDArray[np.str_]
    right: npt.NDArray[np.float32]
    known: npt.NDArray[np.bool_]
    accepted: npt.NDArray[np.bool_]
    other: npt.NDArray[np.str_]

    @property
    def hit(self) -> npt.NDArray[np.bool_]:
        """(N,) whether the nearest SKU is the one labelled."""
        return np.asarray(self.truth == self.nearest)


def named(photos: Sequence[JudgedPhoto], threshold: float, skus: frozenset[str]) -> Named:
    """The products found; `skus` are those of the gallery."""
    found = [(p, n) for p in photos for n in np.flatnonzero((p.of >= 0) & (p.scores >= threshold)).tolist()]
    truth = np.array([photo.truth_skus[photo.of[number]] for photo, number in found], np.str_)
    return Named(
        truth,
        np.array([photo.nearest[number] or "" for photo, number in found], np.str_),
        np.array([photo.right[number] for photo, number in found], np.float32),
        np.isin(truth, sorted(skus)),
        np.array([photo.accepted[number] for photo, number in found], bool),
        np.array([(photo.others[number] if photo.others else None) or "" for photo, number in found], np.str_),
    )


def naming(photos: Sequence[JudgedPhoto], threshold: float, skus: frozenset[str]) -> dict[str, Any]:
    """Every figure of naming, as JSON.

    `map50` is the mean over the SKUs that are labelled and in the gallery. Each detection stands for every SKU that it
    may be, its score being that of the product times the probability of that name, as detectors of many classes are
    judged; in `map50_nearest` it stands for the nearest alone. `top1` asks for the nearest SKU alone; `rightly_named`
    also that it was accepted; `unknown_accepted` is the share of products of other SKUs that were given a name.
    `named_as_pair` is the share named with an alternative, `pair_holds` that of them whose SKU is one of the two.
    """
    found = named(photos, threshold, skus)
    precisions, nearest = sku_precisions(photos, skus), sku_precisions(photos, skus, IOUS[:1], nearest_only=True)
    accepted, paired = found.accepted, found.accepted & found.known & (found.other != "")
    return {
        "map50": _mean([by_iou[0] for by_iou in precisions.values()]),
        "map50_nearest": _mean([by_iou[0] for by_iou in nearest.values()]),
        "map50_95": _mean([precision for by_iou in precisions.values() for precision in by_iou]),
        "ap50_by_sku": {sku: round(by_iou[0], 4) for sku, by_iou in precisions.items()},
        "products_found": len(found.truth),
        "top1": _mean(found.hit[found.known]),
        "rightly_named": _mean((found.hit & accepted)[found.known]),
        "wrongly_named": _mean((~found.hit & accepted)[found.known]),
        "refused": _mean(~accepted[found.known]),
        "accept_from": round(max((photo.accept_from for photo in photos), default=0.0), 4),
        "named_as_pair": _mean((accepted & (found.other != ""))[found.known]),
        "pair_holds": _mean((found.hit | (found.truth == found.other))[paired]),
        "unknown_products": int((~found.known).sum()),
        "unknown_accepted": _mean(accepted[~found.known]),
        "open_set": open_set_curve(found),
        "calibration": calibration(found),
        "confusion_pairs": confusion_pairs(found),
    }


def sku_precisions(
    photos: Sequence[JudgedPhoto], skus: frozenset[str], ious: Sequence[float] = IOUS, nearest_only: bool = False
) -> dict[str, list[float]]:
    """Average precision of each labelled SKU of the gallery at each of `ious`.

    A detection stands for every SKU that it may be, or for the nearest only.
    """
    labelled = Counter(sku for photo in photos for sku in photo.truth_skus if sku in skus)
    return {
        sku: [_precision(photos, sku, labelled[sku], least, nearest_only) for least in ious] for sku in sorted(labelled)
    }


def _precision(photos: Sequence[JudgedPhoto], sku: str, labelled: int, least_iou: float, nearest_only: bool) -> float:
    scores, hits = [], []
    for photo in photos:
        score = photo.scores * (photo.nearest_to(sku) if nearest_only else photo.likely_to_be(sku))
        order = np.argsort(-score, kind="stable")[: int((score >= _LEAST_LIKELY).sum())]
        theirs = np.array([name == sku for name in photo.truth_skus], bool)
        scores.append(score[order])
        hits.append(assign(photo.overlaps[order][:, theirs], least_iou) >= 0)
    if not scores:
        return 0.0
    return precision_over_recall(np.concatenate(scores), np.concatenate(hits), labelled)


def open_set_curve(found: Named) -> list[dict[str, float | None]]:
    """What other thresholds of acceptance would give: known products rightly and wrongly named, unknown accepted."""
    points = []
    for least in _CURVE:
        accepted = found.right >= least
        points.append(
            {
                "threshold": least,
                "rightly_named": _mean((found.hit & accepted)[found.known]),
                "wrongly_named": _mean((~found.hit & accepted)[found.known]),
                "unknown_accepted": _mean(accepted[~found.known]),
            }
        )
    return points


def calibration(found: Named) -> dict[str, Any]:
    """Stated probability against the share that was right, in ten bins, and their mean gap (ECE)."""
    right = found.hit & found.known
    in_bin = np.minimum((found.right * _BINS).astype(int), _BINS - 1)
    bins = [
        {
            "stated": round(float(found.right[in_bin == number].mean()), 4),
            "right": round(float(right[in_bin == number].mean()), 4),
            "products": int((in_bin == number).sum()),
        }
        for number in np.unique(in_bin)
    ]
    error = sum(abs(b["stated"] - b["right"]) * b["products"] for b in bins) / max(len(right), 1)
    return {"error": round(error, 4), "bins": bins}


def confusion_pairs(found: Named) -> list[dict[str, Any]]:
    """The commonest pairs of SKU labelled and SKU named instead."""
    wrong = found.known & ~found.hit
    pairs = Counter(zip(found.truth[wrong].tolist(), found.nearest[wrong].tolist(), strict=True))
    totals = Counter(found.truth.tolist())
    return [
        {"sku": sku, "named": other, "products": count, "of": totals[sku]}
        for (sku, other), count in pairs.most_common(_PAIRS)
    ]


def _mean(values: Sequence[float] | npt.NDArray[Any]) -> float | None:
    """The mean, rounded; None of nothing."""
    return round(float(np.mean(values)), 4) if len(values) else None
