"""Where two photos of one cooler show the same products: matched by looks and by place.

The fronts of a shelf's products lie near one plane, so that a homography carries one photo's boxes over to the other's.
Method: each pair of products that look alike proposes how one photo lies over the other (their boxes alone fix scale
and shift); the proposals under which most alike products meet, and fewest stand where the other photo shows nothing
or something else, are refined by a robust homography (RANSAC) over the boxes that meet. Shelves repeat themselves, so
it is the misfits that tell a shift by one facing from the truth.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from edge.vision.doubts import Floats, Ints, cut_off
from edge.vision.sighting import Sighting

PROPOSERS = 4  # most alike partners that each product proposes
REFINED = 8  # best proposals that are refined
ROUNDS = 6
UNLIKE = -0.3  # likeness beneath which two products cannot be the same
MEETS = 0.45  # distance of middles, in sizes of the box, within which two boxes meet
FIRST_MEETS = 0.8  # and while a proposal is still coarse
STRETCH = 1.8  # most that two photos differ in the shape of one product
ZOOM = 3.5  # and in its size
TELLING = 75  # percentile of all likenesses from which one begins to speak for two products being the same
MOST_TELLING = 0.7  # but no likeness above this speaks against it: coolers of one product are alike all over
MISFIT = 0.6  # what a product costs that should be seen in the other photo and is not
LEAST_PAIRS = 4
LEAST_SUPPORT = 1.5  # what speaks for the overlap, less what the misfits cost
LEAST_SHARE = 0.5  # of the products in the overlap that must meet
SHEARS_FROM, BENDS_FROM = 6, 16  # pairs from which an affine map, and a homography, is fitted; fewer shift and scale
PLAINER = 1.3  # a plainer map is taken where it misses by no more than so many times what a freer one does
MOST_PROPOSALS = 150


@dataclass(frozen=True, eq=False)
class Overlap:
    """How a photo lies over another one.

    Attributes:
        to_other: (3, 3) homography from the pixels of the first photo to those of the other.
        pairs: (P, 2) positions of products that are the same, first photo and other.
        lone: (K,) positions in the first of products that the other should show as well, and does not.
    """

    to_other: Floats
    pairs: Ints
    lone: Ints


def find_overlap(first: Sighting, other: Sighting) -> Overlap | None:
    """How `first` lies over `other`; None where they show too little in common to be sure."""
    alike = likeness(first, other)
    best: tuple[float, Overlap] | None = None
    for matrix in _proposals(first, other, alike):
        refined = _refine(matrix, first, other, alike)
        if refined and (best is None or refined[0] > best[0]):
            best = refined
    if best is None:
        return None
    support, overlap = best
    pairs, lone = len(overlap.pairs), len(overlap.lone)
    sure = pairs >= LEAST_PAIRS and support >= LEAST_SUPPORT and pairs >= LEAST_SHARE * (pairs + lone)
    return overlap if sure else None


def laid_by(matrix: Floats, first: Sighting, other: Sighting) -> Overlap:
    """The overlap of two photos of which it is known about how they lie over each other."""
    alike = likeness(first, other)
    overlap = _judged(matrix, first, other, alike)[1]
    return _refine(matrix, first, other, alike)[1] if len(overlap.pairs) >= BENDS_FROM else overlap


def likeness(first: Sighting, other: Sighting) -> Floats:
    """(N, M) what the looks of two products say for their being the same: 1 at most, negative where they differ.

    The cosine of their vectors is measured against those of all pairs, of which most are different products. Without
    vectors only names speak.
    """
    one, two = (np.array([sku or "" for sku in seen.names.skus]) for seen in (first, other))
    alike = np.full((len(one), len(two)), 0.25)
    if first.vectors is not None and other.vectors is not None and alike.size:
        cosine = first.vectors.astype(np.float64) @ other.vectors.T.astype(np.float64)
        ordinary = min(float(np.percentile(cosine, TELLING)), MOST_TELLING)
        alike = np.maximum((cosine - ordinary) / (1 - ordinary), -1.0)
    named = (one[:, None] != "") & (two[None] != "")
    same = one[:, None] == two[None]
    return np.asarray(np.where(named, np.where(same, (1 + alike) / 2, alike - 0.5), alike), np.float64)


def carried(matrix: Floats, boxes: Floats) -> Floats:
    """The upright boxes (N, 4) around `boxes` carried by a homography."""
    x, y = boxes[:, [0, 2, 2, 0]], boxes[:, [1, 1, 3, 3]]
    corners = np.stack([x, y, np.ones_like(x)], axis=-1) @ matrix.T
    points = corners[..., :2] / np.maximum(corners[..., 2:], 1e-6)
    return np.asarray(np.concatenate([points.min(axis=1), points.max(axis=1)], axis=1), np.float64)


def _proposals(first: Sighting, other: Sighting, alike: Floats) -> list[Floats]:
    """The best of the ways, (3, 3) each, in which single pairs of products would lay the photos over each other."""
    one, two = first.found.boxes.astype(np.float64), other.found.boxes.astype(np.float64)
    whole = np.outer(cut_off(one, first.size) == 0, cut_off(two, other.size) == 0)
    telling = np.where(whole, alike, -1.0)
    each = [(value, i, int(j)) for i, row in enumerate(telling) for j, value in _first(row) if value > 0]
    proposed: list[tuple[float, Floats]] = []
    for _, i, j in sorted(each, reverse=True)[:MOST_PROPOSALS]:
        scale = (two[j, 2:] - two[j, :2]) / np.maximum(one[i, 2:] - one[i, :2], 1e-6)
        if max(scale) > STRETCH * min(scale) or not 1 / ZOOM < scale[0] < ZOOM:
            continue
        shift = two[j, :2] - scale * one[i, :2]
        matrix = np.array([[scale[0], 0, shift[0]], [0, scale[1], shift[1]], [0, 0, 1]])
        proposed.append((_support(matrix, first, other, alike, FIRST_MEETS)[0], matrix))
    proposed.sort(key=lambda proposal: -proposal[0])
    return [matrix for _, matrix in proposed[:REFINED]]


def _first(row: Floats) -> list[tuple[int, float]]:
    return [(int(j), float(row[j])) for j in np.argsort(-row)[:PROPOSERS]]


def _refine(matrix: Floats, first: Sighting, other: Sighting, alike: Floats) -> tuple[float, Overlap]:
    """Fit the homography to the boxes that meet, loosely at first, and again; the best support and its overlap."""
    coarse = _support(matrix, first, other, alike, FIRST_MEETS)[1]
    best = _judged(matrix, first, other, alike)
    matrix = _fit(first, other, coarse, matrix)
    for _ in range(ROUNDS):
        now = _judged(matrix, first, other, alike)
        if now[0] >= best[0]:  # of maps with equal support the fitted one: a proposal rests on one pair
            best = now
        matrix = _fit(first, other, now[1].pairs, matrix)
    return best


def _judged(matrix: Floats, first: Sighting, other: Sighting, alike: Floats) -> tuple[float, Overlap]:
    support, pairs, lone = _support(matrix, first, other, alike, MEETS)
    return support, Overlap(matrix, pairs, lone)


def _support(matrix: Floats, first: Sighting, other: Sighting, alike: Floats, meets: float) -> tuple[float, Ints, Ints]:
    """How much speaks for a way to lay the photos over each other; the products that meet; those left alone."""
    moved, there = carried(matrix, first.found.boxes.astype(np.float64)), other.found.boxes.astype(np.float64)
    pairs = _meeting(moved, there, alike, meets)
    back: Floats = np.asarray(np.linalg.inv(matrix) if abs(np.linalg.det(matrix)) > 1e-12 else np.eye(3))
    lone = _lone(moved, other.size, pairs[:, 0])
    other_lone = _lone(carried(back, there), first.size, pairs[:, 1])
    value = float(alike[pairs[:, 0], pairs[:, 1]].sum()) - MISFIT * min(len(lone), len(other_lone))
    return value - 0.2 * MISFIT * abs(len(lone) - len(other_lone)), pairs, lone


def _meeting(moved: Floats, there: Floats, alike: Floats, meets: float) -> Ints:
    """(P, 2) boxes that meet and look alike, the nearest first, each once."""
    if not len(moved) or not len(there):
        return np.zeros((0, 2), np.int64)
    middle, sizes = (there[:, :2] + there[:, 2:]) / 2, there[:, 2:] - there[:, :2]
    apart = np.abs((moved[:, None, :2] + moved[:, None, 2:]) / 2 - middle) / np.maximum(sizes, 1e-6)
    ratio = np.log((moved[:, None, 3] - moved[:, None, 1]) / np.maximum(sizes[:, 1], 1e-6))
    cost = np.hypot(apart[..., 0], apart[..., 1]) + 0.3 * np.abs(ratio) + 0.3 * (1 - alike)
    open_ = (apart.max(axis=2) < meets) & (np.abs(ratio) < np.log(STRETCH)) & (alike > UNLIKE)
    pairs: list[tuple[int, int]] = []
    free_one, free_two = np.ones(len(moved), bool), np.ones(len(there), bool)
    for flat in np.argsort(np.where(open_, cost, np.inf), axis=None)[: int(open_.sum())]:
        i, j = divmod(int(flat), len(there))
        if free_one[i] and free_two[j]:
            pairs.append((i, j))
            free_one[i] = free_two[j] = False
    return np.array(pairs, np.int64).reshape(-1, 2)


def _lone(moved: Floats, size: tuple[int, int], paired: Ints) -> Ints:
    """Positions of boxes that lie wholly within a photo of `size` and have no partner there."""
    inside = np.all(moved[:, :2] >= 0, axis=1) & np.all(moved[:, 2:] <= np.array(size), axis=1)
    inside[paired] = False
    return np.flatnonzero(inside)


def _fit(first: Sighting, other: Sighting, pairs: Ints, now: Floats) -> Floats:
    """(3, 3) that carries the boxes of the pairs over: the plainest map that does so as well as any.

    One scale and a shift, a scale of each side, an affine map, or a homography: a map that is freer than the pairs ask
    for goes astray where there are none. `now` stays where the pairs are too few, or lie too badly, to say better.
    """
    one, two = _well_seen(first, other, pairs)
    a, b = one.reshape(-1, 2), two.reshape(-1, 2)
    reach = 0.5 * float(np.median(two[:, 2] - two[:, 0])) if len(two) else 0.0
    fits = [_alike(one, two), _scaled(a, b), _sheared(a, b, reach), _bent(a, b, reach)]
    found = [(_miss(matrix, a, b), matrix) for matrix in fits if matrix is not None]
    least = min((miss for miss, _ in found), default=0.0)
    return next((matrix for miss, matrix in found if miss <= PLAINER * least + 1e-6), now)


def _alike(one: Floats, two: Floats) -> Floats | None:
    """The scale by which the boxes (N, 4) differ in size, whatever strip they fill, and the shift that remains."""
    if len(one) < 2:
        return None
    sizes = [np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (one, two)]
    scale = float(np.median(np.sqrt(sizes[1] / np.maximum(sizes[0], 1e-6))))
    x, y = np.median((two[:, :2] + two[:, 2:]) / 2 - scale * (one[:, :2] + one[:, 2:]) / 2, axis=0)
    return _usable(np.array([[scale, 0, x], [0, scale, y], [0, 0, 1]]))


def _scaled(a: Floats, b: Floats) -> Floats | None:
    if len(a) < 4 or not np.ptp(a, axis=0).all():
        return None
    x, y = (np.polyfit(a[:, axis], b[:, axis], 1) for axis in (0, 1))
    return _usable(np.array([[x[0], 0, x[1]], [0, y[0], y[1]], [0, 0, 1]]))


def _sheared(a: Floats, b: Floats, reach: float) -> Floats | None:
    if len(a) < 2 * SHEARS_FROM:
        return None
    cv2.setRNGSeed(1)
    flat, _ = cv2.estimateAffine2D(a, b, method=cv2.RANSAC, ransacReprojThreshold=reach)
    return None if flat is None else _usable(np.vstack([flat, [0, 0, 1]]))


def _bent(a: Floats, b: Floats, reach: float) -> Floats | None:
    if len(a) < 2 * BENDS_FROM:
        return None
    cv2.setRNGSeed(1)
    matrix, _ = cv2.findHomography(a, b, cv2.RANSAC, reach)
    return None if matrix is None else _usable(np.asarray(matrix))


def _usable(matrix: Floats) -> Floats | None:
    return None if abs(np.linalg.det(matrix)) < 1e-9 else np.asarray(matrix, np.float64)


def _miss(matrix: Floats, a: Floats, b: Floats) -> float:
    """Median distance by which the map misses, in pixels of the other photo."""
    moved = np.column_stack([a, np.ones(len(a))]) @ matrix.T
    return float(np.median(np.linalg.norm(moved[:, :2] / np.maximum(moved[:, 2:], 1e-6) - b, axis=1)))


def _well_seen(first: Sighting, other: Sighting, pairs: Ints) -> tuple[Floats, Floats]:
    """Boxes of the pairs that neither photo cuts off: the corners of others are not corners of the product."""
    one, two = (seen.found.boxes[at].astype(np.float64) for seen, at in ((first, pairs[:, 0]), (other, pairs[:, 1])))
    whole = (cut_off(one, first.size) == 0) & (cut_off(two, other.size) == 0)
    return (one[whole], two[whole]) if whole.sum() >= LEAST_PAIRS else (one, two)
