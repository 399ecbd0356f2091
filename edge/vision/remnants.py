"""Pieces of products: what the edge of one photo cuts off and another photo shows, though not as the same product.

Half a bottle looks like no bottle, and its box is of another shape: such a piece does not meet the product that it is
part of. Where the photos lie over each other, that product covers it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from edge.vision.doubts import Floats, Ints, cut_off
from edge.vision.overlap import Overlap, carried
from edge.vision.sighting import Sighting

COVERED = 0.5
"""Share of a piece's box that the products of the other photo must cover; a cut through a row may box two as one."""

Member = tuple[int, int]
"""Number of the photo, position of the product in it."""


def remnants(views: Sequence[Sighting], overlaps: Mapping[tuple[int, int], Overlap]) -> frozenset[Member]:
    """The pieces that are part of a product which another photo shows; of two pieces of one product, one."""
    pieces: dict[Member, Member] = {}
    for piece, product in _covered(views, overlaps):
        if product not in pieces and piece not in pieces.values():
            pieces[piece] = product
    return frozenset(pieces)


def _covered(views: Sequence[Sighting], overlaps: Mapping[tuple[int, int], Overlap]) -> Iterator[tuple[Member, Member]]:
    """Pieces, each with the product of another photo that covers most of it."""
    for (a, b), overlap in overlaps.items():
        for one, other, matrix, met in (
            (a, b, overlap.to_other, overlap.pairs[:, 0]),
            (b, a, np.asarray(np.linalg.inv(overlap.to_other), np.float64), overlap.pairs[:, 1]),
        ):
            for piece, product in _covered_by(views[one], views[other], matrix, met):
                yield (one, piece), (other, product)


def _covered_by(one: Sighting, other: Sighting, to_other: Floats, met: Ints) -> Iterator[tuple[int, int]]:
    cut = cut_off(one.found.boxes.astype(np.float64), one.size) > 0
    cut[met] = False
    there = other.found.boxes.astype(np.float64)
    for piece in np.flatnonzero(cut).tolist():
        box = carried(to_other, one.found.boxes[piece : piece + 1].astype(np.float64))[0]
        shares = shares_covered(box, there)
        if len(shares) and shares.sum() >= COVERED:
            yield piece, int(shares.argmax())


def shares_covered(box: Floats, others: Floats) -> Floats:
    """(N,) share of `box` (4,) that each of `others` (N, 4) covers."""
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    return np.asarray(shared / max(float(np.prod(box[2:] - box[:2])), 1e-9), np.float64)
