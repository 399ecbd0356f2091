"""Sharpens a tuning: turns its space and moves its SKUs' middles until each crop lies nearest its own SKU's middle.

Method: cross-entropy over the cosines to the middles, as in normalised softmax (Zhai and Wu, Classification is a Strong
Baseline for Deep Metric Learning, 2019), minimised by L-BFGS from the linear discriminant analysis, and held near it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

Doubles = npt.NDArray[np.float64]

SCALE = 16.0
"""Of the cosines, before the softmax."""

HELD = 1e-3
"""Weight of the squared distance from where the discriminant analysis left projection and middles."""

ITERATIONS = 60


@dataclass(frozen=True)
class Space:
    """A projection (D, D) of centred embeddings and the SKUs' middles (N, D) in the space it leads to."""

    projection: Doubles
    middles: Doubles

    def flat(self) -> Doubles:
        """Both as one vector."""
        return np.concatenate([self.projection.ravel(), self.middles.ravel()])

    def like(self, flat: Doubles) -> Space:
        """The space that a vector of `flat` stands for."""
        split = self.projection.size
        return Space(flat[:split].reshape(self.projection.shape), flat[split:].reshape(self.middles.shape))


def sharpen(vectors: Doubles, of: npt.NDArray[np.intp], start: Space) -> Space:
    """The space in which crops lie nearest their SKU's middle.

    Args:
        vectors: (M, D) centred embeddings of crops.
        of: (M,) position of each one's SKU among the middles.
        start: the space to begin with; lengths do not matter in it, only directions.
    """
    size = float(np.sqrt(np.square(vectors @ start.projection).sum(axis=1).mean()))
    begin = Space(start.projection / size, start.middles)

    def loss(flat: Doubles) -> tuple[float, Doubles]:
        value, slope = _cross_entropy(vectors, of, begin.like(flat))
        away = flat - begin.flat()
        return value + HELD * float(away @ away), slope.flat() + 2 * HELD * away

    found = minimize(loss, begin.flat(), jac=True, method="L-BFGS-B", options={"maxiter": ITERATIONS})
    return begin.like(np.asarray(found.x, np.float64))


def _cross_entropy(vectors: Doubles, of: npt.NDArray[np.intp], space: Space) -> tuple[float, Space]:
    """Mean cross-entropy of the crops, and its slope by projection and middles."""
    seen, seen_length = _unit(vectors @ space.projection)
    middles, middle_length = _unit(space.middles)
    logits = SCALE * seen @ middles.T
    logits -= logits.max(axis=1, keepdims=True)
    share = np.exp(logits)
    share /= share.sum(axis=1, keepdims=True)
    rows = np.arange(len(of))
    value = -float(np.log(share[rows, of] + 1e-12).mean())
    share[rows, of] -= 1
    share *= SCALE / len(of)
    by_seen = _through_unit(share @ middles, seen, seen_length)
    by_middles = _through_unit(share.T @ seen, middles, middle_length)
    return value, Space(vectors.T @ by_seen, by_middles)


def _unit(vectors: Doubles) -> tuple[Doubles, Doubles]:
    length = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return vectors / length, length


def _through_unit(slope: Doubles, unit: Doubles, length: Doubles) -> Doubles:
    """The slope by vectors, from the slope by their directions."""
    by_vectors: Doubles = (slope - unit * (slope * unit).sum(axis=1, keepdims=True)) / length
    return by_vectors
