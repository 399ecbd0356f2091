"""`facings sim`: a simulated week of coolers, and a camera that replays it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from facings.clock import SystemClock
from firmware_sim.demo.command import demo
from firmware_sim.device.fault import Fault
from firmware_sim.scenario import command as scenario

app = typer.Typer(help="Simulated coolers, cameras and shoppers; the demo.", no_args_is_help=True)
app.command()(demo)
app.command()(scenario.run)
app.add_typer(scenario.app, name="scenario")
console = Console(stderr=True)


@app.callback()
def _group() -> None:
    """Simulated coolers, cameras and shoppers."""


@app.command()
def week(
    out: Annotated[Path, typer.Option(help="Folder for photos, catalogue, planograms and truth.")],
    coolers: Annotated[int, typer.Option(min=1, max=99, help="How many coolers.")] = 12,
    outlets: Annotated[int, typer.Option(min=1, max=99, help="How many outlets they stand in.")] = 8,
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days, from a Monday on.")] = 7,
    photos_per_day: Annotated[int, typer.Option(min=1, max=24, help="Photos of each cooler a day.")] = 4,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same week.")] = 0,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 2,
) -> None:
    """Simulate a week of coolers with all that happened in it; a stopped run goes on where it was."""
    from firmware_sim.world.export import WeekJob, write_week  # noqa: PLC0415 - numpy and OpenCV only when needed

    job = WeekJob(coolers=coolers, outlets=outlets, days=days, photos_per_day=photos_per_day, seed=seed)
    world = write_week(job, out, workers, console)
    photos = sum(len(history.photos) for history in world.histories)
    stock_outs = sum(len(history.stock_outs()) for history in world.histories)
    console.print(f"{photos} photos of {coolers} coolers, {stock_outs} stock-outs, in {out}")


@app.command()
def camera(
    replay: Annotated[Path, typer.Option(help="A cooler's folder with its replay.json.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8600,
    speed: Annotated[float, typer.Option(min=0.001, help="Replayed seconds per second.")] = 1.0,
    fault: Annotated[Fault, typer.Option(help="What is wrong with the camera.")] = Fault.NONE,
) -> None:
    """Serve a cooler's photos as an HTTP snapshot camera does: GET /capture, GET /status."""
    from firmware_sim.device.camera import SnapshotCamera  # noqa: PLC0415
    from firmware_sim.device.scene import ReplayedScene  # noqa: PLC0415

    served = SnapshotCamera(ReplayedScene(replay, speed, SystemClock()), port, fault)
    served.start()
    console.print(f"{served.address}/capture", "(Ctrl-C ends it)")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        served.stop()
