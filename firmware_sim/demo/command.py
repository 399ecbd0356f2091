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
    coolers: Annotated[
        int | None, typer.Option(min=1, max=99, help="Compose a week of so many coolers; else 12.")
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, max=366, help="Compose a week of so many days; else 7.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Compose a week by this seed; else 0.")] = None,
) -> None:
    """Run the whole product on a week of coolers, and compare what it measures with the truth.

    Without --coolers, --days and --seed it replays the photo-real week that comes with Facings.
    """
    from firmware_sim.demo.place import Plan  # noqa: PLC0415 - numpy and OpenCV only when needed
    from firmware_sim.demo.run import run_demo  # noqa: PLC0415
    from firmware_sim.demo.shipped import SHIPPED  # noqa: PLC0415
    from firmware_sim.world.week.job import WeekJob  # noqa: PLC0415

    asked = any(option is not None for option in (coolers, days, seed))
    shipped = None if asked or not SHIPPED.is_dir() else SHIPPED
    many = coolers or 12
    job = WeekJob(coolers=many, outlets=min(8, many), days=days or 7, photos_per_day=4, seed=seed or 0)
    complete = run_demo(Plan(root.resolve(), summary, once, shipped, None if shipped else job), Console())
    raise typer.Exit(0 if complete else 1)
