"""`facings models classifier`: fine-tune a classifier of whole photos, and tell how right and how fast it is."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.logging import RichHandler

app = typer.Typer(help="A classifier of whole photos over the embedder's backbone.", no_args_is_help=True)
console = Console()

CONFIG = Path(__file__).with_name("config.toml")
SHARED = Path("../shared/data")
MOST_PAIRS = 10

SharedOption = Annotated[Path, typer.Option(help="Folder of the photo sets.")]


@app.command("train")
def train_command(
    config: Annotated[
        Path, typer.Option(help="Settings of the training.", show_default="models/classifier/config.toml")
    ] = CONFIG,
    shared: SharedOption = SHARED,
    out: Annotated[Path, typer.Option(help="Folder for the checkpoint; a training in it goes on.")] = Path(
        "runs/classifier"
    ),
) -> None:
    """Train on the 81 products of Grocery Store; the validation photos judge, and are not trained on."""
    from models.classifier.config import read_config  # noqa: PLC0415 - torch is in the training environment only
    from models.classifier.photos import grocery_store  # noqa: PLC0415
    from models.classifier.train import train  # noqa: PLC0415

    logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[RichHandler()])
    checkpoint = train(read_config(config), grocery_store(shared, "train"), grocery_store(shared, "val"), out)
    console.print(f"{checkpoint} is trained. Next: facings models classifier eval {checkpoint}")


@app.command("eval")
def evaluate(
    checkpoint: Annotated[Path, typer.Argument(help="Checkpoint of a training.")],
    shared: SharedOption = SHARED,
    side: Annotated[int | None, typer.Option(min=64, help="Pixels of a photo's side; the configuration's.")] = None,
) -> None:
    """Tell how many validation photos are named rightly, the milliseconds of one on one core, and what is mistaken.

    Once in float32, and once in 8 bits, calibrated on training photos.
    """
    from models.classifier.export import judge  # noqa: PLC0415 - torch is in the training environment only
    from models.classifier.photos import grocery_store  # noqa: PLC0415

    photos = grocery_store(shared, "val")
    ways = {"float32": None, "INT8": grocery_store(shared, "train")}
    for way, calibrate_on in ways.items():
        judged = judge(checkpoint, photos, side, calibrate_on)
        right = f"{judged.right:.1%} named rightly, {judged.group_right:.1%} at least in their group"
        time = f"{judged.milliseconds:.1f} ms a photo at {judged.side} pixels, one core"
        console.print(f"{way}: {judged.photos} photos, {right}, {time}", highlight=False, soft_wrap=True)
    for product, taken_for, count in judged.mistaken[:MOST_PAIRS]:
        console.print(f"{count} x {product} taken for {taken_for}", highlight=False, soft_wrap=True)
