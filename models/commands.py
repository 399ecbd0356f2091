"""`facings models train | export | quantise`: one command each, over the configuration file of a model."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

import typer

from facings.errors import BadInputError, SettingsError
from models.detector import cli as detector
from models.detector.config import read_config
from models.embedder import cli as embedder

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
    images: Annotated[Path, typer.Option(help="Folder of the photos that judge both files; not those trained on.")],
    labels: Annotated[Path, typer.Option(help="COCO file of their boxes.")],
    config: Config = DETECTOR_CONFIG,
    model: Annotated[Path, typer.Option(help="Folder of the FP32 model.")] = detector.ZOO,
    out: Annotated[Path | None, typer.Option(help="Folder of the INT8 model; beside the run's checkpoint.")] = None,
    photos: Annotated[int, typer.Option(min=8, help="Training photos that calibrate it.")] = 64,
) -> None:
    """Make an INT8 copy of the detector, and say what both files weigh, take and find. Ship it only if it is better."""
    from models.detector.quantise import compare, quantise_detector  # noqa: PLC0415 - onnx is for training only

    if task_of(config) != "detect":
        raise BadInputError(f"{config} is no detector's, and only detectors are quantised.")
    settings = read_config(config)
    made = quantise_detector(model, settings, out or settings.out / "int8", photos)
    compare([model, made], images, labels)


def task_of(config: Path) -> Literal["detect", "embed"]:
    """What the model of a configuration file does.

    Raises:
        SettingsError: the file cannot be read, or is no model's.
    """
    try:
        content = tomllib.loads(config.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{config} cannot be read ({error.strerror}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{config} is no TOML: {error}.") from error
    if "detector" in content.get("release", {}):
        return "detect"
    if "dimensions" in content:
        return "embed"
    raise SettingsError(f"{config} is neither a detector's configuration ([release.detector]) nor an embedder's "
                        "(dimensions): see models/configs/product-detector.toml.")  # fmt: skip
