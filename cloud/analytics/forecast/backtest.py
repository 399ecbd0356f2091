"""What the forecasts would have been worth: made from several past moments, held against what came (rolling origin).

Tashman (2000), International Journal of Forecasting 16. Nothing later than the origin is known to a forecast but the
drivers, which are planned ahead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cloud.analytics.forecast.fitting import Fitted, fit
from cloud.analytics.forecast.history import FloatArray, History
from cloud.analytics.forecast.spread import Spread, drift_of

MOST_ORIGINS = 3
LEAST_CYCLES = 4
"""A history shorter than so many cycles teaches a weekday pattern no more than chance."""
LEVEL = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One origin: `came` is (n, H), NaN where it was censored or not known; `scale` (n,), see `naive_error`."""

    fitted: Fitted
    came: FloatArray
    scale: FloatArray


@dataclass(frozen=True, slots=True)
class Score:
    """How good: `bias` = forecast / what came - 1 of all units together; `rmsse` the mean over series (Hyndman &
    Koehler 2006; M5); the parts of periods and of totals inside their 90% intervals. None where nothing can be said."""

    bias: float | None
    rmsse: float | None
    periods_covered: float | None = None
    totals_covered: float | None = None


def trials(history: History) -> list[Trial]:
    """The origins that the history is long enough for, latest first."""
    made = []
    least = max(LEAST_CYCLES * history.season, history.ahead)
    for number in range(1, MOST_ORIGINS + 1):
        origin = history.known - number * history.ahead
        if origin < least:
            break
        past = history.until(origin, history.ahead)
        made.append(Trial(fit(past), _came(history, origin), naive_error(past)))
    return made


def _came(history: History, origin: int) -> FloatArray:
    window = slice(origin, origin + history.ahead)
    # What was sold while some of the day was without stock is no measure of demand.
    whole = (history.exposure[:, window] > 0.99) & ~history.at_least[:, window]
    return np.where(whole, history.sold[:, window], np.nan)


def naive_error(history: History) -> FloatArray:
    """(n,): mean squared change between neighbouring periods since the first sale, the scale of RMSSE; NaN: none."""
    sold = np.where(history.counted() > 0, history.sold, np.nan)
    squared = np.diff(sold, axis=1) ** 2
    known = np.isfinite(squared).sum(axis=1)
    mean = np.nansum(squared, axis=1) / np.maximum(known, 1)
    scale: FloatArray = np.where((known > 0) & (mean > 0), mean, np.nan)
    return scale


def rmsse(mean: FloatArray, came: FloatArray, scale: FloatArray) -> FloatArray:
    """(n,): root of (mean squared error / naive squared error); NaN where either is unknown.

    Args:
        mean: (n, H) forecast.
        came: (n, H), NaN where unknown.
        scale: (n,), `naive_error`.
    """
    known = np.isfinite(came).sum(axis=1)
    squared = np.nansum((mean - came) ** 2, axis=1) / np.maximum(known, 1)
    ratio: FloatArray = np.where(known > 0, np.sqrt(squared / scale), np.nan)
    return ratio


def drift(tried: list[Trial], way: np.ndarray) -> float:
    """How far levels move over a horizon, from the totals of all trials; `way` is (n,), the way of each series."""
    totals = [_totals(trial, way) for trial in tried]
    if not totals:
        return 0.0
    units, mean, chance = (np.concatenate(parts) for parts in zip(*totals, strict=True))
    return drift_of(units, mean, chance)


def _totals(trial: Trial, way: np.ndarray) -> tuple[FloatArray, FloatArray, FloatArray]:
    mean, known = _chosen(trial, way), np.isfinite(trial.came)
    return np.where(known, trial.came, 0).sum(axis=1), np.where(known, mean, 0).sum(axis=1), trial.fitted.chance


def _chosen(trial: Trial, way: np.ndarray) -> FloatArray:
    mean: FloatArray = trial.fitted.means[way, np.arange(len(way))]
    return mean


def score(tried: list[Trial], way: np.ndarray, moved: float) -> Score:
    """The score of all trials together, each series forecast in its chosen way."""
    if not tried:
        return Score(None, None)
    means = [_chosen(trial, way) for trial in tried]
    errors = [rmsse(mean, trial.came, trial.scale) for mean, trial in zip(means, tried, strict=True)]
    came = np.concatenate([trial.came for trial in tried])
    mean, chance = np.concatenate(means), np.concatenate([trial.fitted.chance for trial in tried])
    known = np.isfinite(came)
    spread = Spread(chance, moved)
    units, expected = np.where(known, came, 0).sum(axis=1), np.where(known, mean, 0).sum(axis=1)
    inside = spread.covered(came, mean, LEVEL)[known]
    totals = spread.covered(units, expected, LEVEL)[known.any(axis=1)]
    return Score(
        bias=float(expected.sum() / units.sum() - 1) if units.sum() > 0 else None,
        rmsse=_mean(np.concatenate(errors)),
        periods_covered=_mean(inside),
        totals_covered=_mean(totals),
    )


def score_of(tried: list[Trial], way: np.ndarray, series: int) -> Score:
    """Bias and RMSSE of one series."""
    means = [trial.fitted.means[way[series], series] for trial in tried]
    came = [trial.came[series] for trial in tried]
    known = [np.isfinite(one) for one in came]
    units = sum(float(one[some].sum()) for one, some in zip(came, known, strict=True))
    expected = sum(float(mean[some].sum()) for mean, some in zip(means, known, strict=True))
    scale = [trial.scale[series : series + 1] for trial in tried]
    errors = [rmsse(mean[None], one[None], each) for mean, one, each in zip(means, came, scale, strict=True)]
    return Score(expected / units - 1 if units > 0 else None, _mean(np.concatenate(errors)) if errors else None)


def _mean(values: FloatArray) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else None
