"""Which unknown products are one and the same: looks near a newcomer join it, the others are clustered.

Agglomerative clustering with average linkage on cosine distance (Sokal and Michener 1958; `scipy.cluster.hierarchy`):
unlike single linkage it does not chain two look-alikes together over blurred crops that lie between them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist

FloatArray = npt.NDArray[np.float32]

ALIKE = 0.82
"""Cosine from which on two looks are of one product. Rather two newcomers of one product, which a person names alike,
than one of two products, which would spoil the gallery: crops of one product are at 0.9 and above nine times in ten.
"""


def unit_looks(looks: Sequence[bytes]) -> FloatArray:
    """Looks of signed bytes, all of one length, as unit vectors (N, dimensions)."""
    vectors = np.stack([np.frombuffer(look, np.int8) for look in looks]).astype(np.float32)
    return as_unit(vectors)


def as_unit(vectors: FloatArray) -> FloatArray:
    """Vectors (N, dimensions) at length one."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)


def gather(looks: FloatArray, middles: FloatArray) -> list[int]:
    """The newcomer that each look belongs to.

    Args:
        looks: (N, dimensions) unit vectors.
        middles: (M, dimensions) unit vectors of the newcomers there are.

    Returns:
        Below M the position of a newcomer in `middles`; from M on, equal numbers for looks of one new newcomer.

    Example:
        >>> gather(as_unit(np.array([[1, 0.1], [0, 1], [0.1, 1]], np.float32)), np.array([[1, 0]], np.float32))
        [0, 1, 1]
    """
    found = np.full(len(looks), -1)
    if len(middles):
        cosines = looks @ middles.T
        nearest = cosines.argmax(axis=1)
        near = cosines[np.arange(len(looks)), nearest] >= ALIKE
        found[near] = nearest[near]
    others = np.flatnonzero(found < 0)
    found[others] = len(middles) + _clusters(looks[others])
    return [int(number) for number in found]


def _clusters(looks: FloatArray) -> npt.NDArray[np.int64]:
    """A number from 0 on for each look, equal for those of one product."""
    if len(looks) < 2:
        return np.zeros(len(looks), np.int64)
    tree = linkage(np.clip(pdist(looks, "cosine"), 0, 2), "average")
    return np.asarray(fcluster(tree, 1 - ALIKE, "distance"), np.int64) - 1


def most_different(looks: FloatArray, count: int) -> list[int]:
    """Positions of up to `count` looks that differ most: the first, then each the farthest from those before.

    Farthest-point sampling: a gallery of five such pictures covers more of how a product looks than any five.
    """
    chosen: list[int] = []
    nearest = np.full(len(looks), -np.inf)
    while len(chosen) < min(count, len(looks)):
        index = int(nearest.argmin()) if chosen else 0
        chosen.append(index)
        nearest = np.maximum(nearest, looks @ looks[index])
        nearest[index] = np.inf
    return chosen
