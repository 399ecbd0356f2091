"""Mitsuba's variant, its integrator and the denoiser: one choice for every picture of a process."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import drjit
import mitsuba as mi
import numpy as np
import pyoidn

from datasets.products.arrays import FloatArray

_OLDEST_LLVM = (17, 0, 0)
"""Older ones cannot lower a least of two numbers (`fminimum`) for some processors, and end the process there."""


@lru_cache(maxsize=1)
def best_variant() -> str:
    """Sets Mitsuba's variant once per process and names it: `llvm_ad_rgb` where a good LLVM loads, else `scalar_rgb`.

    Both trace the same paths; LLVM vectorises them and is more than twice as fast on the same cores.
    """
    if not _llvm_works():
        mi.set_variant("scalar_rgb")
    return str(mi.variant())


def _llvm_works() -> bool:
    try:
        mi.set_variant("llvm_ad_rgb")
        mi.Float(1.0) + mi.Float(1.0)
    except Exception:  # Dr.Jit raises RuntimeError or ImportError, by version, where libLLVM is absent or too old
        return False
    return bool(drjit.detail.llvm_version() >= _OLDEST_LLVM)


def integrator(depth: int = 8) -> dict[str, Any]:
    """The path tracer for `mi.load_dict`.

    Its shadow rays stop at clear plastic, which then is lit by the rays that pass it; `volpath`, whose shadow rays go
    on, takes twice the time for a difference that is hardly seen.
    """
    return {"type": "path", "max_depth": depth, "rr_depth": 5}


def denoised(light: FloatArray, albedo: FloatArray | None = None, normal: FloatArray | None = None) -> FloatArray:
    """The picture without the noise of few samples, by Intel's Open Image Denoise.

    Args:
        light: (H, W, 3) float32 linear RGB, 0 and up.
        albedo: (H, W, 3) float32 colour of the first surface, 0 to 1; keeps labels sharp.
        normal: (H, W, 3) float32 of the first surface, -1 to 1.
    """
    images = [None if image is None else np.ascontiguousarray(image, np.float32) for image in (light, albedo, normal)]
    clean: FloatArray = pyoidn.denoise(images[0], albedo=images[1], normal=images[2], hdr=True, quality="fast")
    return np.maximum(clean, 0)
