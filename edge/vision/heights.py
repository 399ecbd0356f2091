"""How tall a product stands on the photo tells apart what looks alike: the small and the large bottle of one drink.

No single product tells the scale of a photo, but all together do: most looks leave few SKUs to choose from, and the
heights of these must fit one scale, which changes evenly over the photo. So the scale, log(pixels per millimetre), is
taken as a plane over the photo, and found together with the SKUs by expectation-maximisation (Dempster, Laird and
Rubin, 1977), deviations following Student's t (Lange, Little and Taylor, Robust statistical modeling using the t
distribution, 1989), so that a fallen bottle does not tilt the plane. What each SKU's height then says goes into its
probability by Bayes' rule.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edge.vision.detections import FloatArray

Doubles = npt.NDArray[np.float64]

SPREAD = 0.12
"""Of log(height) about the plane, as of rendered cameras in the aisle, on doors and in corners: the shelves' depth."""

FREEDOM = 4.0
"""Degrees of freedom of Student's t."""

COVERED = 0.1
"""Share of the products of which others cover a part, so that they look shorter, by up to `MOST_COVERED` in the log."""

MOST_COVERED = 1.2

ANY_HEIGHT = 1.0
"""Density of log(height) of a product whose height nobody knows: drinks are 60 to 370 mm tall, but most are alike."""

CANDIDATES = 8
"""Of a product, the likeliest SKUs only have a say in the scale."""

FEWEST = 4
"""Products from which on a scale is looked for."""

APART = 0.25
"""Difference of log(height), a good fourth, from which on two SKUs are told apart by it: twice `SPREAD`."""

_EVEN = 0.003  # weight of one product by which the plane is kept level: next to none, since corners see steep ones
_WIDE, _NARROWING, _ROUNDS = 0.35, 0.85, 25
_APART = (-0.3, 0.0, 0.3)  # starts of the search, about the middle of what the likeliest SKUs say
_NOBODY = 0.02  # least probability that a product is of none of the SKUs


def told_apart(heights: Mapping[str, float], sku: str, other: str) -> bool:
    """Whether two SKUs differ so much in height that looks need not tell them apart.

    Example:
        >>> told_apart({"cola-half": 232.0, "cola-large": 335.0, "lime-half": 228.0}, "cola-half", "cola-large")
        True
        >>> told_apart({"cola-half": 232.0, "cola-large": 335.0, "lime-half": 228.0}, "cola-half", "lime-half")
        False
    """
    return sku in heights and other in heights and abs(math.log(heights[sku] / heights[other])) >= APART


def with_heights(
    likely: FloatArray, boxes: FloatArray, heights: FloatArray, sure: npt.NDArray[np.bool_] | None = None
) -> FloatArray:
    """The probabilities `likely` (N, SKUs) of the products in `boxes` (N, 4), their heights taken into account.

    Args:
        likely: of each product to be of each SKU, by its looks; rows need not add up to one.
        boxes: x1 y1 x2 y2, pixels.
        heights: (SKUs,) millimetres; nan where it is not known.
        sure: which boxes surely hold a product (all, by default); the others have no say in the scale.
    """
    tall = np.log(np.maximum(boxes[:, 3] - boxes[:, 1], 1)).astype(np.float64)
    meant = np.log(heights.astype(np.float64))
    looks = _Looks.of(likely.astype(np.float64), tall, meant, _places(boxes), sure)
    if (looks.weight > 0).sum() < FEWEST:
        return likely
    return updated(likely, (tall - looks.scale())[:, None], meant)


def updated(likely: FloatArray, seen: Doubles, meant: Doubles) -> FloatArray:
    """Bayes' rule: `likely` (N, SKUs) after a height was seen.

    Args:
        likely: the probabilities before.
        seen: (N, 1) log of the height seen, millimetres.
        meant: (SKUs,) log of each SKU's; nan where it is not known.
    """
    says = np.where(np.isnan(meant), ANY_HEIGHT, _density(seen - np.nan_to_num(meant)))
    weighed, total = likely * says, likely.sum(axis=1, keepdims=True)
    nobody = np.maximum(1 - total, _NOBODY)
    # What the height says if the product is not this SKU: the mean over the others and 'none of them'.
    otherwise = (weighed.sum(axis=1, keepdims=True) - weighed + nobody * ANY_HEIGHT) / (total - likely + nobody)
    return np.asarray(weighed / np.maximum(weighed + (1 - likely) * otherwise, 1e-12), np.float32)


