"""Which arrangements sell more: a regression of sell-out on how products stand, within SKUs and within outlets.

    log(units a day) = SKU + outlet + b1 log2(facings) + b2 top + b3 eye level + b4 beside a competitor + error

`top` and `eye level` are the shares of a SKU's facings in the upper third and in the middle third of the shelves, the
lower third being what they are compared with; `beside` is the share with a competitor's product next to them. The
effects of SKUs and of outlets are taken out of both sides (Frisch and Waugh 1933), so that a strong SKU or a busy
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
from scipy import sparse
from scipy.stats import t as student

from cloud.analytics.named import BoolArray, FloatArray, IntArray, Named
from facings.messages import Estimate

Verdict = Literal["more", "less", "cannot-tell"]
Arrangement = Literal["twice-the-facings", "top-shelves", "eye-level", "beside-competitor"]
ARRANGEMENTS: tuple[Arrangement, ...] = ("twice-the-facings", "top-shelves", "eye-level", "beside-competitor")

LEAST_OUTLETS = 8
COVERS = 0.9
_STILL = 1e-9
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


@dataclass(frozen=True, slots=True, eq=False)
class Displays:
    """Many of them as columns."""

    outlet: Named[str]
    sku: Named[str]
    units_a_day: FloatArray
    stands: FloatArray
    """(N, 4): facings, and the shares that are on top, at eye level, and beside a competitor."""

    @classmethod
    def of(cls, displays: Sequence[Displayed]) -> Displays:
        """The columns of single ones."""
        stands = [(one.facings, one.top, one.eye_level, one.beside_competitor) for one in displays]
        return cls(
            Named.of(one.outlet for one in displays),
            Named.of(one.sku for one in displays),
            np.array([one.units_a_day for one in displays], float),
            np.array(stands, float).reshape(-1, len(ARRANGEMENTS)),
        )

    def where(self, rows: BoolArray) -> Displays:
        """Some of them."""
        return Displays(self.outlet.where(rows), self.sku.where(rows), self.units_a_day[rows], self.stands[rows])


def effects(displays: Displays) -> list[Effect]:
    """The effect of each arrangement, all else equal."""
    sold = displays.where((displays.units_a_day > 0) & (displays.stands[:, 0] > 0))
    number = len(sold.outlet.names)
    if number < LEAST_OUTLETS:
        return [Effect(name, None, "cannot-tell", number) for name in ARRANGEMENTS]
    stands = np.column_stack([np.log2(sold.stands[:, 0]), sold.stands[:, 1:]])
    within = _within(np.column_stack([np.log(sold.units_a_day), stands]), sold.sku, sold.outlet)
    outcome, explaining = within[:, 0], within[:, 1:]
    varies = (explaining**2).mean(axis=0) > _LEAST_VARIATION
    found: dict[Arrangement, Effect] = {}
    if varies.any():
        slopes, errors = _clustered(explaining[:, varies], outcome, sold.outlet.codes)
        names = [name for name, one in zip(ARRANGEMENTS, varies, strict=True) if one]
        computed = zip(names, slopes, errors, strict=True)
        found = {name: _effect(name, slope, error, number) for name, slope, error in computed}
    return [found.get(name, Effect(name, None, "cannot-tell", number)) for name in ARRANGEMENTS]


def _effect(name: Arrangement, slope: float, error: float, outlets: int) -> Effect:
    reach = float(student.ppf((1 + COVERS) / 2, outlets - 1)) * error
    low, value, high = (round(float(np.expm1(one)), 4) for one in (slope - reach, slope, slope + reach))
    verdict: Verdict = "more" if low > 0 else "less" if high < 0 else "cannot-tell"
    return Effect(name, Estimate(value=value, low=low, high=high), verdict, outlets)


def _within(columns: FloatArray, one: Named[str], other: Named[str]) -> FloatArray:
    """What is left of the columns (N, K) once the means of both groupings are taken out, by least squares.

    The means of the larger grouping are taken out of the columns and of the indicators of the smaller one, whose normal
    equations, as many as it has names, are then solved.
    """
    small, large = sorted((one, other), key=lambda grouping: len(grouping.names))
    counts = np.bincount(large.codes)
    shape = len(small.names), len(large.names)
    together = sparse.csr_array((np.ones(len(small)), (small.codes, large.codes)), shape)
    left = columns - (_sums(columns, large) / counts[:, None])[large.codes]
    normal = np.diag(np.bincount(small.codes)) - (together @ sparse.diags_array(1 / counts) @ together.T).toarray()
    # Where groups hang together, one of each such set follows from the others: the least squares are those of any.
    effects = np.linalg.lstsq(normal, _sums(left, small), rcond=_STILL)[0]
    means = together.T @ effects / counts[:, None]
    return np.asarray(left - effects[small.codes] + means[large.codes], np.float64)


def _sums(columns: FloatArray, grouping: Named[str]) -> FloatArray:
    """The sums of each group; (groups, K)."""
    return np.stack([grouping.sums(column) for column in columns.T], axis=1)


def _clustered(explaining: FloatArray, outcome: FloatArray, clusters: IntArray) -> tuple[list[float], list[float]]:
    """Least squares; slopes and their standard errors, clustered."""
    inverse = np.linalg.pinv(explaining.T @ explaining)
    slopes = inverse @ explaining.T @ outcome
    scores = explaining * (outcome - explaining @ slopes)[:, None]
    number = int(clusters.max()) + 1
    summed = np.stack([np.bincount(clusters, column, number) for column in scores.T], axis=1)
    covariance = inverse @ (summed.T @ summed) @ inverse * number / (number - 1)
    return slopes.tolist(), np.sqrt(np.maximum(np.diag(covariance), 0)).tolist()
