"""`facings models detector ...`: from photos to a detector in the zoo, and its figures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from models.detector.config import read_config

SHIPPED = "product-detector"
ZOO = Path("models/zoo") / SHIPPED

app = typer.Typer(no_args_is_help=True, help="The detector of products: prepare labels, train, export.")

ConfigFile = Annotated[Path, typer.Argument(help="TOML file of the run, such as models/configs/product-detector.toml.")]


@app.command()
def prepare(
    sources: Annotated[Path, typer.Argument(help="Folder of the photo sets and the teacher (../shared/data).")],
    scenes: Annotated[list[Path], typer.Option(help="Folder of rendered scenes; may be given again.")] = [],  # noqa: B006
    out: Annotated[Path, typer.Option(help="Folder for the labelled photo sets.")] = Path("runs/detector/photosets"),
) -> None:
    """Label the training photos: given boxes, completed by the teacher."""
    from models.detector.prepare import prepare as prepare_photosets  # noqa: PLC0415 - needs the teacher's runtime

    prepare_photosets(sources, scenes, out, typer.echo)


@app.command()
def train(config: ConfigFile) -> None:
    """Train, or go on where the last run stopped; progress is in log.jsonl of the run's folder."""
    from models.detector.trainer import trainer_for  # noqa: PLC0415 - torch

    settings = read_config(config)
    typer.echo(f"checkpoint: {trainer_for(settings).train(settings)}")


@app.command()
def export(
    config: ConfigFile,
    checkpoint: Annotated[Path, typer.Argument(help="Checkpoint that the training wrote.")],
    out: Annotated[Path, typer.Option(help="Folder of the model in the zoo.")] = ZOO,
) -> None:
    """Write ONNX file and manifest; the figures of an earlier file are dropped, so measure again."""
    from models.detector.export import write_manifest  # noqa: PLC0415 - torch
    from models.detector.trainer import trainer_for  # noqa: PLC0415 - torch

    settings = read_config(config)
    trainer, model = trainer_for(settings), out / f"{out.name}.onnx"
    trainer.export(checkpoint, model)
    manifest = write_manifest(model, settings.release, trainer.licence, trainer.input)
    typer.echo(f"{model}: {model.stat().st_size / 1e6:.1f} MB, sha256 {manifest.sha256}")


@app.command()
def average(
    checkpoints: Annotated[
        list[Path],
        typer.Argument(help="Checkpoints of one training and its continuation, or what it was exported as (.onnx)."),
    ],
    out: Annotated[Path, typer.Option(help="New checkpoint, to be exported.")],
) -> None:
    """Average the weights of checkpoints, which often finds as much as the last and counts more evenly."""
    from models.detector.average import average as average_weights  # noqa: PLC0415 - torch

    average_weights(checkpoints, out)
    typer.echo(f"checkpoint: {out}")
