"""From boxes to shelf rows, columns and depth: which products stand beside, on and behind each other.

Products of one shelf stand on one line, but the line runs aslant in a photo taken from the side and at another slant
at the next shelf. So the slant is measured first, from neighbours, as a linear function of the height in the photo;
the boxes' feet are then carried along it to the photo's middle, where one shelf is one number.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from itertools import combinations
from statistics import median

import numpy as np
import numpy.typing as npt

from edge.vision.detections import FloatArray

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SAME_ROW = 0.35  # feet closer than this, in heights of the smaller product, stand on one shelf
TOUCHES = 0.06  # vertical distance, in heights, at which one product rests on another
SLIMMEST = 2.8  # height over width from which a product is a bottle, and bottles do not stack
SAME_SIZE = 0.8  # smallest ratio of the sizes of two units of a stack
COVERS = 0.5  # share of a product's width that must stand over the one that carries or hides it
NEAR = 3.5  # widths within which products of one level decide together
DEEPER = 0.75  # how far a product's foot may lie above its row's, in heights of that row
HIGHER = 0.08  # how much higher than the foot of the one before it a foot is, in heights, to be clearly behind
SLIVER = 0.75  # width, in widths of the one before it, under which a product that it overlaps is seen in part only
STEEPEST = 1.3
MOST_BENT = 0.8  # how far the slant may change over the width of the shelf: beyond, lines would cross in the photo
LEAST_OVERLAP = 0.35  # of their heights, that products side by side share
SLOPE_ERROR = 0.06  # by which two feet of one shelf may miss its slope
STEEP_COSTS = 0.2  # share of its support that a slope of one loses: across a lattice of products steep lines run too
SAMPLES = 120


class Place(Enum):
    """How a product stands: in front on the shelf, on top of another, or behind one."""

    FRONT = "front"
    STACKED = "stacked"
    BEHIND = "behind"


@dataclass(frozen=True)
class Layout:
    """Where each box stands.

    Attributes:
        row: (N,) shelf row, 0 at the top.
        column: (N,) facing within the row, 0 at the left.
        place: N places.
        feet: (N,) y of the box's foot, carried along the shelf's slant to the photo's middle.
        slant: the shelves' slant, for carrying other points.
    """

    row: Ints
    column: Ints
    place: tuple[Place, ...]
    feet: Floats
    slant: Slant

    @property
    def rows(self) -> int:
        """Number of shelf rows."""
        return int(self.row.max()) + 1 if len(self.row) else 0


@dataclass(frozen=True)
class Slant:
    """Slope of the shelves, dy/dx = `level` + `change` * (y - `y_middle`), around the column `x_middle`."""

    level: float
    change: float
    x_middle: float
    y_middle: float

    def to_middle(self, x: Floats, y: Floats) -> Floats:
        """Carry points along the shelves to the photo's middle column; returns their y there."""
        run = x - self.x_middle
        carried: Floats = (y - (self.level - self.change * self.y_middle) * run) / (1 + self.change * run)
        return carried


def lay_out(boxes: FloatArray) -> Layout:
    """Rows, columns and depth of `boxes` (N, 4), x1 y1 x2 y2."""
    if not len(boxes):
        none = np.zeros(0, np.int64)
        return Layout(none, none, (), np.zeros(0), Slant(0, 0, 0, 0))
    b = boxes.astype(np.float64)
    slant = measure_slant(b)
    feet = slant.to_middle((b[:, 0] + b[:, 2]) / 2, b[:, 3])
    heights = b[:, 3] - b[:, 1]
    carrier, place = _supports(b, _cluster(feet, heights))
    ground = _ground(carrier)
    fronts = np.flatnonzero(ground == np.arange(len(b)))
    row = np.zeros(len(b), np.int64)
    row[fronts] = _join_strays(b[fronts], feet[fronts], _cluster(feet[fronts], heights[fronts]))
    row = row[ground]
    return Layout(row, _columns(b, row, ground), tuple(place), feet, slant)


def measure_slant(b: Floats) -> Slant:
    """The shelves' slant: the pencil of lines, all through one vanishing point, on which most neighbours stand.

    Each pair of products that may be neighbours proposes the slope of its shelf where it stands. A line of the pencil
    has slope s = a + c (y - s run), run being counted from the middle column, so that two pairs give a pencil, and
    least squares over those that agree with it a better one (a random sample consensus, with the samples in order).
    """
    x, foot = (b[:, 0] + b[:, 2]) / 2, b[:, 3]
    middle = float(x.mean()), float(foot.mean())
    votes = _neighbours(b)
    if len(votes.slope) < 3:
        return Slant(0.0, 0.0, *middle)
    votes = replace(votes, run=votes.run - middle[0], y=votes.y - middle[1])
    a, c = _pencil(votes, bends=len(b) >= 8 and bool(np.ptp(foot) > 3 * np.median(b[:, 3] - b[:, 1])))
    reach = max(float(np.ptp(x)), 1.0)
    level, change = np.clip(a, -STEEPEST, STEEPEST), np.clip(c, -MOST_BENT / reach, MOST_BENT / reach)
    return Slant(float(level), float(change), *middle)


