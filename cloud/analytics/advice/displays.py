"""Which arrangements sell more: a regression of sell-out on how products stand, within SKUs and within outlets.

    log(units a day) = SKU + outlet + b1 log2(facings) + b2 top + b3 eye level + b4 beside a competitor + error

`top` and `eye level` are the shares of a SKU's facings in the upper third and in the middle third of the shelves, the
lower third being what they are compared with; `beside` is the share with a competitor's product next to them. The
effects of SKUs and of outlets are taken out by alternating projections (Gaure 2013), so that a strong SKU or a busy
outlet explains nothing else. Errors of one outlet may depend on each other: the covariance is clustered by outlet
(Liang and Zeger 1986) with G / (G - 1), the intervals are Student's t with G - 1 degrees of freedom, nine times of ten.

What sells more may stand better because it sells more: these are comparisons, not experiments. Where an interval holds
no effect, or outlets are too few, the answer is that it cannot be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from facings.messages import Estimate

FloatArray = npt.NDArray[np.float64]
Verdict = Literal["more", "less", "cannot-tell"]
Arrangement = Literal["twice-the-facings", "top-shelves", "eye-level", "beside-competitor"]
ARRANGEMENTS: tuple[Arrangement, ...] = ("twice-the-facings", "top-shelves", "eye-level", "beside-competitor")

LEAST_OUTLETS = 8
COVERS = 0.9
_STILL = 1e-9
_MOST_ROUNDS = 200
_LEAST_VARIATION = 1e-8


@dataclass(frozen=True, slots=True)
class Displayed:
    """How one SKU stood in one cooler, and what it sold a day."""

    outlet: str
    sku: str
    units_a_day: float
    facings: float
    top: float
    eye_level: float
    beside_competitor: float
    """The last three are shares of its facings."""


@dataclass(frozen=True, slots=True)
class Effect:
    """How much more is sold with an arrangement: 0.1 is a tenth more; no `change` where nothing can be computed."""

    arrangement: Arrangement
    change: Estimate | None
    verdict: Verdict
    outlets: int


def effects(displays: Sequence[Displayed]) -> list[Effect]:
    """The effect of each arrangement, all else equal."""
    sold = [one for one in displays if one.units_a_day > 0 and one.facings > 0]
    outlets = _numbered([one.outlet for one in sold])
    number = int(outlets.max()) + 1 if sold else 0
    if number < LEAST_OUTLETS:
        return [Effect(name, None, "cannot-tell", number) for name in ARRANGEMENTS]
    skus = _numbered([one.sku for one in sold])
    outcome = _within(np.log([[one.units_a_day] for one in sold]), skus, outlets)[:, 0]
    stands = np.array([[np.log2(one.facings), one.top, one.eye_level, one.beside_competitor] for one in sold])
    explaining = _within(stands, skus, outlets)
    varies = (explaining**2).mean(axis=0) > _LEAST_VARIATION
    found: dict[Arrangement, Effect] = {}
    if varies.any():
        slopes, errors = _clustered(explaining[:, varies], outcome, outlets)
        names = [name for name, one in zip(ARRANGEMENTS, varies, strict=True) if one]
        computed = zip(names, slopes, errors, strict=True)
        found = {name: _effect(name, slope, error, number) for name, slope, error in computed}
    return [found.get(name, Effect(name, None, "cannot-tell", number)) for name in ARRANGEMENTS]


def _effect(name: Arrangement, slope: float, error: float, outlets: int) -> Effect:
    reach = float(student.ppf((1 + COVERS) / 2, outlets - 1)) * error
    low, value, high = (round(float(np.expm1(one)), 4) for one in (slope - reach, slope, slope + reach))
    verdict: Verdict = "more" if low > 0 else "less" if high < 0 else "cannot-tell"
    return Effect(name, Estimate(value=value, low=low, high=high), verdict, outlets)


def _numbered(names: Sequence[str]) -> npt.NDArray[np.int64]:
    return np.unique(names, return_inverse=True)[1].astype(np.int64) if names else np.zeros(0, np.int64)


def _within(columns: FloatArray, *groups: npt.NDArray[np.int64]) -> FloatArray:
    """The columns less the means of each grouping, over and over until all are zero; (N, K)."""
    left = np.asarray(columns, np.float64).copy()
    for _ in range(_MOST_ROUNDS):
        most = 0.0
        for group in groups:
            counts = np.bincount(group)
            means = np.stack([np.bincount(group, column) for column in left.T], axis=1) / counts[:, None]
            left -= means[group]
            most = max(most, float(np.abs(means).max()))
        if most < _STILL:
            break
    return left


def _clustered(
    explaining: FloatArray, outcome: FloatArray, clusters: npt.NDArray[np.int64]
) -> tuple[list[float], list[float]]:
    """Least squares; slopes and their standard errors, clustered."""
    inverse = np.linalg.pinv(explaining.T @ explaining)
    slopes = inverse @ explaining.T @ outcome
    scores = explaining * (outcome - explaining @ slopes)[:, None]
    number = int(clusters.max()) + 1
    summed = np.stack([np.bincount(clusters, column, number) for column in scores.T], axis=1)
    covariance = inverse @ (summed.T @ summed) @ inverse * number / (number - 1)
    return slopes.tolist(), np.sqrt(np.maximum(np.diag(covariance), 0)).tolist()
