"""`facings analyse`: estimates from files, offline: what a promotion earned."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(help="Estimates from files: what a promotion earned.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Estimates from files: what a promotion earned."""


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