@dataclass(frozen=True, eq=False)
class _Votes:
    """Slopes of shelves, each from a product and one that may stand beside it; arrays (V,).

    Attributes:
        slope: dy/dx from foot to foot.
        run, y: the middle between the feet.
        weight: how likely the two are neighbours.
        first: (P,) where each product's votes begin, of which only the best counts.
    """

    slope: Floats
    run: Floats
    y: Floats
    weight: Floats
    first: Ints


def _neighbours(b: Floats) -> _Votes:
    """Pairs side by side, of like height, that overlap in height; the more they do, the surer they are neighbours."""
    x, foot, height, width = (b[:, 0] + b[:, 2]) / 2, b[:, 3], b[:, 3] - b[:, 1], b[:, 2] - b[:, 0]
    apart, rise = x[None] - x[:, None], foot[None] - foot[:, None]
    ratio = np.minimum(height[None], height[:, None]) / np.maximum(height[None], height[:, None])
    wide = (width[None] + width[:, None]) / 2
    shared = np.minimum(b[None, :, 3], b[:, None, 3]) - np.maximum(b[None, :, 1], b[:, None, 1])
    overlap = shared / np.minimum(height[None], height[:, None])
    near = (apart > 0.4 * wide) & (apart < 3 * wide) & (ratio > 0.75) & (overlap > LEAST_OVERLAP)
    near &= np.abs(rise) < STEEPEST * apart
    i, j = np.nonzero(near)
    weight = overlap[i, j] * np.exp(-np.maximum(apart[i, j] / wide[i, j] - 1, 0))
    first = np.unique(i, return_index=True)[1].astype(np.int64)
    return _Votes(rise[i, j] / apart[i, j], (x[i] + x[j]) / 2, (foot[i] + foot[j]) / 2, weight, first)


