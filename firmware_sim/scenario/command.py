"""`facings sim run` and `facings sim scenario`: simulated hardware with things going wrong."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from facings.stopping import until_told_to_stop

if TYPE_CHECKING:
    from firmware_sim.scenario.play import Happening

app = typer.Typer(help="Scenario files: simulated hardware and its faults.", no_args_is_help=True)
console = Console(stderr=True)

ScenarioFile = Annotated[Path, typer.Argument(help="a scenario, a YAML file", metavar="SCENARIO")]


@app.callback()
def _group() -> None:
    """Scenario files."""


@app.command()
def check(scenario: ScenarioFile) -> None:
    """Check a scenario file; each complaint names its line and field."""
    from firmware_sim.scenario.reading import read_scenario  # noqa: PLC0415 - OpenCV and pymodbus only when needed
    from firmware_sim.scenario.times import in_words  # noqa: PLC0415

    read = read_scenario(scenario)
    lasts = "until it is stopped" if read.ends_at is None else in_words(read.ends_at)
    typer.echo(f"{scenario}: {len(read.coolers)} coolers, {len(read.timeline)} faults, {lasts}")


@app.command("faults")
def list_faults() -> None:
    """List the faults that a scenario can hold."""
    from firmware_sim.scenario.steps import KINDS  # noqa: PLC0415

    for name, kind in KINDS.items():
        own = [key for key in kind.model_fields if key not in ("fault", "at", "lasts", "target")]
        typer.echo(f"{name:18} {kind.MEANS}" + (f" ({', '.join(own)})" if own else ""))


def run(
    scenario: ScenarioFile,
    as_json: Annotated[bool, typer.Option("--json", help="print each event as a line of JSON")] = False,
) -> None:
    """Run simulated hardware with a timeline of faults, telling what it does; Ctrl-C ends it."""
    from firmware_sim.scenario.play import Player  # noqa: PLC0415
    from firmware_sim.scenario.reading import read_scenario  # noqa: PLC0415
    from firmware_sim.scenario.stage import Stage  # noqa: PLC0415

    read = read_scenario(scenario)
    stage = Stage.of(read)
    with until_told_to_stop() as stopped:
        stage.start()
        try:
            for name, address in stage.addresses():
                console.print(f"{escape(name)}: {address}", highlight=False)
            Player(read, stage, lambda happening: _tell(happening, as_json), stopped=stopped).play()
        finally:
            stage.stop()


def _tell(happening: Happening, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(asdict(happening)))
    else:
        typer.echo(f"{happening.at:8.1f} s  {happening.what:18} {happening.target:12} {happening.text}")
