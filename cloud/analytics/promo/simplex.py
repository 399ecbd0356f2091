"""Least squares on the simplex: weights that are not negative and add up to one."""

from __future__ import annotations

import numpy as np
from scipy.optimize import nnls

from cloud.analytics.promo.panel import FloatArray


def simplex_weights(columns: FloatArray, target: FloatArray, ridge: float, *, intercept: bool) -> FloatArray:
    """The w ≥ 0 with Σ w = 1 that minimises |columns·w (+ a constant) - target|² + ridge·|w|².

    As Σ w = 1, the sum is |M w|² with M = [columns - target; √ridge·I]: the shortest vector in the hull of M's columns.
    That is u / Σ u for the non-negative u that minimises |M u|² + (Σ u - 1)² (Lawson & Hanson 1974), so that one exact
    active-set solution of scipy does.

    Args:
        columns: (rows, n).
        target: (rows,).
        ridge: at least 0, in squared units of the outcome; 0 leaves the weights undetermined where many fit alike.
        intercept: whether a constant is free.
    """
    gap = columns - target[:, None]
    if intercept:
        gap = gap - gap.mean(axis=0)
    count = gap.shape[1]
    stacked = np.vstack([gap, np.sqrt(ridge) * np.eye(count)]) if ridge > 0 else gap
    scale = np.sqrt((stacked**2).sum(axis=0).mean())
    if not scale > 0:
        return np.full(count, 1 / count)
    ones = np.vstack([stacked / scale, np.ones(count)])
    found, _ = nnls(ones, np.append(np.zeros(len(stacked)), 1.0), maxiter=30 * max(count, 10))
    weights: FloatArray = found / found.sum()
    return weights
