"""`facings up`: the whole cloud in one process, with the broker as its child."""

from __future__ import annotations

import gc
import logging
from typing import Annotated

import typer
from rich.console import Console

from cloud.instance import Instance
from cloud.options import Config, DataDir
from cloud.settings import load_settings
from facings.stopping import until_told_to_stop

COLLECTED_AFTER = 50_000
"""As many more objects are made than dropped between two looks of the garbage collector."""

app = typer.Typer(help="Start the whole cloud on this machine: broker, ingest, API, pages.")


@app.command()
def up(
    config: Config = None,
    data_dir: DataDir = None,
    host: Annotated[str | None, typer.Option(help="address of API and pages; 0.0.0.0 for all")] = None,
    port: Annotated[int | None, typer.Option(help="port of API and pages; 0 takes a free one")] = None,
) -> None:
    """Start the whole cloud on this machine: broker, ingest, API, pages. Ctrl-C stops it."""
    settings = load_settings(config, data_dir, host, port)
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with until_told_to_stop() as told:
        instance = Instance(settings)
        instance.start()
        spare_the_collector()
        try:
            _greet(instance)
            instance.wait(told)
        finally:
            instance.stop()


def spare_the_collector() -> None:
    """Ingest makes objects by the million, nearly none of them in cycles: let the garbage collector look seldom.

    By Python's own threshold it looked 90 times at a batch of 2,000 observations, an eighth of what storing them took.
    """
    gc.freeze()  # what stays until the end needs no looking at
    gc.set_threshold(COLLECTED_AFTER)


def _greet(instance: Instance) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"Facings is at [bold]{instance.url}[/]")
    for line in instance.sign_in_hint:
        console.print(line)
