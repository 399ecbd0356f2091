"""Forecasts of simulated demand, whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cloud.analytics.forecast.backtest import LEVEL, naive_error, rmsse
from cloud.analytics.forecast.censored import lifted
from cloud.analytics.forecast.history import History, HistoryError
from cloud.analytics.forecast.levels import shrunk_rates, still_sold
from cloud.analytics.forecast.study import forecast
from tests.cloud.analytics.forecast.demand import HORIZON, WEEK, Simulated, simulate, with_hours, with_stock_outs

FEW, MANY = np.geomspace(0.1, 0.8, 60), np.geomspace(2, 20, 30)


@pytest.mark.parametrize(
    ("of_what", "simulated", "within"),
    [
        ("intermittent demand", simulate(FEW), 0.06),
        ("frequent demand", simulate(MANY), 0.03),
        ("promotions", simulate(MANY, promotion=2.5), 0.03),
        ("lost days known only as 'at least'", with_stock_outs(simulate(MANY), 2, 8), 0.05),
        ("hours without stock", with_hours(simulate(MANY), 0.4), 0.03),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_forecasts_are_not_biased(of_what: str, simulated: Simulated, within: float) -> None:
    outlook = forecast(simulated.history)
    assert outlook.mean.sum() / simulated.mean.sum() == pytest.approx(1, abs=within), of_what


def test_without_the_correction_stock_outs_would_bias_it() -> None:
    for short in (with_stock_outs(simulate(MANY), 2, 8), with_hours(simulate(MANY), 0.4)):
        bare = History.plain(short.history.sold, HORIZON)
        assert forecast(bare).mean.sum() / short.mean.sum() < 0.9


def test_weekdays_and_promotions_are_found() -> None:
    outlook = forecast(simulate(MANY, promotion=2.5).history)
    assert outlook.cycle == pytest.approx(WEEK, abs=0.05)
    assert outlook.driver_effects["promo"] == pytest.approx(2.5, rel=0.05)


@pytest.mark.parametrize("rates", [FEW, MANY])
def test_nine_tenths_of_what_comes_lie_in_the_intervals(rates: np.ndarray) -> None:
    simulated = simulate(rates, seed=3)
    outlook = forecast(simulated.history)
    days = outlook.spread.covered(simulated.came, outlook.mean, LEVEL).mean()
    totals = outlook.spread.covered(simulated.came.sum(axis=1), outlook.mean.sum(axis=1), LEVEL).mean()
    assert 0.85 <= days <= 0.95
    assert 0.82 <= totals <= 0.97
    assert (simulated.came.sum(axis=1) <= outlook.total_quantile(0.95)).mean() == pytest.approx(0.95, abs=0.06)


def test_a_series_without_sales_lately_borrows_from_the_others() -> None:
    units, looked = np.array([0.0, 30.0, 25.0, 35.0, 28.0]), np.array([2.0, 30.0, 30.0, 30.0, 30.0])
    rates = shrunk_rates(units, looked)
    assert 0.3 < rates[0] < 1
    assert rates[1:] == pytest.approx(units[1:] / looked[1:], rel=0.1)


def test_a_series_long_silent_has_probably_ended_unless_it_had_no_stock() -> None:
    often, seldom = np.zeros(100), np.zeros(100)
    often[:60:2], seldom[4::25] = 1, 1
    stock = np.ones((3, 100))
    stock[2, 60:] = 0  # the first again, but its shelf was empty
    chance = still_sold(np.stack([often, seldom, often]), stock, 1 / 365)
    assert chance[0] < 0.01
    assert chance[1] > 0.85
    assert chance[2] > 0.99
    assert still_sold(np.zeros((1, 9)), np.ones((1, 9)), 1 / 365)[0] == 1


def test_the_choice_follows_the_backtest_and_is_named() -> None:
    draw = np.random.default_rng(2)
    risen = np.concatenate([draw.poisson(1, (20, 150)), draw.poisson(8, (20, 60))], axis=1)
    outlook = forecast(History.plain(risen, 14))
    assert outlook.origins == 3
    assert outlook.common.startswith("last ")
    assert set(outlook.way) <= outlook.scores.keys()
    best = min(score.rmsse for score in outlook.scores.values() if score.rmsse is not None)
    assert outlook.score.rmsse is not None
    assert outlook.score.rmsse <= best + 1e-9
    assert outlook.mean.mean() == pytest.approx(8, rel=0.1)


@pytest.mark.parametrize(
    ("what", "sold", "expected"),
    [
        ("nothing ever sold", [[0] * 60], 0),
        ("nothing known", [[np.nan] * 60], 0),
        ("one day known", [[3]], 3),
        ("a week known", [[1, 1, 1, 1, 1, 1, 1]], 1),
        ("not listed at first", [[0] * 90 + [2] * 90], 2),
        ("units in parts, as estimates have them", [[0.5] * 90], 0.5),
    ],
)
def test_odd_histories(what: str, sold: list[list[float]], expected: float) -> None:
    outlook = forecast(History.plain(sold, 7))
    assert np.isfinite(outlook.mean).all(), what
    assert np.isfinite(outlook.quantile(0.95)).all(), what
    assert outlook.mean.mean() == pytest.approx(expected, rel=0.12, abs=0.05), what


def test_a_year_is_told_from_two_years_on() -> None:
    day = np.arange(3 * 365)
    sold = np.random.default_rng(4).poisson(np.tile(6 + 4 * np.sin(2 * np.pi * day / 365.25), (10, 1)))
    known = 2 * 365 + 60  # then it falls from the peak
    outlook = forecast(History.plain(sold[:, :known], 120))
    came = sold[:, known : known + 120]
    assert outlook.mean.sum() / came.sum() == pytest.approx(1, abs=0.06)
    short = forecast(History.plain(sold[:, 365:known], 120))
    assert abs(short.mean.sum() / came.sum() - 1) > 0.1


def test_censored_demand_is_what_a_long_draw_says() -> None:
    draw = np.random.default_rng(0).negative_binomial(4.0, 0.5, 400_000)
    truth = draw[draw >= 6].mean()
    one = np.ones((1, 1))
    assert lifted(6 * one, one > 0, 4 * one, 2 * one[0])[0, 0] == pytest.approx(truth, rel=0.01)
    far = lifted(500 * one, one > 0, 0.1 * one, 1.5 * one[0])
    assert far[0, 0] == 500


def test_rmsse_is_that_of_the_definition() -> None:
    history = History.plain([[0, 0, 2, 4, 1], [0, 0, 0, 0, 0]], 2)
    scale = naive_error(history)
    assert scale[0] == pytest.approx((2**2 + 3**2) / 2)
    errors = rmsse(np.array([[1.0, 1.0], [0, 0]]), np.array([[2.0, np.nan], [0, 0]]), scale)
    assert errors[0] == pytest.approx((1 / 6.5) ** 0.5)
    assert np.isnan(errors[1])


def test_what_does_not_fit_is_refused() -> None:
    good = History.plain([[1, 2, 3]], 1)
    with pytest.raises(HistoryError, match="one shape"):
        replace(good, exposure=np.ones((1, 2)))
    with pytest.raises(HistoryError, match="do not match"):
        replace(good, series=("a", "b"))
    with pytest.raises(HistoryError, match="horizon"):
        History.plain([[1, 2, 3]], 0)
    with pytest.raises(HistoryError, match="empty"):
        History.plain(np.zeros((0, 3)), 1)
