"""The forecast of a history: chosen by its backtest, which is told with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cloud.analytics.forecast import backtest
from cloud.analytics.forecast.backtest import Score
from cloud.analytics.forecast.choice import choose, common_choice
from cloud.analytics.forecast.fitting import fit
from cloud.analytics.forecast.history import FloatArray, History
from cloud.analytics.forecast.seasons import with_year
from cloud.analytics.forecast.spread import Spread


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """A forecast. `mean` is (n, H), `way` (n,) the name of how each series was forecast.

    `score` is that of the backtest of what was chosen; `scores` those of every way for all series; `of_each` (n,) the
    series' own. Choosing on the same trials flatters `score` a little: bench/forecast.py holds out what nothing saw.
    """

    mean: FloatArray
    spread: Spread
    way: tuple[str, ...]
    common: str
    origins: int
    score: Score
    scores: dict[str, Score]
    of_each: tuple[Score, ...]
    driver_effects: dict[str, float]
    cycle: FloatArray

    def quantile(self, level: float) -> FloatArray:
        """(n, H): units of each period that demand stays within with the chance `level`."""
        return self.spread.quantile(self.mean, level)

    def total_quantile(self, level: float, periods: int | None = None) -> FloatArray:
        """(n,): units that demand over the next `periods` stays within: what to order up to for that service level."""
        return self.spread.quantile(self.mean[:, :periods].sum(axis=1), level)


def forecast(history: History) -> Outlook:
    """Fit, backtest, choose, forecast.

    Example:
        >>> weeks = [[1, 2, 1, 2, 3, 8, 9] * 12]
        >>> forecast(History.plain(weeks, horizon=7)).mean.round().tolist()
        [[1.0, 2.0, 1.0, 2.0, 3.0, 8.0, 9.0]]
    """
    history = with_year(history)
    fitted, tried = fit(history), backtest.trials(history)
    count = len(history.series)
    common = common_choice(tried, fitted.ways)
    way = choose(tried, fitted.ways) if tried else np.full(count, common)
    moved = backtest.drift(tried, way)
    return Outlook(
        mean=fitted.means[way, np.arange(count)],
        spread=Spread(fitted.chance, moved),
        way=tuple(fitted.ways[index] for index in way),
        common=fitted.ways[common],
        origins=len(tried),
        score=backtest.score(tried, way, moved),
        scores={
            name: backtest.score(tried, np.full(count, index), moved) for index, name in enumerate(fitted.ways) if tried
        },
        of_each=tuple(backtest.score_of(tried, way, index) for index in range(count)),
        driver_effects={
            name: float(np.exp(value))
            for name, value in zip(history.driver_names, fitted.effects.coefficients, strict=True)
        },
        cycle=fitted.effects.cycle,
    )
