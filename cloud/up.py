"""`facings up`: the whole cloud in one process, with the broker as its child."""

from __future__ import annotations

import gc
import logging
import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from cloud.instance import Instance
from cloud.settings import load_settings

app = typer.Typer(help="Start the whole cloud on this machine: broker, ingest, API, pages.")


@app.command()
def up(
    config: Annotated[Path | None, typer.Option(help="settings file (TOML)")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="folder of everything that must survive")] = None,
    host: Annotated[str | None, typer.Option(help="address of API and pages; 0.0.0.0 for all")] = None,
    port: Annotated[int | None, typer.Option(help="port of API and pages; 0 takes a free one")] = None,
) -> None:
    """Start the whole cloud on this machine: broker, ingest, API, pages. Ctrl-C stops it."""
    settings = load_settings(config, data_dir, host, port)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    stopping = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    instance = Instance(settings)
    instance.start()
    gc.freeze()  # what stays until the end needs no looking at: ingest makes and drops objects by the million
    try:
        _greet(instance)
        instance.wait(stopping)
    finally:
        instance.stop()


def _greet(instance: Instance) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"Facings is at [bold]{instance.url}[/]")
    for line in instance.sign_in_hint:
        console.print(line)
