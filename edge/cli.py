"""`facings edge`: the daemon on the cooler."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from edge.check import check_device
from edge.host import Readers, run_devices
from edge.reader import Reader
from edge.settings import EdgeSettings, VisionSettings
from edge.uplink.glance import glance
from facings.errors import FacingsError, SettingsError

app = typer.Typer(help="The daemon on the cooler.", no_args_is_help=True)

ConfigFile = Annotated[Path, typer.Argument(help="the device's settings, a TOML file", metavar="CONFIG")]


def vision_chain(settings: VisionSettings) -> Reader:
    """The vision chain of these settings, not loaded yet."""
    from edge.vision.chain import VisionChain  # noqa: PLC0415 (onnxruntime is not needed to look at an outbox)

    return VisionChain(
        zoo=settings.zoo,
        gallery=settings.gallery,
        tells_looks=True,
        false_accept=settings.false_accept,
        precision=settings.precision,
    )


@app.command()
def run(
    configs: Annotated[list[Path], typer.Argument(help="settings of one or several devices", metavar="CONFIG...")],
    once: Annotated[bool, typer.Option(help="take one photo, or one replay, deliver everything, and end")] = False,
) -> None:
    """Run the daemon until it is told to stop; several devices share one process and its models."""
    logging.basicConfig(format="%(asctime)s %(levelname)-7s %(name)s: %(message)s", level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)  # a lost controller is told once, by its own part
    devices, all_read = _read_settings(configs)
    for settings in devices:
        logging.getLogger(f"edge.{settings.device}").setLevel(settings.log_level)
    all_ran = run_devices(devices, Readers(vision_chain), once=once)
    raise typer.Exit(0 if all_read and all_ran else 1)


@app.command()
def check(config: ConfigFile) -> None:
    """Check settings, disk, clock, models, camera, broker and cloud; exit code 1 where something is to be done."""
    settings = EdgeSettings.read(config)
    table = Table("part", "", "finding", title=f"{settings.tenant}/{settings.device}")
    findings = list(check_device(settings, lambda: vision_chain(settings.vision)))
    for finding in findings:
        table.add_row(finding.what, "[green]OK[/]" if finding.ok else "[red]to do[/]", finding.text)
    Console(soft_wrap=True).print(table)
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


@app.command()
def outbox(
    config: ConfigFile,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Show what waits on the device: messages, photos, bytes, oldest. Works beside a running daemon."""
    waiting = glance(EdgeSettings.read(config).state_dir)
    if as_json:
        typer.echo(json.dumps(waiting))
        return
    table = Table("waiting", "", title="outbox")
    for name, value in waiting.items():
        table.add_row(name.replace("_", " "), "none" if value is None else str(value))
    Console().print(table)


def _read_settings(configs: list[Path]) -> tuple[list[EdgeSettings], bool]:
    """The settings that can be used, and whether that is all of them; one bad file stops no other device."""
    devices: list[EdgeSettings] = []
    for config in configs:
        try:
            devices.append(EdgeSettings.read(config))
        except SettingsError as error:
            if len(configs) == 1:
                raise
            logging.getLogger("edge").error("%s", error)
    folders = [settings.state_dir.resolve() for settings in devices]
    if len(set(folders)) < len(folders):
        raise SettingsError("two devices share one state_dir: give each a folder of its own")
    if not devices:
        raise FacingsError("none of the settings files can be used")
    return devices, len(devices) == len(configs)
