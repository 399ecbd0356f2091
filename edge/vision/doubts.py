"""What a device can see of its own doubts: figures of each product and of each line from which errors are foreseen.

Used alike where the errors are learned (`models.counts`) and where they are stated (`edge.vision.counts`), so that both
mean the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from edge.vision.detections import FloatArray
from edge.vision.sighting import Sighting

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

THERE = ("constant", "score", "size", "covered", "cut_off", "sharpness")
"""Figures from which the probability follows that a product found is one; see `there_figures`."""

NAMED = ("constant", "confidence", "unknown", "size")
"""Figures from which the probability follows that its name is right; see `named_figures`."""

PARTS = ("constant", "own_doubt", "shared_doubt", "half_seen", "elsewhere", "units", "crowded", "small")
"""Parts of the variance of a count's error, none of them negative; see `parts`."""

_TYPICAL_SIDE = 32.0
_TYPICAL_SHARPNESS = 25.0
_SMALL_SIDE = 16.0
_MOST_LOGIT = 6.0
_RIM = 0.004


def there_figures(seen: Sighting) -> Floats:
    """(N, len(THERE)): a 1, the score's logit, log size, the share hidden by a box in front, cut off by the photo's
    edge or not, log sharpness of the photo."""
    boxes = seen.found.boxes.astype(np.float64)
    sharpness = np.log(max(seen.quality.sharpness, 1.0) / _TYPICAL_SHARPNESS)
    return np.stack(
        [
            np.ones(len(boxes)),
            logit(seen.found.scores),
            np.log(sides(boxes) / _TYPICAL_SIDE),
            covered(boxes),
            cut_off(boxes, seen.size),
            np.full(len(boxes), sharpness),
        ],
        axis=1,
    )


def named_figures(seen: Sighting) -> Floats:
    """(N, len(NAMED)): a 1, the logit of the naming's confidence, unknown or not, log size."""
    boxes = seen.found.boxes.astype(np.float64)
    unknown = np.array([sku is None for sku in seen.names.skus], float)
    size = np.log(sides(boxes) / _TYPICAL_SIDE)
    return np.stack([np.ones(len(boxes)), logit(seen.names.confidence), unknown, size], axis=1)


def parts(seen: Sighting, members: Ints, there: Floats, named: Floats) -> Floats:
    """(len(PARTS),) what may make the count of `members` wrong; each grows with the doubt.

    Args:
        seen: the photo.
        members: positions of the products counted together.
        there: (N,) probability that each product found is one.
        named: (N,) probability that it is rightly named.

    `own_doubt` is the variance of a sum of independent events, the sum of p (1 - p); `shared_doubt` the square of the
    units expected to be wrong, as if all erred together, which look-alikes do; `half_seen` the weak detections that
    have one of the members as nearest product; `elsewhere` the units named otherwise that may belong here, by share.
    """
    p, crowd = (there * named)[members], _crowd(seen)
    misnamed = float((1 - named).sum() - (1 - named[members]).sum())
    return np.array(
        [
            1.0,
            float((p * (1 - p)).sum()),
            float((1 - p).sum()) ** 2,
            float(crowd.half_seen[members].sum()),
            misnamed * len(members) / max(len(named), 1),
            float(len(members)),
            float(crowd.covered[members].sum()),
            float(crowd.small[members].sum()),
        ]
    )


@dataclass(frozen=True)
class _Crowd:
    """Of each product of a photo, (N,): scores of the weak detections nearest to it, its covered share, how small."""

    half_seen: Floats
    covered: Floats
    small: Floats


@lru_cache(maxsize=1)  # every line of a photo asks
def _crowd(seen: Sighting) -> _Crowd:
    boxes, nearest = seen.found.boxes.astype(np.float64), _nearest(seen)
    near = nearest >= 0
    half_seen = np.bincount(nearest[near], weights=seen.weak.scores[near], minlength=len(boxes))
    return _Crowd(half_seen.astype(np.float64), covered(boxes), np.exp(-sides(boxes) / _SMALL_SIDE))


def sides(boxes: Floats) -> Floats:
    """Square root of each box's area, pixels, at least 1."""
    areas = np.prod(np.clip(boxes[:, 2:] - boxes[:, :2], 0, None), axis=1)
    return np.asarray(np.maximum(np.sqrt(areas), 1.0), np.float64)


def covered(boxes: Floats) -> Floats:
    """Largest share of each box that another box shares, 0 to 1: how crowded it stands."""
    if len(boxes) < 2:
        return np.zeros(len(boxes))
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=2) / sides(boxes)[:, None] ** 2
    np.fill_diagonal(shared, 0.0)
    return np.asarray(np.clip(shared.max(axis=1), 0, 1), np.float64)


def cut_off(boxes: Floats, size: tuple[int, int]) -> Floats:
    """1.0 for each box that touches the photo's edge, else 0.0."""
    rim = _RIM * np.array([*size, *size])
    inner = np.array([0, 0, *size]) + rim * (1, 1, -1, -1)
    return np.asarray(np.any((boxes[:, :2] <= inner[:2]) | (boxes[:, 2:] >= inner[2:]), axis=1), np.float64)


def logit(probability: FloatArray) -> Floats:
    """Log odds, held within 6 of zero."""
    p = np.clip(probability.astype(np.float64), 1e-9, 1 - 1e-9)
    return np.asarray(np.clip(np.log(p / (1 - p)), -_MOST_LOGIT, _MOST_LOGIT), np.float64)


def _nearest(seen: Sighting) -> Ints:
    """(W,) position of the product nearest to each weak detection, by the distance of their middles."""
    if not len(seen.weak) or not len(seen.found):
        return np.full(len(seen.weak), -1, np.int64)
    middles = [(boxes[:, :2] + boxes[:, 2:]) / 2 for boxes in (seen.weak.boxes, seen.found.boxes)]
    apart = np.linalg.norm(middles[0][:, None] - middles[1][None], axis=2)
    return np.asarray(apart.argmin(axis=1), np.int64)
