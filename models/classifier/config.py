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
    cycles: Count
    again_epochs: Count
    again_rate: Share
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

    @property
    def all_epochs(self) -> int:
        """Of all cycles."""
        return self.epochs + (self.cycles - 1) * self.again_epochs

    def cycles_after(self, epochs: int) -> int:
        """How many cycles are over after so many epochs."""
        return 0 if epochs < self.epochs else 1 + (epochs - self.epochs) // self.again_epochs

    def train_side(self, epoch: int) -> int:
        """Pixels of a view's side in an epoch, counted from 0.

        Small at first, where coarse marks are learned, and large in the end: progressive learning (Tan and Le,
        EfficientNetV2, 2021) without its growing augmentation. Each side is used for as many epochs of the first cycle
        as the others; later cycles see large views only.
        """
        first, last = self.train_sides
        sides: list[int] = [*range(first, last, _SIDE_STEP), last]
        return sides[min(epoch, self.epochs - 1) * len(sides) // self.epochs]

    def rate(self, epochs: float) -> float:
        """Factor of the learning rates after so many epochs, of which the last may have begun.

        Down in half a cosine over the first cycle, and again from `again_rate` over each later one (Loshchilov and
        Hutter, SGDR, 2017).
        """
        if epochs < self.epochs:
            return _half_cosine(epochs / self.epochs)
        return self.again_rate * _half_cosine((epochs - self.epochs) / self.again_epochs % 1)


def _half_cosine(share: float) -> float:
    return 0.5 * (1 + math.cos(math.pi * share))


def read_config(path: Path) -> ClassifierConfig:
    """The settings in a TOML file.

    Raises:
        SettingsError: the file cannot be read, or settings are wrong.
    """
    return read_configuration(path, ClassifierConfig)
