"""From boxes to shelf rows, columns and depth: which products stand beside, on and behind each other.

Products of one shelf stand on one line, but the line runs aslant in a photo taken from the side. So the boxes' feet are
carried along the shelves' slant to the photo's middle, where one shelf is one number.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from statistics import median

import numpy as np
import numpy.typing as npt

from edge.vision.detections import FloatArray
from edge.vision.slant import Floats, Ints, Slant, measure_slant

SAME_ROW = 0.35  # feet closer than this, in heights of the smaller product, stand on one shelf
TOUCHES = 0.06  # vertical distance, in heights, at which one product rests on another
SLIMMEST = 2.8  # height over width from which a product is a bottle, and bottles do not stack
SAME_SIZE = 0.8  # smallest ratio of the sizes of two units of a stack
COVERS = 0.5  # share of a product's width that must stand over the one that carries or hides it
NEAR = 3.5  # widths within which products of one level decide together
DEEPER = 0.75  # how far a product's foot may lie above its row's, in heights of that row
HIGHER = 0.08  # how much higher than the foot of the one before it a foot is, in heights, to be clearly behind
SLIVER = 0.75  # width, in widths of the one before it, under which a product that it overlaps is seen in part only


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

    @cached_property
    def fronts(self) -> npt.NDArray[np.bool_]:
        """(N,) whether a box stands in front on its shelf."""
        return np.array([one is Place.FRONT for one in self.place], bool)

    @property
    def rows(self) -> int:
        """Number of shelf rows."""
        return int(self.row.max()) + 1 if len(self.row) else 0


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
