"""Empty places: where a row has room for a product and nothing stands there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt

from edge.vision.detections import Detections
from edge.vision.emptiness import Looks
from edge.vision.rows import Layout
from edge.vision.slant import Floats, Ints

ROOM = 0.7  # width of a gap, in facings of its neighbours, from which it counts
EDGE_ROOM = 1.1  # the same at the end of a row, where the cooler's wall is guessed from the other rows
TAKEN = 0.2  # share of a gap that products may cover before it is none
POST_TAKEN = 0.25  # share of the rows that may have a product where a post stands
EMPTY_FROM = 0.5  # a place less likely empty than this holds a product that was missed
POST_WIDTH = 0.4  # least width of a post, in facings
EDGE_TRUST = 0.6  # and how far such a guess is trusted
BEYOND = 0.3  # how far, in facings, a row may reach beyond the wall that the other rows suggest
AT_EDGE = 0.02  # share of the photo's width from its edge within which a product may go on beyond it
LONG = 0.5  # share of the photo's width from which a row is a long one
CUT, LEAST_CUT = (
    0.5,
    2,
)  # share of the long rows cut by the photo, and how many, where shelves go on beyond it
MOST_LEANING = 0.35  # a wall leans by no more than this, dx/dy


Gap = tuple[Floats, int, float]
"""Box x1 y1 x2 y2, row, confidence."""


def find_gaps(
    boxes: Floats, layout: Layout, weak: Detections, looks: Looks | None = None, width: float = np.inf
) -> list[Gap]:
    """Gaps by row and from left to right.

    Args:
        boxes: (N, 4) products.
        width: of the photo, pixels: where products stand at its edge, the shelves go on beyond it.
        layout: where they stand.
        weak: detections below the threshold: a place where the detector half sees a product is a doubtful gap.
        looks: of the photo; a place that does not look empty is no gap. None: only the boxes are asked.
    """
    found: list[Gap] = []
    posts, edges = _posts(boxes, layout), _row_edges(boxes, layout, width)
    for row in range(layout.rows):
        fronts = _fronts(layout, row)
        fronts = fronts[np.argsort(boxes[fronts, 0])]
        for left, right in pairwise(fronts):
            facing = (_width(boxes[left]) + _width(boxes[right])) / 2
            gaps = _without(posts, _between(boxes[left], boxes[right]))
            wide = [gap for gap in gaps if _width(gap) >= ROOM * facing]
            found += [(gap, row, _trust(gap, _width(gap) / facing, weak)) for gap in wide]
        found += [(gap, row, EDGE_TRUST * _trust(gap, size, weak)) for gap, size in _ends(boxes, fronts, row, edges)]
    found = [gap for gap in found if _is_free(gap[0], boxes)]
    return sorted(_empty(found, looks) if looks else found, key=lambda gap: (gap[1], gap[0][0]))


def missing_sku(gap: Floats, row: int, boxes: Floats, layout: Layout, skus: Sequence[str | None]) -> str | None:
    """The SKU that is missing in a gap, where its neighbours tell: both are of one SKU; else None.

    Of 2,431 gaps of rendered scenes 308 lie between two facings of one SKU, and in 269 of these it is planned there.
    Between two SKUs it is the left one in 36% and the right one in 32%: then only a planogram can tell.
    """
    fronts = _fronts(layout, row)
    middle, x = (gap[0] + gap[2]) / 2, (boxes[fronts, 0] + boxes[fronts, 2]) / 2
    before, after = fronts[x < middle], fronts[x > middle]
    if not len(before) or not len(after):
        return None
    left, right = before[np.argmax(boxes[before, 2])], after[np.argmin(boxes[after, 0])]
    return skus[left] if skus[left] == skus[right] else None


def _empty(gaps: list[Gap], looks: Looks) -> Iterator[Gap]:
    for box, row, confidence in gaps:
        emptiness = looks.emptiness(box)
        if emptiness >= EMPTY_FROM:
            yield box, row, confidence * emptiness


def _posts(boxes: Floats, layout: Layout) -> list[tuple[float, float]]:
    """Vertical strips (x1, x2) without products in nearly all rows: door posts and the walls between coolers."""
    cuts = np.unique(boxes[:, [0, 2]])
    x = (cuts[1:] + cuts[:-1]) / 2
    spanning, taken = np.zeros(len(x), np.int64), np.zeros(len(x), np.int64)
    for row in range(layout.rows):
        left, right = boxes[_fronts(layout, row)][:, [0, 2], None].transpose(1, 0, 2)
        spanning += (left.min() < x) & (x < right.max())
        taken += ((left < x) & (x < right)).any(axis=0)
    strips: list[tuple[float, float]] = []
    for number in np.flatnonzero((spanning >= 3) & (taken <= POST_TAKEN * spanning)):
        x1, x2 = cuts[number], cuts[number + 1]
        joins = strips and strips[-1][1] == x1
        strips[-1:] = [(strips[-1][0], x2)] if joins else [*strips[-1:], (x1, x2)]
    facing = float(np.median(boxes[:, 2] - boxes[:, 0])) if len(boxes) else 0.0
    return [(x1, x2) for x1, x2 in strips if x2 - x1 > POST_WIDTH * facing]


def _without(posts: list[tuple[float, float]], gap: Floats) -> list[Floats]:
    """What is left of a gap beside the posts in it."""
    pieces, start = [], gap[0]
    for x1, x2 in [*posts, (gap[2], gap[2])]:
        if x2 < start or x1 > gap[2]:
            continue
        pieces.append(np.array([start, gap[1], max(start, x1), gap[3]]))
        start = max(start, x2)
    return pieces


def _is_free(gap: Floats, boxes: Floats) -> bool:
    """Whether no products, of whatever row, stand in the gap."""
    return float(_covered(gap, boxes).sum()) < TAKEN


def _covered(gap: Floats, boxes: npt.NDArray[np.floating]) -> Floats:
    """Share of the gap's area that each box covers."""
    wide = np.minimum(boxes[:, 2], gap[2]) - np.maximum(boxes[:, 0], gap[0])
    high = np.minimum(boxes[:, 3], gap[3]) - np.maximum(boxes[:, 1], gap[1])
    area = max((gap[2] - gap[0]) * (gap[3] - gap[1]), 1e-9)
    share: Floats = np.clip(wide, 0, None) * np.clip(high, 0, None) / area
    return share


