"""`facings models train | export | quantise`: one command each, over the configuration file of a model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from facings.errors import BadInputError, SettingsError
from models.coco import LEAST_VISIBLE
from models.configuration import read_toml
from models.detector import cli as detector
from models.detector.config import read_config
from models.embedder import cli as embedder
from models.evaluation.truth import read_named

DETECTOR_CONFIG = Path("models/configs/product-detector.toml")

Config = Annotated[
    Path, typer.Argument(help="TOML file of the model: this one, or models/embedder/config.toml for the embedder.")
]


def train(config: Config = DETECTOR_CONFIG) -> None:
    """Train the model of a configuration file, or go on where the last run stopped."""
    if task_of(config) == "detect":
        detector.train(config)
    else:
        embedder.train_command(config)


def export(
    checkpoint: Annotated[Path, typer.Argument(help="Checkpoint that the training wrote.")],
    config: Annotated[Path, typer.Option(help="TOML file of the model.")] = DETECTOR_CONFIG,
) -> None:
    """Write a trained model to the zoo: ONNX file, manifest, golden outputs."""
    if task_of(config) == "detect":
        detector.export(config, checkpoint)
    else:
        embedder.export(checkpoint)


def quantise(
    images: Annotated[
        Path | None, typer.Option(help="Photos that judge both files of a detector; not those trained on.")
    ] = None,
    labels: Annotated[Path | None, typer.Option(help="COCO file of their boxes.")] = None,
    config: Config = DETECTOR_CONFIG,
    model: Annotated[Path, typer.Option(help="Folder of the detector; the copy goes there too.")] = detector.ZOO,
    photos: Annotated[int, typer.Option(min=8, help="Training photos that calibrate it.")] = 64,
) -> None:
    """Lay an 8-bit copy beside a model, which coolers use from then on, unless it sees less well.

    An embedder is judged by the galleries of `facings models embedder eval`, and needs no photos named.
    """
    from models.detector import quantise as eight_bit  # noqa: PLC0415 - onnx is for training only
    from models.eight_bits import ship  # noqa: PLC0415

    if task_of(config) == "embed":
        embedder.quantise()
        return
    if images is None or labels is None:
        raise BadInputError("A detector's copy is judged on labelled photos: give --images and --labels.")
    labelled = read_named(labels, images, LEAST_VISIBLE)
    manifest = eight_bit.detector_of(model)
    copy = eight_bit.quantised(model, eight_bit.training_photos(read_config(config), photos))
    files = {"float32": (model / manifest.file).read_bytes(), "int8": copy}
    judged = {name: eight_bit.judge_file(manifest, file, labelled) for name, file in files.items()}
    eight_bit.show(judged, f"{labels}: {len(labelled)} photos")
    if not eight_bit.loses_nothing(judged["float32"], judged["int8"]):
        raise BadInputError(f"The 8-bit copy loses more than {eight_bit.MOST_LOST} and is not kept: try more --photos.")
    typer.echo(f"{ship(model, copy)}: renew the card with `facings models card {model}`")


def task_of(config: Path) -> Literal["detect", "embed"]:
    """What the model of a configuration file does.

    Raises:
        SettingsError: the file cannot be read, or is no model's.
    """
    content = read_toml(config)
    if "detector" in content.get("release", {}):
        return "detect"
    if "dimensions" in content:
        return "embed"
    raise SettingsError(f"{config} is neither a detector's configuration ([release.detector]) nor an embedder's "
                        "(dimensions): see models/configs/product-detector.toml.")  # fmt: skip
