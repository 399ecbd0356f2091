"""`facings datasets render`."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from facings.errors import BadInputError

console = Console(stderr=True)


class RenderedCatalogue(StrEnum):
    """Which products stand in the scenes."""

    HOUSE = "house"
    RANDOM = "random"
    MULTIPACKS = "multipacks"
    DEMO = "demo"


def render(
    scenes: Annotated[int, typer.Option(min=1, help="How many photos.")],
    out: Annotated[Path, typer.Option(help="Folder for images/, scenes/ and the labels.")],
    stress: Annotated[str, typer.Option(help="Levels 0 to 3 by kind, as all=0-2,fog=3; what is not named is 0.")] = "",
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same labels and scenes.")] = 0,
    catalogue: Annotated[
        RenderedCatalogue,
        typer.Option(
            help="Our invented brands, 400 random SKUs, 400 with many packs of several units, or the demo's 24."
        ),
    ] = RenderedCatalogue.HOUSE,
    furniture: Annotated[str, typer.Option(help="What the products stand in; anything where not given.")] = "",
    camera: Annotated[str, typer.Option(help="Where it hangs: aisle, door or corner; anywhere where not given.")] = "",
    sold_down: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the lanes whose units stand at the back, sold from the front.")
    ] = 0.0,
    size: Annotated[str, typer.Option(help="Width x height of the photos in pixels.")] = "1280x960",
    samples: Annotated[int, typer.Option(min=1, max=4096, help="Paths of light per pixel.")] = 4,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = 1,
) -> None:
    """Render photo-real scenes with labels and their whole truth; a stopped run goes on where it was."""
    from datasets.render.job import RenderJob, render_dataset  # noqa: PLC0415 - scipy and OpenCV only when needed

    width, height = _size(size)
    job = RenderJob(seed, stress, catalogue.value, furniture, width, height, samples, camera, sold_down)
    render_dataset(job, scenes, out, workers, console)
    console.print(f"{scenes} scenes in {out}")


def _size(text: str) -> tuple[int, int]:
    sides = re.fullmatch(r"(\d{2,5})x(\d{2,5})", text)
    if sides is None or not all(32 <= int(side) <= 8192 for side in sides.groups()):
        raise BadInputError(f"{text!r} is no size of a photo: write width x height, as in 1280x960, from 32 to 8192")
    return int(sides[1]), int(sides[2])
