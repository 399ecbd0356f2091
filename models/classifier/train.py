"""Fine-tuning of a classifier: ImageNet backbone, one linear layer, cross-entropy over products and their groups."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn
from torch.nn import functional

from edge.vision.entry import to_model_input
from edge.vision.zoo import InputSpec
from facings.files import whole_path
from models.checkpoints import read_checkpoint
from models.classifier.photos import Photos, centre, epoch
from models.configuration import read_configuration
from models.embedder.backbone import FEATURES, imagenet_backbone

log = logging.getLogger(__name__)

INPUT = InputSpec(name="photos", mean=(127, 127, 127), scale=(128, 128, 128))
"""RGB, (x - 127) / 128, as the backbone's ImageNet weights want it."""


class ClassifierConfig(BaseModel):
    """The training's settings, as `config.toml` explains them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int
    threads: int
    train_side: int
    side: int
    batch: int
    epochs: int
    frozen_blocks: int
    head_rate: float
    backbone_rate: float
    weight_decay: float
    warm_up: int
    label_smoothing: float
    coarse_weight: float
    dropout: float
    mix: float


def read_config(path: Path) -> ClassifierConfig:
    """The settings in a TOML file.

    Raises:
        SettingsError: the file cannot be read, or settings are wrong.
    """
    return read_configuration(path, ClassifierConfig)


class Classifier(nn.Module):  # type: ignore[misc]  # torch has no types here
    """Backbone and one linear layer: (B, 3, S, S) to logits (B, classes)."""

    def __init__(self, classes: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.backbone = imagenet_backbone()
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(FEATURES, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits of normalised RGB photos."""
        return self.head(self.dropout(self.backbone(x)))

    def to_train(self) -> None:
        """Dropout works; batch norm keeps its ImageNet statistics, since batches are small."""
        self.eval()
        self.dropout.train()


@dataclass(frozen=True)
class Loss:
    """Cross-entropy over products, and over the groups they belong to.

    Attributes:
        groups: (classes,) group of each class.
        smoothing: of the products' labels.
        coarse: weight of the groups' part.
    """

    groups: Tensor
    smoothing: float
    coarse: float

    def of(self, logits: Tensor, classes: Tensor) -> Tensor:
        """The loss of logits (B, classes) against classes (B,)."""
        fine = functional.cross_entropy(logits, classes, label_smoothing=self.smoothing)
        into = functional.one_hot(self.groups).to(logits.dtype)
        coarse = torch.log(logits.softmax(1) @ into + 1e-8)
        return fine + self.coarse * functional.nll_loss(coarse, self.groups[classes])


def train(config: ClassifierConfig, photos: Photos, judges: Photos, out: Path) -> Path:
    """Train, tell the accuracy on `judges` now and then, and return the checkpoint, `out`/classifier.pt."""
    torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    rng = np.random.default_rng(config.seed)
    model = Classifier(len(photos.names), config.dropout).to(memory_format=torch.channels_last)
    model.backbone.freeze_first(config.frozen_blocks)
    learns = [p for p in model.backbone.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(
        [{"params": model.head.parameters(), "lr": config.head_rate}, {"params": learns, "lr": config.backbone_rate}],
        weight_decay=config.weight_decay,
    )
    steps = config.epochs * (len(photos) // config.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, config.warm_up, steps))
    loss = Loss(torch.from_numpy(photos.groups), config.label_smoothing, config.coarse_weight)
    out.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    for number in range(1, config.epochs + 1):
        model.to_train()
        losses = [
            _step(model, optimiser, schedule, loss, views, classes, rng if rng.random() < config.mix else None)
            for views, classes in epoch(photos, config.batch, config.train_side, rng)
        ]
        told = (
            f", right {accuracy(model, judges, config.side):.4f}" if number % 4 == 0 or number == config.epochs else ""
        )
        log.info(
            "epoch %d of %d, loss %.3f%s, %.0f s",
            number,
            config.epochs,
            np.mean(losses),
            told,
            time.monotonic() - began,
        )
        save(model, config, photos.names, out / "classifier.pt")
    return out / "classifier.pt"


def _rate(step: int, warm_up: int, steps: int) -> float:
    """Up to one in a line, then down in half a cosine."""
    return min(1.0, (step + 1) / warm_up) * float(0.5 * (1 + np.cos(np.pi * min(1.0, step / steps))))


def _step(
    model: Classifier,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    loss: Loss,
    views: npt.NDArray[np.uint8],
    classes: npt.NDArray[np.int64],
    mixing: np.random.Generator | None,
) -> float:
    """One step; where `mixing` is given, photos are laid over each other (Zhang and others, mixup, 2017)."""
    images, labels = _tensor(views), torch.from_numpy(classes)
    if mixing is None:
        value = loss.of(model(images), labels)
    else:
        share, other = float(mixing.beta(0.4, 0.4)), torch.from_numpy(mixing.permutation(len(labels)))
        logits = model(share * images + (1 - share) * images[other])
        value = share * loss.of(logits, labels) + (1 - share) * loss.of(logits, labels[other])
    optimiser.zero_grad()
    value.backward()
    optimiser.step()
    schedule.step()
    return float(value.item())


def _tensor(photos: npt.NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(to_model_input(photos, INPUT)).contiguous(memory_format=torch.channels_last)


def accuracy(model: Classifier, photos: Photos, side: int) -> float:
    """Share of the photos, seen whole, whose class comes out first."""
    model.eval()
    right = 0
    with torch.inference_mode():
        for start in range(0, len(photos), 32):
            squares = np.stack([centre(pixels, side) for pixels in photos.pixels[start : start + 32]])
            answers = model(_tensor(squares)).argmax(1).numpy()
            right += int((answers == photos.classes[start : start + 32]).sum())
    return right / len(photos)


def save(model: Classifier, config: ClassifierConfig, names: tuple[str, ...], path: Path) -> None:
    """Write the checkpoint whole or not at all."""
    with whole_path(path) as part:
        torch.save({"config": config.model_dump(), "names": list(names), "weights": model.state_dict()}, part)


def load(path: Path) -> tuple[ClassifierConfig, Classifier]:
    """The settings and the trained classifier of a checkpoint.

    Raises:
        BadInputError: the file is no checkpoint of a classifier.
    """
    state = read_checkpoint(path, "config", "names", "weights")
    config = ClassifierConfig.model_validate(state["config"])
    model = Classifier(len(state["names"]))
    model.load_state_dict(state["weights"])
    model.eval()
    return config, model
