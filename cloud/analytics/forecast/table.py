"""A forecast as a table for people: its bias first."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cloud.analytics.forecast.answer import ForecastAnswer, ScoreAnswer

MOST_SERIES = 30


def show(answer: ForecastAnswer, console: Console) -> None:
    """Print it: how good, what drives demand, the totals of each series."""
    test = answer.backtest
    console.print(f"{len(answer.series)} series, {answer.periods} periods known, {answer.horizon} ahead")
    if test.origins:
        console.print(f"Backtest from {test.origins} past moments: bias [bold]{_percent(test.bias)}[/]")
        console.print(_ways(answer))
    for name, effect in answer.drivers.items():
        console.print(f"{escape(name)}: demand x {effect:.2f}")
    console.print(_series(answer))
    if len(answer.series) > MOST_SERIES:
        console.print(f"[dim]... and {len(answer.series) - MOST_SERIES} more: --json prints all, by period[/]")
    for warning in answer.warnings:
        console.print(f"[dim]note: {escape(warning)}[/]")


def _ways(answer: ForecastAnswer) -> Table:
    table = Table("way", "bias", "RMSSE", "periods in 90%", "totals in 90%")
    _add(table, "[bold]chosen for each series[/]", answer.backtest)
    for name, score in answer.backtest.ways.items():
        _add(table, name, score)
    return table


def _add(table: Table, name: str, score: ScoreAnswer) -> None:
    rmsse = "" if score.rmsse is None else f"{score.rmsse:.3f}"
    table.add_row(name, _percent(score.bias), rmsse, _part(score.periods_covered), _part(score.totals_covered))


def _series(answer: ForecastAnswer) -> Table:
    table = Table("series", "total", "90% interval", f"order up to ({answer.service:.0%})", "bias", "way")
    for one in answer.series[:MOST_SERIES]:
        interval = f"{one.total_low:,.0f} to {one.total_high:,.0f}"
        table.add_row(
            escape(one.series), f"{one.total:,.1f}", interval, f"{one.order_up_to:,.0f}", _percent(one.bias), one.way
        )
    return table


def _percent(value: float | None) -> str:
    return "unknown" if value is None else f"{value:+.1%}"


def _part(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"
