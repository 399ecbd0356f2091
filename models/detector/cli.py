"""`facings models detector ...`: from photos to a detector in the zoo, and its figures."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from edge.vision.detect import detect
from edge.vision.zoo import DetectorManifest, MetricSpec, load_session, zoo_folder
from facings.errors import BadInputError
from models.detector.config import read_config
from models.detector.evaluate import Scorecard, evaluate
from models.detector.photoset import categories, read_coco, read_pixels

SHIPPED = "product-detector"
_LOWEST_SCORE = 0.01

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
    out: Annotated[Path, typer.Option(help="Folder of the model in the zoo.")] = Path("models/zoo") / SHIPPED,
) -> None:
    """Write ONNX file and manifest; the figures of an earlier file are dropped, so measure again."""
    from models.detector.export import write_manifest  # noqa: PLC0415 - torch
    from models.detector.trainer import trainer_for  # noqa: PLC0415 - torch

    settings = read_config(config)
    trainer, model = trainer_for(settings), out / f"{out.name}.onnx"
    trainer.export(checkpoint, model)
    manifest = write_manifest(model, settings.release, trainer.licence, trainer.input)
    typer.echo(f"{model}: {model.stat().st_size / 1e6:.1f} MB, sha256 {manifest.sha256}")


def evaluate_detector(
    images: Annotated[Path, typer.Option(help="Folder of the photos.")],
    labels: Annotated[Path, typer.Option(help="COCO file of their boxes.")],
    class_agnostic: Annotated[bool, typer.Option("--class-agnostic", help="Take every category as product.")] = False,
    model: Annotated[Path | None, typer.Option(help="Folder of the detector; the shipped one by default.")] = None,
    long_side: Annotated[int | None, typer.Option(help="Pixels of the photo's long side; the manifest's.")] = None,
    threads: Annotated[int, typer.Option(help="CPU threads.")] = 1,
    json_out: Annotated[Path | None, typer.Option("--json", help="File for the figures.")] = None,
    record: Annotated[str | None, typer.Option(help="Write the figures to the manifest, under this name.")] = None,
) -> None:
    """Average precision, recall, precision and counting error of a detector on labelled photos."""
    loaded = load_session(model or zoo_folder() / SHIPPED, threads)
    manifest = loaded.manifest
    if not isinstance(manifest, DetectorManifest):
        raise BadInputError(f"{manifest.name} is no detector: give the folder of one with --model.")
    if not class_agnostic and len(categories(labels)) > len(manifest.detector.classes):
        raise BadInputError(f"{labels} has more categories than {manifest.name} has classes: add --class-agnostic.")
    card = evaluate(
        read_coco(labels, images),
        lambda photo: detect(loaded, read_pixels(photo.path), _LOWEST_SCORE, long_side),
        manifest.detector.score_threshold,
    )
    _show(card, labels)
    if json_out is not None:
        json_out.write_text(json.dumps(card.as_row(), indent=2) + "\n", encoding="utf-8")
    if record is not None:
        _record(card, record, manifest, model or zoo_folder() / SHIPPED)


def _show(card: Scorecard, labels: Path) -> None:
    table = Table(title=str(labels), title_justify="left")
    for column in ("figure", "value"):
        table.add_column(column, justify="left" if column == "figure" else "right")
    for name, value in card.as_row().items():
        table.add_row(name, f"{value:g}")
    Console().print(table)


def _record(card: Scorecard, name: str, manifest: DetectorManifest, folder: Path) -> None:
    command = shlex.join(["facings", *sys.argv[1:]])
    others = tuple(metric for metric in manifest.metrics if metric.photos != name)
    own = tuple(MetricSpec(name=n, value=v, photos=name, command=command) for n, v in card.as_row().items())
    manifest.model_copy(update={"metrics": others + own}).save(folder)