def _pencil(votes: _Votes, bends: bool) -> tuple[float, float]:
    """(a, c) with most votes behind it; c stays 0 where the shelves are too few to tell how their slant changes."""
    order = np.argsort(-votes.weight, kind="stable")[:SAMPLES]
    best = _most_followed(votes, [(float(votes.slope[i]), 0.0) for i in order])
    if bends:
        lever = votes.y - votes.slope * votes.run
        pairs = [(i, j) for i, j in combinations(order[:: max(1, len(order) // 24)], 2) if abs(lever[i] - lever[j]) > 1]
        bent = [(votes.slope[i] - votes.slope[j]) / (lever[i] - lever[j]) for i, j in pairs]
        steady = [(float(votes.slope[i] - c * lever[i]), float(c)) for (i, _), c in zip(pairs, bent, strict=True)]
        best = _most_followed(votes, [best, *steady])
    for _ in range(4):
        agree = _agreeing(votes, *best)
        best = _fitted(votes, agree, bends) if agree.sum() >= 3 else best
    return best


def _most_followed(votes: _Votes, pencils: list[tuple[float, float]]) -> tuple[float, float]:
    """The pencil with most votes behind it, of each product its best alone; the first of equal ones."""
    a, c = np.array(pencils, np.float64).reshape(-1, 2, 1).transpose(1, 0, 2)
    worth = votes.weight * np.exp(-((_errors(votes, a, c) / SLOPE_ERROR) ** 2))
    behind = np.maximum.reduceat(worth, votes.first, axis=1).sum(axis=1) * (1 - STEEP_COSTS * np.abs(a[:, 0]))
    return pencils[int(behind.argmax())]


def _agreeing(votes: _Votes, a: float, c: float) -> npt.NDArray[np.bool_]:
    """(V,) the votes that agree with a pencil, of each product the best alone."""
    error = _errors(votes, np.array(a), np.array(c))
    worth = votes.weight * np.exp(-((error / SLOPE_ERROR) ** 2))
    best = np.maximum.reduceat(worth, votes.first)
    return np.asarray((error < 2 * SLOPE_ERROR) & (worth >= np.repeat(best, np.diff([*votes.first, len(worth)]))))


def _errors(votes: _Votes, a: Floats, c: Floats) -> Floats:
    """How far each vote's slope is from that of a pencil where it stands: (V,), of pencils (P, 1) it is (P, V)."""
    error: Floats = np.abs(votes.slope - (a + c * votes.y) / np.maximum(1 + c * votes.run, 0.2))
    return error


def _fitted(votes: _Votes, agree: npt.NDArray[np.bool_], bends: bool) -> tuple[float, float]:
    slope, weight = votes.slope[agree], np.sqrt(votes.weight[agree])
    lever = votes.y[agree] - slope * votes.run[agree]
    if not bends or np.ptp(lever) < 1:
        return float(np.average(slope, weights=weight)), 0.0
    c, a = np.polyfit(lever, slope, 1, w=weight)
    return float(a), float(c)


def _cluster(feet: Floats, heights: Floats) -> Ints:
    """Number feet by shelf, 0 at the top: the lowest starts a shelf, others join where they are near its median."""
    shelf = np.full(len(feet), -1, np.int64)
    members: list[list[int]] = []
    for i in np.argsort(-feet):
        at, tall = (median(feet[members[-1]]), median(heights[members[-1]])) if members else (np.inf, 1.0)
        if abs(at - feet[i]) > SAME_ROW * min(heights[i], tall):
            members.append([])
        members[-1].append(int(i))
        shelf[i] = len(members) - 1
    return len(members) - 1 - shelf


def _join_strays(b: Floats, feet: Floats, shelf: Ints) -> Ints:
    """Let one or two products that stand deeper in their shelf than the rest join the row they stand in.

    Their feet lie within the bodies of that row's products, where no other shelf can be, and beside those products.
    """
    shelf = shelf.copy()
    for number in np.unique(shelf):
        strays = np.flatnonzero(shelf == number)
        if len(strays) > 2:
            continue
        for other in sorted(set(shelf.tolist()) - {int(number)}, key=lambda o: _between_feet(feet, shelf, number, o)):
            row = np.flatnonzero(shelf == other)
            reach = DEEPER * float(np.median(b[row, 3] - b[row, 1]))
            if len(row) > len(strays) and _between_feet(feet, shelf, number, other) < reach and _beside(b, strays, row):
                shelf[strays] = other
                break
    return np.unique(shelf, return_inverse=True)[1].astype(np.int64)


def _between_feet(feet: Floats, shelf: Ints, one: int, other: int) -> float:
    return float(abs(np.median(feet[shelf == one]) - np.median(feet[shelf == other])))


def _beside(b: Floats, some: Ints, others: Ints) -> bool:
    """Whether none of `some` stands over one of `others`."""
    shared = np.minimum(b[some, None, 2], b[others, 2]) - np.maximum(b[some, None, 0], b[others, 0])
    width = np.minimum(b[some, None, 2] - b[some, None, 0], b[others, 2] - b[others, 0])
    return bool((shared < COVERS * width).all())


def _supports(b: Floats, level: Ints) -> tuple[Ints, list[Place]]:
    """For each box the one that carries or hides it (itself where it stands in front), and how it stands.

    What merely touches the top of the one below could stand on the next shelf up. The products on its level decide,
    those near it about a stack, all of them about one that shows behind: most of them must touch something too.
    """
    found = [_support(b, i) for i in range(len(b))]
    touches = np.array([support is not None for support in found])
    x, width = (b[:, 0] + b[:, 2]) / 2, b[:, 2] - b[:, 0]
    carrier = np.arange(len(b))
    place = [Place.FRONT] * len(b)
    for i, support in enumerate(found):
        if support is None:
            continue
        j, how, certain = support
        reach = NEAR * width[i] if how is Place.STACKED else np.inf
        if certain or touches[(level == level[i]) & (np.abs(x - x[i]) < reach)].mean() > 0.5:
            carrier[i], place[i] = j, how
    return carrier, place


def _support(b: Floats, i: int) -> tuple[int, Place, bool] | None:
    """The box that carries or hides box `i`, how, and whether that is certain without asking its neighbours."""
    width, height = b[i, 2] - b[i, 0], b[i, 3] - b[i, 1]
    widths, heights = b[:, 2] - b[:, 0], b[:, 3] - b[:, 1]
    shared = np.minimum(b[:, 2], b[i, 2]) - np.maximum(b[:, 0], b[i, 0])
    sunk = b[i, 3] - b[:, 1]  # how far the foot of i lies below the top of the other
    below = (b[:, 3] - b[i, 3] > HIGHER * heights) & (sunk > -TOUCHES * np.minimum(heights, height))
    below &= shared > COVERS * np.minimum(widths, width)
    sliver = (width < SLIVER * widths) & (shared > 0.4 * width) & (b[:, 3] >= b[i, 3]) & (sunk > 0.6 * height)
    candidates = np.flatnonzero(below | sliver)
    if not len(candidates):
        return None
    j = int(candidates[np.argmax(shared[candidates] - 0.5 * np.abs(sunk[candidates]))])
    similar = all(SAME_SIZE <= r <= 1 / SAME_SIZE for r in (height / heights[j], width / widths[j]))
    if similar and height < SLIMMEST * width and abs(sunk[j]) <= 2 * TOUCHES * height:
        return j, Place.STACKED, False
    return j, Place.BEHIND, bool(sunk[j] > 0.25 * height)


def _ground(carrier: Ints) -> Ints:
    """Follow each box's carriers down to the one that stands in front on the shelf."""
    ground = carrier
    for _ in range(len(carrier)):
        further = carrier[ground]
        if np.array_equal(further, ground):
            break
        ground = further
    return ground


def _columns(b: Floats, row: Ints, ground: Ints) -> Ints:
    """Facings of each row from left to right; what stands on or behind a product shares its column."""
    column = np.zeros(len(b), np.int64)
    centre = (b[:, 0] + b[:, 2]) / 2
    for number in np.unique(row):
        fronts = np.flatnonzero((row == number) & (ground == np.arange(len(b))))
        column[fronts[np.argsort(centre[fronts])]] = np.arange(len(fronts))
    return column[ground]
