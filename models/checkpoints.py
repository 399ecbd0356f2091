"""Checkpoints of trainings, read so that a file which is none is told in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from facings.errors import BadInputError


def read_checkpoint(path: Path, *parts: str) -> dict[str, Any]:
    """What a training wrote, `parts` among it; no code in the file is run.

    Raises:
        BadInputError: it cannot be read, is no checkpoint, or one of another kind of model.
    """
    try:
        state = torch.load(path, weights_only=True)
    except OSError as error:
        raise BadInputError(f"The checkpoint {path} cannot be read ({error.strerror}): train first.") from error
    except Exception as error:  # the unpickler fails on strange bytes with whatever they lead it to
        raise BadInputError(f"{path} is no checkpoint, or is damaged: train again, or name another.") from error
    if not isinstance(state, dict) or not state.keys() >= set(parts):
        raise BadInputError(f"{path} is no checkpoint of such a model: name the one that its training wrote.")
    return state
