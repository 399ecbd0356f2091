"""How shelves run in a photo: aslant in one taken from the side, and at another slant at each next shelf.

The slant is measured from neighbours, as a linear function of the height in the photo.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

STEEPEST = 1.3
MOST_BENT = 0.8  # how far the slant may change over the width of the shelf: beyond, lines would cross in the photo
LEAST_OVERLAP = 0.35  # of their heights, that products side by side share
SLOPE_ERROR = 0.06  # by which two feet of one shelf may miss its slope
STEEP_COSTS = 0.2  # share of its support that a slope of one loses: across a lattice of products steep lines run too
SAMPLES = 120


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