def _fronts(layout: Layout, row: int) -> Ints:
    return np.flatnonzero((layout.row == row) & layout.fronts)


def _width(box: Floats) -> float:
    return float(box[2] - box[0])


def _between(left: Floats, right: Floats) -> Floats:
    top, foot = (left[1] + right[1]) / 2, (left[3] + right[3]) / 2
    return np.array([left[2], top, right[0], foot])


def _trust(gap: Floats, facings: float, weak: Detections) -> float:
    """Surer the wider the gap is, less sure the more of it a weak detection covers."""
    sure = 1 - 0.5 * np.exp(-2 * (facings - ROOM))
    if not len(weak):
        return float(sure)
    return float(sure * np.prod(1 - weak.scores * np.clip(2 * _covered(gap, weak.boxes), 0, 1)))


def _row_edges(boxes: Floats, layout: Layout, photo: float) -> Floats:
    """Left and right end of each row as the other rows suggest, (rows, 2); NaN where they do not tell.

    Where shelves go on beyond the photo, its edge is the end of the long rows.
    """
    if layout.rows < 3:
        return np.full((layout.rows, 2), np.nan)
    ends, at, width = [], [], []
    for row in range(layout.rows):
        fronts = _fronts(layout, row)
        ends.append((boxes[fronts, 0].min(), boxes[fronts, 2].max()))
        at.append(float(np.median(layout.feet[fronts])))
        width.append(float(np.median(boxes[fronts, 2] - boxes[fronts, 0])))
    e, y, w = np.array(ends), np.array(at), np.array(width)
    scale = min(photo, float(e.max()))
    long = e[:, 1] - e[:, 0] >= LONG * scale
    sides = []
    for outward, end, border in ((-1.0, e[:, 0], 0.0), (1.0, e[:, 1], photo)):
        edge = _agreed(end, y, w)
        cut = np.abs(end - border) <= AT_EDGE * scale
        if np.isnan(edge).any() and not cut.any():
            edge = outward * _outermost(outward * end, y, w)
        elif np.isnan(edge).any() and cut[long].sum() >= max(LEAST_CUT, CUT * long.sum()):
            edge = np.where(long, border, np.nan)
        sides.append(edge)
    return np.stack(sides, axis=1)


def _lines(end: Floats, y: Floats) -> Iterator[tuple[float, Floats]]:
    """Slope of the straight line through each two row ends, and where it crosses every row."""
    for i, j in combinations(range(len(y)), 2):
        slope = float((end[j] - end[i]) / (y[j] - y[i]))
        yield slope, end[i] + slope * (y - y[i])


def _agreed(end: Floats, y: Floats, width: Floats) -> Floats:
    """The straight line through two row ends that most others lie on, or NaN where fewer than two thirds do.

    Of equal lines the one nearest the vertical wins: so stands a cooler's wall.
    """
    best, line = (0.0, 0.0), np.full(len(y), np.nan)
    for slope, through in _lines(end, y):
        agree = float((np.abs(end - through) < 0.6 * width).mean())
        if agree >= 2 / 3 and (agree, -abs(slope)) > best:
            best, line = (agree, -abs(slope)), through
    return line


def _outermost(end: Floats, y: Floats, width: Floats) -> Floats:
    """The straight line through two row ends that no row reaches beyond and all come nearest to; NaN without one.

    Where many rows are empty at their end they agree on none, but two of them still reach the wall. `end` grows
    outward.
    """
    least, line = np.inf, np.full(len(y), np.nan)
    for slope, through in _lines(end, y):
        room = (through - end) / width
        if abs(slope) <= MOST_LEANING and room.min() >= -BEYOND and room.clip(0).sum() < least:
            least, line = float(room.clip(0).sum()), through
    return line


def _ends(boxes: Floats, fronts: Ints, row: int, edges: Floats) -> Iterator[tuple[Floats, float]]:
    """What is free at the two ends of a row, and its width in facings."""
    first, last = boxes[fronts[0]], boxes[fronts[-1]]
    facing = float(np.median(boxes[fronts, 2] - boxes[fronts, 0]))
    for box in (
        np.array([edges[row, 0], first[1], first[0], first[3]]),
        np.array([last[2], last[1], edges[row, 1], last[3]]),
    ):
        if _width(box) >= EDGE_ROOM * facing:  # never so where an edge is unknown
            yield box, _width(box) / facing
