"""Averages checkpoints of a training and its continuation: finds like the later one, counts as evenly as the earlier.

Source: model soups (Wortsman and others, 2022). It works between checkpoints of one line of training, whose weights
still mean the same; detectors trained apart give nonsense. A training that began with an exported detector goes on with
its weights as they are in the file, so such a file stands for the checkpoint before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from facings.errors import BadInputError
from facings.files import whole_path
from models.checkpoints import read_checkpoint
from models.detector.exported import EXPORTED, exported_classes, exported_detector


def average(checkpoints: Sequence[Path], out: Path) -> None:
    """Write a checkpoint to `out` with the mean of the weights of `checkpoints`, two or more; it can be exported.

    An exported detector (`.onnx`, its manifest beside it) may stand for a checkpoint.

    Raises:
        BadInputError: a file is no checkpoint of a detector, or one knows other classes or has another size.
    """
    states = [_read(path) for path in checkpoints]
    first = states[0]
    for path, state in zip(checkpoints, states, strict=True):
        if any(state[name] != first[name] for name in ("channels", "classes")):
            raise BadInputError(f"{path} is built unlike {checkpoints[0]}: average checkpoints of one training.")
    with whole_path(out) as part:
        torch.save({name: first[name] for name in ("channels", "classes")} | {"average": _mean(states)}, part)


def _read(path: Path) -> dict[str, Any]:
    if path.suffix != EXPORTED:
        return read_checkpoint(path, "channels", "classes", "average")
    weights = exported_detector(path).state_dict()
    classes = list(exported_classes(path))
    return {"channels": len(weights["lateral.0.weight"]), "classes": classes, "average": weights}


def _mean(states: Sequence[dict[str, Any]]) -> dict[str, Tensor]:
    weights = [state["average"] for state in states]
    return {
        name: torch.stack([each[name] for each in weights]).mean(dim=0) if value.is_floating_point() else value
        for name, value in weights[-1].items()
    }
