"""`facings models embedder`: train, evaluate and export the SKU embedder."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.table import Table

from edge.vision.zoo import EmbedderManifest, load_session
from facings.errors import BadInputError
from models.embedder.evaluate import Figures, measure

app = typer.Typer(help="The SKU embedder: train it, export it to the zoo, measure it.", no_args_is_help=True)
out = Console()

CONFIG = Path(__file__).with_name("config.toml")
SHARED = Path("../shared/data")
ZOO = Path("models/zoo/sku-embedder")

SharedOption = Annotated[Path, typer.Option(help="Folder of the photo sets.")]
UnseenOption = Annotated[Path | None, typer.Option(help="Rendered data sets of catalogues not trained on.")]


@app.command("train")
def train_command(
    config: Annotated[
        Path, typer.Option(help="Settings of the training.", show_default="models/embedder/config.toml")
    ] = CONFIG,
    shared: SharedOption = SHARED,
    rendered: Annotated[Path | None, typer.Option(help="Folder of rendered data sets to learn from.")] = None,
    runs: Annotated[Path, typer.Option("--out", help="Folder for the checkpoint.")] = Path("runs/embedder"),
    start: Annotated[
        Path | None,
        typer.Option(help="Checkpoint, or embedder of the zoo (.onnx), whose weights a new training begins with."),
    ] = None,
) -> None:
    """Train, or go on where an earlier training in this folder stopped."""
    from models.embedder.train import read_config, train  # noqa: PLC0415 - torch is in the training environment only

    logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[RichHandler()])
    checkpoint = train(read_config(config), shared, rendered, runs, start)
    out.print(f"{checkpoint} is trained. Next: facings models embedder export {checkpoint}")


@app.command()
def export(
    checkpoint: Annotated[Path, typer.Argument(help="Checkpoint of a training.")],
    folder: Annotated[Path, typer.Option("--out", help="Folder of the zoo.")] = ZOO,
    shared: SharedOption = SHARED,
    unseen: UnseenOption = None,
) -> None:
    """Write ONNX, calibrate its probabilities, measure it, and write the manifest with the figures."""
    from models.embedder.export import release  # noqa: PLC0415 - torch is in the training environment only

    _show(release(checkpoint, folder, shared, unseen))


@app.command("eval")
def evaluate(
    folder: Annotated[Path, typer.Argument(help="Folder of the zoo.")] = ZOO,
    shared: SharedOption = SHARED,
    unseen: UnseenOption = None,
) -> None:
    """Measure an exported embedder."""
    model = load_session(folder)
    if not isinstance(model.manifest, EmbedderManifest):
        raise BadInputError(f"{folder} holds no embedder.")
    _show(measure(model, shared, unseen, model.manifest.embedder.calibration)[1])


@app.command()
def quantise(
    folder: Annotated[Path, typer.Argument(help="Folder of the zoo; the copy goes there too.")] = ZOO,
    shared: SharedOption = SHARED,
) -> None:
    """Lay an 8-bit copy beside the embedder, which coolers use from then on, unless crops find their SKU less well."""
    from models.eight_bits import ship  # noqa: PLC0415 - onnx is for training only
    from models.embedder import quantise as eight_bit  # noqa: PLC0415

    manifest = eight_bit.embedder_of(folder)
    files = {"float32": (folder / manifest.file).read_bytes(), "int8": eight_bit.quantised(folder, shared)}
    judged = {name: eight_bit.judge_file(manifest, file, folder, shared) for name, file in files.items()}
    eight_bit.show(judged)
    if not eight_bit.loses_nothing(judged["float32"], judged["int8"]):
        raise BadInputError(f"The 8-bit copy loses more than {eight_bit.MOST_LOST} and is not kept.")
    out.print(f"{ship(folder, files['int8'])} is laid beside it")


def _show(figures: list[Figures]) -> None:
    table = Table(title="Looking crops up in galleries")
    for name in ("gallery", "SKUs", "queries", "nearest is right", "calibration error", "unknowns told apart (AUC)"):
        table.add_column(name, justify="left" if name == "gallery" else "right")
    for f in figures:
        table.add_row(
            f.gallery, str(f.skus), str(f.queries), f"{f.top1:.3f}", f"{f.calibration_error:.3f}", f"{f.told_apart:.3f}"
        )
    out.print(table)
