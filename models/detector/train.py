"""The training loop: resumable, on one CPU, with a running average of the weights as the result."""

from __future__ import annotations

import copy
import json
import math
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from edge.vision.detections import PRODUCT
from edge.vision.entry import normalised
from edge.vision.zoo import InputSpec
from facings.errors import BadInputError
from facings.files import whole_path
from models.checkpoints import read_checkpoint
from models.curves import CURVES_NAME, draw_curves
from models.detector.augment import Drawn, Sampler
from models.detector.config import DetectorConfig
from models.detector.exported import EXPORTED, exported_classes, exported_detector
from models.detector.loss import Truth, detection_loss
from models.detector.network import ProductDetector, cell_centres, grown, pretrained_detector
from models.detector.sources import read_sources

_AVERAGE_DECAY = 0.998
CHECKPOINT_NAME = "checkpoint.pt"
LOG_NAME = "log.jsonl"


def train(config: DetectorConfig, entry: InputSpec) -> Path:
    """Train, or go on where an earlier run stopped; pixels go in as `entry` says. Returns the checkpoint."""
    torch.set_num_threads(config.threads)
    config.out.mkdir(parents=True, exist_ok=True)
    checkpoint = config.out / CHECKPOINT_NAME
    run = _Run(config, entry)
    if checkpoint.exists():
        run.restore(checkpoint)
    while run.step < config.steps:
        run.advance()
        if run.step % config.save_every == 0 or run.step == config.steps:
            run.save(checkpoint)
            draw_curves(config.out / LOG_NAME, config.out / CURVES_NAME)
    return checkpoint


def load_detector(checkpoint: Path) -> ProductDetector:
    """The trained detector (averaged weights), ready to run."""
    state = read_checkpoint(checkpoint, "channels", "average")
    model = ProductDetector(state["channels"], len(state.get("classes", (PRODUCT,))))
    model.load_state_dict(state["average"])
    model.eval()
    return model


class _Run:
    """Everything that changes from step to step."""

    def __init__(self, config: DetectorConfig, entry: InputSpec) -> None:
        torch.manual_seed(config.seed)
        self.config = config
        self.entry = entry
        self.step = 0
        self.classes = config.release.detector.classes
        self.model = pretrained_detector(config.channels, len(self.classes)).to(memory_format=torch.channels_last)
        if config.start is not None:
            self._start_from(config.start)
        self.average = copy.deepcopy(self.model)
        self.optimiser = torch.optim.AdamW(
            [
                {"params": self.model.head_parameters(), "rate": config.learning_rate},
                {"params": self.model.backbone_parameters(config.frozen_blocks), "rate": config.backbone_rate},
            ],
            weight_decay=0.02,
        )
        self.centres, _ = cell_centres(config.side, config.side)
        self.sampler = Sampler(
            read_sources(config),
            config.side,
            config.product_sides,
            config.mosaic,
            np.random.default_rng(),
            self.classes,
        )
        self.model.train()

    def advance(self) -> None:
        """One step: draw a batch, learn from it, follow with the average, log."""
        started = time.perf_counter()
        self.sampler.random = np.random.default_rng((self.config.seed, self.step))
        images, truths = self._batch()
        for group in self.optimiser.param_groups:
            group["lr"] = group["rate"] * _schedule(self.step, self.config)
        logits, boxes = self.model(images)
        score_loss, box_loss = detection_loss(logits, boxes, self.centres, truths)
        self.optimiser.zero_grad()
        (score_loss + box_loss).backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 10.0)
        self.optimiser.step()
        self.step += 1
        _follow(self.average, self.model, min(_AVERAGE_DECAY, self.step / (self.step + 20)))
        self._log(score=score_loss.item(), box=box_loss.item(), seconds=time.perf_counter() - started)

    def _start_from(self, start: Path) -> None:
        known, weights = _exported(start) if start.suffix == EXPORTED else _trained(start)
        channels = len(weights["lateral.0.weight"])
        if known != self.classes[: len(known)] or channels != self.config.channels:
            raise BadInputError(f"{start} knows {', '.join(known)} with {channels} channels: the run's "
                                "classes must begin with these, with as many channels")  # fmt: skip
        self.model.load_state_dict(grown(weights, self.model))
        self.model.keeps_norms = start.suffix == EXPORTED

    def save(self, path: Path) -> None:
        """Write the checkpoint."""
        state = {
            "step": self.step,
            "channels": self.config.channels,
            "classes": list(self.classes),
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }
        with whole_path(path) as part:
            torch.save(state, part)

    def restore(self, path: Path) -> None:
        """Go on from a checkpoint; learning rates are this configuration's."""
        state = read_checkpoint(path, "step", "model", "average", "optimiser")
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        rates = [group["rate"] for group in self.optimiser.param_groups]
        self.optimiser.load_state_dict(state["optimiser"])
        for group, rate in zip(self.optimiser.param_groups, rates, strict=True):
            group["rate"] = rate

    def _batch(self) -> tuple[Tensor, list[Truth]]:
        drawn = [self.sampler.draw() for _ in range(self.config.batch)]
        pixels = np.concatenate([normalised(each.image, self.entry) for each in drawn])
        images = torch.from_numpy(pixels).contiguous(memory_format=torch.channels_last)
        return images, [_truth(each) for each in drawn]

    def _log(self, **figures: float) -> None:
        row = {"step": self.step, **{name: round(value, 4) for name, value in figures.items()}}
        with (self.config.out / LOG_NAME).open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def _trained(checkpoint: Path) -> tuple[tuple[str, ...], Mapping[str, Tensor]]:
    """Classes and weights of a training that went before; the first detectors knew products alone."""
    state = read_checkpoint(checkpoint, "channels", "average")
    return tuple(state.get("classes", (PRODUCT,))), state["average"]


def _exported(model: Path) -> tuple[tuple[str, ...], Mapping[str, Tensor]]:
    return exported_classes(model), exported_detector(model).state_dict()


def _truth(drawn: Drawn) -> Truth:
    return Truth(
        torch.from_numpy(drawn.boxes),
        torch.from_numpy(drawn.classes),
        torch.from_numpy(drawn.ignored),
        torch.from_numpy(drawn.ignored_classes),
    )


def _schedule(step: int, config: DetectorConfig) -> float:
    """Rises over the warm-up, then falls along a cosine to a fiftieth."""
    warm = min(1.0, (step + 1) / config.warmup)
    return warm * (0.02 + 0.98 * (1 + math.cos(math.pi * step / config.steps)) / 2)


def _follow(average: nn.Module, model: nn.Module, decay: float) -> None:
    own: dict[str, Tensor] = average.state_dict()  # detached: nothing here enters a gradient
    for name, value in model.state_dict().items():
        if value.dtype.is_floating_point:
            own[name].lerp_(value, 1 - decay)
        else:
            own[name].copy_(value)
