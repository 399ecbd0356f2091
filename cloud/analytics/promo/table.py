"""An answer as a table for people."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cloud.analytics.promo.answer import Effect, EstimatorAnswer, PromoAnswer, Ranged

TITLES = {"did": "difference-in-differences", "synthetic_control": "synthetic control", "sdid": "synthetic DiD"}
_COLOURS = {"success": "green", "harmful": "red", "no effect seen": "yellow", "cannot tell": "yellow"}


def show(answer: PromoAnswer, console: Console) -> None:
    """Print it: estimators, checks, money, verdict, warnings."""
    console.print(
        f"{answer.units} units ({answer.treated_units} treated, {answer.control_units} controls), "
        f"{answer.periods} periods ({answer.periods_before} before the treatment), "
        f"{answer.treated_cells} treated unit-periods"
    )
    console.print(_estimators(answer))
    console.print(f"[dim]* the verdict is about this; intervals by {_ways(answer)}[/]")
    console.print(_checks(answer))
    if answer.roi is not None:
        console.print(
            f"incremental units {_ranged(answer.roi.incremental_units)}, "
            f"margin {_ranged(answer.roi.incremental_margin)}, "
            f"cost {answer.roi.cost:,.0f}, ROI {_percent(answer.roi.roi)}, counted {answer.roi.window} the treatment"
        )
    console.print(f"[bold {_COLOURS[answer.verdict]}]{answer.verdict}[/]: {escape(answer.reason)}")
    for warning in answer.warnings:
        console.print(f"[dim]note: {escape(warning)}[/]")


def _estimators(answer: PromoAnswer) -> Table:
    table = Table(
        "effect per unit and period",
        "effect",
        f"{answer.level:.0%} interval",
        "relative",
        "p",
    )
    for name, title in TITLES.items():
        one: EstimatorAnswer = getattr(answer, name)
        mark = " *" if name == answer.estimator else ""
        table.add_row(title + mark, _number(one.effect), _interval(one), _part(one.relative), _p(one.p_value))
        if one.after is not None:
            after = one.after
            table.add_row("  after it ended", _number(after.effect), _interval(after), "", _p(after.p_value))
    return table


def _checks(answer: PromoAnswer) -> Table:
    table = Table("check", "value", f"{answer.level:.0%} interval", "p", "passed")
    trend, in_time, in_space = answer.pre_trend, answer.placebo_in_time, answer.placebo_in_space
    if trend.slope is not None:
        slope = Effect(effect=trend.slope, low=trend.low, high=trend.high)
        table.add_row(
            "trend before, a period", _number(trend.slope), _interval(slope), _p(trend.p_value), _yes(trend.passed)
        )
    if in_time is not None:
        table.add_row(
            f"placebo in time, from {in_time.begins}",
            _number(in_time.effect),
            _interval(in_time),
            _p(in_time.p_value),
            _yes(in_time.passed),
        )
    if in_space is not None:
        table.add_row(f"placebo in space, {in_space.placebos} placebos", "", "", _p(in_space.p_value), "")
    return table


def _ways(answer: PromoAnswer) -> str:
    ways: dict[str, str] = {title: getattr(answer, name).inference for name, title in TITLES.items()}
    if len(set(ways.values())) == 1:
        return next(iter(ways.values()))
    return "; ".join(f"{way} ({title})" for title, way in ways.items())


def _number(value: float) -> str:
    return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"


def _interval(one: Effect) -> str:
    return "unknown" if one.low is None or one.high is None else f"{_number(one.low)} to {_number(one.high)}"


def _ranged(one: Ranged) -> str:
    return _number(one.value) + (
        f" ({_number(one.low)} to {_number(one.high)})" if one.low is not None and one.high is not None else ""
    )


def _percent(one: Ranged) -> str:
    return f"{one.value:.0%}" + (
        f" ({one.low:.0%} to {one.high:.0%})" if one.low is not None and one.high is not None else ""
    )


def _part(value: float | None) -> str:
    return "" if value is None else f"{value:+.1%}"


def _p(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _yes(value: bool | None) -> str:
    return "cannot be tested" if value is None else "yes" if value else "no"
