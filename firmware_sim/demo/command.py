"""`facings sim demo`: the whole product on simulated coolers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console


def demo(
    once: Annotated[bool, typer.Option(help="End by itself: exit code 0 where each photo is stored once.")] = False,
    root: Annotated[Path, typer.Option(help="Folder of the demo; the week in it is kept for the next run.")] = Path(
        "var/demo"
    ),
    summary: Annotated[Path, typer.Option(help="Where the figures are written, as JSON.")] = Path("demo-summary.json"),
    coolers: Annotated[int, typer.Option(min=1, max=99, help="How many coolers.")] = 12,
    days: Annotated[int, typer.Option(min=1, max=366, help="How many simulated days.")] = 7,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same week.")] = 0,
) -> None:
    """Run the whole product on a simulated week of coolers, and compare what it measures with the truth."""
    from firmware_sim.demo.place import Plan  # noqa: PLC0415 - numpy and OpenCV only when needed
    from firmware_sim.demo.run import run_demo  # noqa: PLC0415
    from firmware_sim.world.week.job import WeekJob  # noqa: PLC0415

    job = WeekJob(coolers=coolers, outlets=min(8, coolers), days=days, photos_per_day=4, seed=seed)
    complete = run_demo(Plan(root.resolve(), summary, once, job), Console())
    raise typer.Exit(0 if complete else 1)
