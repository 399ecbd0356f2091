"""Supervised contrastive training of the embedder (Khosla and others, 2020), on one CPU thread.

Every batch comes from one source: telling products of one kind of photo apart is the hard part, telling the photos
apart is not what is asked.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor

from edge.vision.entry import to_model_input
from edge.vision.zoo import InputSpec
from facings.files import whole_path
from models.checkpoints import read_checkpoint
from models.configuration import read_configuration
from models.embedder import sources
from models.embedder.backbone import Embedder, imagenet_backbone
from models.embedder.batches import Batching, Source, batches, source_of

log = logging.getLogger(__name__)

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


def save(model: Embedder, config: TrainConfig, path: Path) -> None:
    """Write the checkpoint whole or not at all."""
    with whole_path(path) as part:
        torch.save({"config": config.model_dump(), "weights": model.state_dict()}, part)


def train(config: TrainConfig, data: Path, rendered: Path | None, out: Path, start: Path | None = None) -> Path:
    """Train and return the checkpoint, `out`/embedder.pt; `start` continues from an earlier checkpoint."""
    torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    out.mkdir(parents=True, exist_ok=True)
    checkpoint = out / "embedder.pt"
    model = Embedder(config.dimensions)
    model.backbone = imagenet_backbone()
    if start:
        model.load_state_dict(read_checkpoint(start, "weights")["weights"])
    model.eval().to(memory_format=torch.channels_last)  # batch norm keeps its ImageNet statistics: batches are small
    model.backbone.freeze_first(config.frozen_blocks)
    backbone = [p for p in model.backbone.parameters() if p.requires_grad]
    groups = [{"params": model.head.parameters(), "lr": config.head_rate}, {"params": backbone, "lr": 0.0}]
    optimiser = torch.optim.AdamW(groups, weight_decay=config.weight_decay)
    pool, began, running = load_sources(config, data, rendered), time.monotonic(), 0.0
    for step, (views, numbers) in enumerate(batches(config.batching, pool, config.seed), start=1):
        images, labels = torch.from_numpy(to_model_input(views, config.input_spec)), torch.from_numpy(numbers)
        warm = step > config.head_steps or start is not None
        fade = 0.5 * (1 + np.cos(np.pi * step / config.steps))
        optimiser.param_groups[0]["lr"] = config.head_rate * fade
        optimiser.param_groups[1]["lr"] = config.backbone_rate * fade if warm else 0.0
        embeddings = model(images.contiguous(memory_format=torch.channels_last))
        loss = supervised_contrastive(embeddings, labels, config.temperature)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        running = loss.item() if step == 1 else 0.98 * running + 0.02 * loss.item()
        if step % config.checkpoint_every == 0 or step == config.steps:
            save(model, config, checkpoint)
            log.info("step %d of %d, loss %.3f, %.0f s", step, config.steps, running, time.monotonic() - began)
        if step == config.steps:
            break
    return checkpoint
