"""The settings of a training run, read from a TOML file of `models/configs/`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from edge.vision.detections import CLASSES, PRODUCT
from edge.vision.zoo import DetectorSpec, SourceSpec
from models.configuration import read_configuration


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceSettings(_Settings):
    """Photos, how often they are drawn, and how much their aspect may change (logarithms).

    `photos` is a photo set of `facings models detector prepare`, or a folder of `facings datasets render`.
    """

    photos: Path
    weight: float = Field(gt=0)
    narrowing: float = -0.3
    widening: float = 0.3


class ReleaseSettings(_Settings):
    """What the manifest of the exported model says of it."""

    version: str
    detector: DetectorSpec
    learned_from: tuple[SourceSpec, ...]


class DetectorConfig(_Settings):
    """One training run of a detector; its checkpoints go to `out`."""

    trainer: Literal["facings", "ultralytics"] = "facings"
    out: Path
    start: Path | None = Field(
        default=None,
        description="checkpoint, or exported .onnx file, whose weights are the start, maybe of fewer classes",
    )
    sources: tuple[SourceSettings, ...] = Field(min_length=1)
    release: ReleaseSettings
    steps: int = Field(gt=0)
    batch: int = Field(gt=0)
    side: int = Field(ge=64, multiple_of=32)
    product_sides: tuple[float, float] = (20, 110)
    mosaic: tuple[float, ...] = (0.5, 0.35, 0.15)
    channels: int = 64
    frozen_blocks: int = 3
    learning_rate: float = 1e-3
    backbone_rate: float = 2e-4
    warmup: int = 50
    save_every: int = 50
    threads: int = 1
    seed: int = 1
    architecture: str = Field(default="yolo11n.yaml", description="only for the ultralytics trainer")

    @model_validator(mode="after")
    def _classes_are_known(self) -> Self:
        classes = self.release.detector.classes
        if classes[0] != PRODUCT or not set(classes) <= set(CLASSES) or len(set(classes)) < len(classes):
            raise ValueError(f"release.detector.classes: '{PRODUCT}' first, then any of {', '.join(CLASSES[1:])}")
        return self


def read_config(path: Path) -> DetectorConfig:
    """The settings in `path`; relative paths in it count from the working folder.

    Raises:
        SettingsError: the file cannot be read or a setting is wrong; the text names it.
    """
    return read_configuration(path, DetectorConfig)
