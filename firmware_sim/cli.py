"""`facings sim`: simulated worlds, weeks of coolers, and cameras that replay them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from facings.clock import SystemClock
from firmware_sim.demo.command import demo
from firmware_sim.device.fault import Fault
from firmware_sim.fleet.command import fleet
from firmware_sim.scenario import command as scenario
from firmware_sim.world import commands as world
from firmware_sim.world.commands import serve_camera

app = typer.Typer(help="Simulated coolers, cameras and shoppers; the demo.", no_args_is_help=True)
app.command()(demo)
app.command()(fleet)
app.command()(scenario.run)
for command in (world.week, world.world, world.balance, world.live):
    app.command()(command)
app.add_typer(scenario.app, name="scenario")


@app.callback()
def _group() -> None:
    """Simulated coolers, cameras and shoppers."""


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

    serve_camera(SnapshotCamera(ReplayedScene(replay, speed, SystemClock()), port, fault))
