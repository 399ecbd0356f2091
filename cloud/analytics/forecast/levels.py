"""The level of each series: what it sells in an average period, as far as the recent past and the other series say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cloud.analytics.forecast.history import FloatArray

LEAST = 1e-9
A_YEAR = 365.0
"""Days after which a product of an outlet has ended, on average; only its order of magnitude matters."""
MOST_EXPONENT = 50.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way to tell the level.

    A period's weight halves with every `half_life` periods; None weighs all alike. Before anything is seen, a series
    is held to sell its long-run level, which weighs as many periods as `prior`; where `shared`, that level is taken to
    have moved of late as all series together did. `delisting` is the chance of each period that a series ends for good:
    one that has not sold for longer than it used to is the less likely to sell again.
    """

    name: str
    half_life: float | None
    prior: float
    shared: bool = False
    delisting: float = 0.0

    def levels(self, demand: FloatArray, multiplier: FloatArray) -> FloatArray:
        """(n,): units in a period of multiplier 1.

        Args:
            demand: (n, T), 0 where nothing counts.
            multiplier: (n, T), 0 where nothing counts.
        """
        long_run = shrunk_rates(demand.sum(axis=1), multiplier.sum(axis=1))
        weight = _weights(demand.shape[1], self.half_life)
        moved = 1.0
        if self.shared:
            expected = float((long_run[:, None] * multiplier * weight).sum())
            moved = float((demand * weight).sum()) / expected if expected > LEAST else 1.0
        seen, looked = (demand * weight).sum(axis=1), (multiplier * weight).sum(axis=1)
        level: FloatArray = (self.prior * long_run * moved + seen) / (self.prior + looked)
        return level * still_sold(demand, multiplier, self.delisting)


def candidates(days: bool) -> tuple[Candidate, ...]:
    """The ways that are tried, for days or for longer periods."""
    short, middle, long = (14, 28, 56) if days else (3, 6, 12)
    period, ends = ("days", A_YEAR) if days else ("periods", A_YEAR / 7)
    return (
        Candidate(f"last {short} {period}", short, 0.5, delisting=1 / ends),
        Candidate(f"last {middle} {period}", middle, 0.5, delisting=1 / ends),
        Candidate(f"last {long} {period}", long, 0.5, delisting=1 / ends),
        Candidate("whole history", None, 0.5),
        Candidate(f"moves with the others, last {middle} {period}", middle, middle, shared=True, delisting=1 / ends),
    )


def still_sold(demand: FloatArray, multiplier: FloatArray, delisting: float) -> FloatArray:
    """(n,): how likely each series has not ended, by how long it has not sold against how often it used to.

    P = 1 / (1 + d / (r + d) x (exp((r + d) x gap) - 1)), with r sales a period until the last one, `gap` periods since
    and d the chance of an end in each: Schmittlein, Morrison & Colombo (1987), Management Science 33, for one series.
    Periods without stock lengthen no gap, for they count in `multiplier` by the part they had stock.
    """
    if not delisting:
        return np.ones(len(demand))
    sales = demand > 0
    later = np.maximum.accumulate(sales[:, ::-1], axis=1)[:, ::-1]  # until the last sale, itself included
    before, gap = (multiplier * later).sum(axis=1), (multiplier * ~later).sum(axis=1)
    gap = np.where(sales.any(axis=1), gap, 0.0)
    rate = shrunk_rates(sales.sum(axis=1).astype(float), before) + delisting
    ended = delisting / rate * np.expm1(np.minimum(rate * gap, MOST_EXPONENT))
    chance: FloatArray = 1 / (1 + ended)
    return chance


def shrunk_rates(units: FloatArray, looked: FloatArray) -> FloatArray:
    """(n,): rates pulled towards their common mean by as much as chance makes them differ (empirical Bayes).

    Gamma prior with the moments of the rates, Poisson counts: Robbins (1956); Clayton & Kaldor (1987), Biometrics 43.

    Args:
        units: (n,) sold.
        looked: (n,) periods looked at, weighted by what they should sell.
    """
    rates = units / np.maximum(looked, LEAST)
    some = looked > LEAST
    if some.sum() < 2:
        return rates
    mean = float(units[some].sum() / looked[some].sum())
    chance = mean * float(np.mean(1 / looked[some]))
    between = max(float(np.var(rates[some])) - chance, 0.02 * mean**2)
    if mean < LEAST:
        return rates
    shape = mean**2 / between
    shrunk: FloatArray = (shape + units) / (shape / mean + looked)
    return shrunk


def _weights(periods: int, half_life: float | None) -> FloatArray:
    age = np.arange(periods - 1, -1, -1, dtype=np.float64)
    return np.ones(periods) if half_life is None else 0.5 ** (age / half_life)
