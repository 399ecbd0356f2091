"""`facings models price-reader`: train, export and measure the reader of price tags."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.table import Table

from edge.vision.zoo import PriceReaderManifest, load_session
from facings.errors import BadInputError

if TYPE_CHECKING:
    from models.price_reader.evaluate import Judged

app = typer.Typer(help="The reader of price tags: train it, export it to the zoo, measure it.", no_args_is_help=True)
out = Console()

CONFIG = Path(__file__).with_name("config.toml")
ZOO = Path("models/zoo/price-reader")
SHARED = Path("../shared/data")

SharedOption = Annotated[Path, typer.Option(help="Folder of the photo sets; without it no real tag is read.")]


@app.command("train")
def train_command(
    config: Annotated[
        Path, typer.Option(help="Settings of the training.", show_default="models/price_reader/config.toml")
    ] = CONFIG,
    runs: Annotated[Path, typer.Option("--out", help="Folder for the checkpoint; a training in it goes on.")] = Path(
        "runs/price-reader"
    ),
    start: Annotated[Path | None, typer.Option(help="Checkpoint whose weights a new training begins with.")] = None,
) -> None:
    """Train on tags that are drawn meanwhile; it needs no photos."""
    from models.price_reader.config import read_config  # noqa: PLC0415 - torch is in the training environment only
    from models.price_reader.train import train  # noqa: PLC0415

    logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[RichHandler()])
    checkpoint = train(read_config(config), runs, start)
    out.print(f"{checkpoint} is trained. Next: facings models price-reader export {checkpoint}")


@app.command()
def export(
    checkpoint: Annotated[Path, typer.Argument(help="Checkpoint of a training.")],
    folder: Annotated[Path, typer.Option("--out", help="Folder of the zoo.")] = ZOO,
    shared: SharedOption = SHARED,
) -> None:
    """Write ONNX, choose from which probability on a price counts as read, measure, and write the manifest."""
    from models.price_reader.export import release  # noqa: PLC0415 - torch is in the training environment only

    _show(release(checkpoint, folder, shared if shared.is_dir() else None))


@app.command("eval")
def evaluate(
    folder: Annotated[Path, typer.Argument(help="Folder of the zoo.")] = ZOO,
    shared: SharedOption = SHARED,
    int8: Annotated[bool, typer.Option("--int8", help="Judge its 8-bit copy, as coolers use it.")] = False,
) -> None:
    """Measure an exported reader on drawn tags that it did not learn from, and on real ones where their photos are."""
    from models.price_reader.evaluate import measure, measure_real  # noqa: PLC0415 - tags are drawn in training only

    model = load_session(folder, precision="int8" if int8 else "float32")
    if not isinstance(model.manifest, PriceReaderManifest):
        raise BadInputError(f"{folder} holds no price reader.")
    least = model.manifest.price_reader.sure_from
    _show(measure(model, least) + (measure_real(model, shared, least) if shared.is_dir() else []))


@app.command()
def quantise(
    folder: Annotated[Path, typer.Argument(help="Folder of the zoo; the copy goes there too.")] = ZOO,
) -> None:
    """Lay an 8-bit copy beside the reader, which coolers use from then on, unless it reads less."""
    from models.eight_bits import ship  # noqa: PLC0415 - onnx is for training only
    from models.price_reader import quantise as eight_bit  # noqa: PLC0415

    manifest = eight_bit.reader_of(folder)
    files = {"float32": (folder / manifest.file).read_bytes(), "int8": eight_bit.quantised(folder)}
    judged = {name: eight_bit.judge_file(manifest, file, folder) for name, file in files.items()}
    eight_bit.show(judged)
    if not eight_bit.loses_nothing(judged["float32"], judged["int8"]):
        raise BadInputError(f"The 8-bit copy loses more than {eight_bit.MOST_LOST} and is not kept.")
    out.print(f"{ship(folder, files['int8'])} is laid beside it")


def _show(figures: list[Judged]) -> None:
    table = Table(title="Prices read off tags")
    table.add_column("tags")
    for name in ("number", "read", "of these wrong"):
        table.add_column(name, justify="right")
    for one in figures:
        table.add_row(one.kind, str(one.tags), f"{one.read:.1%}", f"{one.wrong:.1%}")
    out.print(table)
