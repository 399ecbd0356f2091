"""`facings datasets`: rendered scenes, gallery pictures, checks of replay sets."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from datasets.fetch_command import fetch_set
from datasets.render.command import render
from datasets.sets.commands import check, export_set, import_set

app = typer.Typer(help="Render scenes, make gallery pictures, check replay sets.", no_args_is_help=True)
app.command()(render)
app.command("import")(import_set)
app.command("export")(export_set)
app.command("fetch")(fetch_set)
app.command()(check)
console = Console(stderr=True)


class CatalogueChoice(StrEnum):
    """Which products stand in the scenes."""

    DEMO = "demo"
    HOUSE = "house"
    RANDOM = "random"
    MULTIPACKS = "multipacks"


class Renderer(StrEnum):
    """What draws gallery pictures."""

    COMPOSE = "compose"
    MITSUBA = "mitsuba"


@app.callback()
def _group() -> None:
    """Render scenes, make gallery pictures, check replay sets."""


@app.command()
def compose(
    scenes: Annotated[int, typer.Option(min=1, help="How many photos.")],
    out: Annotated[Path, typer.Option(help="Folder for images/, labels.coco.json and truth.jsonl.")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same photos and labels.")] = 0,
    variety: Annotated[int, typer.Option(min=0, max=3, help="0 the demo's coolers ... 3 anything goes.")] = 1,
    catalogue: Annotated[
        CatalogueChoice,
        typer.Option(
            help="The demo's 24 SKUs, the house's 20 brands, 400 random ones, or 400 with many packs of several units."
        ),
    ] = (CatalogueChoice.DEMO),
    sold_down: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the lanes whose units stand at the back, sold from the front.")
    ] = 0.0,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
) -> None:
    """Compose photos of coolers from drawn packs, quickly; a stopped run goes on where it was."""
    from datasets.compose.export import ComposeJob, compose_dataset  # noqa: PLC0415 - numpy and OpenCV only when needed

    compose_dataset(ComposeJob(seed, variety, catalogue.value, sold_down), scenes, out, workers, console)
    console.print(f"{scenes} scenes in {out}")


@app.command()
def shelves(
    scenes: Annotated[int, typer.Option(min=1, help="How many photos.")],
    out: Annotated[Path, typer.Option(help="Folder for images/ and labels.coco.json.")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same photos and labels.")] = 0,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
) -> None:
    """Paint photos of long shop shelves full of stacked packs, for training; a stopped run goes on where it was."""
    from datasets.compose.gondola.photograph import GondolaJob, gondola_dataset  # noqa: PLC0415

    gondola_dataset(GondolaJob(seed), scenes, out, workers, console)
    console.print(f"{scenes} photos in {out}")


@app.command()
def packshots(
    out: Annotated[Path, typer.Option(help="Folder for one folder of pictures per SKU.")],
    catalogue: Annotated[
        CatalogueChoice,
        typer.Option(
            help="The demo's 24 SKUs, the house's 20 brands, 400 random ones, or 400 with many packs of several units."
        ),
    ] = (CatalogueChoice.DEMO),
    seed: Annotated[int, typer.Option(min=0, help="Which random catalogue.")] = 0,
    renderer: Annotated[Renderer, typer.Option(help="Quickly drawn, or photo-real.")] = Renderer.COMPOSE,
) -> None:
    """Make gallery pictures: three per SKU."""
    from datasets.compose import packshots as composed  # noqa: PLC0415
    from datasets.compose.export import catalogue_of  # noqa: PLC0415

    products = catalogue_of(catalogue.value, seed)
    if renderer is Renderer.MITSUBA:
        from datasets.render import packshots as rendered  # noqa: PLC0415

        rendered.write_gallery(products, out, console)
    else:
        composed.write_gallery(products, out, console)
    console.print(f"{len(products)} SKUs in {out}")


@app.command()
def sheet(
    source: Annotated[Path, typer.Argument(help="A data set, a COCO file, or a folder of photos.")],
    out: Annotated[Path, typer.Option(help="The picture to write, .jpg or .png.")],
    columns: Annotated[int, typer.Option(min=1, max=40, help="Photos a row.")] = 4,
    count: Annotated[int, typer.Option(min=1, max=1000, help="Photos at most, taken evenly from the set.")] = 24,
    labels: Annotated[bool, typer.Option("--labels", help="Draw the boxes.")] = False,
) -> None:
    """Put photos of a set side by side on one picture, to look at."""
    from datasets.sheet import SheetOptions, write_sheet  # noqa: PLC0415

    shown = write_sheet(source, out, SheetOptions(columns, count, labels))
    console.print(f"{shown} photos on {out}")
