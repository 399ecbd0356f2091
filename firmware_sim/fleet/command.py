"""`facings sim fleet`."""

from __future__ import annotations

import asyncio
import json
import random
import signal
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from facings.clock import SystemClock, format_utc
from facings.errors import BadInputError

if TYPE_CHECKING:
    from firmware_sim.fleet.shelves import FleetWorld
    from firmware_sim.fleet.totals import Totals

console = Console(stderr=True)


class CatalogueChoice(StrEnum):
    """Whose products stand in the coolers."""

    DEMO = "demo"
    HOUSE = "house"


def fleet(
    coolers: Annotated[int, typer.Option(min=1, max=20_000, help="How many devices, one in each cooler.")] = 100,
    speed: Annotated[float, typer.Option(min=0.001, help="Simulated seconds per second.")] = 3600.0,
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days of photos.")] = 7,
    photos_per_day: Annotated[int, typer.Option(min=1, max=96, help="Photos of each cooler a day.")] = 4,
    start: Annotated[str, typer.Option(help="First day, as 2026-11-09; so many days ago where not given.")] = "",
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same shelves.")] = 0,
    catalogue: Annotated[CatalogueChoice, typer.Option(help="Whose products.")] = CatalogueChoice.DEMO,
    tenant: Annotated[str, typer.Option(help="Tenant that the devices belong to.")] = "northwind",
    broker: Annotated[str, typer.Option(help="mqtt:// or mqtts:// address.")] = "mqtt://127.0.0.1:1883",
    url: Annotated[str, typer.Option(help="Address of the cloud's REST API.")] = "http://127.0.0.1:8000",
    email: Annotated[str, typer.Option(envvar="FACINGS_EMAIL", help="An admin of the tenant.")] = "",
    password: Annotated[str, typer.Option(envvar="FACINGS_PASSWORD", help="That admin's password.")] = "",
    keys: Annotated[Path, typer.Option(help="Devices and their keys; made where it is not there.")] = (
        Path("fleet-keys.json")
    ),
    missed: Annotated[float, typer.Option(min=0, max=1, help="Share of photos that cannot be taken.")] = 0.01,
    repeated: Annotated[float, typer.Option(min=0, max=1, help="Share of messages published twice.")] = 0.0,
) -> None:
    """Run a fleet of simulated devices against a cloud; at the end the totals as JSON."""
    first = _day(start) if start else SystemClock().now().date() - timedelta(days=days)
    world = _world(coolers, days, first, seed, catalogue)
    known = _keys(world, keys, url, email, password)
    from firmware_sim.fleet.device import FleetDevice, Habits  # noqa: PLC0415 - numpy only when needed
    from firmware_sim.fleet.errors import read_errors  # noqa: PLC0415
    from firmware_sim.fleet.seeing import Eye  # noqa: PLC0415
    from firmware_sim.fleet.totals import Totals  # noqa: PLC0415

    totals, clock, habits, errors = Totals(), SystemClock(), Habits(missed, repeated), read_errors()

    def device_in(number: int) -> FleetDevice:
        cooler = world.coolers[number]
        chance = random.Random(f"{seed}/{cooler.id}")
        photos = cooler.photos(first, days, photos_per_day, seed)
        eye = Eye(world.catalogue, errors, chance)
        return FleetDevice(tenant, cooler.id, known[cooler.id], photos, eye, chance, clock, totals, habits)

    result = asyncio.run(_run([device_in(number) for number in range(len(world.coolers))], broker, speed, totals))
    typer.echo(json.dumps(result, indent=1))
    if result["unacked"]:
        raise typer.Exit(1)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInputError(f"--start {text!r}: expected a day such as 2026-11-09") from error


def _world(coolers: int, days: int, first: date, seed: int, catalogue: CatalogueChoice) -> FleetWorld:
    from firmware_sim.fleet.shelves import fleet_job, make_fleet_world  # noqa: PLC0415

    job = fleet_job(coolers, days, first, seed, catalogue.value)
    with Progress(console=console, transient=True) as bars:
        bar = bars.add_task("Simulating outlets", total=None)
        return make_fleet_world(job, lambda done, whole: bars.update(bar, completed=done, total=whole))


def _keys(world: FleetWorld, file: Path, url: str, email: str, password: str) -> dict[str, str]:
    """The key of every device; the cloud is asked only for those that the file lacks."""
    from firmware_sim.fleet.provision import admin_api, provision, read_keys  # noqa: PLC0415

    known = read_keys(file)
    if all(cooler.id in known for cooler in world.coolers):
        return known
    if not email or not password:
        raise BadInputError(f"{file} has not the keys of all devices: give --email and --password of an admin")
    with admin_api(url, email, password) as api, Progress(console=console, transient=True) as bars:
        bar = bars.add_task("Provisioning devices", total=None)
        return provision(api, world, file, lambda done, whole: bars.update(bar, completed=done, total=whole))


async def _run(devices: list[Any], broker: str, speed: float, totals: Totals) -> dict[str, Any]:
    from firmware_sim.fleet.connection import Broker  # noqa: PLC0415
    from firmware_sim.fleet.run import Fleet, Schedule  # noqa: PLC0415

    with console.status("Connecting") as line:
        acked = 0

        def show(at: datetime | None) -> None:
            nonlocal acked
            when = format_utc(at)[:16].replace("T", " ") if at else "connecting"
            rate, acked = totals.acked - acked, totals.acked
            line.update(
                f"{when}  {totals.connected} connected  {rate}/s  {totals.unacked} unacked  {totals.lag_s:.1f} s behind"
            )

        running = Fleet(devices, Broker(broker), Schedule(speed), totals, show)
        loop = asyncio.get_running_loop()
        for one in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(one, running.stop)
        return await running.run()
