"""The printed surfaces of packs as RGB textures, drawn once per process."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from datasets.products.arrays import Pixels
from datasets.products.artwork import panel, wrap_label
from datasets.products.packs import Look


@lru_cache(maxsize=512)
def around_texture(look: Look, width: int, height: int, volume: str) -> Pixels:
    """A label that goes around, (height, width, 3) RGB; fronts at a quarter and three quarters of its width."""
    return np.ascontiguousarray(wrap_label(look, width, height, volume)[..., ::-1])


@lru_cache(maxsize=512)
def panel_texture(look: Look, width: int, height: int, volume: str) -> Pixels:
    """One front panel, (height, width, 3) RGB."""
    return np.ascontiguousarray(panel(look, width, height, volume)[..., ::-1])
