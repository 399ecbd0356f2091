"""What every way of training a detector offers, so that one can replace another.

Our own trainer makes the detector that ships. The ultralytics one is for comparison: ultralytics is under AGPL-3.0,
so neither it nor weights trained with it ship (docs/decisions/0001-licence.md).
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from edge.vision.zoo import InputSpec
from models.detector.config import DetectorConfig


class DetectorTrainer(Protocol):
    """Trains a product detector and writes it as ONNX.

    Attributes:
        licence: what the trained weights are under.
        input: how pixels go into the exported model.
    """

    licence: str
    input: InputSpec

    def train(self, config: DetectorConfig) -> Path:
        """Train as `config` says, going on where an earlier run stopped; returns the checkpoint."""

    def export(self, checkpoint: Path, out: Path) -> None:
        """Write the trained detector of `checkpoint` to the ONNX file `out`."""


class FacingsTrainer:
    """Our own detector, in plain torch, pixels as the backbone learned them."""

    licence = "Apache-2.0"
    input = InputSpec(mean=(127.0, 127.0, 127.0), scale=(128.0, 128.0, 128.0), size_multiple=32)

    def train(self, config: DetectorConfig) -> Path:
        """Train as `config` says, going on where an earlier run stopped; returns the checkpoint."""
        from models.detector.train import train  # noqa: PLC0415 - torch is only in the training environment

        return train(config, self.input)

    def export(self, checkpoint: Path, out: Path) -> None:
        """Write ONNX with decoded boxes, for any input whose sides are multiples of 32."""
        from models.detector.export import export_onnx  # noqa: PLC0415
        from models.detector.train import load_detector  # noqa: PLC0415

        export_onnx(load_detector(checkpoint), out)


def trainer_for(config: DetectorConfig) -> DetectorTrainer:
    """The trainer that `config` asks for."""
    if config.trainer == "ultralytics":
        from models.detector.ultralytics_trainer import UltralyticsTrainer  # noqa: PLC0415 - AGPL, only where asked for

        return UltralyticsTrainer()
    return FacingsTrainer()
