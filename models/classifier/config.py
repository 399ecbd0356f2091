"""The settings of a classifier's training, and what they say of each step and epoch."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from models.configuration import read_configuration

_SIDE_STEP = 16
"""Pixels: half of the backbone's stride, fine enough."""

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]
Side = Annotated[int, Field(ge=32)]
BackboneName = Literal["lite0", "lite2"]


class ClassifierConfig(BaseModel):
    """The training's settings, as `config.toml` explains them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int
    threads: Count
    backbone: BackboneName
    train_sides: tuple[Side, Side]
    side: Side
    batch: Count
    epochs: Count
    judge_every: Count
    frozen_blocks: int
    head_rate: float
    backbone_rate: float
    weight_decay: float
    warm_up: Count
    average_decay: Share
    label_smoothing: Share
    coarse_weight: float
    dropout: Share
    mix: Share

    def train_side(self, epoch: int) -> int:
        """Pixels of a view's side in an epoch, counted from 0.

        Small at first, where coarse marks are learned, and large in the end: progressive learning (Tan and Le,
        EfficientNetV2, 2021) without its growing augmentation. Each side is used for as many epochs as the others.
        """
        first, last = self.train_sides
        sides: list[int] = [*range(first, last, _SIDE_STEP), last]
        return sides[epoch * len(sides) // self.epochs]

    def rate(self, step: int, steps: int) -> float:
        """Factor of the learning rates at one of `steps` steps: up to one in a line, and down in half a cosine."""
        return min(1.0, (step + 1) / self.warm_up) * 0.5 * (1 + math.cos(math.pi * step / steps))


def read_config(path: Path) -> ClassifierConfig:
    """The settings in a TOML file.

    Raises:
        SettingsError: the file cannot be read, or settings are wrong.
    """
    return read_configuration(path, ClassifierConfig)
