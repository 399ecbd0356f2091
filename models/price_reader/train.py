"""Training of the price reader on one CPU; one that was stopped goes on after its last checkpoint."""

from __future__ import annotations

import json
import logging
import time
from collections import defaultdict
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, Subset

from facings.errors import BadInputError
from facings.files import whole_path
from models.checkpoints import read_checkpoint
from models.curves import CURVES_NAME, draw_curves
from models.price_reader.config import PriceReaderConfig
from models.price_reader.examples import UNTOLD, Batches
from models.price_reader.network import PriceReader

log = logging.getLogger(__name__)

CHECKPOINT_NAME = "price-reader.pt"
LOG_NAME = "log.jsonl"
_LARGEST_GRADIENT = 5.0


def train(config: PriceReaderConfig, out: Path, start: Path | None = None) -> Path:
    """Train, or go on where an earlier run in `out` stopped; a new run may begin with the weights in `start`.

    Returns the checkpoint, `out`/price-reader.pt. Beside it are log.jsonl and its curves as a picture.

    Raises:
        BadInputError: `out` holds a training with other settings, or `start` no reader of this size.
    """
    torch.set_num_threads(config.threads)
    out.mkdir(parents=True, exist_ok=True)
    training = Training(config, out)
    if training.checkpoint.exists():
        training.restore()
    elif start is not None:
        training.begin_with(start)
    training.advance(config.steps)
    return training.checkpoint


class Training:
    """Everything that changes from step to step."""

    def __init__(self, config: PriceReaderConfig, out: Path) -> None:
        torch.manual_seed(config.seed)
        self.config, self.out, self.step = config, out, 0
        self.model = PriceReader(config.channels).to(memory_format=torch.channels_last)
        self.optimiser = torch.optim.AdamW(self.model.parameters(), config.rate, weight_decay=config.weight_decay)
        self.loss = nn.CTCLoss(zero_infinity=True)
        self._since: dict[str, list[float]] = defaultdict(list)

    @property
    def checkpoint(self) -> Path:
        """Where the training is written now and then."""
        return self.out / CHECKPOINT_NAME

    def begin_with(self, start: Path) -> None:
        """Take over the weights of another training.

        Raises:
            BadInputError: they are those of another network.
        """
        began, model = load(start)
        if began.channels != self.config.channels:
            raise BadInputError(f"{start} has {began.channels} channels, and these settings {self.config.channels}.")
        self.model.load_state_dict(model.state_dict())

    def restore(self) -> None:
        """Go on from the checkpoint.

        Raises:
            BadInputError: it is of a training with other settings.
        """
        state = read_checkpoint(self.checkpoint, "config", "step", "weights", "optimiser")
        if state["config"] != self.config.model_dump(mode="json"):
            raise BadInputError(f"{self.checkpoint} was trained with other settings: name another folder.")
        self.step = state["step"]
        self.model.load_state_dict(state["weights"])
        self.optimiser.load_state_dict(state["optimiser"])

    def advance(self, until: int) -> None:
        """Take the steps that are left before the step `until`."""
        left = Subset(Batches(self.config), range(self.step, until))
        began = time.monotonic()
        self.model.train()
        for batch in DataLoader(left, batch_size=None, num_workers=self.config.workers):
            for name, loss in self._learn(*batch).items():
                self._since[name].append(loss)
            self.step += 1
            if self.step % self.config.log_every == 0:
                self._since["seconds"].append((time.monotonic() - began) / self.config.log_every)
                began = time.monotonic()
                self._log()
            if self.step % self.config.checkpoint_every == 0 or self.step == until:
                self._save()

    def _learn(self, pictures: Tensor, letters: Tensor, lengths: Tensor, told: Tensor) -> dict[str, float]:
        """One step; the losses of the texts and of the columns.

        What a column shows is told as well, as the drawings know it: texts alone leave the network for thousands of
        steps with the frequencies of digits, before it finds out where they stand.
        """
        for group in self.optimiser.param_groups:
            group["lr"] = self.config.rate_at(self.step)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.config.bfloat16):
            logits = self.model(pictures.contiguous(memory_format=torch.channels_last)).float()
        columns = torch.full((len(pictures),), logits.shape[1], dtype=torch.long)
        texts = self.loss(logits.log_softmax(2).transpose(0, 1), letters, columns, lengths)
        places = functional.cross_entropy(logits.transpose(1, 2), told, ignore_index=UNTOLD)
        self.optimiser.zero_grad()
        (texts + self.config.places * places).backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), _LARGEST_GRADIENT)
        self.optimiser.step()
        return {"texts": float(texts.item()), "places": float(places.item())}

    def _log(self) -> None:
        row = {name: round(sum(values) / len(values), 4) for name, values in self._since.items()}
        self._since.clear()
        log.info("step %d of %d, %s", self.step, self.config.steps, row)
        with (self.out / LOG_NAME).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": self.step, **row}) + "\n")

    def _save(self) -> None:
        state = {
            "config": self.config.model_dump(mode="json"),
            "step": self.step,
            "weights": self.model.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }
        with whole_path(self.checkpoint) as part:
            torch.save(state, part)
        if (self.out / LOG_NAME).exists():
            draw_curves(self.out / LOG_NAME, self.out / CURVES_NAME)


def load(path: Path) -> tuple[PriceReaderConfig, PriceReader]:
    """The settings of a training, and the reader it has reached.

    Raises:
        BadInputError: the file is no checkpoint of a price reader.
    """
    state = read_checkpoint(path, "config", "step", "weights")
    config = PriceReaderConfig.model_validate(state["config"])
    model = PriceReader(config.channels)
    model.load_state_dict(state["weights"])
    model.eval()
    return config, model
