"""Weighted double differences: of several outcomes and windows at once, over all cohorts.

Every number is the same linear form: the mean score of a cohort's treated minus the weighted scores of its controls,
averaged over cohorts. A unit's score is its mean in a window minus its weighted mean before the treatment. With the
weights held, scores of all columns can be taken apart by unit, from which `inference` gets their joint covariance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cloud.analytics.promo.design import Cohort
from cloud.analytics.promo.panel import FloatArray, IntArray
from cloud.analytics.promo.weights import Method, Weights

Window = Literal["during", "after"]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A cohort's part of K numbers."""

    cohort: Cohort
    share: FloatArray
    """(K,): the cohort's part of each average; adds up to 1 over the cohorts."""
    scores: FloatArray
    """(units, K)."""
    controls: FloatArray
    """(controls of the cohort, K): their weights."""

    @property
    def expected(self) -> FloatArray:
        """(K,): what the controls say that the treated would have scored."""
        total: FloatArray = (self.controls * self.scores[self.cohort.controls]).sum(axis=0)
        return total

    @property
    def value(self) -> FloatArray:
        """(K,): treated minus controls."""
        difference: FloatArray = self.scores[self.cohort.treated].mean(axis=0) - self.expected
        return difference


Estimator = Callable[[Sequence[Cohort]], list[Piece]]
"""From cohorts, the real ones or such as a placebo makes, to the pieces of K numbers."""


def total(pieces: Sequence[Piece]) -> FloatArray:
    """(K,): the average over the cohorts."""
    value: FloatArray = np.sum([piece.share * piece.value for piece in pieces], axis=0)
    return value


def effects(outcomes: Sequence[FloatArray], method: Method, windows: Sequence[Window] = ("during",)) -> Estimator:
    """The average effect per treated unit and period: K = outcomes x windows columns, windows running fastest.

    Cohorts count by their treated unit-periods in the window. Weights are made for each outcome, on `during`.
    """

    def pieces(cohorts: Sequence[Cohort]) -> list[Piece]:
        shares = np.tile(window_shares(cohorts, windows), (1, len(outcomes)))
        return [_piece(cohort, share, outcomes, method, windows) for cohort, share in zip(cohorts, shares, strict=True)]

    return pieces


def window_shares(cohorts: Sequence[Cohort], windows: Sequence[Window]) -> FloatArray:
    """(cohorts, windows): part of the treated unit-periods of each window."""
    cells = window_cells(cohorts, windows)
    shares: FloatArray = cells / np.maximum(cells.sum(axis=0), 1)
    return shares


def window_cells(cohorts: Sequence[Cohort], windows: Sequence[Window]) -> FloatArray:
    """(cohorts, windows): treated unit-periods."""
    return np.array(
        [[len(cohort.treated) * len(_at(cohort, window)) for window in windows] for cohort in cohorts], float
    )


def _piece(
    cohort: Cohort, share: FloatArray, outcomes: Sequence[FloatArray], method: Method, windows: Sequence[Window]
) -> Piece:
    weights = [method(outcome, cohort) for outcome in outcomes]
    return Piece(
        cohort,
        share,
        np.hstack([_scores(outcome, cohort, one, windows) for outcome, one in zip(outcomes, weights, strict=True)]),
        np.column_stack([one.controls for one in weights for _ in windows]),
    )


def _scores(outcome: FloatArray, cohort: Cohort, weights: Weights, windows: Sequence[Window]) -> FloatArray:
    before = outcome[:, cohort.before] @ weights.before
    return np.column_stack(
        [
            outcome[:, at].mean(axis=1) - before if (at := _at(cohort, window)).size else np.zeros(len(outcome))
            for window in windows
        ]
    )


def _at(cohort: Cohort, window: Window) -> IntArray:
    return cohort.during if window == "during" else cohort.after


def slopes(outcome: FloatArray) -> Estimator:
    """The difference of trends before the treatment, in outcome per period: K = 1, all controls alike.

    Cohorts with less than three periods before have no say.
    """

    def pieces(cohorts: Sequence[Cohort]) -> list[Piece]:
        with_trend = [cohort for cohort in cohorts if len(cohort.before) > 2]
        units = sum(len(cohort.treated) for cohort in with_trend)
        return [
            Piece(
                cohort,
                np.array([len(cohort.treated) / units]),
                _trend(outcome, cohort.before)[:, None],
                np.full((len(cohort.controls), 1), 1 / len(cohort.controls)),
            )
            for cohort in with_trend
        ]

    return pieces


def _trend(outcome: FloatArray, periods: IntArray) -> FloatArray:
    centred = periods - periods.mean()
    slope: FloatArray = outcome[:, periods] @ centred / (centred @ centred)
    return slope
