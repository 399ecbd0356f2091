"""The settings of the price reader's training."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from edge.vision.zoo import InputSpec
from models.configuration import read_configuration

Count = Annotated[int, Field(ge=1)]


class PriceReaderConfig(BaseModel):
    """The training's settings, as `config.toml` explains them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    size: tuple[Annotated[int, Field(ge=32)], Annotated[int, Field(ge=64, le=64)]]
    seed: int
    threads: Count
    workers: Annotated[int, Field(ge=0)]
    bfloat16: bool
    channels: Count
    batch: Count
    steps: Count
    warm_up: Count
    rate: Annotated[float, Field(gt=0)]
    weight_decay: Annotated[float, Field(ge=0)]
    places: Annotated[float, Field(ge=0)]
    no_tags: Annotated[float, Field(ge=0, le=1)]
    log_every: Count
    checkpoint_every: Count

    @property
    def input_spec(self) -> InputSpec:
        """How pictures go in."""
        return InputSpec(name="tags", mean=(127, 127, 127), scale=(64, 64, 64), size=self.size)

    def rate_at(self, step: int) -> float:
        """The learning rate at a step: up in a line, and down in half a cosine."""
        return self.rate * min(1.0, (step + 1) / self.warm_up) * 0.5 * (1 + math.cos(math.pi * step / self.steps))


def read_config(path: Path) -> PriceReaderConfig:
    """The settings in a TOML file.

    Raises:
        SettingsError: the file cannot be read, or settings are wrong.
    """
    return read_configuration(path, PriceReaderConfig)
