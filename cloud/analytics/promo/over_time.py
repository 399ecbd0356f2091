"""How sure the numbers are where there are too few units: from how the gap moves from period to period."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cloud.analytics.promo.design import Cohort
from cloud.analytics.promo.estimate import Window, window_shares
from cloud.analytics.promo.inference import Inference
from cloud.analytics.promo.panel import FloatArray
from cloud.analytics.promo.weights import Method

LEAST = 8
"""Fewer periods than this do not show how the gap moves."""


def over_time(
    outcome: FloatArray, cohorts: Sequence[Cohort], method: Method, windows: Sequence[Window]
) -> Inference | None:
    """Covariance of one outcome's effects from the long-run variance of the gap treated - weighted controls.

    Cohort by cohort. A synthetic control subtracts nothing before the treatment: what it missed the treated by then
    counts as an error that stays. None with fewer than `LEAST` periods in all or two before the treatment.
    """
    shares = window_shares(cohorts, windows)
    covariance = np.zeros((len(windows), len(windows)))
    freedom = 0.0
    for cohort, share in zip(cohorts, shares, strict=True):
        periods = len(cohort.before) + len(cohort.during) + len(cohort.after)
        if periods < LEAST or len(cohort.before) < 2:
            return None
        covariance += _of_cohort(outcome, cohort, method, windows) * np.outer(share, share)
        freedom += periods - 3
    return Inference("over time", covariance, freedom)


def _of_cohort(outcome: FloatArray, cohort: Cohort, method: Method, windows: Sequence[Window]) -> FloatArray:
    weights = method(outcome, cohort)
    gap = outcome[cohort.treated].mean(axis=0) - weights.controls @ outcome[cohort.controls]
    base = float(weights.before @ gap[cohort.before])
    residual = [gap[cohort.before] - base]
    residual += [gap[at] - gap[at].mean() for at in (cohort.during, cohort.after) if at.size]
    columns = []
    for window in windows:
        column = np.zeros(outcome.shape[1])
        at = cohort.during if window == "during" else cohort.after
        if at.size:
            column[at] = 1 / at.size
            column[cohort.before] = -weights.before
        columns.append(column)
    contrasts = np.column_stack(columns)
    spread: FloatArray = long_run_variance(np.concatenate(residual)) * contrasts.T @ contrasts
    if not weights.before.any():
        spread = spread + (gap[cohort.before] ** 2).mean()
    return spread


def long_run_variance(series: FloatArray) -> float:
    """Of a series around zero: its variance plus twice its autocovariances, weighted after Newey & West (1987).

    As many lags as Andrews (1991) has for an autoregressive series, at most half of the series.
    """
    count = len(series)
    squares = float(series[:-1] @ series[:-1])
    persistence = float(np.clip(series[1:] @ series[:-1] / squares, -0.99, 0.99)) if squares > 0 else 0.0
    alpha = 4 * persistence**2 / (1 - persistence**2) ** 2
    lags = min(int(1.1447 * (alpha * count) ** (1 / 3)), count // 2)
    value = float(series @ series)
    for lag in range(1, lags + 1):
        value += 2 * (1 - lag / (lags + 1)) * float(series[lag:] @ series[:-lag])
    return max(value, 0.0) / max(count - 3, 1)
