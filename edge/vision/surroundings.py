"""What the detector sees beside the products: persons before the shelf, empty places and price tags.

A place beneath a person is neither empty nor filled: nobody can see it. An empty place has two witnesses, the row's
spacing (edge/vision/gaps.py) and the detector's eye; where both speak of it, it is surer than either says. The eye
alone tells of places that spacing cannot know, as where half a shelf is empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from edge.vision.detections import GAP, PERSON, Detections
from edge.vision.reading import Box, PhotoQuality, ReadingGap, ShelfReading

HIDDEN_FROM = 0.15
"""Share of the photo that persons cover from which on it is a poor one."""

UNSEEN_FROM = 0.3
"""Share of a place beneath persons from which on nobody can say that it is empty."""

SAME_PLACE = 0.5
"""Share of the smaller of two gaps that the other covers where both are one."""

UNCONFIRMED = 0.9
"""What is left of a gap's confidence where a detector that knows gaps sees none; it overlooks most of them."""

ALONE = 0.8
"""What is left of the detector's word on a gap that the row's spacing does not tell: of 40 such in rendered scenes of
stress 0 to 2, 31 were gaps."""

APART = 0.3
"""Share of a gap that another gap, or products, may cover where it is one of its own."""

BESIDE = 3
"""Products of a row, the nearest ones, that tell how high the row is where a gap lies."""

Floats = npt.NDArray[np.float64]


def doubted(quality: PhotoQuality, sights: Detections, size: tuple[int, int]) -> PhotoQuality:
    """`quality` of a photo of `size` (width, height), poor where persons hide much of it."""
    hidden = _covered_share(sights.of(PERSON).boxes, size)
    if hidden < HIDDEN_FROM or quality.verdict == "unusable":
        return quality
    reason = f"a person hides {hidden:.0%} of the photo: take it again when nobody stands before the cooler"
    return replace(quality, verdict="poor", reasons=(*quality.reasons, reason))


def reconsidered(reading: ShelfReading, sights: Detections) -> ShelfReading:
    """`reading` of one photo with its gaps judged by what else the detector saw in it.

    Gaps beneath persons go. Of the others, those that the detector sees too become surer, and those that it does not
    see less sure; those that it alone sees, free of products, are added. A detector that does not know gaps says
    nothing of them.
    """
    scale = np.array([reading.width, reading.height] * 2, np.float64)
    gaps = list(reading.gaps)
    if GAP in sights.names:
        gaps = [*_heard(gaps, sights.of(GAP), scale), *_seen_alone(reading, sights.of(GAP), scale)]
    kept = [gap for gap in gaps if _hidden(gap.box, sights.of(PERSON), scale) < UNSEEN_FROM]
    return replace(reading, gaps=tuple(sorted(kept, key=lambda gap: (gap.row, gap.box[0]))))


def _heard(gaps: Sequence[ReadingGap], seen: Detections, scale: Floats) -> list[ReadingGap]:
    """The gaps with their confidence after the detector's word; two independent witnesses fail together only."""
    heard = []
    for gap in gaps:
        same = _overlap(np.array(gap.box) * scale, seen.boxes.astype(np.float64)) >= SAME_PLACE
        if same.any():
            confidence = 1 - (1 - gap.confidence) * (1 - float(seen.scores[same].max()))
        else:
            confidence = UNCONFIRMED * gap.confidence
        heard.append(replace(gap, confidence=confidence))
    return heard


def _seen_alone(reading: ShelfReading, seen: Detections, scale: Floats) -> Iterator[ReadingGap]:
    """Gaps that only the detector sees, where a row of products runs and none of them stands."""
    taken = [gap.box for gap in reading.gaps] + [product.box for product in reading.products]
    filled = np.array(taken, np.float64).reshape(-1, 4) * scale
    for box, score in zip(seen.boxes.astype(np.float64), seen.scores, strict=True):
        free = _shared(box, filled).sum() < APART * np.prod(box[2:] - box[:2])
        row = _row_of(box, reading, scale) if free else None
        if row is not None:
            x1, y1, x2, y2 = np.clip(box / scale, 0, 1).tolist()
            yield ReadingGap((x1, y1, x2, y2), row, ALONE * float(score))


def _row_of(box: Floats, reading: ShelfReading, scale: Floats) -> int | None:
    """The row that runs through most of a box's height, and at least half of it; None where none does."""
    best, found = 0.5, None
    for row in range(reading.rows):
        own = np.array([one.box for one in reading.products if one.front and one.row == row]).reshape(-1, 4) * scale
        near = own[np.argsort(np.abs(own[:, [0, 2]].mean(axis=1) - box[[0, 2]].mean()))[:BESIDE]]
        if not len(near):
            continue
        top, foot = np.median(near[:, 1]), np.median(near[:, 3])
        through = (min(foot, box[3]) - max(top, box[1])) / max(min(foot - top, box[3] - box[1]), 1e-9)
        if through > best:
            best, found = through, row
    return found


def _hidden(box: Box, persons: Detections, scale: Floats) -> float:
    """Share of `box`, fractions of the photo, beneath the person that covers most of it."""
    place = np.array(box) * scale
    area = max(float(np.prod(place[2:] - place[:2])), 1e-9)
    return float(_shared(place, persons.boxes.astype(np.float64)).max(initial=0.0)) / area


def _overlap(box: Floats, others: Floats) -> Floats:
    """Share of the smaller of `box` (4,) and each of `others` (N, 4) that the other covers."""
    areas = np.prod(others[:, 2:] - others[:, :2], axis=1)
    smaller = np.minimum(areas, np.prod(box[2:] - box[:2]))
    overlap: Floats = _shared(box, others) / np.maximum(smaller, 1e-9)
    return overlap


def _shared(box: Floats, others: Floats) -> Floats:
    """Area that `box` (4,) shares with each of `others` (N, 4)."""
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    shared: Floats = np.prod(np.clip(high - low, 0, None), axis=1)
    return shared


def _covered_share(boxes: npt.NDArray[np.float32], size: tuple[int, int]) -> float:
    """Share of a photo of `size` (width, height) that lies in any of the boxes, on a grid of 64 x 64 points."""
    x, y = (np.linspace(0, side, 64, endpoint=False) + side / 128 for side in size)
    in_x = (x[None] > boxes[:, :1]) & (x[None] < boxes[:, 2:3])
    in_y = (y[None] > boxes[:, 1:2]) & (y[None] < boxes[:, 3:])
    covered = (in_y[:, :, None] & in_x[:, None, :]).any(axis=0)
    return float(covered.mean())
