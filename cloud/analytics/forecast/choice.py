"""How each series is forecast: in the way that is best for all together, unless its own backtest says otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cloud.analytics.forecast.backtest import Trial, rmsse
from cloud.analytics.forecast.fitting import AVERAGE
from cloud.analytics.forecast.history import FloatArray, IntArray

SURE = 2.5
"""Standard errors by which a way must beat the common choice on one series alone. With six ways tried, fewer would
mostly pick luck."""
BLOCK = 7
"""Periods whose errors are taken together: those of neighbouring days go the same way."""


def common_choice(trials: Sequence[Trial], ways: Sequence[str]) -> int:
    """The way with the least mean RMSSE over all series and trials; the average where nothing was tried."""
    if not trials:
        return list(ways).index(AVERAGE)
    errors = [[np.nanmean(_rmsse(trial, way)) for way in range(len(ways))] for trial in trials]
    mean = np.mean(errors, axis=0)
    return int(np.argmin(mean)) if np.isfinite(mean).all() else list(ways).index(AVERAGE)


def _rmsse(trial: Trial, way: int) -> FloatArray:
    errors = rmsse(trial.fitted.means[way], trial.came, trial.scale)
    return errors if np.isfinite(errors).any() else np.zeros(1)


def choose(trials: Sequence[Trial], ways: Sequence[str]) -> IntArray:
    """(n,): the way of each series, an index into `ways`."""
    common = common_choice(trials, ways)
    count = trials[0].came.shape[0] if trials else 0
    chosen = np.full(count, common)
    if not trials:
        return chosen
    blocks = np.concatenate([_blocks(trial, common) for trial in trials], axis=2)
    known = np.isfinite(blocks).sum(axis=2)
    mean = np.nansum(blocks, axis=2) / np.maximum(known, 1)
    squared = np.nansum((blocks - mean[:, :, None]) ** 2, axis=2)
    error = np.sqrt(squared / np.maximum(known - 1, 1) / np.maximum(known, 1))
    gain = np.where((known > 2) & (error > 0), -mean / np.where(error > 0, error, 1), 0.0)
    best = gain.argmax(axis=0)
    return np.where(gain[best, np.arange(count)] > SURE, best, chosen)


def _blocks(trial: Trial, common: int) -> FloatArray:
    """(c, n, blocks): squared error less that of the common choice, NaN where unknown."""
    worse = (trial.fitted.means - trial.came) ** 2 - (trial.fitted.means[common] - trial.came) ** 2
    ends = range(0, worse.shape[2], BLOCK)
    parts = [worse[:, :, end : end + BLOCK] for end in ends]
    known = [np.isfinite(part).any(axis=2) for part in parts]
    summed = [np.where(some, np.nansum(part, axis=2), np.nan) for part, some in zip(parts, known, strict=True)]
    return np.stack(summed, axis=2)
