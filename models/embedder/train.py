"""Supervised contrastive training of the embedder (Khosla and others, 2020); one that was stopped goes on.

Every batch comes from one source: telling products of one kind of photo apart is the hard part, telling the photos
apart is not what is asked.
"""

from __future__ import annotations

import json
import logging
import math
import time
from itertools import islice
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from edge.vision.entry import to_model_input
from edge.vision.zoo import InputSpec
from facings.errors import BadInputError
from facings.files import whole_path
from models.checkpoints import read_checkpoint
from models.configuration import read_configuration
from models.curves import CURVES_NAME, draw_curves
from models.embedder import sources
from models.embedder.backbone import Embedder, imagenet_backbone
from models.embedder.batches import Batching, Source, batches, source_of
from models.embedder.exported import EXPORTED, exported_embedder

log = logging.getLogger(__name__)

CHECKPOINT_NAME = "embedder.pt"
LOG_NAME = "log.jsonl"

_AVERAGE_WARM_UP = 20
"""Steps: so long the average forgets faster, since what it began with was not learned yet."""

Weights = Annotated[dict[str, float], Field(min_length=1)]


class TrainConfig(BaseModel):
    """The training's settings, as `config.toml` explains them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    dimensions: int
    size: tuple[int, int]
    seed: int
    threads: int
    identities: int
    of_brand: int
    views: int
    temperature: float
    steps: int
    head_steps: int
    frozen_blocks: int
    head_rate: float
    backbone_rate: float
    weight_decay: float
    average_decay: float
    checkpoint_every: int
    sources: Weights

    @property
    def input_spec(self) -> InputSpec:
        """How crops go in: RGB, (x - 127) / 128, as the backbone's ImageNet weights want them."""
        return InputSpec(name="crops", mean=(127, 127, 127), scale=(128, 128, 128), size=self.size)

    @property
    def batching(self) -> Batching:
        """What a batch is made of."""
        return Batching(self.identities, self.of_brand, self.views, self.size, self.sources)


def read_config(path: Path) -> TrainConfig:
    """The settings in a TOML file.

    Raises:
        SettingsError: the file cannot be read, or settings are wrong.
    """
    return read_configuration(path, TrainConfig)


def load_sources(config: TrainConfig, data: Path, rendered: Path | None) -> dict[str, Source]:
    """Every source of the config that is there."""
    readers = {
        "cooler_brands": lambda: sources.cooler_brands(data, "train"),
        "grocery_store": lambda: sources.grocery_store(data, "train") + sources.grocery_icons(data),
        "beverage3": lambda: sources.beverage3(data),
        "rendered": lambda: [crop for crop in sources.rendered(rendered) if sources.legible(crop)] if rendered else [],
    }
    found = {}
    for name in config.sources:
        crops = readers[name]()
        if crops:
            found[name] = source_of(crops)
            log.info("%s: %d crops of %d identities", name, len(crops), len({crop.identity for crop in crops}))
    return found


def supervised_contrastive(embeddings: Tensor, labels: Tensor, temperature: float) -> Tensor:
    """Mean over anchors of the cross-entropy between 'same identity' and the softmax of similarities.

    `embeddings` are unit vectors (B, D), `labels` integers (B,); every label occurs at least twice.
    """
    itself = torch.eye(len(labels), dtype=torch.bool)
    logits = (embeddings @ embeddings.T / temperature).masked_fill(itself, -1e9)
    log_probability = logits - torch.logsumexp(logits, dim=1, keepdim=True)
    positive = (labels[:, None] == labels[None, :]) & ~itself
    return -(log_probability * positive).sum(1).div(positive.sum(1)).mean()


def train(config: TrainConfig, data: Path, rendered: Path | None, out: Path, start: Path | None = None) -> Path:
    """Train, or go on where an earlier run in `out` stopped; returns the checkpoint, `out`/embedder.pt.

    Args:
        config: the settings.
        data: folder of the photo sets.
        rendered: folder of rendered data sets.
        out: folder of the checkpoint, the log and its curves.
        start: a checkpoint, or an embedder of the zoo (.onnx), whose weights a new run begins with.

    Raises:
        BadInputError: `out` holds a training with other settings, or `start` no embedder.
    """
    torch.set_num_threads(config.threads)
    out.mkdir(parents=True, exist_ok=True)
    training = Training(config, load_sources(config, data, rendered), out)
    if training.checkpoint.exists():
        training.restore()
    elif start:
        training.begin_with(_started(start))
    training.run()
    return training.checkpoint


def _started(start: Path) -> Embedder:
    if start.suffix == EXPORTED:
        return exported_embedder(start)
    return load_embedder(start)[1]