def _density(apart: Doubles) -> Doubles:
    """Of log(height) that is so far from a SKU's own: the product stands free, or is covered in part."""
    covered = (apart < 0) / MOST_COVERED
    return np.asarray((1 - COVERED) * _student(apart, SPREAD) + COVERED * covered, np.float64)


def _student(apart: Doubles, spread: float) -> Doubles:
    """Student's t of four degrees of freedom."""
    near = 1 + (apart / spread) ** 2 / FREEDOM
    return np.asarray(0.375 / spread / (near * near * np.sqrt(near)), np.float64)  # to the power of 5/2


def _places(boxes: FloatArray) -> Doubles:
    """(N, 3) one, and where each product stands across and down the photo, about the middle; the longer side is 1."""
    side = max(float(boxes[:, 2:].max(initial=1)), 1.0)
    return np.stack(
        [np.ones(len(boxes)), (boxes[:, 0] + boxes[:, 2]) / 2 / side - 0.5, boxes[:, 3] / side - 0.5], axis=1
    ).astype(np.float64)


@dataclass(frozen=True, eq=False)
class _Looks:
    """What the looks of the products say of the photo's scale.

    Attributes:
        chance: (N, K) probability of each product's likeliest SKUs; 0 where the height is not known.
        scales: (N, K) log(pixels per millimetre) if it is that SKU.
        nobody: (N,) density of any other.
        weight: (N,) how much a product counts: as it is sure which it is.
        places: see `_places`.
    """

    chance: Doubles
    scales: Doubles
    nobody: Doubles
    weight: Doubles
    places: Doubles

    @classmethod
    def of(cls, likely: Doubles, tall: Doubles, meant: Doubles, places: Doubles,
           sure: npt.NDArray[np.bool_] | None) -> _Looks:  # fmt: skip
        known = np.where(np.isnan(meant), 0, likely)
        first = np.argsort(-known, axis=1)[:, :CANDIDATES]
        chance = np.take_along_axis(known, first, axis=1)
        nobody = np.maximum(1 - chance.sum(axis=1), 0.1) * ANY_HEIGHT
        weight = chance.max(axis=1, initial=0) * (1 if sure is None else sure)
        return cls(chance, tall[:, None] - np.nan_to_num(meant)[first], nobody, weight, places)

    def scale(self) -> Doubles:
        """(N,) log(pixels per millimetre) at each product: of several searches, the plane that explains most."""
        likeliest = self.scales[np.arange(len(self.scales)), self.chance.argmax(axis=1)]
        middle = _median(likeliest, self.weight)
        planes = self._searched(np.array([[middle + apart, 0.0, 0.0] for apart in _APART]))
        return np.asarray(self.places @ planes[np.argmax(self._explained(planes))], np.float64)

    def _searched(self, planes: Doubles) -> Doubles:
        """(S, 3) where searches from these planes end. At first deviations may be wide, then less and less."""
        spread = _WIDE
        for _ in range(_ROUNDS):
            apart = self._apart(planes)
            holds = self.chance * _student(apart, spread)
            holds *= (self.weight / (holds.sum(axis=2) + self.nobody))[:, :, None]
            holds *= (FREEDOM + 1) / (FREEDOM + (apart / spread) ** 2)
            planes = self._fitted(holds)
            spread = max(SPREAD, spread * _NARROWING)
        return planes

    def _apart(self, planes: Doubles) -> Doubles:
        """(S, N, K) how far the scale that each candidate asks for lies from each plane."""
        return np.asarray(self.scales - (planes @ self.places.T)[:, :, None], np.float64)

    def _fitted(self, holds: Doubles) -> Doubles:
        """(S, 3) least squares, each product's candidates counting as they hold, (S, N, K)."""
        level = np.diag([1e-9, _EVEN, _EVEN])
        wanted = (holds * self.scales).sum(axis=2) @ self.places
        products = (self.places[:, :, None] * self.places[:, None, :]).reshape(len(self.places), 9)
        squares = (holds.sum(axis=2) @ products).reshape(-1, 3, 3)
        return np.asarray(np.linalg.solve(squares + level, wanted[:, :, None])[:, :, 0], np.float64)

    def _explained(self, planes: Doubles) -> Doubles:
        """(S,) how well each plane explains the photo, a log-likelihood."""
        density = (self.chance * _student(self._apart(planes), SPREAD)).sum(axis=2) + self.nobody
        leaning = _EVEN * (planes[:, 1:] ** 2).sum(axis=1) / 2
        return np.asarray((self.weight * np.log(density)).sum(axis=1) - leaning, np.float64)


def _median(values: Doubles, weights: Doubles) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])
