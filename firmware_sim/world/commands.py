"""`facings sim week`, `world`, `balance`, `live`: the simulated world on the command line."""

from __future__ import annotations

import threading
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from facings.clock import SystemClock
from firmware_sim.device.fault import Fault

if TYPE_CHECKING:
    from firmware_sim.device.camera import SnapshotCamera

console = Console(stderr=True)

SHOWN_FAULTS = 20


class RendererChoice(StrEnum):
    """How photos are made."""

    COMPOSE = "compose"
    MITSUBA = "mitsuba"


class CatalogueChoice(StrEnum):
    """Whose products a world sells."""

    DEMO = "demo"
    HOUSE = "house"


def week(
    out: Annotated[Path, typer.Option(help="Folder for photos, catalogue, planograms and truth.")],
    coolers: Annotated[int, typer.Option(min=1, max=99, help="How many coolers.")] = 12,
    outlets: Annotated[int, typer.Option(min=1, max=99, help="How many outlets they stand in.")] = 8,
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days, from a Monday on.")] = 7,
    photos_per_day: Annotated[int, typer.Option(min=1, max=24, help="Photos of each cooler a day.")] = 4,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same week.")] = 0,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 2,
    renderer: Annotated[RendererChoice, typer.Option(help="Compose photos quickly, or render them.")] = (
        RendererChoice.COMPOSE
    ),
) -> None:
    """Simulate a week of coolers with all that happened in it; a stopped run goes on where it was."""
    from firmware_sim.world.week.files import write_week  # noqa: PLC0415 - numpy and OpenCV only when needed
    from firmware_sim.world.week.job import WeekJob  # noqa: PLC0415

    job = WeekJob(coolers=coolers, outlets=outlets, days=days, photos_per_day=photos_per_day, seed=seed,
                  renderer=renderer.value)  # fmt: skip
    made = write_week(job, out, workers, console)
    stock_outs = sum(len(history.stock_outs) for history in made.histories)
    console.print(f"{coolers * days * photos_per_day} photos of {coolers} coolers, {stock_outs} stock-outs, in {out}")


def world(
    out: Annotated[Path, typer.Option(help="Folder for the truth ledger: Parquet files.")],
    outlets: Annotated[int, typer.Option(min=1, max=9999, help="How many outlets.")] = 500,
    days: Annotated[int, typer.Option(min=1, max=3660, help="How many days.")] = 365,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same world.")] = 0,
    catalogue: Annotated[CatalogueChoice, typer.Option(help="Whose products are sold.")] = CatalogueChoice.DEMO,
    promotions: Annotated[int | None, typer.Option(min=0, help="How many, instead of the settings' number.")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings of the world, TOML or YAML.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 2,
) -> None:
    """Simulate a world of outlets without photos and write what truly happened; a stopped run goes on where it was."""
    from firmware_sim.world.job import WorldJob  # noqa: PLC0415
    from firmware_sim.world.ledger.writing import write_world  # noqa: PLC0415
    from firmware_sim.world.settings import read_world_settings, with_promotions  # noqa: PLC0415

    settings = with_promotions(read_world_settings(config), promotions)
    job = WorldJob(seed=seed, outlets=outlets, days=days, catalogue=catalogue.value, settings=settings)
    totals = write_world(job, out, workers, console)
    console.print(", ".join(f"{count:,} {name.replace('_', '-')}" for name, count in totals.items()), f"in {out}")


def balance(
    ledger: Annotated[Path, typer.Argument(help="A folder written by `facings sim world`.")],
) -> None:
    """Prove that a ledger balances: opening + refills - sales - removed = closing, for every outlet and SKU."""
    from firmware_sim.world.ledger.balance import check_balance  # noqa: PLC0415
    from firmware_sim.world.ledger.report import balance_table  # noqa: PLC0415

    checked = check_balance(ledger)
    console.print(balance_table(checked))
    for fault in checked.faults[:SHOWN_FAULTS]:
        console.print(f"[bold red]off[/] {fault}", highlight=False, soft_wrap=True)
    if checked.faults:
        console.print(f"{len(checked.faults)} of {checked.accounts} accounts do not balance")
        raise typer.Exit(1)
    console.print(f"All {checked.accounts:,} accounts of {checked.outlets:,} outlets balance")


def live(
    cooler: Annotated[str, typer.Option(help="Which cooler of the world.")] = "cooler-01",
    outlets: Annotated[int, typer.Option(min=1, max=9999, help="How many outlets the world has.")] = 8,
    days: Annotated[int, typer.Option(min=1, max=3660, help="How many days it lasts.")] = 30,
    seed: Annotated[int, typer.Option(min=0, help="Which world.")] = 0,
    catalogue: Annotated[CatalogueChoice, typer.Option(help="Whose products are sold.")] = CatalogueChoice.DEMO,
    config: Annotated[Path | None, typer.Option(help="Settings of the world, TOML or YAML.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8600,
    speed: Annotated[float, typer.Option(min=0.001, help="Simulated seconds per second.")] = 60.0,
    fault: Annotated[Fault, typer.Option(help="What is wrong with the camera.")] = Fault.NONE,
) -> None:
    """Serve a living cooler as an HTTP snapshot camera: each GET /capture shows its present state."""
    from firmware_sim.device.camera import SnapshotCamera  # noqa: PLC0415
    from firmware_sim.world.job import WorldJob  # noqa: PLC0415
    from firmware_sim.world.live_scene import LiveScene  # noqa: PLC0415
    from firmware_sim.world.settings import read_world_settings, with_promotions  # noqa: PLC0415

    settings = with_promotions(read_world_settings(config), 0)
    job = WorldJob(seed=seed, outlets=outlets, days=days, catalogue=catalogue.value, settings=settings)
    serve_camera(SnapshotCamera(LiveScene(job, cooler, speed, SystemClock()), port, fault))


def serve_camera(served: SnapshotCamera) -> None:
    """Serves a camera until Ctrl-C."""
    served.start()
    console.print(f"{served.address}/capture", "(Ctrl-C ends it)")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        served.stop()