def load_embedder(path: Path) -> tuple[TrainConfig, Embedder]:
    """The settings and the trained embedder of a checkpoint.

    Raises:
        BadInputError: the file is no checkpoint of an embedder.
    """
    state = read_checkpoint(path, "config", "weights")
    config = TrainConfig.model_validate(state["config"])
    model = Embedder(config.dimensions)
    model.load_state_dict(state["weights"])
    model.eval()
    return config, model


class Training:
    """Everything that changes from step to step.

    What is random in a step follows from the seed and the step's number, so a checkpoint needs no generator's state.

    Attributes:
        average: of the weights of the last steps: what is judged and kept.
        step: how many steps are done.
    """

    def __init__(self, config: TrainConfig, pool: dict[str, Source], out: Path) -> None:
        torch.manual_seed(config.seed)
        self.config, self.pool, self.out, self.step = config, pool, out, 0
        self.model = Embedder(config.dimensions)
        self.model.backbone = imagenet_backbone()
        self.model.eval().to(memory_format=torch.channels_last)  # norms keep their statistics: batches are small
        self.model.backbone.freeze_first(config.frozen_blocks)
        self.average = AveragedModel(self.model, avg_fn=self._averaged)
        self.head_steps = config.head_steps
        backbone = [p for p in self.model.backbone.parameters() if p.requires_grad]
        groups = [{"params": self.model.head.parameters(), "lr": 0.0}, {"params": backbone, "lr": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, weight_decay=config.weight_decay)

    @property
    def checkpoint(self) -> Path:
        """Where the training is written now and then."""
        return self.out / CHECKPOINT_NAME

    def begin_with(self, embedder: Embedder) -> None:
        """Take over weights that have learned before; their last layer needs no steps of its own."""
        self.model.load_state_dict(embedder.state_dict())
        self.average.module.load_state_dict(embedder.state_dict())
        self.head_steps = 0

    def run(self) -> None:
        """Learn until all steps are done, and write a checkpoint now and then."""
        losses: list[float] = []
        began = time.monotonic()
        stream = batches(self.config.batching, self.pool, self.config.seed, first=self.step)
        for views, numbers in islice(stream, self.config.steps - self.step):
            losses.append(self._learn(views, numbers))
            if self.step % self.config.checkpoint_every == 0 or self.step == self.config.steps:
                self._log(loss=float(np.mean(losses)), seconds=(time.monotonic() - began) / len(losses))
                self._save()
                losses, began = [], time.monotonic()

    def restore(self) -> None:
        """Go on from the checkpoint.

        Raises:
            BadInputError: it is of a training with other settings.
        """
        state = read_checkpoint(
            self.checkpoint, "config", "weights", "step", "model", "seen", "optimiser", "head_steps"
        )
        if state["config"] != self.config.model_dump(mode="json"):
            raise BadInputError(f"{self.checkpoint} was trained with other settings: name another folder.")
        self.step, self.head_steps = state["step"], state["head_steps"]
        self.model.load_state_dict(state["model"])
        self.average.module.load_state_dict(state["weights"])
        self.average.n_averaged.fill_(state["seen"])
        self.optimiser.load_state_dict(state["optimiser"])

    def _learn(self, views: npt.NDArray[np.uint8], numbers: npt.NDArray[np.int64]) -> float:
        self.step += 1
        fade = 0.5 * (1 + math.cos(math.pi * self.step / self.config.steps))
        head, backbone = self.optimiser.param_groups
        head["lr"] = self.config.head_rate * fade
        backbone["lr"] = self.config.backbone_rate * fade if self.step > self.head_steps else 0.0
        images = torch.from_numpy(to_model_input(views, self.config.input_spec))
        embeddings = self.model(images.contiguous(memory_format=torch.channels_last))
        loss = supervised_contrastive(embeddings, torch.from_numpy(numbers), self.config.temperature)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.average.update_parameters(self.model)
        return float(loss.item())

    def _averaged(self, average: Tensor, weights: Tensor, seen: Tensor) -> Tensor:
        steps = int(seen)
        return average.lerp(weights, 1 - min(self.config.average_decay, steps / (steps + _AVERAGE_WARM_UP)))

    def _log(self, **figures: float) -> None:
        row = {"step": self.step, **{name: round(value, 4) for name, value in figures.items()}}
        log.info("step %d of %d, loss %.3f, %.2f s a step", self.step, self.config.steps, *figures.values())
        with (self.out / LOG_NAME).open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        draw_curves(self.out / LOG_NAME, self.out / CURVES_NAME)

    def _save(self) -> None:
        state = {
            "config": self.config.model_dump(mode="json"),
            "weights": self.average.module.state_dict(),
            "step": self.step,
            "model": self.model.state_dict(),
            "seen": int(self.average.n_averaged),
            "optimiser": self.optimiser.state_dict(),
            "head_steps": self.head_steps,
        }
        with whole_path(self.checkpoint) as part:
            torch.save(state, part)
