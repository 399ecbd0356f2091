"""Fine-tuning of a classifier on one CPU, epoch by epoch; one that was stopped goes on after its last whole epoch."""

from __future__ import annotations

import json
import logging
import time
from copy import deepcopy
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.optim.swa_utils import AveragedModel

from facings.errors import BadInputError
from facings.files import whole_path
from models.checkpoints import read_checkpoint
from models.classifier.config import ClassifierConfig
from models.classifier.loss import Loss
from models.classifier.network import Classifier, accuracy, as_input
from models.classifier.photos import Photos, epoch
from models.curves import CURVES_NAME, draw_curves

log = logging.getLogger(__name__)

CHECKPOINT_NAME = "classifier.pt"
LOG_NAME = "log.jsonl"

_AVERAGE_WARM_UP = 20
"""Steps: so long the average forgets faster, since what it began with was not learned yet."""


def train(config: ClassifierConfig, photos: Photos, judges: Photos, out: Path) -> Path:
    """Train, or go on where an earlier run in `out` stopped; `judges` are looked at now and then, never learned from.

    Returns the checkpoint, `out`/classifier.pt. Beside it are log.jsonl and its curves as a picture.

    Raises:
        BadInputError: `out` holds a training with other settings or of other products.
    """
    torch.set_num_threads(config.threads)
    out.mkdir(parents=True, exist_ok=True)
    training = Training(config, photos, judges, out)
    if training.checkpoint.exists():
        training.restore()
    while training.epoch < config.all_epochs:
        training.advance()
    return training.checkpoint


class Training:
    """Everything that changes from epoch to epoch.

    What is random in an epoch follows from the seed and the epoch's number, so a checkpoint needs no generator's state.

    Attributes:
        average: of the weights of the last steps.
        result: what is judged and kept: the mean of the averages with which the cycles so far ended (Izmailov and
            others, stochastic weight averaging, 2018); in the first cycle, the average itself.
    """

    def __init__(self, config: ClassifierConfig, photos: Photos, judges: Photos, out: Path) -> None:
        torch.manual_seed(config.seed)
        self.config, self.photos, self.judges, self.out = config, photos, judges, out
        self.epoch = 0
        self.model = Classifier(len(photos.names), config.backbone, config.dropout).to(
            memory_format=torch.channels_last
        )
        self.model.backbone.freeze_first(config.frozen_blocks)
        self.average = AveragedModel(self.model, avg_fn=self._averaged)
        self.result = deepcopy(self.average.module)
        learns = [p for p in self.model.backbone.parameters() if p.requires_grad]
        self.optimiser = torch.optim.AdamW(
            [
                {"params": self.model.head.parameters(), "rate": config.head_rate},
                {"params": learns, "rate": config.backbone_rate},
            ],
            weight_decay=config.weight_decay,
        )
        self.loss = Loss(torch.from_numpy(photos.groups), config.label_smoothing, config.coarse_weight)

    @property
    def checkpoint(self) -> Path:
        """Where the training is written after each epoch."""
        return self.out / CHECKPOINT_NAME

    def advance(self) -> None:
        """One epoch: learn from every photo once, judge if it is time to, log, write the checkpoint."""
        began, rng = time.monotonic(), np.random.default_rng((self.config.seed, self.epoch))
        torch.manual_seed(int(rng.integers(2**31)))
        self.model.to_train()
        side, first = self.config.train_side(self.epoch), self.epoch * self._epoch_steps
        losses = [
            self._learn(first + number, views, classes, rng)
            for number, (views, classes) in enumerate(epoch(self.photos, self.config.batch, side, rng))
        ]
        self.epoch += 1
        self._take_over()
        judged = self._judged()
        self._log(loss=float(np.mean(losses)), seconds=time.monotonic() - began, **judged)
        self._save()
        if judged:
            draw_curves(self.out / LOG_NAME, self.out / CURVES_NAME)

    def restore(self) -> None:
        """Go on from the checkpoint.

        Raises:
            BadInputError: it is of a training with other settings or of other products.
        """
        state = read_checkpoint(
            self.checkpoint, "config", "names", "epoch", "model", "average", "result", "seen", "optimiser"
        )
        if state["config"] != self._settings() or state["names"] != list(self.photos.names):
            raise BadInputError(f"{self.checkpoint} was trained with other settings or products: name another folder.")
        self.epoch = state["epoch"]
        self.model.load_state_dict(state["model"])
        self.average.module.load_state_dict(state["average"])
        self.average.n_averaged.fill_(state["seen"])
        self.result.load_state_dict(state["result"])
        self.optimiser.load_state_dict(state["optimiser"])

    @property
    def _epoch_steps(self) -> int:
        return len(self.photos) // self.config.batch

    def _learn(
        self, step: int, views: npt.NDArray[np.uint8], classes: npt.NDArray[np.int64], rng: np.random.Generator
    ) -> float:
        rate = min(1.0, (step + 1) / self.config.warm_up) * self.config.rate(step / self._epoch_steps)
        for group in self.optimiser.param_groups:
            group["lr"] = group["rate"] * rate
        images, labels = as_input(views), torch.from_numpy(classes)
        if rng.random() < self.config.mix:
            loss = self.loss.of_mixed(self.model, images, labels, rng)
        else:
            loss = self.loss.of(self.model(images), labels)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.average.update_parameters(self.model)
        return float(loss.item())

    def _averaged(self, average: Tensor, weights: Tensor, seen: Tensor) -> Tensor:
        steps = int(seen)
        return average.lerp(weights, 1 - min(self.config.average_decay, steps / (steps + _AVERAGE_WARM_UP)))

    def _take_over(self) -> None:
        """Let the epoch that just ended count in the result."""
        before, now = (self.config.cycles_after(epoch) for epoch in (self.epoch - 1, self.epoch))
        if now == 0 or now > before:
            share = 1 / max(now, 1)
            for kept, weights in zip(self.result.parameters(), self.average.module.parameters(), strict=True):
                kept.data.lerp_(weights.data, share)

    def _judged(self) -> dict[str, float]:
        if self.epoch % self.config.judge_every and self.epoch < self.config.all_epochs:
            return {}
        return {"right": accuracy(self.result, self.judges, self.config.side)}

    def _log(self, **figures: float) -> None:
        row = {name: round(value, 4) for name, value in figures.items()}
        told = ", ".join(f"{name} {value:g}" for name, value in row.items())
        log.info("epoch %d of %d, %s", self.epoch, self.config.all_epochs, told)
        with (self.out / LOG_NAME).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": self.epoch * self._epoch_steps, **row}) + "\n")

    def _settings(self) -> dict[str, object]:
        """As they are after reading a checkpoint."""
        return self.config.model_dump(mode="json")

    def _save(self) -> None:
        state = {
            "config": self._settings(),
            "names": list(self.photos.names),
            "epoch": self.epoch,
            "model": self.model.state_dict(),
            "average": self.average.module.state_dict(),
            "result": self.result.state_dict(),
            "seen": int(self.average.n_averaged),
            "optimiser": self.optimiser.state_dict(),
        }
        with whole_path(self.checkpoint) as part:
            torch.save(state, part)
