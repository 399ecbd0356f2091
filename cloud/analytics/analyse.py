"""`facings analyse`: estimates from files, offline: what a promotion earned, what will be sold."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

app = typer.Typer(help="Estimates from files: what a promotion earned, what will be sold.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Estimates from files: what a promotion earned, what will be sold."""


@app.command()
def promo(
    panel: Annotated[Path, typer.Option(help="CSV or Parquet in long form: one row per unit and time.")],
    unit: Annotated[str, typer.Option(help="Column that names the unit: outlet, store, state.")],
    time: Annotated[str, typer.Option(help="Column of the period: number, ISO date, month, quarter or week.")],
    outcome: Annotated[str, typer.Option(help="Column of what is measured, such as units sold.")],
    treated: Annotated[str, typer.Option(help="Column that is 1 where the unit is under treatment at that time.")],
    margin: Annotated[float | None, typer.Option(help="What one unit of the outcome more earns; needs --cost.")] = None,
    cost: Annotated[float | None, typer.Option(help="What the promotion cost in all; needs --margin.")] = None,
    level: Annotated[float, typer.Option(help="Of the intervals.")] = 0.95,
    smallest: Annotated[
        float, typer.Option(help="Smallest effect that matters, as a part of the outcome without treatment.")
    ] = 0.10,
    seed: Annotated[int, typer.Option(min=0, help="Of the placebo draws.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object in place of the table.")] = False,
) -> None:
    """What a promotion, or any treatment, did: difference-in-differences, synthetic control, synthetic DiD, verdict."""
    from cloud.analytics.promo.analysis import Wanted, analyse_panel  # noqa: PLC0415 - scipy only when needed
    from cloud.analytics.promo.readers import Columns, read_panel  # noqa: PLC0415
    from cloud.analytics.promo.roi import money_of  # noqa: PLC0415
    from cloud.analytics.promo.table import show  # noqa: PLC0415

    wanted = Wanted(level=level, seed=seed, money=money_of(margin, cost), smallest=smallest)
    answer = analyse_panel(read_panel(panel, Columns(unit, time, outcome, treated)), wanted)
    if json:
        typer.echo(answer.model_dump_json(indent=1))
    else:
        show(answer, Console(highlight=False))


@app.command()
def forecast(
    panel: Annotated[Path, typer.Option(help="CSV or Parquet in long form: one row per series and period.")],
    series: Annotated[str, typer.Option(help="Column that names the series, such as outlet and SKU in one.")],
    time: Annotated[str, typer.Option(help="Column of the period: ISO date, week, month, quarter or number.")],
    value: Annotated[str, typer.Option(help="Column of the units sold; empty in rows of periods to come.")],
    horizon: Annotated[int, typer.Option(min=1, max=730, help="Periods to forecast.")] = 28,
    promo: Annotated[
        list[str] | None, typer.Option(help="Column of a promotion, 0 to 1; may be repeated. Filled ahead as planned.")
    ] = None,
    temperature: Annotated[str | None, typer.Option(help="Column of the temperature in degrees.")] = None,
    in_stock: Annotated[str | None, typer.Option(help="Column: part of the period with stock, 0 to 1.")] = None,
    sold_out: Annotated[
        str | None, typer.Option(help="Column: 1 where the stock ran out, so that more was wanted than sold.")
    ] = None,
    gaps: Annotated[
        Literal["auto", "zero", "unknown"],
        typer.Option(help="What a missing row means; auto: zero where the file writes no zeros, else unknown."),
    ] = "auto",
    season: Annotated[int | None, typer.Option(min=1, max=366, help="Periods of a cycle; 7 for days.")] = None,
    service: Annotated[float, typer.Option(min=0.5, max=0.999, help="Service level of the order-up-to level.")] = 0.95,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object in place of the tables.")] = False,
) -> None:
    """Demand ahead per series, with intervals and a backtest, bias first; a day without stock may have had demand."""
    from cloud.analytics.forecast.answer import answer_of  # noqa: PLC0415 - scipy only when needed
    from cloud.analytics.forecast.readers import Columns, read_history  # noqa: PLC0415
    from cloud.analytics.forecast.study import forecast as forecast_of  # noqa: PLC0415
    from cloud.analytics.forecast.table import show  # noqa: PLC0415

    columns = Columns(series, time, value, tuple(promo or ()), temperature, in_stock, sold_out)
    read = read_history(panel, columns, horizon, gaps=gaps, season=season)
    history, ahead = read.history, read.periods.ahead
    answer = answer_of(
        forecast_of(history), history.series, ahead, history.known, service=service, warnings=read.warnings
    )
    if json:
        typer.echo(answer.model_dump_json(indent=1))
    else:
        show(answer, Console(highlight=False))
