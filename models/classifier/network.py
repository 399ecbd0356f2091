"""The network: an ImageNet backbone and one linear layer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from edge.vision.entry import to_model_input
from edge.vision.zoo import InputSpec
from models.checkpoints import read_checkpoint
from models.classifier.config import BackboneName, ClassifierConfig
from models.classifier.photos import Photos, centre
from models.embedder.backbone import FEATURES, LITE0, LITE2, imagenet_backbone

INPUT = InputSpec(name="photos", mean=(127, 127, 127), scale=(128, 128, 128))
"""RGB, (x - 127) / 128, as the backbone's ImageNet weights want it."""

SIZES = {"lite0": LITE0, "lite2": LITE2}


class Classifier(nn.Module):  # type: ignore[misc]  # torch has no types here
    """Backbone and one linear layer: (B, 3, S, S) to logits (B, classes)."""

    def __init__(self, classes: int, backbone: BackboneName, dropout: float = 0.0) -> None:
        super().__init__()
        self.backbone = imagenet_backbone(SIZES[backbone])
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(FEATURES, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits of normalised RGB photos."""
        return self.head(self.dropout(self.backbone(x)))

    def to_train(self) -> None:
        """Dropout works; batch norm keeps its ImageNet statistics, since batches are small."""
        self.eval()
        self.dropout.train()


def as_input(photos: npt.NDArray[np.uint8]) -> Tensor:
    """What the network takes, of photos (B, S, S, 3) BGR."""
    return torch.from_numpy(to_model_input(photos, INPUT)).contiguous(memory_format=torch.channels_last)


def accuracy(model: nn.Module, photos: Photos, side: int) -> float:
    """Share of the photos whose class comes out first, of the middle square of each."""
    model.eval()
    right = 0
    with torch.inference_mode():
        for start in range(0, len(photos), 32):
            squares = np.stack([centre(pixels, side) for pixels in photos.pixels[start : start + 32]])
            answers = model(as_input(squares)).argmax(1).numpy()
            right += int((answers == photos.classes[start : start + 32]).sum())
    return right / len(photos)


def load(path: Path) -> tuple[ClassifierConfig, Classifier]:
    """The settings of a training, and the classifier it has reached.

    Raises:
        BadInputError: the file is no checkpoint of a classifier.
    """
    state = read_checkpoint(path, "config", "names", "result")
    config = ClassifierConfig.model_validate(state["config"])
    model = Classifier(len(state["names"]), config.backbone)
    model.load_state_dict(state["result"])
    model.eval()
    return config, model
