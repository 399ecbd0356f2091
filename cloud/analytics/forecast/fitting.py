"""All candidates fitted to one history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cloud.analytics.forecast.censored import lifted
from cloud.analytics.forecast.effects import Effects, fit_effects
from cloud.analytics.forecast.history import FloatArray, History
from cloud.analytics.forecast.levels import Candidate, candidates
from cloud.analytics.forecast.spread import spreads

CENSORED_ROUNDS = 8
"""Of expectation and maximisation, where days are censored."""
AVERAGE = "average of the ways"


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """`means` is (c, n, H), one forecast of each way in `ways`; `chance` is (n,), variance / mean within a period."""

    ways: tuple[str, ...]
    means: FloatArray
    chance: FloatArray
    effects: Effects


def fit(history: History) -> Fitted:
    """Every candidate's forecast, and their average (Bates & Granger 1969: it is hard to beat)."""
    counted = history.counted()
    sold = np.where(counted > 0, np.nan_to_num(history.sold), 0.0)
    demand, effects, chance = _demand(history, sold, counted)
    base = counted * effects.multiplier[:, : history.known]
    tried = candidates(history.season == 7)
    levels = np.stack([candidate.levels(demand, base) for candidate in tried])
    means = levels[:, :, None] * effects.multiplier[None, :, history.known :]
    means = np.concatenate([means, means.mean(axis=0, keepdims=True)])
    return Fitted(_names(tried), means, chance, effects)


def _names(tried: Sequence[Candidate]) -> tuple[str, ...]:
    return (*(candidate.name for candidate in tried), AVERAGE)


def _demand(history: History, sold: FloatArray, counted: FloatArray) -> tuple[FloatArray, Effects, FloatArray]:
    """Demand with censored periods lifted, the effects on it, and its spread (EM: Dempster, Laird & Rubin 1977)."""
    censored = history.at_least & (counted > 0)
    demand = sold
    for _ in range(CENSORED_ROUNDS if censored.any() else 1):
        effects = fit_effects(history, demand, counted)
        base = counted * effects.multiplier[:, : history.known]
        mean = _running(demand, base)
        chance = spreads(demand, mean, np.where(censored, 0.0, counted))
        demand = lifted(sold, censored, mean, chance)
    return demand, effects, chance


def _running(demand: FloatArray, base: FloatArray) -> FloatArray:
    """(n, T): the mean of each period with a level that follows the series, so that a moving level is no spread."""
    half_life = 28.0 if demand.shape[1] > 56 else demand.shape[1] / 2
    forget = 0.5 ** (1 / half_life)
    seen, looked = np.zeros(len(demand)), np.zeros(len(demand))
    start = demand.sum(axis=1) / np.maximum(base.sum(axis=1), 1e-9)
    mean = np.empty_like(demand)
    for period in range(demand.shape[1]):
        mean[:, period] = base[:, period] * (seen + 14 * start) / (looked + 14)
        seen = forget * seen + demand[:, period]
        looked = forget * looked + base[:, period]
    return mean
