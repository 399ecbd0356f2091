"""A forecast as the command, the API and other parts speak of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, Field

from cloud.analytics.forecast.backtest import LEVEL, Score
from cloud.analytics.forecast.study import Outlook

LOW, HIGH = (1 - LEVEL) / 2, (1 + LEVEL) / 2


class ScoreAnswer(BaseModel):
    """How good forecasts would have been; null where the history is too short to say."""

    bias: float | None = Field(description="forecast / what came - 1, all units together")
    rmsse: float | None = Field(description="root mean squared scaled error, mean over series")
    periods_covered: float | None = Field(default=None, description="part of periods inside their 90% interval")
    totals_covered: float | None = Field(default=None, description="the same of the totals of a horizon")


class Backtest(ScoreAnswer):
    """The score of what was chosen, and of each way for all series."""

    origins: int = Field(description="past moments from which it was forecast")
    ways: dict[str, ScoreAnswer]


class PeriodForecast(BaseModel):
    """Demand in one period."""

    time: str
    mean: float
    low: float
    high: float


class SeriesForecast(BaseModel):
    """One series."""

    series: str
    way: str = Field(description="how it was forecast, chosen by its backtest")
    bias: float | None
    rmsse: float | None
    total: float = Field(description="expected over the horizon")
    total_low: float
    total_high: float
    order_up_to: float = Field(description="units that demand over the horizon stays within, at the service level")
    forecast: list[PeriodForecast]


class ForecastAnswer(BaseModel):
    """Demand of all series."""

    periods: int
    horizon: int
    level: float = Field(default=LEVEL, description="of the intervals")
    service: float = Field(description="of order_up_to")
    backtest: Backtest
    common: str = Field(description="the way of most series")
    drivers: dict[str, float] = Field(description="demand is multiplied so at 1; temperature: 10 degrees more")
    cycle: list[float] = Field(description="pooled over series, 1 on average, from the first period on")
    series: list[SeriesForecast]
    warnings: list[str]


def answer_of(
    outlook: Outlook,
    names: Sequence[str],
    ahead: Sequence[str],
    periods: int,
    *,
    service: float = 0.95,
    warnings: Sequence[str] = (),
) -> ForecastAnswer:
    """The answer; `names` and `ahead` label the rows and columns of the forecast."""
    low, high = outlook.quantile(LOW), outlook.quantile(HIGH)
    said = list(warnings)
    if not outlook.origins:
        said.append("the history is too short for a backtest: how good this forecast is, nobody knows")
    return ForecastAnswer(
        periods=periods,
        horizon=len(ahead),
        service=service,
        backtest=Backtest(
            **_score(outlook.score).model_dump(),
            origins=outlook.origins,
            ways={name: _score(score) for name, score in outlook.scores.items()},
        ),
        common=outlook.common,
        drivers={name: round(effect, 4) for name, effect in outlook.driver_effects.items()},
        cycle=[round(float(part), 4) for part in outlook.cycle],
        series=_series(outlook, names, ahead, (low, high), service),
        warnings=said,
    )


def _series(
    outlook: Outlook, names: Sequence[str], ahead: Sequence[str], bounds: tuple[np.ndarray, np.ndarray], service: float
) -> list[SeriesForecast]:
    low, high = bounds
    total = outlook.mean.sum(axis=1)
    total_low, total_high, order = (outlook.total_quantile(level) for level in (LOW, HIGH, service))
    return [
        SeriesForecast(
            series=name,
            way=outlook.way[row],
            bias=_rounded(outlook.of_each[row].bias),
            rmsse=_rounded(outlook.of_each[row].rmsse),
            total=round(float(total[row]), 3),
            total_low=float(total_low[row]),
            total_high=float(total_high[row]),
            order_up_to=float(order[row]),
            forecast=[
                PeriodForecast(
                    time=label,
                    mean=round(float(outlook.mean[row, place]), 4),
                    low=float(low[row, place]),
                    high=float(high[row, place]),
                )
                for place, label in enumerate(ahead)
            ],
        )
        for row, name in enumerate(names)
    ]


def _score(score: Score) -> ScoreAnswer:
    return ScoreAnswer(
        bias=_rounded(score.bias),
        rmsse=_rounded(score.rmsse),
        periods_covered=_rounded(score.periods_covered),
        totals_covered=_rounded(score.totals_covered),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
